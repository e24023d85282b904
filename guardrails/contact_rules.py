"""Rules for every message to a customer: may it go to this account at all?

Each rule is a function of a Case that returns a Hit where it objects. What an objection leads to
is data: the entry of the same name in policies approval.toml.
"""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from guardrails.business_days import (
    contact_window,
    grace_ends,
    is_business_day,
    next_business_day,
)
from guardrails.case import Case
from guardrails.feeds import stale_feeds
from guardrails.message_kinds import message_kind
from guardrails.verdict import Hit
from ledger.actions import AnswerQuery
from ledger.facts import AccountFacts, ActivePlan, OpenDispute, PendingPromise
from ledger.money import Money
from ledger.states import PlanState


def no_chasing_on_stale_feeds(case: Case) -> Hit | None:
    """Every required feed is fresh enough."""
    read = {feed.name: feed.read_through for feed in case.facts.feeds}
    for name, through in stale_feeds(read, case.policy, case.as_of).items():
        told = f"was read through {through}" if through else "has never been read"
        return Hit(f"feed {name} {told}")
    return None


def no_send_under_hold(case: Case) -> Hit | None:
    """No hold is in force on the account or an item named."""
    holds = [h for h in case.facts.holds if h.invoice_id is None or h.invoice_id in case.named_ids]
    if not holds:
        return None
    ends = [hold.ends_on for hold in holds]
    until = max(e for e in ends if e) + timedelta(days=1) if all(ends) else None
    return Hit(", ".join(sorted({hold.reason for hold in holds})), until)


def never_chase_disputed(case: Case) -> Hit | None:
    """No dispute is open on the account (scope account) or on an item named (scope item).

    The fixed acknowledgement of a dispute is not chasing.
    """
    if not case.facts.disputes or _acknowledges(case):
        return None
    if case.policy.contact.dispute_scope == "account":
        hits = case.facts.disputes
    else:
        hits = tuple(d for d in case.facts.disputes if _names_disputed(case, d))
    return Hit(", ".join(sorted({d.reason for d in hits}))) if hits else None


def _names_disputed(case: Case, dispute: OpenDispute) -> bool:
    """Whether a reminder asks for what is disputed; of an invoice in part, it asks for the rest."""
    if dispute.invoice_id is None:
        return True
    if dispute.invoice_id not in case.named_ids:
        return False
    item = case.items.get(dispute.invoice_id)
    return dispute.amount_minor is None or item is None or not item.is_partly_disputed


def _acknowledges(case: Case) -> bool:
    return case.message is not None and message_kind(case.message) == "dispute_ack"


def never_write_after_opt_out(case: Case) -> Hit | None:
    """The contact has not asked us to stop; only that we stop is confirmed to them, once."""
    if case.contact is None or not case.contact.opted_out or _confirms_opt_out(case):
        return None
    return Hit(case.contact.name)


def _confirms_opt_out(case: Case) -> bool:
    return case.message is not None and message_kind(case.message) == "opt_out_confirmation"


def reachable_contact_required(case: Case) -> Hit | None:
    """The contact belongs to the account and its address on the channel works."""
    contact, message = case.contact, case.message
    if message is None:
        return None
    if contact is None:
        return Hit("no contact of the account")
    if message.channel == "email" and (not contact.email or contact.bounced):
        return Hit("address bounced" if contact.bounced else "no e-mail address")
    if message.channel == "sms" and not contact.phone:
        return Hit("no phone number")
    return None


def consent_before_channel(case: Case) -> Hit | None:
    """A channel that needs consent has it."""
    message, contact = case.message, case.contact
    if message is None or message.channel not in case.policy.contact.channels_needing_consent:
        return None
    return None if contact and message.channel in contact.consents else Hit(message.channel)


def channel_permitted(case: Case) -> Hit | None:
    """Policy lets the contact be written to by the channel; third parties get no text message."""
    message, contact = case.message, case.contact
    if message is None or contact is None:
        return None
    allowed = case.policy.contact.allows(message.channel, contact.role, case.facts.debtor_type)
    return None if allowed else Hit(f"{message.channel} to {contact.role}")


def answer_before_chasing(case: Case) -> Hit | None:
    """The customer's messages are answered before the next reminder."""
    return Hit() if case.facts.inbound_unanswered and case.reminder else None


def cash_before_chasing(case: Case) -> Hit | None:
    """No unapplied cash, no open credit and no money that may be theirs, in their currency."""
    if case.reminder is None:
        return None
    currency = case.reminder.currency
    if any(each.pays_in == currency for each in case.facts.suggested):
        return Hit("money that may be theirs waits for a person")
    cash = sum(r.unapplied_minor for r in case.facts.receipts if r.currency == currency)
    credit = sum(c.unapplied_minor for c in case.facts.credits if c.currency == currency)
    if cash:
        return Hit("unapplied cash")
    return Hit("open credit") if credit else None


def our_promise_first(case: Case) -> Hit | None:
    """What we promised the customer is done."""
    if case.reminder is None:
        return None
    ours = [p.kind for p in case.facts.promises if p.direction == "ours"]
    return Hit(", ".join(sorted(set(ours)))) if ours else None


def promise_pauses_its_invoices(case: Case) -> Hit | None:
    """No promise to pay is in force on an item named; without invoices it covers all."""
    hits = [p for p in case.facts.promises if _promise_in_force(case, p)]
    if not hits:
        return None
    last = max(grace_ends(each.due_on, case.policy, each.method_days) for each in hits)
    return Hit(f"promised for {max(p.due_on for p in hits)}", last + timedelta(days=1))


def _promise_in_force(case: Case, promise: PendingPromise) -> bool:
    if promise.direction != "theirs" or case.reminder is None:
        return False
    named = not promise.invoice_ids or case.named_ids.intersection(promise.invoice_ids)
    ends = grace_ends(promise.due_on, case.policy, promise.method_days)
    return bool(named) and case.as_of <= ends


def plan_pauses_its_invoices(case: Case) -> Hit | None:
    """No item named is in a plan that is proposed, running, or breached and not cured yet."""
    if case.reminder is None:
        return None
    hits = [p for p in case.facts.plans if case.named_ids.intersection(p.invoice_ids)]
    return Hit(f"plan {hits[0].state}") if hits else None


def missed_instalment_needs_person(case: Case) -> Hit | None:
    """Plans over items named were paid as agreed, to the day and its grace.

    What was paid is the plan less what is open of its invoices; unapplied cash is looked at first.
    """
    if case.reminder is None or cash_before_chasing(case):
        return None
    for plan in case.facts.plans:
        late = _late_minor(case, plan)
        if late > 0 and case.named_ids.intersection(plan.invoice_ids):
            return Hit(f"{Money(late, case.reminder.currency)} late")
    return None


def _late_minor(case: Case, plan: ActivePlan) -> int:
    """What should have been paid on a running plan by now and was not."""
    if plan.state not in (PlanState.ACTIVE, PlanState.BREACHED):
        return 0
    due = sum(p.amount_minor for p in plan.parts if grace_ends(p.due_on, case.policy) < case.as_of)
    planned = sum(part.amount_minor for part in plan.parts)
    still = sum(case.items[i].open_minor for i in plan.invoice_ids if i in case.items)
    return due - (planned - still)


def one_message_at_a_time(case: Case) -> Hit | None:
    """No earlier message in this currency is on its way; a person looks at an uncertain one."""
    currency = getattr(case.action, "currency", None)
    moving = [m.state for m in case.facts.in_flight if m.currency == currency]
    return Hit(moving[0]) if moving else None


def one_message_per_day(case: Case) -> Hit | None:
    """The customer has had no message in this currency today."""
    message = case.message
    if message is None or isinstance(message, AnswerQuery):
        return None
    if any(
        past.sent_on == case.as_of and past.currency == message.currency
        for past in case.facts.contact_history
    ):
        return Hit("", case.as_of + timedelta(days=1))
    return None


def contact_days(facts: AccountFacts) -> list[date]:
    """The day of every message the budget counts; one on its way counts as one of today."""
    return [past.sent_on for past in facts.contact_history] + [facts.as_of] * len(facts.in_flight)


def contact_budget(case: Case) -> Hit | None:
    """The budget over all channels and the gap to the last message leave room."""
    if case.message is None or isinstance(case.message, AnswerQuery):
        return None
    contact = case.policy.contact
    counted = contact_days(case.facts)
    other_day = [day for day in counted if day != case.as_of]
    if other_day and (case.as_of - max(other_day)).days < contact.min_days_between:
        return Hit(
            f"last message {max(other_day)}",
            max(other_day) + timedelta(days=contact.min_days_between),
        )
    for window, cap in (
        (7, contact.max_contacts_per_7_days),
        (30, contact.max_contacts_per_30_days),
    ):
        recent = sorted(day for day in counted if (case.as_of - day).days < window)
        if len(recent) >= cap:
            free = recent[len(recent) - cap] if cap else case.as_of
            return Hit(f"{len(recent)} messages in {window} days", free + timedelta(days=window))
    return None


def common_hour_required(case: Case) -> Hit | None:
    """The zones the customer may be in have a permitted hour in common."""
    zones = _zones(case)
    window = contact_window(zones, case.as_of, *_hours(case))
    return None if window else Hit(", ".join(zones))


def _hours(case: Case) -> tuple[time, time]:
    return case.policy.contact.hours(case.message.channel if case.message else "email")


def _zones(case: Case) -> tuple[str, ...]:
    return case.facts.time_zones or (case.policy.company.time_zone,)


def in_contact_window(case: Case) -> Hit | None:
    """A business day, and a permitted hour in every zone the customer may be in."""
    calendar = case.policy.company.calendar
    opens, closes = _hours(case)
    if case.policy.contact.business_days_only and not is_business_day(calendar, case.as_of):
        return Hit("not a business day", next_business_day(calendar, case.as_of))
    if case.at is None:
        return Hit("no permitted hour is left today", case.as_of + timedelta(days=1))
    for name in _zones(case):
        local = case.at.astimezone(ZoneInfo(name))
        if not opens <= local.time() < closes:
            return Hit(f"{local:%H:%M} in {name}", _tomorrow(case.at, name))
    return None


def _tomorrow(at: datetime, zone: str) -> date:
    return at.astimezone(ZoneInfo(zone)).date() + timedelta(days=1)


CONTACT_RULES = (
    no_chasing_on_stale_feeds,
    no_send_under_hold,
    never_chase_disputed,
    never_write_after_opt_out,
    reachable_contact_required,
    consent_before_channel,
    channel_permitted,
    answer_before_chasing,
    cash_before_chasing,
    our_promise_first,
    promise_pauses_its_invoices,
    plan_pauses_its_invoices,
    missed_instalment_needs_person,
    one_message_at_a_time,
    one_message_per_day,
    contact_budget,
    common_hour_required,
    in_contact_window,
)
