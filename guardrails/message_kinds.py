"""What kind of message an action is, in the words of the rule packs, and what it answers."""

from typing import Literal, assert_never

from ledger.actions import AnswerQuery, MessageAction, SendReminder, SendStatement
from ledger.facts import AccountFacts, ActivePlan, PendingPromise, ReceivedPayment

MessageKind = Literal[
    "reminder",
    "statement",
    "receipt",
    "auto_reply",
    "dispute_ack",
    "validation_notice",
    "opt_out_confirmation",
    "plan_proposal",
    "call_task",
]
_KINDS: dict[str, MessageKind] = {
    "dispute_acknowledgement": "dispute_ack",
    "receipt": "receipt",
    "promise_confirmation": "auto_reply",
    "copy_answer": "auto_reply",
    "plan_proposal": "plan_proposal",
    "opt_out_confirmation": "opt_out_confirmation",
}
OFF_LADDER = ("pre_due", "broken_promise")
"""Reminders of stage 0."""


def message_kind(action: MessageAction) -> MessageKind:
    """The kind of a message.

    An answer in words of its own is no fixed acknowledgement, whatever template it names, so it
    never enjoys what such a one is excused from.
    """
    match action:
        case SendReminder():
            return "reminder"
        case SendStatement():
            return "statement"
        case AnswerQuery():
            return _KINDS[action.template_id] if action.wording == "template" else "auto_reply"
        case _:
            assert_never(action)


Subject = ReceivedPayment | PendingPromise | ActivePlan


def subject_of(action: MessageAction | None, facts: AccountFacts) -> Subject | None:
    """The payment, promise or plan a message is about, None where it is about none we hold."""
    match action:
        case SendReminder(promise_id=str() as named):
            return subjects_for(action, facts).get(named)
        case AnswerQuery(about=str() as named):
            return subjects_for(action, facts).get(named)
        case _:
            return None


def subjects_for(action: MessageAction, facts: AccountFacts) -> dict[str, Subject]:
    """What a message of its template may be about, by id."""
    match action.template_id:
        case "broken_promise":
            return {each.promise_id: each for each in facts.broken_lately}
        case "receipt":
            return {each.receipt_id: each for each in facts.payments}
        case "promise_confirmation":
            theirs = (each for each in facts.promises if each.direction == "theirs")
            return {each.promise_id: each for each in theirs}
        case "plan_proposal":
            return {each.plan_id: each for each in facts.plans}
        case _:
            return {}


def plan_currency(plan: ActivePlan, facts: AccountFacts) -> str | None:
    """The currency of a plan: that of its open invoices; None when they say none or several."""
    currencies = {i.currency for i in facts.open_items if i.invoice_id in plan.invoice_ids}
    return currencies.pop() if len(currencies) == 1 else None
