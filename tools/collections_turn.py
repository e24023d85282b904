"""One account's turn in the collections pass: pure, so that it can be replayed from its facts."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from engines.dunning import plan_contact
from guardrails.verdict import (
    Allow,
    Deny,
    NeedsApproval,
    class_of,
    explain,
    findings_of,
)
from ledger.facts import AccountFacts
from ledger.states import AccountClass, Disposition
from policies.schema import Policy
from tools.outgoing import JudgedMessage, judge_message

_ORDER = (
    Disposition.NEEDS_PERSON,
    Disposition.WAITING,
    Disposition.HELD,
    Disposition.SENT,
    Disposition.NOTHING_DUE,
)
_CLASSES = (AccountClass.ROUTINE, AccountClass.EXCEPTION, AccountClass.EXECUTIVE_REVIEW)


@dataclass(frozen=True, slots=True)
class Turn:
    """What an account's turn comes to. Exactly one disposition, whatever the currencies."""

    disposition: Disposition
    reason: str
    rule_ids: tuple[str, ...] = ()
    account_class: AccountClass = AccountClass.ROUTINE
    next_action_on: date | None = None
    leaving: tuple[JudgedMessage, ...] = ()
    asking: tuple[JudgedMessage, ...] = ()
    prepared_by: str | None = None
    task: str = ""


def take_turn(facts: AccountFacts, policy: Policy, now: datetime) -> Turn:
    """Decide what an account gets tonight.

    Args:
        facts: The account as the ledger has it.
        policy: The policy in force.
        now: The instant the night started; messages leave at the first permitted hour after it.
    """
    plan = plan_contact(facts, policy)
    if facts.inbound_unanswered:
        rule = policy.approval.by_id["answer_before_chasing"]
        return _exception(facts, rule.id, rule.says, "answer", policy)
    if not plan.reminders and plan.past_last_stage:
        return _exception(
            facts, "past_last_stage", "The ladder has no further stage.", "past", policy
        )
    if not plan.reminders:
        later = plan.next_action_on or facts.as_of + timedelta(days=365)
        return Turn(Disposition.NOTHING_DUE, _quiet_reason(facts, later), next_action_on=later)
    turns = [_of(judge_message(r, facts, policy, now), facts, policy) for r in plan.reminders]
    return turns[0] if len(turns) == 1 else _combined(turns)


def _quiet_reason(facts: AccountFacts, later: date) -> str:
    return f"next stage on {later}" if facts.open_items else "no open item"


def _exception(facts: AccountFacts, rule_id: str, says: str, task: str, policy: Policy) -> Turn:
    """A case a template does not fit: the collector's loop prepares it for a person."""
    waiting = any(p.role == "collector" for p in facts.proposals_waiting)
    return Turn(
        Disposition.WAITING if waiting else Disposition.NEEDS_PERSON,
        says,
        (rule_id,),
        AccountClass.EXCEPTION,
        facts.as_of + timedelta(days=policy.contact.look_again_days),
        prepared_by=None if waiting else "collector",
        task=task,
    )


def _of(judged: JudgedMessage, facts: AccountFacts, policy: Policy) -> Turn:
    verdict = judged.verdict
    rules = tuple(finding.rule_id for finding in findings_of(verdict))
    look_again = facts.as_of + timedelta(days=policy.contact.look_again_days)
    match verdict:
        case Allow():
            reason = f"stage {judged.action.stage}, {judged.action.currency}"
            tomorrow = facts.as_of + timedelta(days=1)
            return Turn(Disposition.SENT, reason, next_action_on=tomorrow, leaving=(judged,))
        case NeedsApproval():
            return Turn(
                Disposition.WAITING,
                explain(verdict),
                rules,
                class_of(verdict),
                look_again,
                asking=(judged,),
            )
        case Deny():
            role = next((f.prepared_by for f in verdict.findings if f.prepared_by), None)
            prepared = any(waiting.role == role for waiting in facts.proposals_waiting)
            return Turn(
                verdict.disposition,
                explain(verdict),
                rules,
                class_of(verdict),
                verdict.until or look_again,
                prepared_by=None if prepared else role,
                task=rules[0] if rules else "",
            )


def _combined(turns: list[Turn]) -> Turn:
    """Several currencies, one disposition: the most demanding, with every message kept."""
    lead = min(turns, key=lambda turn: _ORDER.index(turn.disposition))
    dates = [turn.next_action_on for turn in turns if turn.next_action_on]
    return Turn(
        lead.disposition,
        " | ".join(dict.fromkeys(turn.reason for turn in turns)),
        tuple(dict.fromkeys(rule for turn in turns for rule in turn.rule_ids)),
        max((turn.account_class for turn in turns), key=_CLASSES.index),
        min(dates, default=None),
        leaving=tuple(m for turn in turns for m in turn.leaving),
        asking=tuple(m for turn in turns for m in turn.asking),
        prepared_by=next((turn.prepared_by for turn in turns if turn.prepared_by), None),
        task=lead.task,
    )
