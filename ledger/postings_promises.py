"""Writes of promises and payment plans.

Only tools/ imports this. A write takes a session, never commits, and clears the account's next
action date.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select, update
from sqlmodel import Session

from ledger.errors import NotFound
from ledger.ids import make_id
from ledger.journal import insert_new, touch
from ledger.postings_instalments import end_instalments, start_instalments
from ledger.states import PlanState, PromiseState, check_plan_move
from ledger.tables.case import Plan, PlanInstalment, Promise


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of a promise, when, by how much, and who says so."""

    state: PromiseState
    kept_on: date | None = None
    kept_minor: int = 0
    settled_by: str = "ledger"


def record_promise(session: Session, row: dict[str, Any]) -> str:
    """Record a promise; a newer one of theirs supersedes older ones it covers.

    Promises read from one message stand side by side. One that is repeated after it was superseded
    the same day stands again.
    """
    row = row | {
        "id": make_id(
            "prm",
            row["account_id"],
            row["direction"],
            row["kind"],
            row["due_on"],
            row["amount_minor"],
            row["invoice_ids"],
            row["promised_on"],
        ),
        "state": PromiseState.PENDING.value,
    }
    if row["direction"] == "theirs":
        _supersede(session, row)
    if insert_new(session, Promise, [row]) == 0:
        session.execute(
            update(Promise)
            .where(Promise.id == row["id"], Promise.state == PromiseState.SUPERSEDED)
            .values(state=PromiseState.PENDING.value)
        )
    touch(session, {row["account_id"]})
    return row["id"]


def _supersede(session: Session, row: dict[str, Any]) -> None:
    """Older pending promises about the same invoices, or a part of them, count no more."""
    named, claim_id = frozenset(filter(None, row["invoice_ids"].split(","))), row.get("claim_id")
    for older in _pending_of(session, row["account_id"]):
        covered = frozenset(filter(None, older.invoice_ids.split(",")))
        same_message = claim_id is not None and older.claim_id == claim_id
        covers = covered <= named if named and covered else named == covered
        if covers and not same_message and older.id != row["id"]:
            older.state = PromiseState.SUPERSEDED
    session.flush()


def _pending_of(session: Session, account_id: str) -> list[Promise]:
    return list(
        session.scalars(
            select(Promise).where(
                Promise.account_id == account_id,
                Promise.direction == "theirs",
                Promise.state == PromiseState.PENDING,
            )
        )
    )


def settle_promises(session: Session, settled: Mapping[str, Settled]) -> None:
    """Move promises to what became of them, and look at their accounts again.

    Raises:
        NotFound: No such promise.
    """
    for promise_id, outcome in settled.items():
        promise = session.get(Promise, promise_id)
        if promise is None:
            raise NotFound(f"no promise {promise_id}")
        promise.state = outcome.state
        promise.kept_on, promise.kept_minor = outcome.kept_on, outcome.kept_minor
        promise.settled_by = outcome.settled_by
        touch(session, {promise.account_id})
    session.flush()


def mark_told(session: Session, promise_ids: Sequence[str], on: date) -> None:
    """A person was told that these promises of ours are overdue; once is enough."""
    session.execute(update(Promise).where(Promise.id.in_(promise_ids)).values(told_on=on))


def propose_plan(session: Session, row: dict[str, Any], parts: Sequence[tuple[date, int]]) -> str:
    """Record a plan that a person approved and the customer has not answered yet.

    Older proposals that share an invoice with it are taken back.

    Args:
        session: An open write transaction.
        row: account_id, currency, invoice_ids, frequency, proposed_on, approved_by.
        parts: Due date and minor units of each instalment, the earliest first.
    """
    plan_id = make_id(
        "pln", row["account_id"], row["currency"], row["invoice_ids"], row["proposed_on"], *parts
    )
    for other in _sharing(session, row["account_id"], row["invoice_ids"]):
        if other.id != plan_id and other.state == PlanState.PROPOSED:
            other.state = PlanState.CANCELLED
    total = sum(amount for _due, amount in parts)
    plan = row | {"id": plan_id, "state": PlanState.PROPOSED.value, "amount_minor": total}
    if insert_new(session, Plan, [plan]):
        insert_new(session, PlanInstalment, list(_instalments(plan_id, parts)))
    session.flush()
    touch(session, {row["account_id"]})
    return plan_id


def _instalments(plan_id: str, parts: Sequence[tuple[date, int]]) -> Any:
    for number, (due_on, amount) in enumerate(parts, start=1):
        yield {
            "id": make_id("pin", plan_id, number),
            "plan_id": plan_id,
            "number": number,
            "due_on": due_on,
            "amount_minor": amount,
        }


def _sharing(session: Session, account_id: str, invoice_ids: str) -> list[Plan]:
    """Plans of the account that have an invoice in common with those."""
    named = set(invoice_ids.split(","))
    plans = session.scalars(select(Plan).where(Plan.account_id == account_id))
    return [plan for plan in plans if named.intersection(plan.invoice_ids.split(","))]


def accept_plan(session: Session, plan_id: str, on: date) -> None:
    """A plan runs: older plans and promises about its invoices count no more.

    From then on the invoices fall due as its instalments do.

    Raises:
        Conflict: The plan is not open for an answer.
        NotFound: No such plan.
    """
    plan = _plan(session, plan_id)
    for other in _sharing(session, plan.account_id, plan.invoice_ids):
        if other.id != plan.id and other.state not in (PlanState.COMPLETED, PlanState.CANCELLED):
            other.state = PlanState.CANCELLED
    _supersede(session, {"account_id": plan.account_id, "invoice_ids": plan.invoice_ids, "id": ""})
    move_plan(session, plan_id, PlanState.ACTIVE, on)
    plan.agreed_on = plan.accepted_on = on
    session.flush()
    start_instalments(session, plan, on)


def move_plan(
    session: Session,
    plan_id: str,
    state: PlanState,
    on: date,
    breached_on: date | None = None,
    cure_by: date | None = None,
) -> None:
    """Move a plan to another state on a day, and look at its account again.

    The invoices of one that is ended fall due as they did before it.

    Raises:
        Conflict: That move is not allowed.
        NotFound: No such plan.
    """
    plan = _plan(session, plan_id)
    check_plan_move(plan.state, state)
    plan.state, plan.breached_on, plan.cure_by = state, breached_on, cure_by
    session.flush()
    if state is PlanState.CANCELLED:
        end_instalments(session, plan_id, on)
    touch(session, {plan.account_id})


def _plan(session: Session, plan_id: str) -> Plan:
    plan = session.get(Plan, plan_id)
    if plan is None:
        raise NotFound(f"no plan {plan_id}")
    return plan
