"""What moved between two forecasts, and why: parts that add up to the difference exactly."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import floor

import numpy as np
from numpy.typing import NDArray

from engines.forecast.cash import ExpectedItems, Reals, chances

Matched = tuple[NDArray[np.int64], NDArray[np.int64]]

NEW, PAID, CHANGED, SLIPPED, MODEL = "new", "paid", "changed", "slipped", "model"


@dataclass(frozen=True, slots=True)
class Movement:
    """Why the cash expected in a stretch of days is not what it was, in minor units.

    Attributes:
        before: Expected by the earlier forecast.
        after: Expected by the later one.
        parts: What each reason adds: `new` items, those `paid` or closed meanwhile, those whose
            open amount `changed`, those still open that `slipped` into or out of the days because
            time went by, and another `model`. They sum to `after` less `before`.
        by_account: The same of each account, unrounded, for the names behind a reason.
    """

    before: int
    after: int
    parts: Mapping[str, int]
    by_account: Mapping[str, Mapping[str, float]]


def match(before: ExpectedItems, after: ExpectedItems) -> Matched:
    """Where the items of both forecasts stand, in the one and in the other."""
    _, in_before, in_after = np.intersect1d(before.item_id, after.item_id, return_indices=True)
    return in_before, in_after


def what_moved(
    before: ExpectedItems,
    after: ExpectedItems,
    first: int,
    last: int,
    by_old_model: ExpectedItems | None = None,
    matched: Matched | None = None,
) -> Movement:
    """Explain why the cash expected in a stretch of days is not what it was.

    Args:
        before: The earlier forecast.
        after: The later one, of items in the same currency.
        first: First day of the stretch, counted from `after.as_of`.
        last: The day after its last.
        by_old_model: The items of `after` as the earlier model sees them, in the same order; the
            model did not change if not given.
        matched: The items of both, where several stretches are asked about.
    """
    gone = (after.as_of - before.as_of).days
    was = chances(before.paid, np.array([first + gone, last + gone]))[:, 0]
    now = chances(after.paid, np.array([first, last]))[:, 0]
    old = now if by_old_model is None else chances(by_old_model.paid, np.array([first, last]))[:, 0]
    in_before, in_after = matched or match(before, after)
    closed, opened = _others(before, in_before), _others(after, in_after)
    amount, then = after.amount[in_after], before.amount[in_before]
    parts = {
        NEW: (after.account[opened], (after.amount * now)[opened]),
        PAID: (before.account[closed], -(before.amount * was)[closed]),
        CHANGED: (after.account[in_after], (amount - then) * was[in_before]),
        SLIPPED: (after.account[in_after], amount * (old[in_after] - was[in_before])),
        MODEL: (after.account[in_after], amount * (now - old)[in_after]),
    }
    sums = {reason: float(values.sum()) for reason, (_, values) in parts.items()}
    start, end = round(float(before.amount @ was)), round(float(after.amount @ now))
    by_account = {reason: _by_account(*part) for reason, part in parts.items()}
    return Movement(start, end, apportioned(sums, end - start), by_account)


def apportioned(sums: Mapping[str, float], whole: int) -> dict[str, int]:
    """Round parts so that they sum to a whole: by largest remainder."""
    parts = {name: floor(value) for name, value in sums.items()}
    missing = whole - sum(parts.values())
    ordered = sorted(sums, key=lambda name: parts[name] - sums[name])
    for step in range(abs(missing)):
        # A tiny sum may be off by more than there are parts, so the order is gone round again.
        parts[ordered[step % len(ordered)]] += 1 if missing > 0 else -1
    return parts


def _others(items: ExpectedItems, chosen: NDArray[np.int64]) -> NDArray[np.bool_]:
    left = np.ones(len(items), dtype=bool)
    left[chosen] = False
    return left


def _by_account(accounts: NDArray, values: Reals) -> dict[str, float]:
    counted = np.flatnonzero(values)
    names, code = np.unique(accounts[counted], return_inverse=True)
    sums = np.bincount(code, values[counted], len(names))
    moved = np.flatnonzero(sums)
    return dict(zip(names[moved].tolist(), sums[moved].tolist(), strict=True))
