"""Postings of an import: many rows in one write transaction, append-only like every other.

Only tools/ imports this. Nothing here commits, and nothing here opens a second way to a balance:
`open_minor` and `unapplied_minor` move with applications alone.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from sqlalchemy import bindparam, insert, update
from sqlmodel import Session

from ledger.errors import Conflict
from ledger.tables.receivable import Application, CreditMemo, Invoice, Receipt

Row = dict[str, Any]

_CHUNK = 2_000
_BALANCES = frozenset({"open_minor", "unapplied_minor"})
_MOVED = (
    (Invoice, "invoice_id", "open_minor"),
    (Receipt, "receipt_id", "unapplied_minor"),
    (CreditMemo, "credit_memo_id", "unapplied_minor"),
)


def add_rows(session: Session, table: Any, rows: Sequence[Row]) -> None:
    """Insert rows that all have the same columns; a column left out gets its default."""
    for chunk in _chunks(rows):
        session.connection().execute(insert(table.__table__), chunk)


def change_rows(session: Session, table: Any, changes: Mapping[str, Row]) -> None:
    """Change columns of rows by id, one statement per set of columns.

    Raises:
        ValueError: A balance among the columns; balances move with applications only.
    """
    alike: dict[tuple[str, ...], list[Row]] = defaultdict(list)
    for row_id, values in changes.items():
        if _BALANCES & values.keys():
            raise ValueError(f"{table.__name__}: a balance is changed by an application only")
        names = tuple(sorted(values))
        alike[names].append({"b_id": row_id} | {f"b_{name}": values[name] for name in names})
    columns = table.__table__.c
    for names, rows in alike.items():
        statement = (
            update(table.__table__)
            .where(columns.id == bindparam("b_id"))
            .values({name: bindparam(f"b_{name}") for name in names})
        )
        for chunk in _chunks(rows):
            session.connection().execute(statement, chunk)


def post_applications(session: Session, rows: Sequence[Row]) -> None:
    """Post applications and carry their sums into the documents they join.

    Args:
        session: A write transaction.
        rows: Every column of Application; ids are new.

    Raises:
        Conflict: A document would be left below zero.
    """
    add_rows(session, Application, rows)
    for table, named, balance in _MOVED:
        sums: dict[str, int] = defaultdict(int)
        for row in rows:
            if row[named]:
                sums[row[named]] += row["amount_minor"]
        _reduce(session, table, balance, sums)


def _reduce(session: Session, table: Any, balance: str, sums: Mapping[str, int]) -> None:
    """Take sums off a balance; a sum that is not covered stops the whole transaction."""
    column = table.__table__.c[balance]
    statement = (
        update(table.__table__)
        .where(table.__table__.c.id == bindparam("b_id"), column >= bindparam("b_minor"))
        .values({balance: column - bindparam("b_minor")})
    )
    moved = [{"b_id": key, "b_minor": minor} for key, minor in sums.items() if minor]
    for chunk in _chunks(moved):
        if session.connection().execute(statement, chunk).rowcount != len(chunk):
            raise Conflict(f"{table.__name__.lower()}: more is applied than there is")


def _chunks(rows: Sequence[Row]) -> Iterator[list[Row]]:
    left = iter(rows)
    while chunk := list(islice(left, _CHUNK)):
        yield chunk
