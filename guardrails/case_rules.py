"""Rules for disputes, promises, plans, holds, credit and hand-overs."""

from guardrails.case import Case
from guardrails.verdict import Hit
from ledger.actions import (
    Escalate,
    OpenDisputeCase,
    PlaceHold,
    ProposePlan,
    RecordPromise,
    ReleaseHold,
    ReopenDispute,
    ResolveDispute,
    ReverseReceipt,
    SetCreditHold,
    SetCreditLimit,
)
from ledger.states import HoldReason


def subject_exists(case: Case) -> Hit | None:
    """The row an action names belongs to this account and is still open."""
    action, facts = case.action, case.facts
    if isinstance(action, ResolveDispute):
        found = any(d.dispute_id == action.dispute_id for d in facts.disputes)
    elif isinstance(action, ReopenDispute):
        found = any(d.dispute_id == action.dispute_id for d in facts.closed_disputes)
    elif isinstance(action, ReleaseHold):
        found = any(h.hold_id == action.hold_id for h in facts.holds)
    elif isinstance(action, OpenDisputeCase | PlaceHold):
        found = action.invoice_id is None or action.invoice_id in case.items
    elif isinstance(action, RecordPromise | ProposePlan):
        found = all(invoice_id in case.items for invoice_id in action.invoice_ids)
    elif isinstance(action, ReverseReceipt):
        found = any(each.receipt_id == action.receipt_id for each in facts.taken)
    else:
        return None
    return None if found else Hit(action.type)


def disputes_are_resolved_by_people(case: Case) -> Hit | None:
    """A dispute is closed by a person."""
    return Hit(case.action.resolution) if isinstance(case.action, ResolveDispute) else None


def plans_need_finance_lead(case: Case) -> Hit | None:
    """A plan is a person's decision."""
    return Hit() if isinstance(case.action, ProposePlan) else None


def no_plan_on_disputed_or_insolvent(case: Case) -> Hit | None:
    """The plan covers no disputed item and the account is solvent."""
    action = case.action
    if not isinstance(action, ProposePlan):
        return None
    if any(hold.reason == HoldReason.INSOLVENCY for hold in case.facts.holds):
        return Hit("insolvency")
    disputed = {dispute.invoice_id for dispute in case.facts.disputes}
    if None in disputed or disputed.intersection(action.invoice_ids):
        return Hit("disputed items")
    return None


def plan_sums_to_the_balance(case: Case) -> Hit | None:
    """Instalments sum to the open balance of the plan's invoices and have rising future dates."""
    action = case.action
    if not isinstance(action, ProposePlan):
        return None
    if len(set(action.invoice_ids)) != len(action.invoice_ids):
        return Hit("an invoice is named twice")
    items = [case.items[i] for i in action.invoice_ids if i in case.items]
    if any(item.currency != action.currency for item in items):
        return Hit("more than one currency")
    owed = sum(item.open_minor for item in items)
    if sum(part.amount_minor for part in action.parts) != owed:
        return Hit("parts and balance differ")
    days = [part.due_on for part in action.parts]
    if days != sorted(set(days)) or days[0] < case.as_of:
        return Hit("dates do not rise from today")
    return None


def holds_are_lifted_by_people(case: Case) -> Hit | None:
    """A hold is lifted by a person."""
    return Hit() if isinstance(case.action, ReleaseHold) else None


def credit_decisions_need_finance_lead(case: Case) -> Hit | None:
    """Limits and credit holds are set by a person."""
    return (
        Hit(case.action.type) if isinstance(case.action, SetCreditLimit | SetCreditHold) else None
    )


def our_promises_need_person(case: Case) -> Hit | None:
    """Only a person binds the house."""
    action = case.action
    return (
        Hit(action.kind)
        if isinstance(action, RecordPromise) and action.direction == "ours"
        else None
    )


def escalation_waits_for_person(case: Case) -> Hit | None:
    """A hand-over waits for the person it is handed to."""
    return Hit(case.action.to_role) if isinstance(case.action, Escalate) else None


CASE_RULES = (
    subject_exists,
    disputes_are_resolved_by_people,
    plans_need_finance_lead,
    no_plan_on_disputed_or_insolvent,
    plan_sums_to_the_balance,
    holds_are_lifted_by_people,
    credit_decisions_need_finance_lead,
    our_promises_need_person,
    escalation_waits_for_person,
)
