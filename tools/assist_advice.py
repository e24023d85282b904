"""What helps while a colleague has a customer on the telephone: may I, what may be said, which law.

Everything here is read: the rules of the gate, the plan options, the packs. Nothing is offered to
anybody by looking at it.
"""

from tools.accounts import get_account_brief
from tools.assist_account import NextSteps, next_steps
from tools.assist_law import Regulation, regulation_notes
from tools.assist_plans import PlanOptions, plan_options
from tools.assist_rules import MayContact, may_contact
from tools.contract import MoneyOut, Result, ToolContext

_LAWS_SHOWN = 6


class Saying(Result):
    """Something that may be said, may be after approval, or may not, and the rule behind it."""

    may: str
    words: str
    rule_id: str | None = None


class Advice(Result):
    """One page for a call."""

    account_id: str
    account_number: str
    name: str
    open: tuple[MoneyOut, ...]
    overdue: tuple[MoneyOut, ...]
    oldest_days_past_due: int
    call: MayContact
    sayings: tuple[Saying, ...]
    plans: PlanOptions
    steps: NextSteps
    law: Regulation


def account_advice(ctx: ToolContext, account_id: str) -> Advice:
    """Collect what a colleague may want to know while the customer speaks.

    Args:
        ctx: Who asks, on which ledger.
        account_id: The account, among those they see.
    """
    brief = get_account_brief.run(ctx, account_id)
    plans = plan_options.run(ctx, account_id)
    call = may_contact.run(ctx, account_id, way="call")
    return Advice(
        account_id=brief.account_id,
        account_number=brief.account_number,
        name=brief.name,
        open=brief.open,
        overdue=brief.overdue,
        oldest_days_past_due=brief.oldest_days_past_due,
        call=call,
        sayings=_sayings(ctx, call, plans),
        plans=plans,
        steps=next_steps.run(ctx, account_id),
        law=regulation_notes.run(ctx, account_id, limit=_LAWS_SHOWN),
    )


def _sayings(ctx: ToolContext, call: MayContact, plans: PlanOptions) -> tuple[Saying, ...]:
    """What may be said, by the rules that would ask about it."""
    rules = ctx.policy.approval.by_id
    stops = [
        Saying(may="no", words=f"Do not ask for payment: {each.says}", rule_id=each.rule_id)
        for each in call.rules
    ]
    facts = Saying(
        may="yes",
        words="Invoice numbers, due dates and open amounts, exactly as they stand on the account.",
        rule_id="every_number_traced",
    )
    listen = Saying(
        may="yes",
        words="Ask when it will be paid and note the words; a dispute or hardship is written down "
        "and ends the asking.",
        rule_id="answer_before_chasing",
    )
    offer = "A plan may be talked about, not agreed: finance decides, then the customer accepts."
    plan = Saying(
        may="no" if plans.none_because else "after_approval",
        words=f"No plan: {plans.none_because}" if plans.none_because else offer,
        rule_id="plans_need_finance_lead",
    )
    asked_first = tuple(
        Saying(may="after_approval", words=f"{words} {rules[rule_id].says}", rule_id=rule_id)
        for rule_id, words in (
            ("credits_need_finance_lead", "Credit, waiver or discount:"),
            ("our_promises_need_person", "A promise of ours:"),
        )
        if rule_id in rules
    )
    never = Saying(may="no", words="Threats, legal steps or new bank details, on any call.")
    return (*stops, facts, listen, plan, *asked_first, never)
