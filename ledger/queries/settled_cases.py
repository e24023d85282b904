"""Cases people have decided that stand as they did: nobody is asked the same again."""

from dataclasses import replace
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session

from ledger.facts import AccountFacts, SettledCase, unpack_facts
from ledger.queries.grouping import among
from ledger.states import ProposalState
from ledger.tables.work import Proposal, Snapshot

_DECIDED = (ProposalState.EXECUTED, ProposalState.REJECTED)


def with_settled(session: Session, facts: dict[str, AccountFacts]) -> dict[str, AccountFacts]:
    """The same facts with each role's newest decided case that nothing has touched since."""
    found: dict[str, list[SettledCase]] = {}
    for row in session.execute(_newest_decided(list(facts))):
        then, now = unpack_facts(row.facts), facts[row.account_id]
        if _subjects(then) == _subjects(now):
            found.setdefault(row.account_id, []).append(SettledCase(row.role, row.outcome))
    return facts | {
        account: replace(facts[account], settled=tuple(cases)) for account, cases in found.items()
    }


def _newest_decided(ids: list[str]) -> Any:
    place = func.row_number().over(
        partition_by=(Proposal.account_id, Proposal.role),
        order_by=(Proposal.created_at.desc(), Proposal.id.desc()),
    )
    cases = (
        select(
            Proposal.account_id,
            Proposal.role,
            Proposal.outcome,
            Proposal.facts_hash,
            place.label("place"),
        )
        .where(
            among(Proposal.account_id, ids),
            Proposal.action_type == "escalate",
            Proposal.state.in_(_DECIDED),
        )
        .subquery()
    )
    return (
        select(cases.c.account_id, cases.c.role, cases.c.outcome, Snapshot.facts)
        .join(Snapshot, Snapshot.hash == cases.c.facts_hash)
        .where(cases.c.place == 1)
        .order_by(cases.c.account_id, cases.c.role)
    )


def _subjects(facts: AccountFacts) -> tuple[Any, ...]:
    """What a case can be about; time and money passing alone make no new one."""
    return (
        facts.unanswered,
        sorted(hold.hold_id for hold in facts.holds),
        sorted(dispute.dispute_id for dispute in facts.disputes),
        sorted((promise.promise_id, promise.due_on) for promise in facts.promises),
        sorted((plan.plan_id, plan.state) for plan in facts.plans),
        sorted((ticket.ticket_id, ticket.state) for ticket in facts.tickets),
        sorted(receipt.receipt_id for receipt in facts.receipts),
        sorted((each.invoice_id, each.dunning_level) for each in facts.open_items),
        sorted((each.contact_id, each.opted_out, each.bounced) for each in facts.contacts),
    )
