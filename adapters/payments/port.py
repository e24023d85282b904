"""What a provider of card payments does for us, in our own words; no SDK's type crosses it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from ledger.errors import ArError
from ledger.money import Money


class PaymentsDown(ArError):
    """The provider cannot be reached, or does not take this now."""

    code = "payments_down"
    status_code = 503


class NotTheirs(ArError):
    """A notice that the provider did not sign."""

    code = "not_signed"
    status_code = 400


class NoticeUnread(ArError):
    """A notice that the provider signed, and that cannot be read."""

    code = "notice_unread"
    status_code = 422


@dataclass(frozen=True, slots=True)
class CheckoutWish:
    """A payment to begin.

    Attributes:
        checkout_id: Ours; the provider gives it back, and takes it once.
        lines: What it is for: a text and an amount each; all of one currency.
        done_url: Where the payer goes when they have paid.
        back_url: Where they go when they change their mind.
        language: Of the provider's page.
    """

    checkout_id: str
    lines: tuple[tuple[str, Money], ...]
    done_url: str
    back_url: str
    language: str
    email: str = ""


@dataclass(frozen=True, slots=True)
class OfferedCheckout:
    """The provider's page for one payment."""

    provider_ref: str
    url: str


@dataclass(frozen=True, slots=True)
class PaymentNotice:
    """What a provider told us, once its signature was proven.

    Attributes:
        event_id: The provider's id; the same notice twice has the same.
        kind: `paid`, `failed`, `expired`, or `other`.
        checkout_id: Ours, where the notice names it.
        amount: What was really paid.
        payment_ref: The provider's name of the money, which its statements repeat.
        paid_at: When.
    """

    event_id: str
    kind: str
    provider_kind: str
    checkout_id: str = ""
    provider_ref: str = ""
    amount: Money | None = None
    payment_ref: str = ""
    paid_at: datetime | None = None
    told: Mapping[str, str] = field(default_factory=dict)


class PaymentPort(Protocol):
    """A provider of card payments."""

    name: str

    def takes(self, amount: Money) -> bool:
        """Whether an amount of this currency and size can be paid."""
        ...

    def begin(self, wish: CheckoutWish) -> OfferedCheckout:
        """Begin a payment; the same wish again gives the same page.

        Raises:
            PaymentsDown: The provider does not answer or does not take it.
        """
        ...

    def prove_notice(self, payload: bytes, signature: str) -> None:
        """Prove a notice, whatever it says.

        Raises:
            NotTheirs: The provider did not sign it, or too long ago.
        """
        ...

    def read_stored(self, payload: bytes) -> PaymentNotice:
        """Read a notice that was proven when it came.

        Raises:
            NoticeUnread: It is not in the shape we know, or its amount is none of ours.
        """
        ...
