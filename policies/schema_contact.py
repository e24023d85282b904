"""When and by what a customer may be written to."""

from datetime import time
from typing import Literal

from pydantic import Field, model_validator

from ledger.states import ContactRole, DebtorType
from policies.letter_template import Channel
from policies.schema_base import Amounts, PolicyFile


class ContactPolicy(PolicyFile):
    """When and by what a customer may be written to.

    Attributes:
        channels: Channels that may be used at all; the customer's preferred one goes first.
        fallback_channels: In this order, where the preferred one may not be used or has failed.
        sms_roles: Roles of contacts who may get a text message; anybody else is a third party.
        sms_never_for: Debtors who get none, whatever they agreed to.
        delivery_attempts: How often a message is tried that is refused for now.
        list_unsubscribe: Which mails carry the header: none, those whose words offer it, or all.
    """

    window_opens: time
    window_closes: time
    business_days_only: bool
    max_contacts_per_7_days: int = Field(ge=0)
    max_contacts_per_30_days: int = Field(ge=0)
    min_days_between: int = Field(ge=1)
    promise_grace_days: int = Field(ge=0)
    dispute_scope: Literal["account", "item"]
    channels_needing_consent: tuple[str, ...]
    channels: tuple[Channel, ...] = ("email", "sms", "portal", "letter")
    fallback_channels: tuple[Channel, ...] = ("email", "sms")
    sms_roles: tuple[ContactRole, ...] = (
        ContactRole.ACCOUNTS_PAYABLE,
        ContactRole.BILLING,
        ContactRole.OWNER,
    )
    sms_never_for: tuple[DebtorType, ...] = (DebtorType.GUARANTOR,)
    sms_window_opens: time = time(9)
    sms_window_closes: time = time(18)
    delivery_attempts: int = Field(default=5, ge=1)
    list_unsubscribe: Literal["never", "offered", "always"] = "offered"
    proposal_expires_days: int = Field(ge=1)
    look_again_days: int = Field(ge=1)
    feed_max_age_days: dict[str, int]
    high_value: Amounts

    @model_validator(mode="after")
    def _window_opens_first(self) -> "ContactPolicy":
        if self.window_opens >= self.window_closes:
            raise ValueError("window_opens must be earlier than window_closes")
        opens, closes = self.hours("sms")
        if opens >= closes:
            raise ValueError("the hours of text messages must lie within the window")
        return self

    def hours(self, channel: str) -> tuple[time, time]:
        """From when until when a message may leave; text messages ring, so they have their own."""
        if channel != "sms":
            return self.window_opens, self.window_closes
        return (
            max(self.window_opens, self.sms_window_opens),
            min(self.window_closes, self.sms_window_closes),
        )

    def allows(self, channel: str, role: str, debtor_type: str) -> bool:
        """Whether a contact may be written to by a channel; consent is asked separately."""
        if channel not in self.channels:
            return False
        return channel != "sms" or (
            role in self.sms_roles and debtor_type not in self.sms_never_for
        )
