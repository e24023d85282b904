"""Taking a message back while it still waits in the outbox, and keeping it there so long.

What was taken back never left. Its request asks again as a new one, of the same author, judged on
the books as they are now; approvals of the first do not count for it.
"""

from datetime import date, datetime

from sqlalchemy import select, update
from sqlmodel import Session

from guardrails.verdict import Deny, explain
from ledger.actions import AnswerQuery, read_action
from ledger.errors import Conflict
from ledger.journal import (
    audit,
    first_decision,
    get_proposal,
    move_proposal,
    record_decision,
    touch,
)
from ledger.postings_cases import owe_answer
from ledger.states import DecisionVerb, OutboxState, ProposalState
from ledger.tables.work import Outbox, Proposal
from policies.schema import Policy
from tools.authority import Decider
from tools.carry_out import ask_anew, current_facts, replacement
from tools.decisions import Decided
from tools.proposals import judge_action


def hold_message(session: Session, proposal_id: str, until: datetime) -> None:
    """Keep what was just queued for a request in the outbox until an instant."""
    session.execute(
        update(Outbox)
        .where(Outbox.proposal_id == proposal_id, Outbox.state == OutboxState.QUEUED)
        .values(held_until=until)
    )


def take_back(
    session: Session, proposal_id: str, decider: Decider, policy: Policy, as_of: date, now: datetime
) -> Decided:
    """Take back the message of an approved request; stopping it needs no authority over amounts.

    Raises:
        Conflict: There is none, or it is on its way already.
    """
    proposal = get_proposal(session, proposal_id)
    _stop(session, proposal, decider, now)
    decision = record_decision(
        session,
        proposal,
        DecisionVerb.UNDO,
        decided_by=decider.person_id,
        decided_as=",".join(decider.roles),
        at=now,
        digest=proposal.digest,
    )
    action = read_action(proposal.action)
    if isinstance(action, AnswerQuery):
        owe_answer(session, proposal.account_id)
    facts = current_facts(session, proposal, as_of)
    verdict, _judged = judge_action(action, facts, policy, now)
    by = f"taken back by {decider.name} before it left"
    if isinstance(verdict, Deny):
        says = f"{by}; it would not be allowed now: {explain(verdict)}"
        move_proposal(session, proposal, ProposalState.SUPERSEDED, outcome=says)
        touch(session, {proposal.account_id})
        return Decided(proposal.id, decision.id, False, says)
    why = f"It was {by}."
    author = proposal.author
    row = replacement(session, proposal, action, verdict, facts, policy, author, now, why)
    ask_anew(session, row, now)
    new_id = str(row["id"])
    move_proposal(session, proposal, ProposalState.SUPERSEDED, outcome=f"{by}; now {new_id}")
    return Decided(proposal.id, decision.id, False, f"taken back; {new_id} waits")


def _stop(session: Session, proposal: Proposal, decider: Decider, now: datetime) -> None:
    """Compare-and-set: the dispatcher and whoever takes back cannot both have it."""
    if proposal.state != ProposalState.EXECUTED:
        raise Conflict(f"nothing of it is on its way: {first_decision(session, proposal.id)}")
    row = session.scalars(
        select(Outbox).where(Outbox.proposal_id == proposal.id, Outbox.state == OutboxState.QUEUED)
    ).first()
    taken = row is not None and session.execute(
        update(Outbox)
        .where(Outbox.id == row.id, Outbox.state == OutboxState.QUEUED)
        .values(state=OutboxState.TAKEN_BACK.value, stopped_by=f"taken back by {decider.name}")
    )
    if row is None or not taken or taken.rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict(
            "it cannot be taken back: only a message that still waits in the outbox can; "
            f"{first_decision(session, proposal.id)}"
        )
    audit(session, now, "message_taken_back", row.id, decider.person_id, proposal=proposal.id)
