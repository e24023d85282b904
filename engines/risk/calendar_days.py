"""Days as numbers, and what a day is in its week and month."""

import numpy as np
from numpy.typing import NDArray

Whole = NDArray[np.int64]

UNKNOWN = 1 << 20
"""The day number of a date that is not known: nothing reaches it."""


def day_numbers(days: NDArray[np.datetime64]) -> Whole:
    """Days since 1970; NaT becomes `UNKNOWN`."""
    numbers = days.astype("datetime64[D]").astype(np.int64)
    return np.where(np.isnat(days), np.int64(UNKNOWN), numbers)


def weekdays(days: Whole) -> Whole:
    """Monday is 0."""
    return (days + 3) % 7


def days_of_month(days: Whole) -> Whole:
    """The first is 1."""
    dates = days.astype("datetime64[D]")
    return (dates - dates.astype("datetime64[M]")).astype(np.int64) + 1


def days_to_month_end(days: Whole) -> Whole:
    """On the last day, 1."""
    dates = days.astype("datetime64[D]")
    following = (dates.astype("datetime64[M]") + 1).astype("datetime64[D]")
    return (following - dates).astype(np.int64)
