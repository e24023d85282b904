"""The writes behind the actions of disputes: opened with their terms, resolved with what they give.

A resolution and what it books are one write. A corrected invoice is made by the accounting system:
a rebill credits the old one and notes the correction as a promise of ours, which stops chasing.
"""

from typing import TYPE_CHECKING, assert_never

from guardrails.business_days import add_business_days
from guardrails.disputes import resolved_item, resolved_minor
from ledger.actions import OpenDisputeCase, ReopenDispute, ResolveDispute
from ledger.facts import AccountFacts, ClosedDispute
from ledger.journal import audit
from ledger.money import Money
from ledger.postings_disputes import (
    DisputeTerms,
    Resolved,
    open_dispute,
    reopen_dispute,
    resolve_dispute,
)
from ledger.postings_promises import record_promise
from ledger.queries.disputes import REOPENED
from ledger.states import Segment
from policies.schema import Policy

if TYPE_CHECKING:
    from tools.execute import Writer

DisputeAction = OpenDisputeCase | ResolveDispute | ReopenDispute
CORRECTION = "correction"


def dispute_value(action: DisputeAction, facts: AccountFacts) -> Money | None:
    """The money at stake: what a resolution gives, or what is disputed where it gives nothing."""
    match action:
        case OpenDisputeCase():
            item = next((i for i in facts.open_items if i.invoice_id == action.invoice_id), None)
            known = item is not None and action.amount_minor is not None
            return Money(action.amount_minor or 0, item.currency) if known and item else None
        case ResolveDispute():
            item = resolved_item(action, facts)
            return Money(resolved_minor(action, facts), item.currency) if item else None
        case ReopenDispute():
            closed = closed_dispute(action, facts)
            known = closed is not None and closed.currency is not None
            return Money(closed.resolved_minor, closed.currency or "") if known and closed else None
        case _:
            assert_never(action)


def closed_dispute(action: ReopenDispute, facts: AccountFacts) -> ClosedDispute | None:
    """The resolved dispute an action names."""
    named = (d for d in facts.closed_disputes if d.dispute_id == action.dispute_id)
    return next(named, None)


def post_dispute(writer: "Writer", action: DisputeAction) -> str:
    """Post an action on a dispute; returns one line saying what was done.

    Raises:
        Conflict: The books no longer allow it.
    """
    match action:
        case OpenDisputeCase():
            return _open(writer, action)
        case ResolveDispute():
            return _resolve(writer, action)
        case ReopenDispute():
            charged = reopen_dispute(writer.session, action.dispute_id, writer.facts.as_of)
            audit(writer.session, writer.now, REOPENED, action.dispute_id, writer.actor)
            closed = closed_dispute(action, writer.facts)
            money = Money(charged, closed.currency) if closed and closed.currency else None
            return f"dispute open again{f', {money} charged back' if charged and money else ''}"
        case _:
            assert_never(action)


def terms_of(
    facts: AccountFacts,
    policy: Policy,
    reason: str,
    amount: Money | None = None,
    claim_id: str | None = None,
) -> DisputeTerms:
    """Who answers a dispute and by when, by its reason and the customer it is of."""
    dispute = policy.dispute
    close = facts.strategic or facts.segment in (Segment.STRATEGIC, Segment.ENTERPRISE)
    owner = dispute.strategic_owner if close else dispute.reason_of(reason).owner
    answer_by = add_business_days(policy.company.calendar, facts.as_of, dispute.days_for(reason))
    return DisputeTerms(
        owner=owner,
        answer_by=answer_by,
        amount_minor=amount.minor if amount else None,
        currency=amount.currency if amount else None,
        claim_id=claim_id,
    )


def _open(writer: "Writer", action: OpenDisputeCase) -> str:
    facts = writer.facts
    amount = dispute_value(action, facts)
    terms = terms_of(facts, writer.policy, action.reason, amount, action.claim_id)
    dispute_id = open_dispute(
        writer.session,
        action.account_id,
        action.invoice_id,
        action.reason,
        facts.as_of,
        action.quote,
        terms,
    )
    about = f" over {amount}" if amount else ""
    return f"dispute {dispute_id} opened{about}; {terms.owner} answers by {terms.answer_by}"


def _resolve(writer: "Writer", action: ResolveDispute) -> str:
    item = resolved_item(action, writer.facts)
    gives = Money(resolved_minor(action, writer.facts), item.currency) if item else None
    given = gives.minor if gives and action.gives else 0
    end = Resolved(
        resolution=action.resolution,
        on=writer.facts.as_of,
        by=writer.actor,
        cause=writer.cause,
        invoice_id=item.invoice_id if item else None,
        amount_minor=given,
    )
    resolve_dispute(writer.session, action.dispute_id, end)
    done = f"dispute closed: {action.resolution.replace('_', ' ')}"
    if not given or item is None:
        return done
    done = f"{done}, {gives} off {item.invoice_number}"
    return f"{done}; {_promise(writer, item.invoice_id)}" if action.resolution == "rebill" else done


def _promise(writer: "Writer", invoice_id: str) -> str:
    """Our promise of the corrected invoice: nothing is chased until it is there."""
    policy, facts = writer.policy, writer.facts
    days = policy.dispute.correction_within_days
    due_on = add_business_days(policy.company.calendar, facts.as_of, days)
    row = {
        "account_id": facts.account_id,
        "direction": "ours",
        "kind": CORRECTION,
        "amount_minor": None,
        "currency": None,
        "promised_on": facts.as_of,
        "due_on": due_on,
        "invoice_ids": invoice_id,
        "source": writer.actor,
    }
    record_promise(writer.session, row)
    return f"a corrected invoice is promised by {due_on}"
