"""Rows of a bulk read, grouped by the account they belong to."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement

BUDGET_DAYS = 30
"""How far back contact history reaches: the longest window of the contact budget."""

Rows = dict[str, list[Any]]


def among(column: Any, ids: Sequence[str]) -> ColumnElement[bool]:
    """The filter of a bulk read."""
    return column.in_(ids)


def grouped(rows: Iterable[Any], build: Callable[[Any], Any]) -> Rows:
    """What is built of each row, under the account in its first column."""
    found: Rows = defaultdict(list)
    for row in rows:
        found[row[0]].append(build(row))
    return found
