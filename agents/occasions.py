"""Why a case needs more than a rule: its occasions, found from facts and policy alone."""

from collections.abc import Iterator
from dataclasses import dataclass

from engines.credit import CreditView
from engines.dunning import plan_contact
from ledger.facts import AccountFacts, ContactFact
from ledger.states import HoldReason
from policies.schema import Policy

SENSITIVE_HOLDS = frozenset(
    {
        HoldReason.HARDSHIP,
        HoldReason.INSOLVENCY,
        HoldReason.LEGAL_REPRESENTATION,
        HoldReason.LEGAL_MATTER,
        HoldReason.DECEASED,
    }
)


@dataclass(frozen=True, slots=True)
class Occasion:
    """One thing about an account that a role prepares for a person.

    Attributes:
        subject_id: The row it is about, such as a receipt.
    """

    kind: str
    role: str
    detail: str
    subject_id: str | None = None


def find_occasions(
    facts: AccountFacts, policy: Policy, credit: CreditView | None = None
) -> tuple[Occasion, ...]:
    """Every occasion of an account, those that stop chasing first.

    Args:
        facts: The account.
        policy: What the rules say.
        credit: The review of its exposure against its limit, if it has one.
    """
    return (
        *_sensitive(facts),
        *_disputed(facts),
        *_contact(facts, policy),
        *_cash(facts),
        *_credit(facts, credit),
    )


def _sensitive(facts: AccountFacts) -> Iterator[Occasion]:
    for reason in sorted({h.reason for h in facts.holds} & SENSITIVE_HOLDS):
        yield Occasion("sensitive_hold", "collector", reason)


def _disputed(facts: AccountFacts) -> Iterator[Occasion]:
    if facts.disputes:
        reasons = ", ".join(sorted({dispute.reason for dispute in facts.disputes}))
        newest = max(facts.disputes, key=lambda dispute: (dispute.opened_on, dispute.dispute_id))
        yield Occasion("open_dispute", "dispute_analyst", reasons, newest.dispute_id)


def _contact(facts: AccountFacts, policy: Policy) -> Iterator[Occasion]:
    if facts.inbound_unanswered:
        yield Occasion("customer_message", "collector", "the customer wrote and has no answer")
    overdue = any(i.due_on < facts.as_of and i.open_minor > 0 for i in facts.open_items)
    if overdue and not any(_reachable(contact) for contact in facts.contacts):
        yield Occasion("no_contact", "collector", "no contact can be reached")
    stopped = facts.disputes or facts.holds or facts.promises or facts.plans
    if not stopped and (past := plan_contact(facts, policy).past_last_stage):
        yield Occasion("past_last_stage", "collector", f"past the last stage in {', '.join(past)}")


def _reachable(contact: ContactFact) -> bool:
    return not contact.opted_out and bool((contact.email and not contact.bounced) or contact.phone)


def _cash(facts: AccountFacts) -> Iterator[Occasion]:
    for receipt in facts.receipts:
        yield Occasion(
            "unapplied_cash",
            "cash_applier",
            f"receipt {receipt.receipt_number} is not applied",
            receipt.receipt_id,
        )


def _credit(facts: AccountFacts, view: CreditView | None) -> Iterator[Occasion]:
    if view is not None and view.propose_hold and not facts.credit_hold:
        detail = f"exposure {view.exposure} against a limit of {view.limit}"
        yield Occasion("credit_limit", "credit_analyst", detail)
