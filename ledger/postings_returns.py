"""Money that went back: what a receipt paid is open again, and the receipt is worth less.

Only tools/ imports this. Append-only: what was applied is reversed row by row, newest first, and
the return is a row of its own. Due dates and dunning levels of the invoices stay as they were, so
that what is open again has the age it always had.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

import orjson
from sqlalchemy import Row as DbRow
from sqlalchemy import select, update
from sqlalchemy.orm import aliased
from sqlmodel import Session

from ledger.errors import Conflict
from ledger.ids import make_id
from ledger.journal import insert_new, touch
from ledger.postings_candidates import end_candidates
from ledger.states import ApplicationKind
from ledger.tables.receivable import Application, Invoice, Receipt, ReceiptReturn
from ledger.tables.work import Proposal

_TAKEN_BESIDE = (ApplicationKind.DISCOUNT, ApplicationKind.FEE, ApplicationKind.FX)


@dataclass(frozen=True, slots=True)
class WentBack:
    """A return that is booked; `reopened` holds invoice numbers and what each owes more now."""

    return_id: str
    reopened: tuple[tuple[str, int], ...]


def return_receipt(
    session: Session,
    receipt_id: str,
    amount_minor: int,
    on: date,
    *,
    bank_line_id: str | None,
    reason: str,
    cause: str,
) -> WentBack:
    """Book money of a receipt that went back.

    What is unapplied goes first; then applications are reversed, newest first, the last one in
    part where that is enough. A discount or fee taken beside a payment that is reversed is taken
    back with it.

    Args:
        session: A write transaction.
        receipt_id: The receipt.
        amount_minor: What went back, above zero.
        on: Business date.
        bank_line_id: The line of the bank; a line is booked once.
        reason: Why, in the bank's words.
        cause: What the rows are traced back to.

    Raises:
        Conflict: The receipt has less, or the line is booked already.
    """
    receipt = session.execute(
        select(Receipt.account_id, Receipt.currency, Receipt.unapplied_minor).where(
            Receipt.id == receipt_id
        )
    ).one_or_none()
    if receipt is None:
        raise Conflict(f"no receipt {receipt_id}")
    return_id = make_id("ret", receipt_id, bank_line_id or cause)
    row = {
        "id": return_id,
        "receipt_id": receipt_id,
        "amount_minor": amount_minor,
        "currency": receipt.currency,
        "returned_on": on,
        "bank_line_id": bank_line_id,
        "reason": reason,
        "cause": cause,
    }
    if insert_new(session, ReceiptReturn, [row]) == 0:
        raise Conflict(f"the return of receipt {receipt_id} is booked already")
    rows = _reversals(session, receipt_id, amount_minor - receipt.unapplied_minor, return_id)
    for each in rows:
        each |= {"applied_on": on, "cause": each["cause"] or cause}
    _post(session, rows)
    _take_off(session, receipt_id, amount_minor)
    if amount_minor >= receipt.unapplied_minor:
        end_candidates(session, [receipt_id])
    touch(session, {each["account_id"] for each in rows} | {receipt.account_id or ""} - {""})
    return WentBack(return_id, _reopened(session, rows))


def _reversals(
    session: Session, receipt_id: str, missing: int, return_id: str
) -> list[dict[str, Any]]:
    """The rows that free so much of a receipt; a reversal's cause is left to the caller."""
    rows: list[dict[str, Any]] = []
    reversed_whole: list[DbRow[Any]] = []
    for original in _standing(session, receipt_id):
        if missing <= 0:
            break
        freed = min(missing, original.amount_minor)
        missing -= freed
        rows.append(_reversal(original))
        if freed < original.amount_minor:
            kept = original.amount_minor - freed
            again = {"id": make_id("app", return_id, original.id), "amount_minor": kept}
            rows.append(dict(original._mapping) | again)
        else:
            reversed_whole.append(original)
    rows += [_reversal(each) for each in _taken_beside(session, receipt_id, reversed_whole)]
    return rows


def _reversal(original: DbRow[Any]) -> dict[str, Any]:
    return dict(original._mapping) | {
        "id": make_id("app", "reversal", original.id),
        "amount_minor": -original.amount_minor,
        "reverses_id": original.id,
        "cause": "",
    }


_APPLICATION = tuple(Application.__table__.c)


def _not_undone(*where: Any) -> Any:
    """Applications that stand, newest first, of one day those of the latest invoices."""
    undone = aliased(Application)
    return (
        select(*_APPLICATION)
        .join(Invoice, Invoice.id == Application.invoice_id)
        .outerjoin(undone, undone.reverses_id == Application.id)
        .where(Application.reverses_id.is_(None), undone.id.is_(None), *where)
        .order_by(Application.applied_on.desc(), Invoice.due_on.desc(), Application.id.desc())
    )


def _standing(session: Session, receipt_id: str) -> list[DbRow[Any]]:
    return list(session.execute(_not_undone(Application.receipt_id == receipt_id)))


def _taken_beside(
    session: Session, receipt_id: str, payments: Iterable[DbRow[Any]]
) -> list[DbRow[Any]]:
    """Discounts and fees taken with payments, in the same approval or in one beside it."""
    paid = {(each.invoice_id, each.cause) for each in payments}
    if not paid:
        return []
    invoices = sorted({invoice_id for invoice_id, _cause in paid})
    kinds = [kind.value for kind in _TAKEN_BESIDE]
    found = list(
        session.execute(
            _not_undone(Application.kind.in_(kinds), Application.invoice_id.in_(invoices))
        )
    )
    beside = _asked_beside(session, receipt_id, {each.cause for each in found})
    return [each for each in found if (each.invoice_id, each.cause) in paid or each.cause in beside]


def _asked_beside(session: Session, receipt_id: str, causes: set[str]) -> set[str]:
    """Those causes that are requests to close what this receipt left open."""
    asked = session.execute(
        select(Proposal.id, Proposal.action).where(
            Proposal.id.in_(sorted(causes)), Proposal.action_type == "write_off"
        )
    )
    return {row[0] for row in asked if orjson.loads(row[1]).get("receipt_id") == receipt_id}


def _post(session: Session, rows: list[dict[str, Any]]) -> None:
    """Post the few rows of a return, and carry their sums into the documents they join."""
    insert_new(session, Application, rows)
    for table, named, balance in (
        (Invoice.__table__, "invoice_id", "open_minor"),
        (Receipt.__table__, "receipt_id", "unapplied_minor"),
    ):
        sums: dict[str, int] = {}
        for row in rows:
            if row[named]:
                sums[row[named]] = sums.get(row[named], 0) + row["amount_minor"]
        for document_id, minor in sums.items():
            session.connection().execute(
                update(table)
                .where(table.c.id == document_id)
                .values({balance: table.c[balance] - minor})
            )


def _take_off(session: Session, receipt_id: str, amount_minor: int) -> None:
    table = Receipt.__table__
    done = session.connection().execute(
        update(table)
        .where(table.c.id == receipt_id, table.c.unapplied_minor >= amount_minor)
        .values(
            unapplied_minor=table.c.unapplied_minor - amount_minor, advice_key="", hold_reason=None
        )
    )
    if done.rowcount != 1:
        raise Conflict(f"receipt {receipt_id} has less than {amount_minor} to give back")


def _reopened(session: Session, rows: Iterable[dict[str, Any]]) -> tuple[tuple[str, int], ...]:
    sums: dict[str, int] = {}
    for row in rows:
        sums[row["invoice_id"]] = sums.get(row["invoice_id"], 0) - row["amount_minor"]
    numbered = session.execute(
        select(Invoice.invoice_number, Invoice.id)
        .where(Invoice.id.in_(sorted(sums)))
        .order_by(Invoice.due_on, Invoice.id)
    )
    return tuple((number, sums[invoice_id]) for number, invoice_id in numbered if sums[invoice_id])
