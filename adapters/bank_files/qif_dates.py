"""Dates of QIF files, in whichever order a country or a program wrote them."""

import re
from datetime import date

from adapters.bank_files.values import day_of, full_year, shown
from ledger.errors import BadInput

_PARTS = re.compile(r"\s*(\d{1,4})\s*[/.\-]\s*(\d{1,2})\s*[/.\-']\s*(\d{1,4})\s*", re.ASCII)
_PLAIN = re.compile(r"\s*(\d{4})(\d\d)(\d\d)\s*", re.ASCII)
_ORDERS = ("MDY", "DMY", "YMD")  # Quicken's own first


def date_order(texts: list[str]) -> tuple[str, bool]:
    """The order every date of a file fits, and whether others would have fitted as well.

    Where several fit, the one whose dates lie closest together wins: swapped days and months
    scatter over the year.
    """
    parts = [found for found in map(_parts, texts) if found]
    if not parts:
        return _ORDERS[0], False
    fitting = [order for order in _ORDERS if all(_fits(each, order) for each in parts)]
    if len(fitting) < 2:
        return (fitting or [_ORDERS[0]])[0], False
    # An order that agrees with another on every date is no other order.
    read = {order: [_day(each, order) for each in parts] for order in fitting}
    if len({tuple(days) for days in read.values()}) == 1:
        return fitting[0], False
    spans = {order: (max(days) - min(days)).days for order, days in read.items()}
    return min(fitting, key=lambda order: (spans[order], _ORDERS.index(order))), True


def read_day(text: str, order: str, where: str) -> date:
    """Read a date in the order of its file.

    Raises:
        BadInput: Not a date in that order.
    """
    parts = _parts(text)
    if parts is None or not _fits(parts, order):
        raise BadInput(f"{where}: {shown(text)} is not a date ({order}); export the file again")
    year, month, day = _ordered(parts, order)
    return day_of(year, month, day, where)


def _parts(text: str) -> tuple[str, str, str] | None:
    found = _PARTS.fullmatch(text) or _PLAIN.fullmatch(text)
    return (found[1], found[2], found[3]) if found else None


def _ordered(parts: tuple[str, str, str], order: str) -> tuple[int, int, int]:
    """Year, month and day; four digits in front are a year whatever the order."""
    if len(parts[0]) == 4:
        order = "YMD"
    year, month, day = (parts[order.index(each)] for each in "YMD")
    full = int(year) if len(year) > 2 else full_year(int(year))
    return full, int(month), int(day)


def _fits(parts: tuple[str, str, str], order: str) -> bool:
    if order == "YMD" and len(parts[2]) > 2:
        return False
    year, month, day = _ordered(parts, order)
    return 1 <= month <= 12 and 1 <= day <= 31 and 1900 <= year <= 2199


def _day(parts: tuple[str, str, str], order: str) -> date:
    return day_of(*_ordered(parts, order), "")
