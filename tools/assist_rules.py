"""Read tools for what policy and law allow: may I contact them, how often, who approves, what law.

Nothing here allows anything: the gate judges again when something is asked for, and when it leaves.
"""

from datetime import date, time
from typing import Literal
from zoneinfo import ZoneInfo

from sqlalchemy import select

from engines.dunning import choose_contact, plan_contact
from guardrails.contact_rules import contact_days
from guardrails.gate import may_object
from guardrails.verdict import Finding, findings_of
from ledger.actions import SendStatement
from ledger.errors import BadInput
from ledger.facts import AccountFacts
from ledger.money import Money
from ledger.tables.work import Person
from policies.describe import describe_limits, describe_stage
from policies.schema import Policy
from tools.contract import (
    AccountRef,
    MoneyOut,
    Result,
    Scope,
    ToolContext,
    ToolRetry,
    read_tool,
)
from tools.outgoing import judge_message
from tools.propose import ACTION_TYPES

Way = Literal["call", "email", "sms"]

# A call is a person's own act and no message, so the gate never judges one; what stops a person
# from speaking to a customer about money is the same, whatever the way.
_STOPS_A_CALL = (
    "no_send_under_hold",
    "never_chase_disputed",
    "never_write_after_opt_out",
    "answer_before_chasing",
    "cash_before_chasing",
    "our_promise_first",
    "promise_pauses_its_invoices",
    "plan_pauses_its_invoices",
    "missed_instalment_needs_person",
    "no_chasing_on_stale_feeds",
)


class RuleNote(Result):
    """A rule that objects, and who may say yes where somebody may."""

    rule_id: str
    says: str
    detail: str
    until: date | None
    approvers: tuple[str, ...]


class LocalTime(Result):
    """What time it is where the customer may be, and whether that is inside the hours."""

    zone: str
    local: str
    inside: bool


class MayContact(Result):
    """Whether a customer may be contacted now, by one way, and what stands against it.

    `answer` is yes, after_approval, or no. A call is judged by the stops of the account, not by the
    budget of messages.
    """

    account_id: str
    account_number: str
    name: str
    way: str
    about: str
    answer: str
    rules: tuple[RuleNote, ...]
    hours: str
    local_times: tuple[LocalTime, ...]
    messages_in_7_days: int
    most_in_7_days: int
    messages_in_30_days: int
    most_in_30_days: int
    last_contact_on: date | None
    contact_name: str | None


class StageLine(Result):
    """A stage of the ladder."""

    level: int
    words: str
    template_id: str
    needs_approval: bool


class ContactRules(Result):
    """How often and when customers may be written to, and the ladder."""

    limits: tuple[str, ...]
    stages: tuple[StageLine, ...]
    autonomy: str


class ApproverLine(Result):
    """A role with authority, its limit, and the people who hold it."""

    role: str
    up_to: MoneyOut | None
    people: tuple[str, ...]


class Approvers(Result):
    """Who has authority for an action at an amount, and the rules that may ask for somebody."""

    action: str
    amount: MoneyOut | None
    approvers: tuple[ApproverLine, ...]
    rules: tuple[str, ...]


@read_tool()
def may_contact(ctx: ToolContext, account: AccountRef, way: Way = "email") -> MayContact:
    """Say whether a customer may be contacted now by a way, and which rules stand against it.

    Args:
        ctx: Who asks, on which ledger.
        account: The account.
        way: call, email or sms.
    """
    facts = ctx.facts(account)
    contact = choose_contact(facts)
    found = _judged(ctx, facts, way)
    counted = [(ctx.as_of - day).days for day in contact_days(facts)]
    limits = ctx.policy.contact
    opens, closes = limits.hours("sms" if way == "sms" else "email")
    times = _local_times(ctx, facts, opens, closes)
    answer = answer_of(found)
    if way == "call" and answer == "yes" and not all(each.inside for each in times):
        answer = "no"
    return MayContact(
        account_id=facts.account_id,
        account_number=facts.account_number,
        name=facts.name,
        way=way,
        about="a reminder" if plan_contact(facts, ctx.policy).reminders else "a statement",
        answer=answer,
        rules=tuple(note_of(each) for each in found),
        hours=f"{opens:%H:%M} to {closes:%H:%M} local time",
        local_times=times,
        messages_in_7_days=sum(days < 7 for days in counted),
        most_in_7_days=limits.max_contacts_per_7_days,
        messages_in_30_days=sum(days < 30 for days in counted),
        most_in_30_days=limits.max_contacts_per_30_days,
        last_contact_on=facts.contact_history[-1].sent_on if facts.contact_history else None,
        contact_name=contact.name if contact else None,
    )


def _judged(ctx: ToolContext, facts: AccountFacts, way: Way) -> tuple[Finding, ...]:
    """What the gate says to the message the ladder calls for, or to a statement."""
    reminders = plan_contact(facts, ctx.policy).reminders
    contact = choose_contact(facts) or (facts.contacts[0] if facts.contacts else None)
    currency = facts.currencies[0] if facts.currencies else ctx.policy.company.currency
    statement = SendStatement(
        account_id=facts.account_id,
        contact_id=contact.contact_id if contact else "",
        language=(contact and contact.language) or facts.language,
        currency=currency,
    )
    action = reminders[0] if reminders else statement
    channel = "sms" if way == "sms" else "email"
    verdict = judge_message(
        action.model_copy(update={"channel": channel}), facts, ctx.policy, ctx.now
    ).verdict
    found = findings_of(verdict)
    return found if way != "call" else tuple(f for f in found if f.rule_id in _STOPS_A_CALL)


def answer_of(found: tuple[Finding, ...]) -> str:
    """Whether it may be done by what was found: yes, no, or after_approval."""
    if any(each.effect == "deny" for each in found):
        return "no"
    return "after_approval" if found else "yes"


def note_of(found: Finding) -> RuleNote:
    """A finding as it is told."""
    return RuleNote(
        rule_id=found.rule_id,
        says=found.says,
        detail=found.detail,
        until=found.until,
        approvers=found.roles,
    )


def _local_times(
    ctx: ToolContext, facts: AccountFacts, opens: time, closes: time
) -> tuple[LocalTime, ...]:
    zones = facts.time_zones or (ctx.policy.company.time_zone,)
    here = [(zone, ctx.now.astimezone(ZoneInfo(zone)).time()) for zone in zones]
    return tuple(
        LocalTime(zone=zone, local=f"{local:%H:%M}", inside=opens <= local < closes)
        for zone, local in here
    )


@read_tool()
def contact_rules(ctx: ToolContext) -> ContactRules:
    """Read how often and when customers may be written to, the ladder, and what leaves alone."""
    modes = {
        "shadow": "nothing leaves",
        "draft": "every message waits for a person",
        "auto": "routine letters leave without a person",
    }
    return ContactRules(
        limits=tuple(describe_limits(ctx.policy)),
        stages=tuple(
            StageLine(
                level=stage.level,
                words=describe_stage(ctx.policy, stage.level),
                template_id=stage.template,
                needs_approval=stage.needs_approval,
            )
            for stage in ctx.policy.dunning.stages
        ),
        autonomy=modes[ctx.policy.autonomy.mode],
    )


@read_tool(Scope.BOOK)
def who_approves(
    ctx: ToolContext, action: str, amount: str | None = None, currency: str | None = None
) -> Approvers:
    """Read which roles and people have authority for an action, at an amount where one is given.

    Args:
        ctx: Who asks, on which ledger.
        action: Such as write_off, propose_plan, send_reminder, set_credit_limit.
        amount: A decimal such as 5000.00.
        currency: Its currency; that of the company if left out.
    """
    if action not in ACTION_TYPES:
        raise ToolRetry(f"action is one of {', '.join(sorted(ACTION_TYPES))}")
    value = _value(ctx, amount, currency)
    people = ctx.session.scalars(select(Person).order_by(Person.id)).all()
    lines = [
        ApproverLine(
            role=entry.role,
            up_to=_limit(entry.up_to, value, ctx.policy),
            people=tuple(p.name for p in people if entry.role in p.roles.split(",")),
        )
        for entry in ctx.policy.approval.authority
        if entry.covers(action, value)
    ]
    asked = may_object(action)
    rules = [rule for rule in ctx.policy.approval.rules if rule.effect == "approve"]
    return Approvers(
        action=action,
        amount=value,
        approvers=tuple(lines),
        rules=tuple(
            f"{rule.says} Approved by: {' or '.join(rule.roles)}."
            for rule in rules
            if rule.id in asked
        ),
    )


def _value(ctx: ToolContext, amount: str | None, currency: str | None) -> Money | None:
    if amount is None:
        return None
    try:
        return Money.of(amount, currency or ctx.policy.company.currency)
    except (BadInput, ArithmeticError):
        raise ToolRetry("give an amount such as 5000.00 and a currency such as EUR") from None


def _limit(up_to: dict | None, value: Money | None, policy: Policy) -> Money | None:
    currency = value.currency if value else policy.company.currency
    limit = (up_to or {}).get(currency)
    return None if limit is None else Money.of(str(limit), currency)
