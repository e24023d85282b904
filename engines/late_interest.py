"""Statutory interest on late payment: simple, by the day, each day rounded to the minor unit."""

from decimal import ROUND_HALF_UP, Decimal

_DAYS = 365


def daily_interest(principal_minor: int, annual_percent: Decimal) -> int:
    """Interest of one day in minor units."""
    exact = Decimal(principal_minor) * annual_percent / 100 / _DAYS
    return int(exact.to_integral_value(ROUND_HALF_UP))


def late_interest(principal_minor: int, annual_percent: Decimal, days: int) -> int:
    """Interest in minor units as government states it: the daily amount times the days late."""
    return daily_interest(principal_minor, annual_percent) * max(0, days)
