"""Running balances of an export: whether every line leads from one balance to the next."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from adapters.bank_files.csv_rows import Moved
from adapters.bank_files.model import BankLine, Statement, settle


@dataclass(frozen=True, slots=True)
class Walk:
    """What a walk over the balances found.

    Attributes:
        checks: How many balances could be compared with the one before.
        breaks: How many of them the lines between do not explain.
    """

    checks: int
    breaks: int
    opening_minor: int | None
    closing_minor: int | None


def walk(rows: Sequence[Moved]) -> Walk:
    """Walk the balances from the oldest line; within one day either end may be the older."""
    days = [day for row in rows if (day := row.lines[0].booked_on)]
    if days and days[0] != days[-1]:
        return _walk(rows if days[0] < days[-1] else rows[::-1])
    down, up = _walk(rows), _walk(rows[::-1])
    return up if up.breaks < down.breaks else down


def _walk(rows: Sequence[Moved]) -> Walk:
    opening: int | None = None
    reached: int | None = None
    moved = checks = breaks = 0
    for row in rows:
        moved += row.delta_minor
        if row.balance_minor is None:
            continue
        if reached is None:
            opening = row.balance_minor - moved
        else:
            checks += 1
            breaks += reached + moved != row.balance_minor
        reached, moved = row.balance_minor, 0
    closing = None if reached is None else reached + moved
    return Walk(checks, breaks, opening, closing)


def statement(
    account: str, currency: str, rows: Sequence[Moved], stated: tuple[int | None, int | None]
) -> Statement:
    """Build a statement from its rows.

    Args:
        account: Own account.
        currency: Currency of every row.
        rows: Rows in the order of the file.
        stated: Opening and closing balance that labels around the lines state.
    """
    lines = _numbered(rows)
    found = walk(rows)
    opening, closing = stated if None not in stated else (None, None)
    # One balance alone follows from its own line and proves nothing.
    if opening is None and found.checks:
        opening, closing = found.opening_minor, found.closing_minor
    built = settle(
        account=account,
        currency=currency,
        lines=lines,
        opening_minor=opening,
        closing_minor=closing,
    )
    if found.checks and found.breaks and built.balances == "tie":
        return replace(built, balances="differ")
    return built


def _numbered(rows: Sequence[Moved]) -> tuple[BankLine, ...]:
    return tuple(
        replace(line, entry_no=number)
        for number, row in enumerate(rows, start=1)
        for line in row.lines
    )
