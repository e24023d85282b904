"""Which days of a curve are asked about one by one, and how the days between them are filled.

Near the due date every working day is asked about, further out one day a week; the mass that comes
between two asked days lies on the days between them as the customer's payment weekdays do.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from engines.risk.calendar_days import weekdays
from engines.risk.figures import Habits
from engines.risk.habits import Questions

Reals = NDArray[np.float64]
Mask = NDArray[np.bool_]
Chance = Callable[[NDArray[np.int64], NDArray[np.int64]], Reals]
"""Told positions of questions and a day number each: P(paid by the day)."""

_EARLY, _LATE = -21, 28
"""Days late between which every working day is asked about."""
_RARE = 0.02  # share of payment runs below which a weekday is not asked about
_ALL_IN = 0.995  # nothing worth asking about comes after


def curve_over(asked: Questions, habits: Habits, days: int, chance: Chance) -> Reals:
    """P(paid by each day) of questions, asked where it may change; not yet monotone."""
    day = asked.asked[:, None] + np.arange(days)[None, :]
    share = np.take_along_axis(habits.weekday, weekdays(day), axis=1)
    wanted = _wanted(day - asked.due[:, None], share)
    late = np.maximum(asked.due - asked.asked, 0) + _LATE
    near = np.arange(days)[None, :] <= late[:, None]
    curve = np.full((len(asked), days), np.nan)
    _ask(curve, wanted & near, day, chance)
    reached = np.nanmax(curve, axis=1, initial=0.0)
    settled = reached >= _ALL_IN
    _ask(curve, wanted & ~near & ~settled[:, None], day, chance)
    curve[settled & np.isnan(curve[:, -1]), -1] = reached[settled & np.isnan(curve[:, -1])]
    return _filled(curve, np.maximum(share, 1e-4).astype(np.float64))


def _wanted(late: NDArray[np.int64], share: NDArray) -> Mask:
    near = (late >= _EARLY) & (late <= _LATE)
    wanted = (near & (share >= _RARE)) | (~near & (late % 7 == 0))
    wanted[:, -1] = True
    return wanted


def _ask(curve: Reals, wanted: Mask, day: NDArray[np.int64], chance: Chance) -> None:
    question, column = np.nonzero(wanted)
    if len(question):
        curve[question, column] = chance(question, day[question, column])


def _filled(curve: Reals, share: Reals) -> Reals:
    """Days between asked ones, in proportion to the shares of their weekdays."""
    there = ~np.isnan(curve)
    place = np.arange(curve.shape[1])[None, :]
    before = np.maximum.accumulate(np.where(there, place, -1), axis=1)
    last = curve.shape[1] - 1
    after = np.minimum.accumulate(np.where(there, place, last)[:, ::-1], axis=1)[:, ::-1]
    mass = np.cumsum(share, axis=1)
    at = np.maximum(before, 0)
    start = np.where(before >= 0, np.take_along_axis(curve, at, axis=1), 0.0)
    begun = np.where(before >= 0, np.take_along_axis(mass, at, axis=1), 0.0)
    end, ended = (np.take_along_axis(each, after, axis=1) for each in (curve, mass))
    part = (mass - begun) / np.maximum(ended - begun, 1e-12)
    return np.where(there, curve, start + (end - start) * np.clip(part, 0.0, 1.0))
