"""Postings of an import: many rows in one write transaction, append-only like every other.

Only tools/ imports this. Nothing here commits, and nothing here opens a second way to a balance:
`open_minor` and `unapplied_minor` move with applications alone.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

import orjson
from sqlalchemy import (
    JSON,
    BigInteger,
    Cast,
    Connection,
    Insert,
    String,
    Table,
    bindparam,
    cast,
    func,
    insert,
    literal_column,
    select,
    update,
)
from sqlmodel import Session

from ledger.errors import Conflict
from ledger.postings_candidates import end_candidates
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
    """Insert rows that all have every column of their table."""
    connection, target = session.connection(), table.__table__
    for chunk in _chunks(rows):
        if connection.dialect.name == "sqlite":
            connection.execute(insert(target), chunk)
        else:
            connection.execute(_insert_document(target), {"b_rows": orjson.dumps(chunk).decode()})


def _insert_document(target: Table) -> Insert:
    """All rows in one value: PostgreSQL spends more on the round of each row than on the row."""
    names = [column.name for column in target.columns]
    shape = literal_column(f"NULL::{target.name}")
    rows = func.json_populate_recordset(shape, _json("b_rows")).table_valued(*names)
    return insert(target).from_select(names, select(*rows.c), include_defaults=False)


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
    end_candidates(session, {row["receipt_id"] for row in rows if row["receipt_id"]})


def _reduce(session: Session, table: Any, balance: str, sums: Mapping[str, int]) -> None:
    """Take sums off a balance; a sum that is not covered stops the whole transaction."""
    connection, target = session.connection(), table.__table__
    moved = {key: minor for key, minor in sums.items() if minor}
    if connection.dialect.name == "sqlite":
        # No table function here: a connection of an identity's own may not open one.
        changed = _reduce_each(connection, target, balance, moved)
    else:
        changed = _reduce_at_once(connection, target, balance, moved)
    if changed != len(moved):
        raise Conflict(f"{target.name}: more is applied than there is")


def _reduce_each(
    connection: Connection, target: Table, balance: str, moved: Mapping[str, int]
) -> int:
    column, minor = target.c[balance], bindparam("b_minor", type_=BigInteger)
    statement = (
        update(target)
        .where(target.c.id == bindparam("b_id"), column >= minor)
        .values({balance: column - minor})
    )
    rows = [{"b_id": key, "b_minor": each} for key, each in moved.items()]
    return connection.execute(statement, rows).rowcount if rows else 0


def _reduce_at_once(
    connection: Connection, target: Table, balance: str, moved: Mapping[str, int]
) -> int:
    pairs = func.json_each_text(_json("b_sums"))
    parts = pairs.table_valued("key", "value")
    minor = cast(parts.c.value, BigInteger)
    column = target.c[balance]
    statement = (
        update(target)
        .where(target.c.id == parts.c.key, column >= minor)
        .values({balance: column - minor})
    )
    return connection.execute(statement, {"b_sums": orjson.dumps(dict(moved)).decode()}).rowcount


def _json(name: str) -> Cast[Any]:
    return cast(bindparam(name, type_=String), JSON)


def _chunks(rows: Sequence[Row]) -> Iterator[list[Row]]:
    left = iter(rows)
    while chunk := list(islice(left, _CHUNK)):
        yield chunk
