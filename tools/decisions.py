"""What a person may say to a proposal. Compare-and-set: two people cannot both decide."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from pydantic import ValidationError
from sqlmodel import Session

from guardrails.verdict import Deny, NeedsApproval, explain
from ledger.actions import MessageAction, ProposedAction, action_json, parse_action, read_action
from ledger.errors import BadInput, Conflict, Refused
from ledger.facts import AccountFacts
from ledger.journal import first_decision, get_proposal, move_proposal, record_decision, touch
from ledger.queries.cash_facts import facts_for
from ledger.states import OPEN_PROPOSAL_STATES, DecisionVerb, ProposalState
from ledger.tables.account import Account
from ledger.tables.work import Decision, Proposal
from policies.schema import Policy
from tools.alternatives import offered
from tools.authority import Decider, in_words, standing_of
from tools.carry_out import ask_anew, current_facts, replacement
from tools.cash_candidates import deny_asked
from tools.colleagues import taker
from tools.delegation import substitutes
from tools.letters import Letter, render_letter
from tools.proposals import judge_action


@dataclass(frozen=True, slots=True)
class Decided:
    """The answer to a decision: whether the paused graph goes on, and in words what happened."""

    proposal_id: str
    decision_id: str
    resumes: bool
    says: str


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
    proposal = _open_proposal(session, proposal_id, now)
    if seen_digest is not None and seen_digest != proposal.digest:
        raise Conflict("the proposal is not the one you saw; open it again")
    missing = standing_of(session, proposal).after(decider, policy)
    decision = _decide(session, proposal, DecisionVerb.APPROVE, decider, now, "")
    if missing:
        move_proposal(session, proposal, ProposalState(proposal.state))
        says = f"approved; still needs {in_words(missing)}"
        return Decided(proposal.id, decision.id, False, says)
    move_proposal(session, proposal, ProposalState.DECIDED)
    return Decided(proposal.id, decision.id, True, "approved")


def choose(
    session: Session,
    proposal_id: str,
    decider: Decider,
    number: int,
    policy: Policy,
    as_of: date,
    now: datetime,
    seen_digest: str | None = None,
) -> Decided:
    """Say yes to another of the ways the card lists; the first one is the request itself.

    The other way becomes a request of its own, by the author of the first, judged anew and
    approved by this person; what else it needs, it waits for.

    Raises:
        BadInput: The card lists no such way.
        Refused: The gate denies that way, or the decider may not approve it.
        Conflict: As for an approval.
    """
    if number == 1:
        return approve(session, proposal_id, decider, policy, now, seen_digest)
    proposal = _open_proposal(session, proposal_id, now)
    if seen_digest is not None and seen_digest != proposal.digest:
        raise Conflict("the proposal is not the one you saw; open it again")
    others, _words = offered(session, proposal.id)
    if not 2 <= number <= len(others) + 1:
        there = f"ways 1 to {len(others) + 1}" if others else "one way only"
        raise BadInput(f"the card lists {there}, not way {number}")
    action = others[number - 2]
    facts = facts_for(session, as_of, [action])[action.account_id]
    verdict, _judged = judge_action(action, facts, policy, now)
    if isinstance(verdict, Deny):
        raise Refused(explain(verdict))
    chosen = f"chose way {number} of {len(others) + 1}"
    decision = _decide(
        session, proposal, DecisionVerb.EDIT, decider, now, chosen, edit=action_json(action)
    )
    author = proposal.author
    row = replacement(session, proposal, action, verdict, facts, policy, author, now, chosen)
    ask_anew(session, row, now)
    new_id = str(row["id"])
    move_proposal(session, proposal, ProposalState.SUPERSEDED, outcome=f"{chosen}; now {new_id}")
    said = approve(session, new_id, decider, policy, now)
    return Decided(proposal.id, decision.id, True, f"{chosen}: {said.says}")


def reject(
    session: Session, proposal_id: str, decider: Decider, reason: str, now: datetime
) -> Decided:
    """Say no, with a reason; final until the facts change."""
    proposal = _open_proposal(session, proposal_id, now)
    if not reason.strip():
        raise BadInput("a rejection needs a reason, so that the next draft is better")
    decision = _decide(session, proposal, DecisionVerb.REJECT, decider, now, reason)
    move_proposal(session, proposal, ProposalState.REJECTED, outcome=f"rejected: {reason}")
    touch(session, {proposal.account_id})
    deny_asked(session, read_action(proposal.action))
    return Decided(proposal.id, decision.id, True, "rejected")


def edit(
    session: Session,
    proposal_id: str,
    decider: Decider,
    changes: dict[str, object],
    policy: Policy,
    as_of: date,
    now: datetime,
    claims: tuple[str, ...] | None = None,
) -> Decided:
    """Change the action; the editor becomes the author of a new proposal, judged anew.

    Args:
        session: A writing session.
        proposal_id: What is edited.
        decider: Who edits it.
        changes: Fields of the action and their new values.
        policy: The policy in force.
        as_of: The business date.
        now: The instant of the edit.
        claims: What a second reader found in the new words; None where it did not answer.

    Raises:
        BadInput: The changed action is not a valid one, or another account's.
        Refused: The gate denies it.
    """
    proposal = _open_proposal(session, proposal_id, now)
    facts = current_facts(session, proposal, as_of)
    action = _edited(read_action(proposal.action), changes, claims, facts, policy)
    verdict, _judged = judge_action(action, facts, policy, now)
    if isinstance(verdict, Deny):
        raise Refused(explain(verdict))
    decision = _decide(
        session, proposal, DecisionVerb.EDIT, decider, now, "", edit=action_json(action)
    )
    row = replacement(
        session, proposal, action, verdict, facts, policy, decider.person_id, now, "edited"
    )
    ask_anew(session, row, now)
    move_proposal(session, proposal, ProposalState.SUPERSEDED, outcome=f"edited; now {row['id']}")
    says = f"edited; {row['id']} waits for somebody other than {decider.name}"
    return Decided(proposal.id, decision.id, True, says)


@dataclass(frozen=True, slots=True)
class Tried:
    """What an edit would come to.

    Attributes:
        effect: `waits` for another person, `denied` by a rule, or `invalid` as it stands.
        letter: The letter as it would read, where it is one and can be worded.
    """

    effect: Literal["waits", "denied", "invalid"]
    says: str
    letter: Letter | None = None


def try_edit(
    session: Session,
    proposal: Proposal,
    changes: dict[str, object],
    policy: Policy,
    as_of: date,
    now: datetime,
) -> Tried:
    """Judge an edit without keeping it; own words are read a second time only once it is kept."""
    facts = current_facts(session, proposal, as_of)
    try:
        action = _edited(read_action(proposal.action), changes, (), facts, policy)
    except BadInput as error:
        return Tried("invalid", error.message)
    verdict, judged = judge_action(action, facts, policy, now)
    letter = judged.letter if judged else None
    if isinstance(verdict, Deny):
        return Tried("denied", explain(verdict), letter)
    needs = in_words(verdict.role_sets) if isinstance(verdict, NeedsApproval) else ""
    who = f"{needs}, not you" if needs else "somebody other than you"
    return Tried("waits", f"It would wait for {who}. {explain(verdict)}".strip(), letter)


def _edited(
    action: ProposedAction,
    changes: dict[str, object],
    claims: tuple[str, ...] | None,
    facts: AccountFacts,
    policy: Policy,
) -> ProposedAction:
    if not changes:
        raise BadInput("nothing was changed; approve it as it is, or say what should differ")
    fixed = {"account_id", "type", "wording", "reported_claims"}.intersection(changes)
    if fixed:
        raise BadInput(f"{sorted(fixed)[0]} cannot be edited; reject and ask for another action")
    values = action.model_dump() | changes
    if isinstance(action, MessageAction) and changes.keys() & {"subject", "body"}:
        values |= _own_words(action, changes, facts, policy)
        # Only a second reading of all the words takes back what the first one found in them.
        read_anew = claims is not None and {"subject", "body"} <= changes.keys()
        kept = () if read_anew else action.reported_claims
        values["reported_claims"] = sorted({*kept, *(claims or ())})
    try:
        return parse_action(values)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"][1:])
        raise BadInput(f"the edit is not valid: {where or 'action'}: {first['msg']}") from None


def _own_words(
    action: MessageAction, changes: dict[str, object], facts: AccountFacts, policy: Policy
) -> dict[str, object]:
    """A person's wording: what they did not write stays as the letter has it."""
    kept: dict[str, object] = {"wording": "person"}
    if action.wording == "template" and not {"subject", "body"} <= changes.keys():
        letter = render_letter(action, facts, policy)
        kept |= {"subject": letter.subject, "body": letter.body}
    return kept | {k: v for k, v in changes.items() if k in ("subject", "body")}


def send_back(
    session: Session, proposal_id: str, decider: Decider, note: str, now: datetime
) -> Decided:
    """Answer the role that prepared it; it prepares the case again with the note."""
    proposal = _open_proposal(session, proposal_id, now)
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
    proposal = _open_proposal(session, proposal_id, now)
    if not as_of < until <= proposal.expires_on:
        raise BadInput(f"snooze until a date after {as_of}, at the latest {proposal.expires_on}")
    decision = _decide(session, proposal, DecisionVerb.SNOOZE, decider, now, until.isoformat())
    move_proposal(session, proposal, ProposalState.SNOOZED, snoozed_until=until)
    return Decided(proposal.id, decision.id, False, f"snoozed until {until}")


def assign(
    session: Session,
    proposal_id: str,
    decider: Decider,
    assignee: str,
    policy: Policy,
    as_of: date,
    now: datetime,
) -> Decided:
    """Give it to a colleague; to whoever stands in for them while they are away.

    Raises:
        BadInput: Whoever would take it left, decides nothing or does not see the account.
    """
    proposal = _open_proposal(session, proposal_id, now)
    takes = substitutes(session, as_of).get(taker(session, assignee, policy).person_id, assignee)
    account = session.get_one(Account, proposal.account_id)
    if not taker(session, takes, policy).sight.covers(account):
        raise BadInput(f"{takes} does not see this account; give it to somebody who does")
    for_whom = f", who stands in for {assignee}" if takes != assignee else ""
    decision = _decide(session, proposal, DecisionVerb.ASSIGN, decider, now, takes + for_whom)
    move_proposal(session, proposal, ProposalState(proposal.state), assignee=takes)
    return Decided(proposal.id, decision.id, False, f"assigned to {takes}{for_whom}")


REASONS = {
    "not_owed": "Not owed, or already paid",
    "wrong_facts": "A fact in it is wrong",
    "wrong_person": "The wrong person or address",
    "wrong_words": "The words or the tone",
    "wrong_time": "The wrong moment",
    "handled_otherwise": "Handled in another way",
    "other": "Another reason",
}


def rejection(code: str, words: str) -> str:
    """A rejection's reason from its code and words; another reason needs words.

    Raises:
        BadInput: No such code, or no words where they are needed.
    """
    if code not in REASONS:
        raise BadInput(f"no reason {code!r}: choose from {', '.join(REASONS)}")
    if code == "other":
        if not words.strip():
            raise BadInput("say in words what the other reason is")
        return words.strip()
    return f"{REASONS[code]}: {words.strip()}" if words.strip() else REASONS[code]


def _open_proposal(session: Session, proposal_id: str, now: datetime) -> Proposal:
    proposal = get_proposal(session, proposal_id)
    if proposal.state not in OPEN_PROPOSAL_STATES:
        raise Conflict(first_decision(session, proposal.id))
    if proposal.expires_on < now.date():
        raise Conflict(
            f"it expired after {proposal.expires_on}; the next night drafts it anew from the books"
        )
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
