"""Accounts whose money a waiting receipt may be: named, freed again, denied by a person.

Only tools/ and the other postings import this. An account that is freed is looked at again, and
what a person was asked to find out about it is done.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from sqlalchemy import Row, delete, select, update
from sqlmodel import Session

from ledger.ids import make_id
from ledger.journal import insert_new, touch
from ledger.tables.receivable import Invoice, Receipt, ReceiptCandidate
from ledger.tables.work import CallTask

_AT_ONCE = 500
_Row = TypeVar("_Row")
Pair = tuple[str, str]
"""An account and the currency of what it would be set against."""


def replace_candidates(session: Session, wanted: Mapping[str, Collection[Pair]]) -> None:
    """Note anew whose money receipts may be; what a person denied stays denied.

    Args:
        session: A write transaction.
        wanted: Every pair of each receipt; of receipts that are not named nothing changes.
    """
    rows = _rows(session, wanted)
    denied = {(row.receipt_id, row.account_id) for row in rows if row.denied}
    old = {(row.receipt_id, row.account_id, row.currency) for row in rows if not row.denied}
    new = {
        (receipt, account, currency)
        for receipt, pairs in wanted.items()
        for account, currency in pairs
        if (receipt, account) not in denied
    }
    changed = sorted({row[0] for row in old ^ new})
    _remove(session, changed)
    _insert(session, [row for row in sorted(new) if row[0] in set(changed)])
    # What was asked of somebody who is free again, and is no more, is asked again.
    _set_tasks(session, sorted(task_id(*row[:2]) for row in new - old), "open")
    _look_again(session, {row[:2] for row in old ^ new}, {row[:2] for row in old - new})


def name_candidates(
    session: Session, receipt_id: str, account_id: str, invoice_ids: Sequence[str]
) -> None:
    """Add the account and the owners of invoices that a request would set a receipt against."""
    known = select(Receipt.account_id, Receipt.currency).where(Receipt.id == receipt_id)
    receipt = session.execute(known).one_or_none()
    owned = session.execute(
        select(Invoice.account_id, Invoice.currency).where(Invoice.id.in_(sorted(invoice_ids)))
    )
    if receipt:
        pairs = {(account_id, receipt.currency), *((row[0], row[1]) for row in owned)}
        others = pairs - {(receipt.account_id, receipt.currency)}
        _insert(session, [(receipt_id, *pair) for pair in sorted(others)])


def end_candidates(session: Session, receipt_ids: Collection[str]) -> None:
    """Receipts paid something or went back: nobody else waits for them any more."""
    if session.execute(select(ReceiptCandidate.receipt_id).limit(1)).first() is None:
        return  # an import of a whole history asks once
    rows = _rows(session, receipt_ids)
    _remove(session, sorted({row.receipt_id for row in rows}))
    freed = {(row.receipt_id, row.account_id) for row in rows if not row.denied}
    _look_again(session, freed, freed)


def deny_candidates(session: Session, receipt_id: str, account_id: str | None = None) -> set[str]:
    """A person says that a receipt is not theirs; of everybody it may belong to by default.

    Returns:
        The accounts that are freed.
    """
    table = ReceiptCandidate
    where = [table.receipt_id == receipt_id, table.denied.is_(False)]
    if account_id is not None:
        where.append(table.account_id == account_id)
    # No read before it: whoever decides may not see every account that is freed.
    said = update(table).where(*where).values(denied=True).returning(table.account_id)
    freed = set(session.scalars(said.execution_options(synchronize_session=False)))
    pairs = {(receipt_id, each) for each in freed}
    _look_again(session, pairs, pairs)
    return freed


def add_candidate_tasks(session: Session, rows: Iterable[dict[str, Any]]) -> None:
    """Ask a person, once an account and receipt; `receipt_id` says which."""
    tasks = [
        {"id": task_id(row["receipt_id"], row["account_id"])}
        | {name: value for name, value in row.items() if name != "receipt_id"}
        for row in rows
    ]
    insert_new(session, CallTask, tasks)


def end_candidate_tasks(session: Session, receipt_ids: Collection[str]) -> None:
    """A request asks about these receipts now, so nobody need look beside it."""
    _end_tasks(session, {(row.receipt_id, row.account_id) for row in _rows(session, receipt_ids)})


def task_id(receipt_id: str, account_id: str) -> str:
    """The task that asks whether a receipt is an account's."""
    return make_id("tsk", "receipt_candidate", receipt_id, account_id)


def _look_again(session: Session, pairs: set[Pair], freed: set[Pair]) -> None:
    touch(session, {account for _receipt, account in pairs})
    _end_tasks(session, freed)


def _end_tasks(session: Session, pairs: Iterable[Pair]) -> None:
    _set_tasks(session, sorted(task_id(*pair) for pair in pairs), "done")


def _set_tasks(session: Session, ids: Sequence[str], state: str) -> None:
    for chunk in _chunks(ids):
        session.execute(update(CallTask).where(CallTask.id.in_(chunk)).values(state=state))


def _rows(session: Session, receipt_ids: Iterable[str]) -> list[Row[Any]]:
    table = ReceiptCandidate
    columns = (table.receipt_id, table.account_id, table.currency, table.denied)
    return [
        row
        for chunk in _chunks(sorted(receipt_ids))
        for row in session.execute(select(*columns).where(table.receipt_id.in_(chunk)))
    ]


def _remove(session: Session, receipt_ids: Sequence[str]) -> None:
    table = ReceiptCandidate
    for chunk in _chunks(receipt_ids):
        session.execute(delete(table).where(table.receipt_id.in_(chunk), table.denied.is_(False)))


def _insert(session: Session, rows: Sequence[tuple[str, str, str]]) -> None:
    names = ("receipt_id", "account_id", "currency", "denied")
    for chunk in _chunks(rows):
        values = [dict(zip(names, (*row, False), strict=True)) for row in chunk]
        insert_new(session, ReceiptCandidate, values)


def _chunks(rows: Sequence[_Row]) -> Iterator[Sequence[_Row]]:
    for start in range(0, len(rows), _AT_ONCE):
        yield rows[start : start + _AT_ONCE]
