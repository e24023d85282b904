"""What a person may say to a proposal. Compare-and-set: two people cannot both decide."""

from dataclasses import dataclass
from datetime import date, datetime

from pydantic import ValidationError
from sqlalchemy import select
from sqlmodel import Session

from guardrails.verdict import Deny, explain
from ledger.actions import MessageAction, ProposedAction, action_json, parse_action, read_action
from ledger.errors import BadInput, Conflict, Refused
from ledger.journal import (
    add_proposals,
    decode_roles,
    first_decision,
    get_proposal,
    move_proposal,
    record_decision,
    recorded_facts,
    touch,
)
from ledger.states import OPEN_PROPOSAL_STATES, DecisionVerb, ProposalState
from ledger.tables.work import Decision, Person, Proposal
from policies.schema import Policy
from tools.carry_out import close, current_facts, replacement
from tools.execute import action_value
from tools.proposals import judge_action


@dataclass(frozen=True, slots=True)
class Decider:
    """A signed-in person and the roles they hold."""

    person_id: str
    name: str
    roles: tuple[str, ...]

    @classmethod
    def of(cls, person: Person) -> "Decider":
        """From the person's row."""
        return cls(person.id, person.name, tuple(r for r in person.roles.split(",") if r))


@dataclass(frozen=True, slots=True)
class Decided:
    """The answer to a decision: whether the paused graph goes on, and in words what happened."""

    proposal_id: str
    decision_id: str
    resumes: bool
    says: str
    new_proposal_id: str | None = None


def approve(
    session: Session,
    proposal_id: str,
    decider: Decider,
    policy: Policy,
    now: datetime,
    seen_digest: str | None = None,
) -> Decided:
    """Say yes to exactly what was shown.

    Raises:
        Refused: The decider is the author, lacks a role that is still needed, or the authority.
        Conflict: Somebody decided first, or what was seen is not what is waiting.
    """
    proposal = _open_proposal(session, proposal_id)
    if seen_digest is not None and seen_digest != proposal.digest:
        raise Conflict("the proposal is not the one you saw; open it again")
    missing = _missing_roles(session, proposal, decider, policy)
    decision = record_decision(
        session,
        proposal,
        DecisionVerb.APPROVE,
        decided_by=decider.person_id,
        decided_as=",".join(decider.roles),
        at=now,
        digest=proposal.digest,
    )
    if missing:
        move_proposal(session, proposal, ProposalState(proposal.state))
        needed = " and ".join(" or ".join(roles) for roles in missing)
        return Decided(proposal.id, decision.id, False, f"approved; still needs {needed}")
    move_proposal(session, proposal, ProposalState.DECIDED)
    return Decided(proposal.id, decision.id, True, "approved")


def _missing_roles(
    session: Session, proposal: Proposal, decider: Decider, policy: Policy
) -> list[tuple[str, ...]]:
    """Role sets nobody has covered once this person says yes.

    Raises:
        Refused: This person may not say yes at all.
    """
    if decider.person_id == proposal.author:
        raise Refused("the author of a request never approves it; ask a colleague")
    action = read_action(proposal.action)
    value = action_value(action, recorded_facts(session, proposal.facts_hash))
    if not policy.approval.has_authority(decider.roles, proposal.action_type, value):
        stake = f" of {value}" if value else ""
        raise Refused(
            f"{decider.name} ({', '.join(decider.roles) or 'no role'}) has no authority "
            f"for {proposal.action_type}{stake}"
        )
    earlier = session.scalars(
        select(Decision).where(
            Decision.proposal_id == proposal.id, Decision.verb == DecisionVerb.APPROVE
        )
    ).all()
    if any(decision.decided_by == decider.person_id for decision in earlier):
        raise Conflict("you have approved this already; it waits for somebody else")
    held = policy.approval.roles_of(decider.roles)
    needed = decode_roles(proposal.approver_roles)
    if needed and not any(held.intersection(roles) for roles in needed):
        asked = " or ".join(sorted({role for roles in needed for role in roles}))
        raise Refused(f"this needs {asked}; {decider.name} is {', '.join(decider.roles)}")
    covered = held.union(
        *(policy.approval.roles_of(tuple(d.decided_as.split(","))) for d in earlier)
    )
    return [roles for roles in needed if not covered.intersection(roles)]


def reject(
    session: Session, proposal_id: str, decider: Decider, reason: str, now: datetime
) -> Decided:
    """Say no, with a reason; final until the facts change."""
    proposal = _open_proposal(session, proposal_id)
    if not reason.strip():
        raise BadInput("a rejection needs a reason, so that the next draft is better")
    decision = _decide(session, proposal, DecisionVerb.REJECT, decider, now, reason)
    move_proposal(session, proposal, ProposalState.REJECTED, outcome=f"rejected: {reason}")
    touch(session, {proposal.account_id})
    return Decided(proposal.id, decision.id, True, "rejected")


def edit(
    session: Session,
    proposal_id: str,
    decider: Decider,
    changes: dict[str, object],
    policy: Policy,
    as_of: date,
    now: datetime,
) -> Decided:
    """Change the action; the editor becomes the author of a new proposal, judged anew.

    Raises:
        BadInput: The changed action is not a valid one, or another account's.
        Refused: The gate denies it.
    """
    proposal = _open_proposal(session, proposal_id)
    action = _edited(read_action(proposal.action), changes)
    facts = current_facts(session, proposal.account_id, as_of)
    verdict, _judged = judge_action(action, facts, policy, now)
    if isinstance(verdict, Deny):
        raise Refused(explain(verdict))
    decision = _decide(
        session, proposal, DecisionVerb.EDIT, decider, now, "", edit=action_json(action)
    )
    row = replacement(
        session, proposal, action, verdict, facts, policy, decider.person_id, now, "edited"
    )
    add_proposals(session, [row])
    move_proposal(session, proposal, ProposalState.SUPERSEDED, outcome=f"edited; now {row['id']}")
    says = f"edited; {row['id']} waits for somebody other than {decider.name}"
    return Decided(proposal.id, decision.id, True, says, row["id"])


def _edited(action: ProposedAction, changes: dict[str, object]) -> ProposedAction:
    fixed = {"account_id", "type"}.intersection(changes)
    if fixed:
        raise BadInput(f"{sorted(fixed)[0]} cannot be edited; reject and ask for another action")
    values = action.model_dump() | changes
    if isinstance(action, MessageAction) and changes.keys() & {"subject", "body"}:
        values["wording"] = "person"
    try:
        return parse_action(values)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"][1:])
        raise BadInput(f"the edit is not valid: {where}: {first['msg']}") from None


def send_back(
    session: Session, proposal_id: str, decider: Decider, note: str, now: datetime
) -> Decided:
    """Answer the role that prepared it; it prepares the case again with the note."""
    proposal = _open_proposal(session, proposal_id)
    if not note.strip():
        raise BadInput("say what should be different")
    decision = _decide(session, proposal, DecisionVerb.ANSWER, decider, now, note)
    move_proposal(session, proposal, ProposalState.SUPERSEDED, outcome=f"sent back: {note}")
    touch(session, {proposal.account_id})
    return Decided(proposal.id, decision.id, True, "sent back")


def snooze(
    session: Session, proposal_id: str, decider: Decider, until: date, as_of: date, now: datetime
) -> Decided:
    """Put it aside until a date."""
    proposal = _open_proposal(session, proposal_id)
    if not as_of < until <= proposal.expires_on:
        raise BadInput(f"snooze until a date after {as_of}, at the latest {proposal.expires_on}")
    decision = _decide(session, proposal, DecisionVerb.SNOOZE, decider, now, until.isoformat())
    move_proposal(session, proposal, ProposalState.SNOOZED, snoozed_until=until)
    return Decided(proposal.id, decision.id, False, f"snoozed until {until}")


def assign(
    session: Session, proposal_id: str, decider: Decider, assignee: str, now: datetime
) -> Decided:
    """Give it to a colleague."""
    proposal = _open_proposal(session, proposal_id)
    if session.get(Person, assignee) is None:
        raise BadInput(f"nobody is called {assignee!r} here")
    decision = _decide(session, proposal, DecisionVerb.ASSIGN, decider, now, assignee)
    move_proposal(session, proposal, ProposalState(proposal.state), assignee=assignee)
    return Decided(proposal.id, decision.id, False, f"assigned to {assignee}")


def expire(session: Session, proposal: Proposal, now: datetime) -> None:
    """Time is up: escalate by closing it, so that the next night drafts it anew. Never approve."""
    outcome = f"expired after {proposal.expires_on}"
    close(session, proposal, ProposalState.EXPIRED, outcome, now)


def withdraw(session: Session, proposal: Proposal, reason: str, now: datetime) -> None:
    """Close a proposal whose reason is gone."""
    close(session, proposal, ProposalState.SUPERSEDED, reason, now)


def _open_proposal(session: Session, proposal_id: str) -> Proposal:
    proposal = get_proposal(session, proposal_id)
    if proposal.state not in OPEN_PROPOSAL_STATES:
        raise Conflict(first_decision(session, proposal.id))
    return proposal


def _decide(
    session: Session,
    proposal: Proposal,
    verb: DecisionVerb,
    decider: Decider,
    now: datetime,
    reason: str,
    edit: str = "",
) -> Decision:
    return record_decision(
        session,
        proposal,
        verb,
        decided_by=decider.person_id,
        decided_as=",".join(decider.roles),
        at=now,
        digest=proposal.digest,
        reason=reason,
        edit=edit,
    )
