"""`dunwell metrics interest`: what late payment interest comes to, on an account or a sum."""

from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path

from cli.output import amounts, emit, say, show_heading, show_table, told
from ledger.errors import BadInput
from ledger.money import Money
from tools.interest_due import InterestDue, interest_of, interest_on

_MOST_PERCENT = 100


def run(
    home: Path | None,
    named: str | None,
    rate: str,
    amount: str | None,
    currency: str,
    days: int,
    as_of: date | None,
    json_out: bool,
) -> None:
    """Work out interest on an account's overdue items, or on a sum that is so many days late.

    Raises:
        BadInput: Neither or both are given, or a number cannot be read.
    """
    if (named is None) == (amount is None):
        raise BadInput("give an account, or --amount with --days")
    percent = _percent(rate)
    if amount is not None:
        found = interest_on(_sum(amount, currency), percent, days)
    else:
        found = _of_account(home, str(named), percent, as_of)
    emit(found) if json_out else _show(found)


def _of_account(home: Path | None, named: str, percent: Decimal, as_of: date | None) -> InterestDue:
    from cli.home import opened
    from tools.account_names import find_account

    with opened(home) as house, house.ledger.read() as session:
        day = as_of or house.business_date()
        return interest_of(session, find_account(session, named), percent, day)


def _percent(rate: str) -> Decimal:
    try:
        percent = Decimal(rate.rstrip("% "))
    except InvalidOperation:
        raise BadInput(f"--rate {rate!r}: give percent a year, such as 8.5") from None
    if not percent.is_finite() or not 0 <= percent <= _MOST_PERCENT:
        raise BadInput(f"--rate {rate!r}: give percent a year from 0 to {_MOST_PERCENT}")
    return percent


def _sum(amount: str, currency: str) -> Money:
    found = Money.of(amount, currency.upper())
    if found.minor < 0:
        raise BadInput(f"--amount {amount!r}: give what is owed, above 0")
    return found


def _show(found: InterestDue) -> None:
    show_heading(f"Simple interest at {found.annual_percent} % a year, each day rounded")
    heads = ("Invoice", "Due", "Days late", "Open", "A day", "Interest")
    rows = (
        (
            line.invoice_number or "-",
            line.due_on or "-",
            line.days,
            told(line.open),
            told(line.a_day),
            told(line.interest),
        )
        for line in found.lines
    )
    show_table(heads, rows, right=heads[2:])
    say(f"Together {amounts(found.total)}. Nothing is charged by this, and no letter says it.")
