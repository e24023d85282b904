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


def subject_of(
    action: MessageAction | None, facts: AccountFacts
) -> ReceivedPayment | PendingPromise | ActivePlan | None:
    """The payment, promise or plan a message is about, None where it is about none we hold."""
    match action:
        case SendReminder(template_id="broken_promise"):
            return next((p for p in facts.broken_lately if p.promise_id == action.promise_id), None)
        case AnswerQuery(template_id="receipt"):
            return next((p for p in facts.payments if p.receipt_id == action.about), None)
        case AnswerQuery(template_id="promise_confirmation"):
            theirs = (p for p in facts.promises if p.direction == "theirs")
            return next((p for p in theirs if p.promise_id == action.about), None)
        case AnswerQuery(template_id="plan_proposal"):
            return next((p for p in facts.plans if p.plan_id == action.about), None)
        case _:
            return None


def plan_currency(plan: ActivePlan, facts: AccountFacts) -> str | None:
    """The currency of a plan: that of its open invoices; None when they say none or several."""
    currencies = {i.currency for i in facts.open_items if i.invoice_id in plan.invoice_ids}
    return currencies.pop() if len(currencies) == 1 else None
