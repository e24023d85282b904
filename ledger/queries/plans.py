"""Set-based reads for payment plans: their instalments, what is open of them, how accounts pay."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date
from typing import NamedTuple

import orjson
from sqlalchemy import select
from sqlmodel import Session

from ledger.states import PlanState
from ledger.tables.case import Plan, PlanInstalment
from ledger.tables.receivable import Invoice, Receipt
from ledger.tables.work import Proposal

IN_FORCE = (PlanState.PROPOSED, PlanState.ACTIVE, PlanState.BREACHED)


class PlanRow(NamedTuple):
    """A plan, its instalments, and what is open of its invoices."""

    plan: Plan
    parts: tuple[tuple[date, int], ...]
    open_minor: int


def plans(
    session: Session,
    states: Collection[PlanState] = IN_FORCE,
    account_id: str | None = None,
) -> list[PlanRow]:
    """Plans in some states, by account."""
    query = select(Plan).where(Plan.state.in_([str(state) for state in states]))
    if account_id is not None:
        query = query.where(Plan.account_id == account_id)
    found = list(session.scalars(query.order_by(Plan.account_id, Plan.id)))
    parts = _parts(session, [plan.id for plan in found])
    named = {i for plan in found for i in plan.invoice_ids.split(",") if i}
    balances = _open(session, sorted(named))
    return [
        PlanRow(
            plan,
            tuple(parts.get(plan.id, ())),
            sum(balances.get(i, 0) for i in plan.invoice_ids.split(",")),
        )
        for plan in found
    ]


def _parts(session: Session, plan_ids: Sequence[str]) -> dict[str, list[tuple[date, int]]]:
    found: dict[str, list[tuple[date, int]]] = defaultdict(list)
    rows = session.execute(
        select(PlanInstalment.plan_id, PlanInstalment.due_on, PlanInstalment.amount_minor)
        .where(PlanInstalment.plan_id.in_(plan_ids))
        .order_by(PlanInstalment.plan_id, PlanInstalment.due_on, PlanInstalment.number)
    )
    for plan_id, due_on, amount_minor in rows:
        found[plan_id].append((due_on, amount_minor))
    return found


def _open(session: Session, invoice_ids: Sequence[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for start in range(0, len(invoice_ids), 500):
        batch = invoice_ids[start : start + 500]
        rows = session.execute(select(Invoice.id, Invoice.open_minor).where(Invoice.id.in_(batch)))
        found.update((row[0], row[1]) for row in rows)
    return found


def payments(
    session: Session, accounts: Collection[str], since: date
) -> dict[tuple[str, str], list[tuple[date, int]]]:
    """Day and minor units of money received, by account and currency."""
    found: dict[tuple[str, str], list[tuple[date, int]]] = defaultdict(list)
    rows = session.execute(
        select(Receipt.account_id, Receipt.currency, Receipt.received_on, Receipt.amount_minor)
        .where(Receipt.account_id.in_(sorted(accounts)), Receipt.received_on >= since)
        .order_by(Receipt.received_on, Receipt.id)
    )
    for account_id, currency, received_on, amount_minor in rows:
        found[account_id or "", currency].append((received_on, amount_minor))
    return found


def plans_told(session: Session, accounts: Collection[str]) -> set[str]:
    """Plans whose letter was put before a person already, whatever came of it."""
    rows = session.scalars(
        select(Proposal.action).where(
            Proposal.account_id.in_(sorted(accounts)),
            Proposal.action_type == "answer_query",
            Proposal.action.contains('"template_id":"plan_proposal"'),
        )
    )
    return {about for row in rows if (about := orjson.loads(row).get("about"))}
