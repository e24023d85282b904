"""What statutory interest would come to on an account's overdue items; nothing is charged."""

from datetime import date
from decimal import Decimal
from typing import Any

from engines.late_interest import daily_interest, late_interest
from ledger.money import Money
from ledger.queries.as_of import open_items_as_of
from tools.contract import MoneyOut, Result


class InterestLine(Result):
    """An open item past due, or a sum somebody asks about."""

    invoice_number: str
    due_on: date | None
    days: int
    open: MoneyOut
    a_day: MoneyOut
    interest: MoneyOut


class InterestDue(Result):
    """Simple interest by the day, each day rounded to the minor unit, as governments state it."""

    annual_percent: str
    lines: tuple[InterestLine, ...]
    total: tuple[MoneyOut, ...]


def interest_on(principal: Money, annual_percent: Decimal, days: int) -> InterestDue:
    """Interest on one amount that is so many days late."""
    return _told(annual_percent, [_line("", None, principal, annual_percent, days)])


def interest_of(session: Any, account_id: str, annual_percent: Decimal, as_of: date) -> InterestDue:
    """Interest on each of an account's items past due on a date."""
    overdue = (
        item for item in open_items_as_of(session, as_of, [account_id]) if item.due_on < as_of
    )
    return _told(
        annual_percent,
        [
            _line(
                item.invoice_number,
                item.due_on,
                Money(item.open_minor, item.currency),
                annual_percent,
                (as_of - item.due_on).days,
            )
            for item in overdue
            if item.open_minor > 0
        ],
    )


def _line(
    number: str, due_on: date | None, principal: Money, annual_percent: Decimal, days: int
) -> InterestLine:
    return InterestLine(
        invoice_number=number,
        due_on=due_on,
        days=days,
        open=principal,
        a_day=Money(daily_interest(principal.minor, annual_percent), principal.currency),
        interest=Money(late_interest(principal.minor, annual_percent, days), principal.currency),
    )


def _told(annual_percent: Decimal, lines: list[InterestLine]) -> InterestDue:
    sums: dict[str, int] = {}
    for line in lines:
        money = line.interest
        sums[money.currency] = sums.get(money.currency, 0) + money.minor
    total = tuple(Money(minor, currency) for currency, minor in sorted(sums.items()))
    return InterestDue(annual_percent=f"{annual_percent:f}", lines=tuple(lines), total=total)
