"""Days as people of the trade name them, against a calendar of business days. Pure."""

import calendar as months
import functools
from datetime import date, timedelta

FRIDAY = 4


@functools.lru_cache(maxsize=64)
def _holidays(calendar: str, year: int) -> frozenset[date]:
    from holidays import country_holidays

    try:
        return frozenset(country_holidays(calendar, years=year))
    except NotImplementedError:  # a calendar nobody keeps has weekends only
        return frozenset()


@functools.lru_cache(maxsize=8192)
def is_business_day(calendar: str, day: date) -> bool:
    """Whether a day is neither weekend nor public holiday."""
    return day.weekday() <= FRIDAY and day not in _holidays(calendar, day.year)


def add_business_days(calendar: str, day: date, count: int) -> date:
    """The day that many business days later, or earlier where the count is negative."""
    step = 1 if count >= 0 else -1
    for _ in range(min(abs(count), 500)):
        day += timedelta(days=step)
        while not is_business_day(calendar, day):
            day += timedelta(days=step)
    return day


def add_months(day: date, count: int) -> date:
    """The same day so many months later, or the last one where that month is shorter."""
    month = day.year * 12 + day.month - 1 + count
    year, month = month // 12, month % 12 + 1
    return date(year, month, min(day.day, months.monthrange(year, month)[1]))


def last_of_month(day: date) -> date:
    """The last day of the month a day lies in."""
    return day.replace(day=months.monthrange(day.year, day.month)[1])


def last_business_day(calendar: str, day: date) -> date:
    """The last business day of the month a day lies in."""
    return add_business_days(calendar, last_of_month(day) + timedelta(days=1), -1)


def first_business_day(calendar: str, day: date) -> date:
    """The first business day of the month a day lies in."""
    return add_business_days(calendar, day.replace(day=1) - timedelta(days=1), 1)


def last_of_quarter(day: date) -> date:
    """The last day of the quarter a day lies in."""
    return last_of_month(add_months(day.replace(day=1), 2 - (day.month - 1) % 3))


def weekday_of_week(day: date, weekday: int, weeks: int) -> date:
    """A weekday of the week a day lies in, or of one so many weeks later."""
    return day + timedelta(days=weekday - day.weekday() + 7 * weeks)


def nth_weekday(day: date, weekday: int, nth: int) -> date | None:
    """The first, second ... or (nth = -1) last such weekday of the month a day lies in."""
    if nth < 0:
        last = last_of_month(day)
        return last - timedelta(days=(last.weekday() - weekday) % 7)
    first = day.replace(day=1)
    found = first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (nth - 1))
    return found if found.month == day.month else None
