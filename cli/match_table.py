"""A table with named columns, read exactly or refused with file, line and column."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from adapters.spreadsheets.amounts import (
    DecimalMark,
    NotAnAmount,
    decide_decimal_mark,
    known_currency,
    parse_amount,
    to_minor,
)
from adapters.spreadsheets.cells import cell_text
from adapters.spreadsheets.dates import (
    DateOrder,
    NotADate,
    decide_date_order,
    is_blank_date,
    parse_date,
)
from adapters.spreadsheets.grid import read_grid
from ledger.errors import BadInput

_MARKS = re.compile(r"[\W_]+")


@dataclass(frozen=True)
class Columns:
    """What a table may hold.

    Attributes:
        spellings: Column and its other spellings, compared without case, blanks and marks.
        optional: Columns that may be missing.
        amounts: Columns that share one decimal mark.
        dates: Columns that share one order of day and month.
        numbers: Heads of further columns that hold numbers a document goes by.
    """

    spellings: Mapping[str, str]
    optional: frozenset[str] = frozenset()
    amounts: tuple[str, ...] = ()
    dates: tuple[str, ...] = ()
    numbers: frozenset[str] = frozenset()


@dataclass(frozen=True)
class TableFile:
    """A table with its columns found and its number and date formats decided once."""

    name: str
    columns: dict[str, int]
    numbers: tuple[int, ...]
    rows: list[tuple[int, list[str]]]
    mark: DecimalMark
    order: DateOrder | None

    def fault(self, line: int, column: str, text: str) -> BadInput:
        """An error with its place."""
        return BadInput(f"{self.name} line {line}, column {column}: {text}")

    def text(self, cells: list[str], column: str) -> str:
        """A cell as text; nothing where there is no such column."""
        at = self.columns.get(column)
        return cells[at] if at is not None and at < len(cells) else ""

    def needed(self, line: int, cells: list[str], column: str) -> str:
        """A cell that may not be empty."""
        found = self.text(cells, column)
        if not found:
            raise self.fault(line, column, "is empty; give a value or leave the row out")
        return found

    def minor(self, line: int, cells: list[str], column: str, currency: str) -> int:
        """An amount in minor units; an empty cell is nothing."""
        text = self.text(cells, column)
        try:
            value = parse_amount(text, self.mark) if text else Decimal(0)
            return to_minor(value, currency)
        except NotAnAmount as error:
            raise self.fault(line, column, f"{text!r} is no amount: {error}") from None

    def day(self, line: int, cells: list[str], column: str) -> date | None:
        """A date, or None for an empty cell."""
        text = self.text(cells, column)
        if is_blank_date(text):
            return None
        try:
            return parse_date(text, self.order)
        except NotADate as error:
            raise self.fault(line, column, f"{text!r} is no date: {error}") from None

    def currency(self, line: int, cells: list[str]) -> str:
        """The currency of a row."""
        text = self.needed(line, cells, "currency")
        code = known_currency(text)
        if code is None:
            raise self.fault(line, "currency", f"{text!r} is no ISO 4217 code such as EUR")
        return code


def open_table(path: Path, wanted: Columns) -> TableFile:
    """Read a CSV or workbook whose first filled row names its columns.

    Raises:
        BadInput: No header, a column is missing, or the format of numbers or dates stays open.
    """
    grid = read_grid(path)
    rows = [(row.line, [cell_text(c) for c in row.cells]) for row in grid.sheets[0].rows]
    rows = [(line, cells) for line, cells in rows if any(cells)]
    if not rows:
        raise BadInput(f"{path.name}: no header row; write the column names on the first line")
    columns, numbers = _find_columns(path.name, rows[0][1], wanted)
    body = rows[1:]
    mark = decide_decimal_mark(_cells(body, columns, wanted.amounts))
    order = decide_date_order(list(_cells(body, columns, wanted.dates)))
    if not mark.settled:
        what = mark.reason.partition(";")[0]
        raise BadInput(f"{path.name}: {what}; write amounts with a decimal point, such as 1234.00")
    if not order.settled:
        what = order.reason.partition(";")[0]
        raise BadInput(f"{path.name}: {what}; write dates as YYYY-MM-DD")
    return TableFile(
        path.name,
        columns,
        numbers,
        body,
        DecimalMark(mark.value or "point"),
        DateOrder(order.value) if order.value else None,
    )


def _cells(
    rows: list[tuple[int, list[str]]], columns: dict[str, int], wanted: tuple[str, ...]
) -> Iterator[tuple[int, str]]:
    places = [columns[name] for name in wanted if name in columns]
    for line, cells in rows:
        for at in places:
            if at < len(cells) and cells[at]:
                yield line, cells[at]


def _find_columns(
    name: str, heads: list[str], wanted: Columns
) -> tuple[dict[str, int], tuple[int, ...]]:
    plain = [_MARKS.sub("", head).lower() for head in heads]
    found: dict[str, int] = {}
    for column, others in wanted.spellings.items():
        for spelling in (_MARKS.sub("", column), *others.split()):
            if spelling in plain and plain.index(spelling) not in found.values():
                found[column] = plain.index(spelling)
                break
    missing = [each for each in wanted.spellings if each not in found.keys() | wanted.optional]
    if missing:
        shown = ", ".join(heads)
        raise BadInput(f"{name}: no column {', '.join(missing)}; the header holds {shown}")
    used = set(found.values())
    numbers = (at for at, head in enumerate(plain) if head in wanted.numbers and at not in used)
    return found, tuple(numbers)
