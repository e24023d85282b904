"""The shape of a message record: words, recipient, and every fact the rules may ask for."""

from datetime import date, datetime
from decimal import Decimal
from functools import cached_property, lru_cache
from typing import Annotated, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, field_validator

from ledger.errors import BadInput
from ledger.money import currency_digits

_CLOSED = frozenset({"paid", "credited", "void", "voided", "cancelled", "written_off"})
_FIRST_YEAR, _LAST_YEAR = 1970, 9000  # a moment of another year has no local time everywhere
_MOST = 10**15


@lru_cache(maxsize=1024)
def zone_of(name: str) -> ZoneInfo:
    """The time zone of a name; kept, because reading one again takes longer than a message."""
    return ZoneInfo(name)


def _existing(currency: str) -> str:
    try:
        currency_digits(currency)
    except BadInput as error:
        raise ValueError(error.message) from None
    return currency


Amount = Annotated[Decimal, Field(ge=-_MOST, le=_MOST)]
Currency = Annotated[str, AfterValidator(_existing)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Recipient(_Part):
    """Whom the message goes to."""

    name: str = ""
    authorised: bool | None = None
    address_kind: str | None = None
    address_basis: str | None = None
    cc: tuple[str, ...] | None = None


class RecordInvoice(_Part):
    """An invoice of the account, in decimal amounts of its currency."""

    id: str
    amount: Amount
    currency: Currency
    issued: date | None = None
    due: date | None = None
    status: str = "open"
    disputed_amount: Amount = Decimal(0)
    paid_amount: Amount = Decimal(0)

    @property
    def is_closed(self) -> bool:
        """Whether nothing of it may be asked for any more."""
        return self.status in _CLOSED or self.paid_amount >= self.amount > 0


class Charge(_Part):
    """A fee or interest item that is authorised and on the ledger.

    Attributes:
        basis: The clause or statute it rests on; `clause` says the same.
    """

    id: str = ""
    amount: Amount
    currency: Currency | None = None
    rate: Amount | None = None
    clause: str = ""
    basis: str = ""


class Terms(_Part):
    """What exactly an approval allows."""

    model_config = ConfigDict(frozen=True, extra="allow")

    percent: Amount | None = None
    amount: Amount | None = None
    invoice: str | None = None
    until: date | None = None
    instalments: tuple[Any, ...] | int | None = None


class RecordedApproval(_Part):
    """Somebody's yes to this very message."""

    scope: str
    role: str
    terms: Terms | None = None
    hash_matches: bool = True
    expires_at: datetime | None = None


class LogEntry(_Part):
    """Something that happened on the account."""

    date: date
    event: str


class Template(_Part):
    """The template the words come from."""

    id: str | None = None
    approved: bool | None = None
    stage: str | None = None


class Contacts(_Part):
    """Contacts in rolling windows, the message itself included."""

    d7: int | None = None
    d30: int | None = None
    phone_or_sms_d7: int | None = None
    electronic_d7: int | None = None
    calls_d7: int | None = None
    days_since_conversation: int | None = None


class Consent(_Part):
    """What the recipient consented to."""

    electronic: bool | None = None
    sms: bool | None = None
    sms_basis_age_days: int | None = None


class Validation(_Part):
    """Where the validation of a consumer's claim stands."""

    notice_sent_days_ago: int | None = None
    period_open: bool | None = None


class RecordContext(_Part):
    """Every fact about the message that is not in its words."""

    model_config = ConfigDict(frozen=True, extra="allow")

    send_at: datetime
    time_zones: tuple[str, ...] = Field(min_length=1)
    debtor_type: str | None = None
    debt_purpose: str | None = None
    creditor_role: str | None = None
    creditor: str | None = None
    debtor: str | None = None
    recipient: Recipient = Recipient()
    invoices: tuple[RecordInvoice, ...] | None = None
    charges: tuple[Charge, ...] = ()
    requested_pay_by: date | None = None
    promise_date: date | None = None
    message_kind: str | None = None
    is_initial: bool | None = None
    dunning_stage: str | None = None
    template: Template = Template()
    model_generated: bool | None = None
    human_reviewed: bool | None = None
    sender_is_automated: bool | None = None
    approvals: tuple[RecordedApproval, ...] = ()
    recorded_decisions: tuple[Any, ...] = ()
    account_class: str | None = None
    segment: str | None = None
    high_value: bool | None = None
    context_complete: bool | None = None
    context_age_minutes: float | None = None
    inbound_after_context: bool | None = None
    contacts: Contacts = Contacts()
    consent: Consent = Consent()
    opted_out_channels: frozenset[str] | None = None
    flags: frozenset[str] | None = None
    validation: Validation | None = None
    prior_notice_days: int | None = None
    event_log: tuple[LogEntry, ...] = ()
    allowed_domains: frozenset[str] = frozenset()
    verified_bank_details: frozenset[str] = frozenset()

    @property
    def billed(self) -> tuple[RecordInvoice, ...]:
        """The invoices of the account; none where they are not known."""
        return self.invoices or ()

    @cached_property
    def sent(self) -> datetime:
        """The moment of sending in the first zone; written without a zone it is local there."""
        zone = zone_of(self.time_zones[0])
        given = self.send_at
        return given.replace(tzinfo=zone) if given.tzinfo is None else given.astimezone(zone)

    @field_validator("send_at")
    @classmethod
    def _has_local_times(cls, value: datetime) -> datetime:
        if not _FIRST_YEAR <= value.year <= _LAST_YEAR:
            raise ValueError(f"the year {value.year} is not one messages are sent in")
        return value

    @field_validator("time_zones")
    @classmethod
    def _zones_exist(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for name in value:
            try:
                zone_of(name)
            except (ZoneInfoNotFoundError, ValueError, OSError):
                raise ValueError(f"{name!r} is no time zone") from None
        return value


class MessageRecord(_Part):
    """One message of a file; labels beside these fields are ignored."""

    id: str
    jurisdiction: str | tuple[str, ...]
    channel: str
    subject: str = ""
    text: str
    context: RecordContext

    @property
    def places(self) -> frozenset[str]:
        """Every place whose rules may govern."""
        named = self.jurisdiction
        return frozenset((named,) if isinstance(named, str) else named)
