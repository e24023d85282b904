"""Invoices of an accepted plan in instalments, from the day it is accepted until it ends.

Only tools/ imports this, through the postings of plans. What was due before stays on the invoice:
once the plan ends it counts again, and balances as of earlier days are never moved.
"""

from collections.abc import Iterator, Sequence
from datetime import date

from sqlalchemy import select, update
from sqlmodel import Session

from ledger.ids import make_id
from ledger.journal import insert_new
from ledger.tables.case import Plan, PlanInstalment
from ledger.tables.receivable import Instalment, Invoice

Parts = list[tuple[date, int]]


def start_instalments(session: Session, plan: Plan, on: date) -> None:
    """From a day on, what is open of the plan's invoices falls due as its instalments do.

    An invoice that was billed in instalments keeps its own.
    """
    named = plan.invoice_ids.split(",")
    billed_so = select(Instalment.invoice_id).where(
        Instalment.invoice_id.in_(named), Instalment.plan_id.is_(None)
    )
    own = set(session.scalars(billed_so))
    invoices = session.scalars(
        select(Invoice)
        .where(Invoice.id.in_(named), Invoice.open_minor > 0)
        .order_by(Invoice.due_on, Invoice.id)
    ).all()
    _end(session, Instalment.invoice_id.in_(named), on)
    parts = session.execute(
        select(PlanInstalment.due_on, PlanInstalment.amount_minor)
        .where(PlanInstalment.plan_id == plan.id)
        .order_by(PlanInstalment.due_on, PlanInstalment.number)
    ).all()
    rows = [
        {
            "id": make_id("ins", plan.id, invoice_id, number),
            "invoice_id": invoice_id,
            "number": number,
            "due_on": due_on,
            "amount_minor": minor,
            "plan_id": plan.id,
            "agreed_on": on,
            "ended_on": None,
        }
        for invoice_id, shared in share_out([(row[0], row[1]) for row in parts], invoices)
        if invoice_id not in own
        for number, (due_on, minor) in enumerate(shared, start=1)
    ]
    if rows:
        insert_new(session, Instalment, rows)


def end_instalments(session: Session, plan_id: str, on: date) -> None:
    """The plan's invoices fall due as they did before it."""
    _end(session, Instalment.plan_id == plan_id, on)


def share_out(parts: Parts, invoices: Sequence[Invoice]) -> Iterator[tuple[str, Parts]]:
    """Parts of each invoice, which sum to it: what is paid already, then its share of the plan.

    The earliest instalments go to the invoices due first. What was paid since the plan was made
    counts as its earliest instalments; what it does not cover falls due with its last.
    """
    left = _less(parts, sum(part[1] for part in parts) - sum(each.open_minor for each in invoices))
    last = parts[-1][0]
    for invoice in invoices:
        paid, owed = invoice.amount_minor - invoice.open_minor, invoice.open_minor
        found = [(invoice.due_on, paid)] if paid else []
        while owed:
            due_on, minor = left[0] if left else (last, owed)
            taken = min(owed, minor)
            found.append((due_on, taken))
            owed -= taken
            left[:1] = [(due_on, minor - taken)] if minor > taken else []
        yield invoice.id, found


def _less(parts: Parts, paid: int) -> Parts:
    """Parts less what is paid of them, the earliest first."""
    found, paid = [], max(0, paid)
    for due_on, minor in parts:
        taken = min(paid, minor)
        paid -= taken
        if minor > taken:
            found.append((due_on, minor - taken))
    return found


def _end(session: Session, which: object, on: date) -> None:
    session.execute(
        update(Instalment)
        .where(which, Instalment.plan_id.is_not(None), Instalment.ended_on.is_(None))
        .values(ended_on=on)
    )
