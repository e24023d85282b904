"""Curves over days: made monotone, tied to what is known of lateness, and read off.

A curve here is cumulative: column d is P(paid by day d after the question | open then).
"""

import numpy as np
from numpy.typing import NDArray

Reals = NDArray[np.float64]
Whole = NDArray[np.int64]

_SURE = 1e-6


def monotone(curve: Reals) -> Reals:
    """The curve with every fall taken out, half from above and half from below."""
    rising = np.maximum.accumulate(curve, axis=1)
    falling = np.minimum.accumulate(curve[:, ::-1], axis=1)[:, ::-1]
    return np.clip((rising + falling) / 2, 0.0, 1.0)


def later_than(curve: Reals, to_due: Whole, days: int) -> Reals:
    """P(paid more than so many days after the due date)."""
    place = to_due + days
    inside = np.clip(place, 0, curve.shape[1] - 1)
    reached = np.take_along_axis(curve, inside[:, None], axis=1)[:, 0]
    return np.clip(np.where(place < 0, 1.0, 1.0 - reached), 0.0, 1.0)


def days_late_at(curve: Reals, to_due: Whole, level: Reals | float) -> Reals:
    """Days late by which a share of what may come has come; the end of the curve if it has not."""
    wanted = np.broadcast_to(np.asarray(level, dtype=np.float64), (len(curve),))
    there = curve >= wanted[:, None] - 1e-12
    first = np.where(there.any(axis=1), there.argmax(axis=1), curve.shape[1])
    return (first - to_due).astype(np.float64)


def tied(curve: Reals, to_due: Whole, late: Reals, late7: Reals) -> Reals:
    """The curve with its mass before, within 7 days of and after the due date as told.

    Only where the due date is still ahead and the curve reaches 7 days past it; within each
    stretch the days keep their shares.
    """
    width = curve.shape[1]
    column = np.arange(width)[None, :]
    fits = (to_due >= 0) & (to_due + 7 < width)
    by_due, by_7 = 1 - later_than(curve, to_due, 0), 1 - later_than(curve, to_due, 7)
    want_due, want_7 = 1 - late, np.maximum(1 - late7, 1 - late)
    before = curve * (want_due / np.maximum(by_due, _SURE))[:, None]
    share = (want_7 - want_due) / np.maximum(by_7 - by_due, _SURE)
    within = want_due[:, None] + (curve - by_due[:, None]) * share[:, None]
    tail = (1 - want_7) / np.maximum(1 - by_7, _SURE)
    after = want_7[:, None] + (curve - by_7[:, None]) * tail[:, None]
    place = column - to_due[:, None]
    told = np.where(place <= 0, before, np.where(place <= 7, within, after))
    return monotone(np.where(fits[:, None], np.clip(told, 0, 1), curve))


def daily(curve: Reals) -> Reals:
    """Chance of each day, and of all that comes later in the last column."""
    chances = np.diff(curve, axis=1, prepend=0.0, append=1.0)
    return np.clip(chances, 0.0, 1.0)


def logit(chance: Reals) -> Reals:
    """Log odds, of nothing quite sure."""
    inside = np.clip(chance, 1e-5, 1 - 1e-5)
    return np.log(inside / (1 - inside))


def from_logit(odds: Reals) -> Reals:
    """Chance of log odds."""
    return 1 / (1 + np.exp(-odds))
