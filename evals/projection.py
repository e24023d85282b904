"""A fixed projection of the books: every row of every table, and what differs between two readings.

It knows no rule and no tool, so it can judge those that do.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session

from ledger.tables.all_tables import metadata

_JOURNALS = frozenset({"audit", "snapshot", "run", "policy_version", "model_call", "disposition"})
"""Tables that only record; what they say is proved elsewhere."""


@dataclass(frozen=True, slots=True)
class Change:
    """One row that is not as it was.

    Attributes:
        kind: `added`, `changed` or `removed`.
        columns: Names of the columns that differ; empty for an added or removed row.
        row: The row as it is, or as it was where it is gone.
    """

    kind: str
    table: str
    row: dict[str, Any]
    columns: frozenset[str] = frozenset()

    def __str__(self) -> str:
        """The change as a finding."""
        named = f" in {', '.join(sorted(self.columns))}" if self.columns else ""
        key = next(iter(self.row.values()))
        return f"{self.table} {key} {self.kind}{named}"


Book = dict[str, dict[Any, tuple[Any, ...]]]


def read_book(session: Session) -> Book:
    """Every row by table and key, as stored."""
    connection = session.connection()
    book: Book = {}
    for name in sorted(set(metadata.tables) - _JOURNALS):
        columns = ", ".join(metadata.tables[name].columns.keys())
        rows = connection.exec_driver_sql(f"SELECT {columns} FROM {name}")  # noqa: S608 - our names
        book[name] = {row[0]: tuple(row) for row in rows}
    return book


def changes(before: Book, after: Book) -> Iterator[Change]:
    """What differs, table by table."""
    for name, now in after.items():
        was, columns = before[name], metadata.tables[name].columns.keys()
        for key in was.keys() - now.keys():
            yield Change("removed", name, dict(zip(columns, was[key], strict=True)))
        for key, row in now.items():
            if key not in was:
                yield Change("added", name, dict(zip(columns, row, strict=True)))
            elif row != was[key]:
                pairs = zip(columns, was[key], row, strict=True)
                differing = frozenset(name for name, old, new in pairs if old != new)
                yield Change("changed", name, dict(zip(columns, row, strict=True)), differing)
