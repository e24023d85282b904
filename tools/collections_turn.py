"""One account's turn in the collections pass: pure, so that it can be replayed from its facts."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from engines.dunning import plan_contact
from guardrails.case import Draft
from guardrails.gate import judge
from guardrails.verdict import (
    Allow,
    Deny,
    NeedsApproval,
    Verdict,
    class_of,
    explain,
    findings_of,
)
from ledger.actions import SendReminder, action_json
from ledger.facts import AccountFacts, InFlight
from ledger.states import AccountClass, Disposition, OutboxState
from policies.schema import Policy
from tools.execute import action_value
from tools.outgoing import JudgedMessage, judge_message

_ORDER = (
    Disposition.NEEDS_PERSON,
    Disposition.WAITING,
    Disposition.HELD,
    Disposition.SENT,
    Disposition.NOTHING_DUE,
)
# What holds a reminder back holds the question what follows the last one back, too.
_PAUSES = frozenset(
    {
        "no_send_under_hold",
        "never_chase_disputed",
        "cash_before_chasing",
        "our_promise_first",
        "promise_pauses_its_invoices",
        "plan_pauses_its_invoices",
        "missed_instalment_needs_person",
    }
)
_UNTIL_FACTS_CHANGE = "; asked again once the facts change"
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
    turns = _reminded(plan.reminders, facts, policy, now)
    reminded = {reminder.currency for reminder in plan.reminders}
    turns += [
        _past_ladder(currency, facts, policy)
        for currency in plan.past_last_stage
        if currency not in reminded
    ]
    if not turns:
        later = plan.next_action_on or facts.as_of + timedelta(days=365)
        reason = _quiet_reason(facts, plan.next_action_on)
        return Turn(Disposition.NOTHING_DUE, reason, next_action_on=later)
    return turns[0] if len(turns) == 1 else _combined(turns)


def _reminded(
    reminders: tuple[SendReminder, ...], facts: AccountFacts, policy: Policy, now: datetime
) -> list[Turn]:
    """A turn for each currency; what leaves in one counts against the budget of the next."""
    turns, seen = [], facts
    for reminder in reminders:
        turn = _of(judge_message(reminder, seen, policy, now), facts, policy)
        if turn.leaving:
            leaving = InFlight(reminder.currency, OutboxState.QUEUED, reminder.currency)
            seen = replace(seen, in_flight=(*seen.in_flight, leaving))
        turns.append(turn)
    return turns


def _quiet_reason(facts: AccountFacts, next_stage_on: date | None) -> str:
    if not facts.open_items:
        return "no open item"
    return f"next stage on {next_stage_on}" if next_stage_on else "too little is due for a letter"


def _past_ladder(currency: str, facts: AccountFacts, policy: Policy) -> Turn:
    """No further stage: a person's, unless what pauses a reminder pauses this too."""
    last = policy.dunning.stages[-1]
    reminder = SendReminder(
        account_id=facts.account_id,
        contact_id="",
        currency=currency,
        stage=last.level,
        template_id=last.template,
        invoice_ids=tuple(
            item.invoice_id
            for item in facts.open_items
            if item.currency == currency and item.dunning_level >= last.level
        ),
    )
    found = findings_of(judge(reminder, facts, policy, None, Draft("", "", "")))
    pausing = tuple(f for f in found if f.rule_id in _PAUSES and f.effect == "deny")
    if pausing:
        return _denied(Deny(pausing), facts, policy)
    return _exception(facts, "past_last_stage", "The ladder has no further stage.", "past", policy)


def _exception(facts: AccountFacts, rule_id: str, says: str, task: str, policy: Policy) -> Turn:
    """A case a template does not fit: the collector's loop prepares it for a person."""
    if settled := _settled(facts, "collector"):
        return Turn(
            Disposition.HELD,
            settled,
            (rule_id,),
            AccountClass.EXCEPTION,
            _look_again(facts, policy),
        )
    waiting = any(p.role == "collector" for p in facts.proposals_waiting)
    return Turn(
        Disposition.WAITING if waiting else Disposition.NEEDS_PERSON,
        says,
        (rule_id,),
        AccountClass.EXCEPTION,
        _look_again(facts, policy),
        prepared_by=None if waiting else "collector",
        task=task,
    )


def _of(judged: JudgedMessage, facts: AccountFacts, policy: Policy) -> Turn:
    verdict = judged.verdict
    match verdict:
        case Allow():
            stage = judged.action.stage
            what = f"stage {stage}" if stage else "note ahead of the due date"
            reason = f"{what}, {judged.action.currency}"
            tomorrow = facts.as_of + timedelta(days=1)
            return Turn(Disposition.SENT, reason, next_action_on=tomorrow, leaving=(judged,))
        case NeedsApproval():
            if said_no := _rejected_before(judged, facts):
                return Turn(
                    Disposition.HELD,
                    said_no + _UNTIL_FACTS_CHANGE,
                    _rule_ids(verdict),
                    class_of(verdict),
                    _look_again(facts, policy),
                )
            return Turn(
                Disposition.WAITING,
                explain(verdict),
                _rule_ids(verdict),
                class_of(verdict),
                _look_again(facts, policy),
                asking=(judged,),
            )
        case Deny():
            return _denied(verdict, facts, policy)


def _settled(facts: AccountFacts, role: str | None) -> str:
    """What a person said of the case of a role that stands as it did."""
    outcome = next((case.outcome for case in facts.settled if case.role == role), "")
    return outcome and outcome + _UNTIL_FACTS_CHANGE


def _rejected_before(judged: JudgedMessage, facts: AccountFacts) -> str:
    """What a person said no to just this reminder for; a no stands until the facts change."""
    value = action_value(judged.action, facts)
    said = action_json(judged.action)
    return next(
        (
            draft.outcome
            for draft in facts.rejected
            if draft.action == said and value is not None and draft.value_minor == value.minor
        ),
        "",
    )


def _denied(verdict: Deny, facts: AccountFacts, policy: Policy) -> Turn:
    role = next((f.prepared_by for f in verdict.findings if f.prepared_by), None)
    prepared = any(waiting.role == role for waiting in facts.proposals_waiting)
    settled = _settled(facts, role)
    return Turn(
        Disposition.HELD if settled else verdict.disposition,
        f"{explain(verdict)} {settled}".strip(),
        _rule_ids(verdict),
        class_of(verdict),
        verdict.until or _look_again(facts, policy),
        prepared_by=None if prepared or settled else role,
        task=verdict.findings[0].rule_id,
    )


def _rule_ids(verdict: Verdict) -> tuple[str, ...]:
    return tuple(finding.rule_id for finding in findings_of(verdict))


def _look_again(facts: AccountFacts, policy: Policy) -> date:
    return facts.as_of + timedelta(days=policy.contact.look_again_days)


def _combined(turns: list[Turn]) -> Turn:
    """Several currencies, one disposition: the most demanding, with every message kept."""
    ordered = sorted(turns, key=lambda turn: _ORDER.index(turn.disposition))
    lead = ordered[0]
    case = next((turn for turn in ordered if turn.prepared_by), lead)
    dates = [turn.next_action_on for turn in turns if turn.next_action_on]
    return Turn(
        lead.disposition,
        " | ".join(dict.fromkeys(turn.reason for turn in turns)),
        tuple(dict.fromkeys(rule for turn in turns for rule in turn.rule_ids)),
        max((turn.account_class for turn in turns), key=_CLASSES.index),
        min(dates, default=None),
        leaving=tuple(m for turn in turns for m in turn.leaving),
        asking=tuple(m for turn in turns for m in turn.asking),
        prepared_by=case.prepared_by,
        task=case.task,
    )
