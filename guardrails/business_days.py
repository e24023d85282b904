"""Business days and permitted hours: pure functions of dated data."""

import functools
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from policies.schema import Policy


@functools.lru_cache(maxsize=64)
def _holidays(calendar: str, year: int) -> frozenset[date]:
    from holidays import country_holidays

    return frozenset(country_holidays(calendar, years=year))


@functools.lru_cache(maxsize=4096)
def is_business_day(calendar: str, day: date) -> bool:
    """Whether a day is neither weekend nor public holiday in a country's calendar."""
    return day.weekday() < 5 and day not in _holidays(calendar, day.year)


@functools.lru_cache(maxsize=4096)
def is_public_holiday(place: str, day: date) -> bool:
    """Whether a day is a public holiday of a place such as AU-NSW; False where none are known."""
    from holidays import country_holidays

    parts = place.removeprefix("EU-").split("-")
    for region in (parts[1:2] or [None])[0], None:
        try:
            return day in country_holidays(parts[0], subdiv=region, years=day.year)
        except NotImplementedError:
            continue
    return False


def next_business_day(calendar: str, day: date) -> date:
    """The first business day on or after a day."""
    while not is_business_day(calendar, day):
        day += timedelta(days=1)
    return day


def add_business_days(calendar: str, day: date, count: int) -> date:
    """The day that many business days later."""
    for _ in range(count):
        day = next_business_day(calendar, day + timedelta(days=1))
    return day


def grace_ends(due_on: date, policy: Policy, method_days: int = 0) -> date:
    """The last day on which money promised for a day still comes in time.

    Args:
        due_on: The day.
        policy: Whose banking days of grace count.
        method_days: Banking days that the way of paying takes after the day.
    """
    days = method_days + policy.contact.promise_grace_days
    return add_business_days(policy.company.calendar, due_on, days)


@functools.lru_cache(maxsize=4096)
def business_days_after(calendar: str, first: date, last: date) -> int:
    """Business days after a day, up to and including another; none where it lies ahead."""
    days = (first + timedelta(days=n) for n in range(1, (last - first).days + 1))
    return sum(is_business_day(calendar, day) for day in days)


@functools.lru_cache(maxsize=4096)
def contact_window(
    zones: tuple[str, ...], day: date, opens: time, closes: time
) -> tuple[datetime, datetime] | None:
    """The span of a day that lies inside the permitted hours of every candidate zone, in UTC.

    Both zone readings of an ambiguous local hour (clock change) must pass, so the narrower counts.
    None where the zones leave no common span.
    """
    starts, ends = [], []
    for name in zones:
        zone = ZoneInfo(name)
        starts += [datetime.combine(day, opens.replace(fold=fold), zone) for fold in (0, 1)]
        ends += [datetime.combine(day, closes.replace(fold=fold), zone) for fold in (0, 1)]
    start = max(moment.astimezone(UTC) for moment in starts)
    end = min(moment.astimezone(UTC) for moment in ends)
    return (start, end) if start < end else None
