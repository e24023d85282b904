"""Frozen read models: everything a rule, an engine or a letter may know about an account.

A snapshot is built in one read transaction, hashed, and kept beside every decision made on it.
Plain slotted dataclasses, because a night builds tens of thousands.
"""

import functools
import zlib
from dataclasses import MISSING, dataclass, fields
from datetime import date, datetime
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import orjson

from ledger.ids import digest
from ledger.item_facts import (  # noqa: F401 - one door to every fact
    ClosedDispute,
    DuePart,
    OpenDispute,
    OpenItem,
)
from ledger.money import Money


@dataclass(frozen=True, slots=True)
class OpenCredit:
    """A credit memo not yet fully applied."""

    credit_id: str
    credit_number: str
    issued_on: date
    unapplied_minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class UnappliedReceipt:
    """Money of the account that is not applied to an invoice yet."""

    receipt_id: str
    receipt_number: str
    received_on: date
    unapplied_minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class CandidateReceipt:
    """Money that waits and may be the account's.

    Attributes:
        against: Currency of the documents it would be set against; empty where nobody noted it.
    """

    receipt_id: str
    receipt_number: str
    received_on: date
    unapplied_minor: int
    currency: str
    against: str = ""

    @property
    def pays_in(self) -> str:
        """The currency of what it may pay."""
        return self.against or self.currency


@dataclass(frozen=True, slots=True)
class Relative:
    """An open invoice of the family of an account: of its parent, its children or theirs."""

    account_id: str
    account_number: str
    item: OpenItem


@dataclass(frozen=True, slots=True)
class TakenReceipt:
    """Money received, and what became of it.

    Attributes:
        returned_minor: What went back already.
        by_person: Whether a person, or an accounting system, said what it pays.
    """

    receipt_id: str
    receipt_number: str
    received_on: date
    amount_minor: int
    unapplied_minor: int
    returned_minor: int
    currency: str
    by_person: bool


@dataclass(frozen=True, slots=True)
class BankReturn:
    """A line by which the bank took money back; `is_used` once a receipt carries it."""

    bank_line_id: str
    booked_on: date
    amount_minor: int
    currency: str
    is_used: bool


@dataclass(frozen=True, slots=True)
class ReturnedPayment:
    """Money of the account that went back in the budget window."""

    receipt_id: str
    receipt_number: str
    returned_on: date
    amount_minor: int
    currency: str
    reason: str


@dataclass(frozen=True, slots=True)
class ReceivedPayment:
    """Money of the account that came in lately, applied or not."""

    receipt_id: str
    receipt_number: str
    received_on: date
    amount_minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class PendingPromise:
    """A promise, as a rule still to be kept: theirs to pay, or ours to act.

    `method_days` are the banking days their way of paying takes after the date.
    """

    promise_id: str
    direction: str
    kind: str
    due_on: date
    amount_minor: int | None
    currency: str | None
    invoice_ids: tuple[str, ...]
    method_days: int = 0


@dataclass(frozen=True, slots=True)
class ActiveHold:
    """A hold in force."""

    hold_id: str
    reason: str
    invoice_id: str | None
    ends_on: date | None


@dataclass(frozen=True, slots=True)
class OpenTicket:
    """A service ticket that is not closed."""

    ticket_id: str
    ticket_number: str
    severity: int
    state: str
    invoice_id: str | None


@dataclass(frozen=True, slots=True)
class PlannedPart:
    """An instalment of a plan as it was agreed."""

    due_on: date
    amount_minor: int


@dataclass(frozen=True, slots=True)
class ActivePlan:
    """A payment plan proposed, running, or breached and not cured yet.

    `next_due_on` is the first instalment not before the day of the facts, else the last.
    """

    plan_id: str
    state: str
    invoice_ids: tuple[str, ...]
    next_due_on: date | None
    parts: tuple[PlannedPart, ...] = ()


@dataclass(frozen=True, slots=True)
class ContactFact:
    """A person or mailbox, and what they allow."""

    contact_id: str
    name: str
    role: str
    email: str | None
    phone: str | None
    language: str | None
    consents: tuple[str, ...] = ()
    opted_out: bool = False
    bounced: bool = False


@dataclass(frozen=True, slots=True)
class PastContact:
    """A message to the customer in the budget window."""

    sent_on: date
    channel: str
    purpose: str
    stage: int
    currency: str | None


@dataclass(frozen=True, slots=True)
class WaitingProposal:
    """A proposal about the account that is not carried out yet."""

    proposal_id: str
    action_type: str
    role: str


@dataclass(frozen=True, slots=True)
class RejectedDraft:
    """A reminder a person said no to, and the total it named, in minor units."""

    action: str
    value_minor: int
    outcome: str


@dataclass(frozen=True, slots=True)
class SettledCase:
    """A case of a role that a person said yes or no to, and that nothing has touched since."""

    role: str
    outcome: str


@dataclass(frozen=True, slots=True)
class InFlight:
    """A message that has its permit and has not arrived yet."""

    outbox_id: str
    state: str
    currency: str | None


@dataclass(frozen=True, slots=True)
class DrawnArm:
    """The arm of an account in an experiment that has not been stopped."""

    experiment_id: str
    arm: str


@dataclass(frozen=True, slots=True)
class FeedFact:
    """How far a source has been read."""

    name: str
    read_through: date


@dataclass(frozen=True, slots=True)
class AccountFacts:
    """One account as of a date: the whole basis of a decision about it.

    Attributes:
        payments: Money received in the budget window, whole amounts.
        broken_lately: Promises to pay that fell due in the budget window and were broken.
        returned: Money that went back in the budget window.
        relatives: Invoices of the family that an action names.
        taken: The receipts an action would take back.
        closed_disputes: The resolved disputes an action would open again.
        suggested: Money of nobody, of another account or in another currency that may pay what
            this one owes.
        bank_returns: The lines of the bank an action names.
    """

    account_id: str
    account_number: str
    name: str
    as_of: date
    segment: str
    strategic: bool
    owner: str | None
    language: str
    debtor_type: str
    places: tuple[str, ...]
    time_zones: tuple[str, ...]
    preferred_channel: str
    credit_limit_minor: int | None
    credit_hold: bool
    credit_currency: str | None
    parent_id: str | None = None
    open_items: tuple[OpenItem, ...] = ()
    credits: tuple[OpenCredit, ...] = ()
    receipts: tuple[UnappliedReceipt, ...] = ()
    disputes: tuple[OpenDispute, ...] = ()
    promises: tuple[PendingPromise, ...] = ()
    plans: tuple[ActivePlan, ...] = ()
    holds: tuple[ActiveHold, ...] = ()
    tickets: tuple[OpenTicket, ...] = ()
    contacts: tuple[ContactFact, ...] = ()
    contact_history: tuple[PastContact, ...] = ()
    feeds: tuple[FeedFact, ...] = ()
    renewal_on: date | None = None
    sensitive_contract: bool = False
    inbound_unanswered: bool = False
    proposals_waiting: tuple[WaitingProposal, ...] = ()
    broken_promises: int = 0
    in_flight: tuple[InFlight, ...] = ()
    rejected: tuple[RejectedDraft, ...] = ()
    payments: tuple[ReceivedPayment, ...] = ()
    broken_lately: tuple[PendingPromise, ...] = ()
    returned: tuple[ReturnedPayment, ...] = ()
    relatives: tuple[Relative, ...] = ()
    taken: tuple[TakenReceipt, ...] = ()
    bank_returns: tuple[BankReturn, ...] = ()
    closed_disputes: tuple[ClosedDispute, ...] = ()
    suggested: tuple[CandidateReceipt, ...] = ()
    arms: tuple[DrawnArm, ...] = ()
    unanswered: tuple[str, ...] = ()
    settled: tuple[SettledCase, ...] = ()

    def open_in(self, currency: str) -> Money:
        """Sum of open invoices in a currency, before credits and unapplied cash."""
        return Money(sum(i.open_minor for i in self.open_items if i.currency == currency), currency)

    @property
    def currencies(self) -> tuple[str, ...]:
        """Currencies with an open invoice, sorted."""
        return tuple(sorted({item.currency for item in self.open_items}))


def facts_bytes(facts: AccountFacts) -> bytes:
    """The canonical JSON of a snapshot; equal snapshots give equal bytes."""
    return orjson.dumps(facts)


def facts_hash(facts: AccountFacts) -> str:
    """Digest of a snapshot."""
    return digest(facts_bytes(facts))


def packed_hash(packed: bytes) -> str:
    """Digest of a snapshot as it was recorded, whatever facts have come to be known since."""
    return digest(zlib.decompress(packed))


def pack(data: bytes) -> bytes:
    """Compress recorded facts (fast level: they are small and many)."""
    return zlib.compress(data, 1)


def unpack_facts(packed: bytes) -> AccountFacts:
    """The snapshot that was recorded.

    Raises:
        ValueError: The bytes are not a packed snapshot.
    """
    try:
        return _build(AccountFacts, orjson.loads(zlib.decompress(packed)))
    except (zlib.error, orjson.JSONDecodeError, KeyError, TypeError) as error:
        raise ValueError(f"these are no recorded facts: {error}") from None


@functools.cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _build(kind: Any, value: Any) -> Any:
    """Rebuild a dataclass tree from its JSON, guided by the annotations."""
    if value is None:
        return None
    origin = get_origin(kind)
    if origin in (Union, UnionType):
        return _build(next(arg for arg in get_args(kind) if arg is not type(None)), value)
    if origin is tuple:
        return tuple(_build(get_args(kind)[0], item) for item in value)
    if kind is date:
        return date.fromisoformat(value)
    if kind is datetime:
        return datetime.fromisoformat(value)
    if hasattr(kind, "__dataclass_fields__"):
        hints = _hints(kind)
        given = [f.name for f in fields(kind) if f.name in value or f.default is MISSING]
        return kind(**{name: _build(hints[name], value[name]) for name in given})
    return value
