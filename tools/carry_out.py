"""Carrying out what was decided: judged again, on the newest facts, in one transaction."""

from dataclasses import replace
from datetime import date, datetime

from sqlalchemy import select
from sqlmodel import Session

from guardrails.changes import what_moved
from guardrails.verdict import Allow, Deny, NeedsApproval, Verdict, explain
from ledger.actions import MessageAction, ProposedAction, read_action
from ledger.errors import ArError, BadInput
from ledger.facts import AccountFacts
from ledger.journal import (
    add_proposals,
    audit,
    decode_roles,
    get_proposal,
    move_proposal,
    proposal_row,
    recorded_facts,
    touch,
)
from ledger.money import Money
from ledger.queries.cash_facts import facts_for
from ledger.states import DecisionVerb, ProposalState
from ledger.tables.work import Decision, Proposal
from policies.schema import Policy
from tools.cash_candidates import name_in_request
from tools.execute import Writer, action_value, execute
from tools.execute_cash import items_of
from tools.letters import Letter, LetterError, render_letter
from tools.outgoing import JudgedMessage
from tools.proposals import judge_action, keep_settled, new_proposal


def carry_out(
    session: Session, proposal_id: str, policy: Policy, as_of: date, now: datetime
) -> str:
    """Execute a decided proposal, judged again on the newest facts; returns what happened.

    A world that moved asks again with a new proposal; a world that forbids refuses.
    """
    proposal = get_proposal(session, proposal_id)
    if proposal.state != ProposalState.DECIDED:
        return proposal.outcome or proposal.state
    action = read_action(proposal.action)
    facts = current_facts(session, proposal, as_of)
    verdict, judged = judge_action(action, facts, policy, now)
    if isinstance(verdict, Deny):
        if later := may_leave_later(verdict):
            move_proposal(session, proposal, ProposalState.DECIDED, outcome=later)
            return later
        told = what_moved(recorded_facts(session, proposal.facts_hash), facts)
        since = f" Since it was drafted: {'; '.join(told)}." if told else ""
        says = f"refused: {explain(verdict)}{since}"
        return close(session, proposal, ProposalState.REFUSED, says, now)
    moved = asks_again_because(session, proposal, facts, policy, verdict, judged)
    if moved:
        row = replacement(
            session,
            proposal,
            action,
            verdict,
            facts,
            policy,
            proposal.author,
            now,
            f"Since it was drafted: {moved}.",
        )
        ask_anew(session, row, now)
        says = f"asks again as {row['id']}: {moved}"
        return close(session, proposal, ProposalState.REFUSED, says, now)
    last = session.scalars(
        select(Decision)
        .where(Decision.proposal_id == proposal.id, Decision.verb == DecisionVerb.APPROVE)
        .order_by(Decision.version.desc())
    ).first()
    if last is None or last.digest != proposal.digest:
        return close(session, proposal, ProposalState.REFUSED, "refused: no approval of it", now)
    writer = Writer(
        session, facts, policy, now, last.decided_by, proposal.run_id, proposal.id, last.id
    )
    try:
        with session.begin_nested():
            done = execute(writer, action, judged)
    except ArError as error:
        return close(session, proposal, ProposalState.REFUSED, f"refused: {error.message}", now)
    return close(session, proposal, ProposalState.EXECUTED, done, now)


def may_leave_later(verdict: Deny) -> str:
    """An hour or a day at which nobody is written to only delays what was approved."""
    denials = [finding for finding in verdict.findings if finding.effect == "deny"]
    if any(finding.rule_id != "in_contact_window" for finding in denials):
        return ""
    return f"approved; leaves when the customer may be written to again ({denials[0].detail})"


def asks_again_because(
    session: Session,
    proposal: Proposal,
    facts: AccountFacts,
    policy: Policy,
    verdict: Verdict,
    judged: JudgedMessage | None,
) -> str:
    """What makes an approval no longer cover the action; empty if it still does."""
    if policy.hash != proposal.policy_hash:
        return "the policy changed"
    approved = set(proposal.rule_ids.split(","))
    if isinstance(verdict, NeedsApproval):
        fresh = [f for f in verdict.findings if f.rule_id not in approved]
        if fresh:
            return explain(NeedsApproval(tuple(fresh)))
    action = read_action(proposal.action)
    before = recorded_facts(session, proposal.facts_hash)
    if judged is not None and isinstance(action, MessageAction):
        shown = shown_letter(action, before, policy, facts.as_of)
        if judged.letter is None or shown is None or judged.letter.digest != shown.digest:
            return "; ".join(what_moved(before, facts)) or "the words would differ"
    return "; ".join(what_moved(before, facts)) if _value_moved(action, before, facts) else ""


def shown_letter(
    action: MessageAction, before: AccountFacts, policy: Policy, as_of: date
) -> Letter | None:
    """The letter a reviewer sees: on the recorded facts, dated the day it would leave."""
    try:
        return render_letter(action, replace(before, as_of=as_of), policy)
    except LetterError:
        return None


def _value_moved(action: ProposedAction, before: AccountFacts, after: AccountFacts) -> bool:
    """Whether the money an action stands on has changed."""

    def stand(facts: AccountFacts) -> tuple[Money | None, tuple[object, ...]]:
        named = getattr(action, "invoice_ids", None) or [
            part.invoice_id for part in getattr(action, "allocations", ())
        ]
        items = items_of(facts)
        open_items = tuple((i, items[i].open_minor) for i in sorted(named) if i in items)
        return action_value(action, facts), open_items

    return stand(before) != stand(after)


def replacement(
    session: Session,
    proposal: Proposal,
    action: ProposedAction,
    verdict: Verdict,
    facts: AccountFacts,
    policy: Policy,
    author: str,
    now: datetime,
    why: str,
) -> dict[str, object]:
    """The row of a proposal that takes another's place."""
    if isinstance(verdict, Allow):
        verdict = NeedsApproval(())
    settled, key = keep_settled(session, facts)
    new = new_proposal(
        action, verdict, settled, key, policy, author, proposal.role, None, why, proposal.id
    )
    if not new.approver_roles:
        new = replace(new, approver_roles=decode_roles(proposal.approver_roles))
    return proposal_row(new, now)


def ask_anew(session: Session, row: dict[str, object], now: datetime) -> None:
    """Put a replacement before a person."""
    add_proposals(session, [row])
    name_in_request(session, read_action(str(row["action"])))
    audit(
        session,
        now,
        "proposal_made",
        str(row["id"]),
        str(row["author"]),
        rules=row["rule_ids"],
        supersedes=row["supersedes_id"],
    )


def close(
    session: Session, proposal: Proposal, state: ProposalState, outcome: str, now: datetime
) -> str:
    """End a proposal with a sentence about how, and look at its account again."""
    move_proposal(session, proposal, state, outcome=outcome)
    touch(session, {proposal.account_id})
    audit(session, now, f"proposal_{state.value}", proposal.id, "graph", outcome=outcome)
    return outcome


def current_facts(session: Session, proposal: Proposal, as_of: date) -> AccountFacts:
    """The account of a proposal now, with the money it speaks of, without what waits on it.

    The money it would set against the account is its own matter, and no news.

    Raises:
        BadInput: No such account.
    """
    action = read_action(proposal.action)
    facts = facts_for(session, as_of, [action]).get(proposal.account_id)
    if facts is None:
        raise BadInput(f"no account {proposal.account_id}")
    own = getattr(action, "receipt_id", None)
    others = tuple(each for each in facts.suggested if each.receipt_id != own)
    return replace(facts, proposals_waiting=(), suggested=others)


def expire(session: Session, proposal: Proposal, now: datetime) -> None:
    """Time is up: escalate by closing it, so that the next night drafts it anew. Never approve."""
    outcome = f"expired after {proposal.expires_on}"
    close(session, proposal, ProposalState.EXPIRED, outcome, now)


def withdraw(session: Session, proposal: Proposal, reason: str, now: datetime) -> None:
    """Close a proposal whose reason is gone."""
    close(session, proposal, ProposalState.SUPERSEDED, reason, now)
