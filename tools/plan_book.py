"""How payment plans stand by the books, and the moves that follow from it alone."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial

from sqlmodel import Session

from engines.plans import PlanPart, Standing, next_state, standing
from guardrails.business_days import add_business_days, grace_ends
from guardrails.feeds import stale_feeds
from ledger.money import Money
from ledger.postings_promises import move_plan
from ledger.queries import plans as reads
from ledger.queries.fact_parts import read_feeds
from ledger.queries.promises import with_unapplied_cash
from ledger.states import PlanState
from ledger.tables.case import Plan
from policies.schema import Policy
from tools.contract import MoneyOut, Result


class InstalmentLine(Result):
    """An instalment as agreed, and what is left of it."""

    due_on: date
    amount: MoneyOut
    open: MoneyOut


class PlanLine(Result):
    """A plan and how it stands."""

    plan_id: str
    account_id: str
    state: str
    frequency: str
    total: MoneyOut
    paid: MoneyOut
    late: MoneyOut
    accepted_on: date | None
    answer_by: date | None
    cure_by: date | None
    approved_by: str
    parts: tuple[InstalmentLine, ...]


@dataclass
class Moved:
    """Plans that moved in a night, and those whose breach a person must look at."""

    completed: list[str] = field(default_factory=list)
    cured: list[str] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)
    breached: list[tuple[str, str, str]] = field(default_factory=list)


def answer_by(plan: Plan, policy: Policy) -> date | None:
    """Until when a proposal waits for the customer's answer."""
    if plan.proposed_on is None:
        return None
    return plan.proposed_on + timedelta(days=policy.promises.plans.answer_days)


def stands(row: reads.PlanRow, policy: Policy, as_of: date) -> Standing:
    """How a plan stands: an instalment is late once its grace in banking days has passed."""
    parts = [PlanPart(*part) for part in row.parts]
    return standing(parts, row.open_minor, as_of, partial(grace_ends, policy=policy))


def plan_lines(
    session: Session,
    policy: Policy,
    as_of: date,
    account_id: str | None = None,
    states: tuple[PlanState, ...] = reads.IN_FORCE,
) -> list[PlanLine]:
    """Plans with how they stand."""
    return [_line(row, policy, as_of) for row in reads.plans(session, states, account_id)]


def _line(row: reads.PlanRow, policy: Policy, as_of: date) -> PlanLine:
    plan, found = row.plan, stands(row, policy, as_of)
    left = {part.due_on: part.amount_minor for part in found.open_parts}
    currency = plan.currency
    return PlanLine(
        plan_id=plan.id,
        account_id=plan.account_id,
        state=plan.state,
        frequency=plan.frequency,
        total=Money(plan.amount_minor, currency),
        paid=Money(found.paid_minor, currency),
        late=Money(found.late_minor, currency),
        accepted_on=plan.accepted_on,
        answer_by=answer_by(plan, policy) if plan.state == PlanState.PROPOSED else None,
        cure_by=plan.cure_by,
        approved_by=plan.approved_by,
        parts=tuple(
            InstalmentLine(
                due_on=due_on,
                amount=Money(amount, currency),
                open=Money(left.get(due_on, 0), currency),
            )
            for due_on, amount in row.parts
        ),
    )


def move_plans(session: Session, policy: Policy, as_of: date) -> Moved:
    """Complete, breach, cure and end plans as their books say.

    None is breached or ended while cash of the account waits or receipts were not read up to now.
    """
    moved = Moved()
    rows = reads.plans(session)
    if not rows:
        return moved
    feeds = {feed.name: feed.read_through for feed in read_feeds(session)}
    stale = "receipts" in stale_feeds(feeds, policy, as_of)
    suspense = with_unapplied_cash(session, {row.plan.account_id for row in rows})
    for row in rows:
        plan, found = row.plan, stands(row, policy, as_of)
        old = PlanState(plan.state)
        new = next_state(old, found, as_of, plan.cure_by, answer_by(plan, policy))
        unsure = found.late_minor and (stale or plan.account_id in suspense)
        if new is old or (unsure and new in (PlanState.BREACHED, PlanState.CANCELLED)):
            continue
        _move(session, plan, new, found, policy, as_of, moved)
    return moved


def _move(
    session: Session,
    plan: Plan,
    new: PlanState,
    found: Standing,
    policy: Policy,
    as_of: date,
    moved: Moved,
) -> None:
    if new is not PlanState.BREACHED:
        move_plan(session, plan.id, new, as_of)
        ends = {PlanState.COMPLETED: moved.completed, PlanState.ACTIVE: moved.cured}
        ends.get(new, moved.ended).append(plan.id)
        return
    days = policy.promises.plans.cure_business_days
    cure_by = add_business_days(policy.company.calendar, as_of, days)
    move_plan(session, plan.id, new, as_of, breached_on=as_of, cure_by=cure_by)
    late = Money(found.late_minor, plan.currency)
    told = (
        f"Plan {plan.id}: {late} is late. Paid by {cure_by} the plan goes on; "
        "unpaid it ends and its invoices go back to the ladder at their next step."
    )
    moved.breached.append((plan.id, plan.account_id, told))
