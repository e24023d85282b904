"""The plain forecast: each open item is expected on its due date plus the payer's mean delay.

Transparent on purpose; a probabilistic engine can take its place behind the same shape.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, slots=True)
class ExpectedWeek:
    """Cash expected in a week that starts on a Monday, in minor units of a currency."""

    week_start: date
    currency: str
    amount_minor: int


def expected_day(due_on: date, delay_days: int, as_of: date) -> date:
    """The day an item is expected: never in the past, because it has not been paid yet."""
    return max(due_on + timedelta(days=delay_days), as_of + timedelta(days=1))


def forecast_weeks(
    items: Iterable[tuple[str, str, int, date]],
    delays: Mapping[str, int],
    as_of: date,
    weeks: int,
    fallback_delay_days: int,
) -> list[ExpectedWeek]:
    """Expected cash from the open book by week and currency.

    Args:
        items: (account id, currency, open minor units, due date).
        delays: Mean days late by account, rounded; accounts without history are left out.
        as_of: The business date.
        weeks: Number of weeks, the first being the one that holds the next day.
        fallback_delay_days: Delay where an account has no history.
    """
    first = _monday(as_of + timedelta(days=1))
    last = first + timedelta(weeks=weeks)
    sums: dict[tuple[date, str], int] = defaultdict(int)
    for account_id, currency, open_minor, due_on in items:
        day = expected_day(due_on, delays.get(account_id, fallback_delay_days), as_of)
        if day < last:
            sums[_monday(day), currency] += open_minor
    return [
        ExpectedWeek(week, currency, amount) for (week, currency), amount in sorted(sums.items())
    ]


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
