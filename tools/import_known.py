"""What the books know of the documents in a file: set-based reads, a chunk of numbers at a time."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, case, cast, func, or_, select
from sqlmodel import Session

from ledger.states import ApplicationKind, DisputeState
from ledger.tables.case import Dispute
from ledger.tables.receivable import Application, Invoice
from tools.import_plan import AMOUNT, BALANCE, DISPUTE_QUOTE, USED, Item

_CHUNK = 900


def chunks(values: Iterable[str]) -> Iterator[list[str]]:
    """Values once each, in an order that does not change, a bound statement's worth at a time."""
    ordered = sorted(set(values))
    for start in range(0, len(ordered), _CHUNK):
        yield ordered[start : start + _CHUNK]


def rows_where(session: Session, table: Any, column: Any, values: Iterable[str]) -> list[dict]:
    """Rows of a table whose column holds one of the values."""
    found: list[dict] = []
    for part in chunks(values):
        query = select(table.__table__).where(column.in_(part))
        found += [dict(row) for row in session.execute(query).mappings()]
    return found


def invoices_numbered(session: Session, numbers: Iterable[str]) -> dict[str, list[Item]]:
    """Invoices by number, of whichever account, with what is applied to them."""
    items: dict[str, Item] = {}
    for part in chunks(numbers):
        items |= _read_items(session, Invoice.invoice_number.in_(part))
    _read_applications(session, items)
    _read_disputes(session, items)
    numbered: dict[str, list[Item]] = defaultdict(list)
    for item in items.values():
        numbered[item.number].append(item)
    return numbered


def adjusted_invoices(session: Session, account_ids: Iterable[str]) -> list[Item]:
    """Invoices of accounts that earlier imports settled without naming a payment, oldest first."""
    items: dict[str, Item] = {}
    for part in chunks(account_ids):
        adjusted = select(Application.invoice_id).where(
            Application.account_id.in_(part),
            Application.kind == ApplicationKind.ADJUSTMENT.value,
            _caused(BALANCE),
        )
        items |= _read_items(session, Invoice.id.in_(adjusted))
    _read_applications(session, items)
    return sorted(items.values(), key=lambda item: (item.due_on, item.id))


def _read_items(session: Session, where: ColumnElement[bool]) -> dict[str, Item]:
    query = select(
        Invoice.id,
        Invoice.account_id,
        Invoice.invoice_number,
        Invoice.issued_on,
        Invoice.due_on,
        Invoice.currency,
        Invoice.amount_minor,
        Invoice.open_minor,
        Invoice.po_number,
        Invoice.entity,
    ).where(where)
    return {row.id: Item(*row) for row in session.execute(query)}


def _read_applications(session: Session, items: dict[str, Item]) -> None:
    adjustment = Application.kind == ApplicationKind.ADJUSTMENT.value
    sums = (
        _sum(_caused(BALANCE)),
        _sum(_caused(AMOUNT)),
        _sum(adjustment & or_(_caused(BALANCE), _caused(USED))),
        _sum(_caused(BALANCE) & (Application.kind == ApplicationKind.CASH.value)),
        func.max(case((adjustment & _caused(BALANCE), Application.applied_on))),
    )
    for part in chunks(items):
        query = (
            select(Application.invoice_id, func.min(Application.applied_on), *sums)
            .where(Application.invoice_id.in_(part))
            .group_by(Application.invoice_id)
        )
        for invoice_id, first, settled, corrected, adjusted, cleared, on in session.execute(query):
            item = items[invoice_id]
            item.first_applied, item.adjusted_on = first, on
            item.settled_minor, item.corrected_minor = settled, corrected
            item.adjusted_minor, item.cleared_minor = adjusted, cleared


def _read_disputes(session: Session, items: dict[str, Item]) -> None:
    """An open dispute, or one an import opened before: the mark in the file is not news."""
    for part in chunks(items):
        query = select(Dispute.invoice_id).where(
            Dispute.invoice_id.in_(part),
            or_(Dispute.state != DisputeState.RESOLVED, Dispute.quote == DISPUTE_QUOTE),
        )
        for invoice_id in session.scalars(query):
            items[invoice_id].disputed = True


def open_elsewhere(session: Session, named: Sequence[str]) -> dict[str, tuple[int, int]]:
    """Count and sum per currency of imported open invoices that are not among those named."""
    query = select(Invoice.id, Invoice.currency, Invoice.open_minor).where(
        Invoice.open_minor != 0, Invoice.batch_id.is_not(None)
    )
    known = set(named)
    found: dict[str, tuple[int, int]] = {}
    for invoice_id, currency, minor in session.execute(query):
        if invoice_id not in known:
            count, total = found.get(currency, (0, 0))
            found[currency] = (count + 1, total + minor)
    return found


def _caused(cause: str) -> ColumnElement[bool]:
    return Application.cause.startswith(f"{cause}:", autoescape=True)


def _sum(where: ColumnElement[bool]) -> ColumnElement[int]:
    amount = case((where, Application.amount_minor), else_=0)
    return cast(func.coalesce(func.sum(amount), 0), BigInteger)
