"""Small builders of account facts: a routine account to which a test adds what it is about.

Everything is dated in days before or after `AS_OF`, an ordinary Wednesday.
"""

import functools
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from engines.dunning import plan_contact
from guardrails.case import Case, Draft
from ledger.actions import AnswerQuery, ProposedAction, SendReminder, SendStatement
from ledger.facts import (
    AccountFacts,
    ActiveHold,
    ActivePlan,
    CandidateReceipt,
    ContactFact,
    DuePart,
    FeedFact,
    InFlight,
    OpenCredit,
    OpenDispute,
    OpenItem,
    OpenTicket,
    PastContact,
    PendingPromise,
    PlannedPart,
    UnappliedReceipt,
)
from policies.load import with_changes
from policies.schema import Policy
from tests.support import letter_cases

AS_OF = date(2026, 11, 4)
NIGHT = datetime(2026, 11, 4, 2, tzinfo=UTC)
NOON = datetime(2026, 11, 4, 17, tzinfo=UTC)  # 12:00 in New York
ZONE = "America/New_York"


def day(offset: int) -> date:
    """The date so many days after `AS_OF`."""
    return AS_OF + timedelta(days=offset)


def item(
    number: str = "1", *, late: int = 10, minor: int = 100_00, currency: str = "USD", **more: Any
) -> OpenItem:
    """An open invoice so many days past due."""
    return letter_cases.item(number, day(-late), minor, currency, **more)


def in_parts(number: str = "1", *parts: tuple[int, int], **more: Any) -> OpenItem:
    """An invoice in instalments: (days past due, minor units) of what is unsettled."""
    open_parts = tuple(DuePart(day(-late), minor) for late, minor in parts)
    whole = sum(minor for _late, minor in parts)
    return item(number, late=parts[0][0], minor=whole, instalments=open_parts, **more)


def contact(contact_id: str = "con_1", **more: Any) -> ContactFact:
    """Somebody in accounts payable with an e-mail address and a phone."""
    values = {
        "name": "Jane Doe",
        "role": "accounts_payable",
        "email": "jane@fjord.example",
        "phone": "+1 503 555 0199",
        "language": "en",
    }
    return ContactFact(contact_id, **values | more)


def account(*items: OpenItem, **changes: Any) -> AccountFacts:
    """A small business in one zone with fresh feeds and one item due for its first reminder."""
    as_of = changes.get("as_of", AS_OF)
    values = {
        "segment": "smb",
        "debtor_type": "business",
        "as_of": as_of,
        "time_zones": (ZONE,),
        "open_items": items or (item(),),
        "contacts": (contact(),),
        "feeds": (FeedFact("invoices", as_of), FeedFact("receipts", as_of)),
        "inbound_unanswered": False,
        "credits": (),
        "receipts": (),
        "payments": (),
        "promises": (),
        "broken_lately": (),
        "plans": (),
    }
    return replace(letter_cases.FACTS, **values | changes)


def hold(
    invoice_id: str | None = None, ends: int | None = None, reason: str = "manual"
) -> ActiveHold:
    """A hold in force."""
    return ActiveHold("hld_1", reason, invoice_id, None if ends is None else day(ends))


def dispute(invoice_id: str | None = "inv_1", dispute_id: str = "dsp_1") -> OpenDispute:
    """An open dispute."""
    return OpenDispute(dispute_id, invoice_id, "PRICE", day(-5))


def promise(due: int = 3, *invoice_ids: str, direction: str = "theirs") -> PendingPromise:
    """A pending promise due so many days from now."""
    return PendingPromise("prm_1", direction, "payment", day(due), None, None, invoice_ids)


def plan(
    *parts: tuple[int, int], state: str = "active", invoices: tuple[str, ...] = ("inv_1",)
) -> ActivePlan:
    """A plan: (days from now, minor units) of its instalments."""
    planned = tuple(PlannedPart(day(offset), minor) for offset, minor in parts)
    return ActivePlan("pln_1", state, invoices, planned[0].due_on if planned else None, planned)


def receipt(minor: int = 50_00, currency: str = "USD", received: int = -1) -> UnappliedReceipt:
    """Money received and not applied."""
    return UnappliedReceipt("rcp_1", "RC-1", day(received), minor, currency)


def candidate(minor: int = 50_00, currency: str = "USD", against: str = "") -> CandidateReceipt:
    """Money that waits and may be theirs."""
    return CandidateReceipt("rcp_1", "RC-1", day(-1), minor, currency, against)


def credit(minor: int = 50_00, currency: str = "USD", issued: int = -1) -> OpenCredit:
    """A credit memo not applied."""
    return OpenCredit("crd_1", "CM-1", day(issued), minor, currency)


def ticket(severity: int = 3, state: str = "open") -> OpenTicket:
    """A service ticket."""
    return OpenTicket("tkt_1", "T-1", severity, state, None)


def past(days_ago: int, currency: str | None = "USD", channel: str = "email") -> PastContact:
    """A message that left."""
    return PastContact(day(-days_ago), channel, "send_reminder", 1, currency)


def moving(currency: str | None = "USD", state: str = "queued") -> InFlight:
    """A message on its way."""
    return InFlight("out_1", state, currency)


@functools.cache
def policy(mode: str = "auto") -> Policy:
    """The default policy with letters of our company and an autonomy mode."""
    base = letter_cases.letter_policy()
    return with_changes(base, autonomy=base.autonomy.model_copy(update={"mode": mode}))


def policy_with(file: str, **changes: Any) -> Policy:
    """The automatic policy with some values of one file changed."""
    base = policy()
    return with_changes(base, **{file: getattr(base, file).model_copy(update=changes)})


def reminder(facts: AccountFacts | None = None, **changes: Any) -> SendReminder:
    """The reminder an account is due, or one of its first item, changed."""
    facts = facts or account()
    due = plan_contact(facts, policy()).reminders
    base = due[0] if due else plan_contact(account(), policy()).reminders[0]
    return SendReminder(**base.model_dump() | changes)


def statement(**changes: Any) -> SendStatement:
    """A statement in dollars."""
    return SendStatement(
        **{"account_id": "acc_1", "contact_id": "con_1", "currency": "USD"} | changes
    )


def answer(**changes: Any) -> AnswerQuery:
    """The fixed acknowledgement of a dispute."""
    return AnswerQuery(**{"account_id": "acc_1", "contact_id": "con_1"} | changes)


def case_of(
    facts: AccountFacts,
    action: ProposedAction | None = None,
    *,
    by: Policy | None = None,
    at: datetime | None = NOON,
    draft: Draft | None = None,
) -> Case:
    """An action before the gate; without one, the reminder the account is due."""
    return Case(action or reminder(facts), facts, by or policy(), at, draft)
