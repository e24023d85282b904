"""Rules for disputes, promises, plans, holds, credit and hand-overs."""

from guardrails.case import Case, concerns
from guardrails.plan_limits import beyond_policy, months_after
from guardrails.verdict import Hit
from ledger.actions import (
    AcceptPlan,
    EndPlan,
    Escalate,
    KeepPromise,
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
from ledger.states import HoldReason, PlanState


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
    elif isinstance(action, KeepPromise):
        found = any(each.promise_id == action.promise_id for each in facts.promises)
    elif isinstance(action, AcceptPlan | EndPlan):
        found = _plan_is_there(case, action)
    elif isinstance(action, ReverseReceipt):
        found = any(each.receipt_id == action.receipt_id for each in facts.taken)
    else:
        return None
    return None if found else Hit(action.type)


def _plan_is_there(case: Case, action: AcceptPlan | EndPlan) -> bool:
    """Only a plan that is offered can be accepted; any in force can end."""
    plan = next((each for each in case.facts.plans if each.plan_id == action.plan_id), None)
    if plan is None or isinstance(action, EndPlan):
        return plan is not None
    return plan.state == PlanState.PROPOSED


@concerns(ResolveDispute)
def disputes_are_resolved_by_people(case: Case) -> Hit | None:
    """A dispute is closed by a person."""
    return Hit(case.action.resolution) if isinstance(case.action, ResolveDispute) else None


@concerns(ProposePlan, AcceptPlan, EndPlan)
def plans_need_finance_lead(_case: Case) -> Hit | None:
    """A plan is a person's decision, when it is offered, accepted and ended."""
    return Hit()


@concerns(ProposePlan)
def long_plans_need_legal(case: Case) -> Hit | None:
    """The plan ends within the months that finance alone may grant."""
    action = case.action
    if not isinstance(action, ProposePlan):
        return None
    months = case.policy.promises.plans.long_plan_months
    last = max(part.due_on for part in action.parts)
    return Hit(f"until {last}") if last > months_after(case.as_of, months) else None


def plans_keep_to_policy(case: Case) -> Hit | None:
    """Total, number and size of instalments, first date and length are within policy."""
    action = case.action
    if not isinstance(action, ProposePlan):
        return None
    terms = case.policy.promises.plans
    beyond = beyond_policy(action.parts, action.currency, case.as_of, terms)
    return Hit(beyond) if beyond else None


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


@concerns(ReleaseHold)
def holds_are_lifted_by_people(_case: Case) -> Hit | None:
    """A hold is lifted by a person."""
    return Hit()


@concerns(SetCreditLimit, SetCreditHold)
def credit_decisions_need_finance_lead(case: Case) -> Hit | None:
    """Limits and credit holds are set by a person."""
    return Hit(case.action.type)


@concerns(RecordPromise)
def our_promises_need_person(case: Case) -> Hit | None:
    """Only a person binds the house."""
    action = case.action
    return (
        Hit(action.kind)
        if isinstance(action, RecordPromise) and action.direction == "ours"
        else None
    )


@concerns(KeepPromise)
def promises_are_closed_by_people(case: Case) -> Hit | None:
    """What the ledger does not show of a promise, a person says."""
    return Hit(case.action.outcome) if isinstance(case.action, KeepPromise) else None


@concerns(Escalate)
def escalation_waits_for_person(case: Case) -> Hit | None:
    """A hand-over waits for the person it is handed to."""
    return Hit(case.action.to_role) if isinstance(case.action, Escalate) else None


CASE_RULES = (
    subject_exists,
    disputes_are_resolved_by_people,
    plans_need_finance_lead,
    long_plans_need_legal,
    plans_keep_to_policy,
    no_plan_on_disputed_or_insolvent,
    plan_sums_to_the_balance,
    holds_are_lifted_by_people,
    credit_decisions_need_finance_lead,
    our_promises_need_person,
    promises_are_closed_by_people,
    escalation_waits_for_person,
)
