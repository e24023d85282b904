"""Dates as exporters write them; day and month order is decided for the whole file.

"03/04/2026" alone is nobody's date. One cell with a day above twelve settles the order for its
column; failing that, the order under which invoices fall due after they are issued; failing
that, a person.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import lru_cache

from adapters.spreadsheets.amounts import Decision

_LANGUAGES = ("en", "de", "fr", "es", "nl")
_TIME = r"(?:[ T]+\d{1,2}:\d{2}.*)?"
_YEAR_FIRST = re.compile(rf"(\d{{4}})([-/.])(\d{{1,2}})\2(\d{{1,2}}){_TIME}")
_COMPACT = re.compile(r"((?:19|20)\d{2})(\d{2})(\d{2})")
_THREE = re.compile(rf"(\d{{1,2}})\s?([./-])\s?(\d{{1,2}})\s?\2\s?(\d{{4}}|\d{{2}}){_TIME}")
_DAY_FIRST = re.compile(
    rf"(?:[^\W\d]+\.?,?\s+)?(\d{{1,2}})(?:st|nd|rd|th|er|º|\.)?[\s-]*(?:de\s+)?([^\W\d]+)\.?,?"
    rf"[\s-]*(?:de\s+|del\s+)?(\d{{4}}|\d{{2}}){_TIME}",
    re.IGNORECASE,
)
_MONTH_FIRST = re.compile(
    rf"(?:[^\W\d]+,?\s+)?([^\W\d]+)\.?[\s-]+(\d{{1,2}})(?:st|nd|rd|th)?,?\s+(\d{{4}}){_TIME}",
    re.IGNORECASE,
)
_SERIAL = re.compile(r"(\d{5})(?:\.\d+)?")
_EXCEL_EPOCH = date(1899, 12, 30)
_SERIALS = range(20_000, 80_000)
_BLANKS = {"", "0", "00000000", "-", "--", "n/a", "none", "null", "nan", "00.00.0000"}
_BLANK_DATE = re.compile(r"0000-00-00.*")


class DateOrder(StrEnum):
    """Order of day, month and year in dates that do not show it."""

    DMY = "DMY"
    MDY = "MDY"
    YMD = "YMD"


class NotADate(ValueError):
    """The cell is no date in the decided order; the text says why."""


@lru_cache(maxsize=1)
def _months() -> dict[str, int]:
    from babel import Locale

    names = {"sept": 9, "mrz": 3}
    for language in _LANGUAGES:
        months = Locale(language).months
        for context in ("format", "stand-alone"):
            for width in ("wide", "abbreviated"):
                for number, name in months[context][width].items():
                    names[_plain(name)] = number
    return names


def _plain(word: str) -> str:
    decomposed = unicodedata.normalize("NFKD", word.casefold())
    return "".join(char for char in decomposed if char.isalpha())


def is_blank_date(cell: str) -> bool:
    """Whether an exporter's cell stands for no date."""
    return cell.strip().lower() in _BLANKS or bool(_BLANK_DATE.fullmatch(cell.strip()))


def looks_like_date(cell: object) -> bool:
    """Whether a cell could be a date in some order."""
    if isinstance(cell, date):
        return True
    text = str(cell).strip()
    for order in DateOrder:
        try:
            parse_date(text, order)
        except NotADate:
            continue
        return True
    return False


@lru_cache(maxsize=65_536)
def parse_date(cell: str, order: DateOrder | None) -> date:
    """Read one date cell; a time of day beside it is dropped, never shifted.

    Args:
        cell: Stripped, not blank.
        order: The file's order; None if no cell of the file needed one.

    Raises:
        NotADate: No date in this order.
    """
    try:
        found = _order_free(cell)
        if found:
            return found
        three = _THREE.fullmatch(cell)
        if three is None:
            raise NotADate(f"{cell!r} is not a date")
        first, mark, second, third = three.groups()
        return _ordered(int(first), int(second), third, _order_for(mark, order))
    except NotADate:
        raise
    except (ValueError, OverflowError):
        raise NotADate(f"{cell!r} is not a day of the calendar") from None


def _order_for(mark: str, order: DateOrder | None) -> DateOrder:
    # No locale of CLDR writes dotted dates with the month first.
    if order is None and mark == ".":
        return DateOrder.DMY
    if order is None:
        raise NotADate("its day and month order is open")
    return order


def _ordered(first: int, second: int, third: str, order: DateOrder) -> date:
    if order is DateOrder.YMD:
        if len(third) == 4:
            raise NotADate("the year is not first")
        return date(_full_year(first), second, int(third))
    year = _full_year(int(third)) if len(third) == 2 else int(third)
    day, month = (first, second) if order is DateOrder.DMY else (second, first)
    return date(year, month, day)


def _full_year(two_digits: int) -> int:
    # The POSIX pivot: 69-99 are the 1900s.
    return two_digits + (1900 if two_digits >= 69 else 2000)


def _order_free(cell: str) -> date | None:
    """Read the forms that carry their own order: ISO, compact, named month, Excel serial."""
    if found := _YEAR_FIRST.fullmatch(cell):
        return date(int(found[1]), int(found[3]), int(found[4]))
    if found := _COMPACT.fullmatch(cell):
        return date(int(found[1]), int(found[2]), int(found[3]))
    if found := _SERIAL.fullmatch(cell):
        return serial_date(int(found[1]))
    if found := _MONTH_FIRST.fullmatch(cell):
        month, day, year = found[1], found[2], found[3]
    elif found := _DAY_FIRST.fullmatch(cell):
        day, month, year = found[1], found[2], found[3]
    else:
        return None
    number = _months().get(_plain(month))
    if number is None:
        raise NotADate(f"{month!r} is not a month")
    return date(_full_year(int(year)) if len(year) == 2 else int(year), number, int(day))


def serial_date(number: float) -> date:
    """Return the date of an Excel day number (1900 system).

    Raises:
        NotADate: Outside 1954..2119, so more likely an amount or an id.
    """
    if int(number) not in _SERIALS:
        raise NotADate(f"{number} is neither a date nor a spreadsheet day number")
    return _EXCEL_EPOCH + timedelta(days=int(number))


def plain_date(value: date) -> date:
    """Drop the time of day of a workbook's date cell."""
    return value.date() if isinstance(value, datetime) else value


def decide_date_order(
    cells: Sequence[tuple[int, str]],
    pairs: Iterable[tuple[str, str]] = (),
    latest: date | None = None,
) -> Decision:
    """Decide day-month order from every date cell of a file.

    Args:
        cells: Line number and text of each cell.
        pairs: Issue and due date texts of the same row, for the last resort.
        latest: Nothing is issued after this date (the report's own date).

    Returns:
        The order, or None with a question. None and settled when no cell needs an order.
    """
    proofs: dict[str, tuple[int, str]] = {}
    open_cells: list[tuple[int, str]] = []
    needs_order = False
    for line, cell in cells:
        three = _THREE.fullmatch(cell)
        if three is None:
            continue
        first, second = int(three[1]), int(three[3])
        dotted = three[2] == "."
        needs_order = needs_order or not dotted
        if first > 12 >= second:
            proofs.setdefault(DateOrder.DMY.value, (line, cell))
        elif second > 12 >= first:
            proofs.setdefault(DateOrder.MDY.value, (line, cell))
        elif not dotted and len(open_cells) < 2:
            open_cells.append((line, cell))
    if not needs_order and DateOrder.MDY.value not in proofs:
        return Decision(None, "every date shows its own order")
    if len(proofs) == 2:
        (a, x), (b, y) = proofs.values()
        return Decision(
            None,
            f"line {a} {x!r} and line {b} {y!r} are written in different orders; export again "
            "with one date format, or say --dates DMY|MDY|YMD",
            settled=False,
        )
    if proofs:
        order, (line, cell) = next(iter(proofs.items()))
        return Decision(order, f"dates are {order}: line {line} {cell!r}")
    return _by_sequence(list(pairs), latest, open_cells)


def _by_sequence(
    pairs: list[tuple[str, str]], latest: date | None, open_cells: list[tuple[int, str]]
) -> Decision:
    """Keep the order under which nothing is due before it is issued or issued in the future.

    One odd row may be a mistake; two rows against one order and none against the other decide.
    """
    against = {order: _contradictions(pairs, latest, order) for order in ("DMY", "MDY")}
    for order, other in (("DMY", "MDY"), ("MDY", "DMY")):
        if against[order] == 0 and against[other] >= 2:
            return Decision(
                order,
                f"dates are {order}: as {other}, {against[other]} rows would be due before they "
                "were issued or issued after the report",
            )
    shown = " and ".join(f"line {line} {cell!r}" for line, cell in open_cells)
    return Decision(
        None,
        f"{shown} can be read day first or month first; say --dates DMY|MDY|YMD",
        settled=False,
    )


def _contradictions(pairs: list[tuple[str, str]], latest: date | None, order: str) -> int:
    count = 0
    for issued_text, due_text in pairs:
        try:
            issued = parse_date(issued_text, DateOrder(order))
            due = parse_date(due_text, DateOrder(order)) if due_text else issued
        except NotADate:
            continue
        count += due < issued or (latest is not None and issued > latest)
    return count
