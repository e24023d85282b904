"""Forecasts anyone could make without a model, for the weeks of a walk-forward."""

from collections.abc import Callable
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from engines.forecast.cash import Reals
from engines.forecast.outlook import KNOWN_BILLING, OPEN_BOOK, TOTAL
from engines.forecast.walk import cash_between
from engines.risk.history import InvoiceHistory

WEEKS = 13
_ROLL_ORIGINS = 13
_BUCKETS = np.array([-91, -56, -28, -21, -14, -7, 0, 7, 14, 28, 56, 91])

Baseline = Callable[[InvoiceHistory, InvoiceHistory, date], Reals]
"""Told what was known before a Monday, the items to expect, and the Monday: cash by week."""


def due_date(known: InvoiceHistory, items: InvoiceHistory, origin: date) -> Reals:  # noqa: ARG001
    """Every item is paid on its due date, what is overdue in the first week."""
    return _in_weeks(items, items.due_on.astype(np.int64), origin)


def mean_delay(known: InvoiceHistory, items: InvoiceHistory, origin: date) -> Reals:
    """Every item is paid its customer's mean days late, that of all where it never paid."""
    late = known.days_late
    paid = ~np.isnan(late)
    everyone = float(late[paid].mean()) if paid.any() else 0.0
    names, code = np.unique(known.account_id[paid], return_inverse=True)
    if not len(names):
        return _in_weeks(items, items.due_on.astype(np.int64), origin)
    means = np.bincount(code, late[paid]) / np.bincount(code)
    at = np.minimum(np.searchsorted(names, items.account_id), len(names) - 1)
    delay = np.where(names[at] == items.account_id, means[at], everyone)
    return _in_weeks(items, items.due_on.astype(np.int64) + np.rint(delay).astype(np.int64), origin)


def roll_rate(known: InvoiceHistory, items: InvoiceHistory, origin: date) -> Reals:
    """Each aging bucket pays in each week the share it paid on past Mondays."""
    paid = np.zeros((len(_BUCKETS) + 1, WEEKS))
    stood = np.zeros((len(_BUCKETS) + 1, WEEKS))
    for back in range(1, _ROLL_ORIGINS + 1):
        then = origin - timedelta(weeks=back)
        book = _open_then(known, then)
        bucket = np.digitize((np.datetime64(then, "D") - book.due_on).astype(np.int64), _BUCKETS)
        week = _weeks_after(book.cleared_on, then)
        over = min(back, WEEKS)
        inside = (week >= 0) & (week < over)
        np.add.at(paid, (bucket[inside], week[inside]), book.amount[inside])
        stood[:, :over] += np.bincount(bucket, book.amount, len(stood))[:, None]
    rate = paid / np.maximum(stood, 1.0)
    ages = (np.datetime64(origin, "D") - items.due_on).astype(np.int64)
    return np.bincount(np.digitize(ages, _BUCKETS), items.amount, len(rate)) @ rate


def seasonal_naive(known: InvoiceHistory, items: InvoiceHistory, origin: date) -> Reals:  # noqa: ARG001
    """The cash of the same week a year ago; four, eight or twelve weeks ago until there is one."""
    paid = known.cleared_on[~np.isnat(known.cleared_on)]
    # The first weeks of a ledger hold little cash, for what was billed before is not in it.
    first = paid.min().astype(date) + timedelta(weeks=4) if len(paid) else origin
    found = []
    for week in range(WEEKS):
        back = 52 if origin - timedelta(weeks=52 - week) >= first else 4 * (week // 4 + 1)
        found.append(cash_between(known, origin, 7 * (week - back), 7 * (week - back + 1)))
    return np.array(found)


def eight_week_mean(known: InvoiceHistory, items: InvoiceHistory, origin: date) -> Reals:  # noqa: ARG001
    """The mean cash of the last eight weeks."""
    return np.full(WEEKS, cash_between(known, origin, -56, 0) / 8)


BASELINES: dict[str, dict[str, Baseline]] = {
    OPEN_BOOK: {
        "due date": due_date,
        "customer mean delay": mean_delay,
        "roll rate": roll_rate,
    },
    KNOWN_BILLING: {"due date": due_date, "customer mean delay": mean_delay},
    TOTAL: {"8-week mean": eight_week_mean, "seasonal naive": seasonal_naive},
}


def _open_then(known: InvoiceHistory, then: date) -> InvoiceHistory:
    """The open book of a past day, with what has become of it since."""
    day = np.datetime64(then, "D")
    open_then = np.isnat(known.cleared_on) | (known.cleared_on >= day)
    return known.take((known.issued_on < day) & open_then)


def _weeks_after(cleared_on: NDArray[np.datetime64], then: date) -> NDArray[np.int64]:
    """Week after a day that each was cleared in, -1 if it is open."""
    day = (cleared_on - np.datetime64(then, "D")).astype("timedelta64[D]")
    return np.where(np.isnat(day), -1, day.astype(np.int64) // 7)


def _in_weeks(items: InvoiceHistory, day: NDArray[np.int64], origin: date) -> Reals:
    first = int(np.datetime64(origin, "D").astype(np.int64))
    week = np.maximum(day - first, 0) // 7
    inside = week < WEEKS
    return np.bincount(week[inside], items.amount[inside], WEEKS).astype(np.float64)
