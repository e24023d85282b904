"""Columns of an export without a header, told by their values alone.

Only what the values prove: a signed amount, an amount with a flag, or an amount that leads from
one balance to the next. Two columns that take turns could be either way round, so they are refused.
"""

import itertools
import re
from collections.abc import Callable, Sequence

from adapters.bank_files.columns import BankColumns, has_flags
from adapters.bank_files.values import iban_or_empty
from adapters.spreadsheets.amounts import (
    DecimalMark,
    NotAnAmount,
    decide_decimal_mark,
    known_currency,
    parse_amount,
    take_apart,
)
from adapters.spreadsheets.dates import looks_like_date
from adapters.spreadsheets.grid import Row
from adapters.spreadsheets.samples import Samples
from ledger.errors import BadInput

_MOSTLY = 0.8
_CENTS = re.compile(r".*\d[.,]\d{2}\D*")
_ASK = "name them (--mapping booked_on=#1 --mapping amount=#3 ...) or a --profile"


def columns_by_shape(rows: Sequence[Row], width: int, name: str) -> BankColumns:
    """Find date, money and words by the look of the values.

    Raises:
        BadInput: No dates or amounts, or amounts whose direction nothing shows.
    """
    samples = Samples(rows)
    columns = {at: [cell for cell in samples.column(at) if cell] for at in range(width)}
    dates = [at for at, cells in columns.items() if _share(cells, looks_like_date)]
    money = [at for at, cells in columns.items() if at not in dates and _share(cells, _is_money)]
    if not dates or not money:
        raise BadInput(f"{name}: no header names a date and an amount; export with column names")
    found = dict(zip(("booked_on", "value_on"), dates, strict=False))
    found |= _money(money, [samples.column(at) for at in range(width)], name)
    for at, cells in columns.items():
        if at in found.values() or not cells:
            continue
        if _share(cells, lambda cell: len(cell) == 3 and known_currency(cell) is not None):
            found.setdefault("currency", at)
        elif _share(cells, lambda cell: bool(iban_or_empty(cell))):
            found.setdefault("own_account" if len(set(cells)) == 1 else "payer_account", at)
    taken = set(found.values())
    memo = tuple(at for at, cells in columns.items() if at not in taken and cells)
    return BankColumns(("",) * width, found, memo, is_named=False)


def _share(cells: Sequence[str], check: Callable[[str], bool]) -> bool:
    return bool(cells) and sum(map(bool, map(check, cells))) >= _MOSTLY * len(cells)


def _is_money(cell: str) -> bool:
    """An amount with cents; plain digits are more likely a number of something."""
    if not _CENTS.fullmatch(cell):
        return False
    try:
        take_apart(cell)
    except NotAnAmount:
        return False
    return True


def _money(places: Sequence[int], columns: Sequence[Sequence[str]], name: str) -> dict[str, int]:
    """Which column is the amount and what gives it its direction."""
    for amount, balance in itertools.permutations(places, 2):
        if _leads(columns[amount], columns[balance]):
            return {"amount": amount, "balance": balance}
    if len(places) > 1:
        shown = ", ".join(f"#{at + 1}" for at in places)
        raise BadInput(
            f"{name}: columns {shown} hold amounts and no header says which is money in; {_ASK}"
        )
    flags = [at for at, cells in enumerate(columns) if at not in places and has_flags(cells)]
    if len(flags) == 1:
        return {"amount": places[0], "flag": flags[0]}
    if not any("-" in cell for cell in columns[places[0]]):
        raise BadInput(
            f"{name}: no header, and nothing says whether column #{places[0] + 1} is money in or "
            f"out; {_ASK}"
        )
    return {"amount": places[0]}


def _leads(amounts: Sequence[str], balances: Sequence[str]) -> bool:
    """Whether each balance is the one beside it plus the amount, in either order of lines."""
    told = decide_decimal_mark(enumerate((*amounts, *balances), start=1))
    if not told.value or len(amounts) < 2 or not all((*amounts, *balances)):
        return False
    try:
        moved = [parse_amount(cell, DecimalMark(told.value)) for cell in amounts]
        stood = [parse_amount(cell, DecimalMark(told.value)) for cell in balances]
    except NotAnAmount:
        return False
    steps = list(itertools.pairwise(stood))
    down = all(after - before == moved[at + 1] for at, (before, after) in enumerate(steps))
    up = all(before - after == moved[at] for at, (before, after) in enumerate(steps))
    return down or up
