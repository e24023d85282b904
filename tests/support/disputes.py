"""Disputes written row by row into a home under test."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from tests.support.desk import AS_OF, Desk

ACC, INV = "acc_a", "inv_acc_a_1"


def add(desk: Desk, name: str = "1", **values: Any) -> str:
    """A dispute of the first invoice, opened yesterday with its clock running."""
    row = {
        "id": f"dsp_number{name}",
        "account_id": ACC,
        "invoice_id": INV,
        "reason": "PRICE",
        "opened_on": AS_OF - timedelta(days=1),
        "state": "open",
        "quote": "the agreed unit price is lower",
        "level": "invoice",
        "owner": "sales",
        "answer_by": AS_OF + timedelta(days=4),
        "resolved_by": "",
    }
    desk.books.add("dispute", **row | values)
    return row["id"]


def rows(desk: Desk, table: Any, **where: Any) -> list[Any]:
    with desk.house.ledger.read() as session:
        found = list(session.scalars(select(table).filter_by(**where)))
        session.expunge_all()
        return found
