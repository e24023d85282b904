"""What is known of single items beside their dates: promises, disputes, holds."""

from collections.abc import Sequence
from datetime import date

import numpy as np
from numpy.typing import NDArray

from engines.forecast.cash import ExpectedItems, Reals

Mask = NDArray[np.bool_]

ASSUMED_WAIT = 30
"""Days a dispute or hold still takes where none has ever been resolved."""


def named(items: ExpectedItems, item_ids: Sequence[str]) -> Mask:
    """Which items are named."""
    return np.isin(items.item_id, list(item_ids))


def with_promise(items: ExpectedItems, which: Mask, pay_on: date, kept: float) -> ExpectedItems:
    """Weigh a promise by how often such promises are kept.

    Kept, the cash comes on the day; broken, it comes as it would have, but after the day.

    Args:
        items: The items forecast.
        which: Those the promise is about.
        pay_on: The day promised; a day that has passed changes nothing.
        kept: Share of such promises that are kept.
    """
    day = (pay_on - items.as_of).days
    if day < 0:
        return items
    paid = items.paid.copy()
    at = min(day, items.days)
    after = paid[which].copy()
    after[:, : min(day + 1, items.days)] = 0.0
    after = _whole(after)
    after *= 1 - kept
    after[:, at] += kept
    paid[which] = after
    return items.with_paid(paid)


def with_wait(
    items: ExpectedItems, which: Mask, waits: Sequence[int], settled: float = 1.0
) -> ExpectedItems:
    """Hold items back until a dispute or hold is resolved; then they are paid as they would be.

    Args:
        items: The items forecast.
        which: Those in dispute or on hold.
        waits: Days it may still take, each as likely: see `remaining_waits`.
        settled: Share of the amount that is paid in the end, the rest being credited.
    """
    paid = items.paid.copy()
    late = np.mean([shifted(paid[which], wait) for wait in waits or [ASSUMED_WAIT]], axis=0)
    late *= settled
    late[:, -1] += 1 - settled
    paid[which] = late
    return items.with_paid(paid)


def remaining_waits(took: Sequence[int], so_far: int) -> list[int]:
    """Days resolution may still take, from the days past ones took and the days gone by.

    Only those that took longer can tell; where none did, the assumed wait is all there is.
    """
    return [days - so_far for days in took if days > so_far] or [ASSUMED_WAIT]


def shifted(paid: Reals, days: int) -> Reals:
    """Curves with everything so many days later; what leaves the horizon is later than it."""
    last = paid.shape[1] - 1
    days = min(max(days, 0), last)
    moved = np.zeros_like(paid)
    moved[:, days:last] = paid[:, : last - days]
    moved[:, last] = paid[:, last - days :].sum(axis=1)
    return moved


def _whole(paid: Reals) -> Reals:
    """Rows that sum to 1; a row of nothing comes later than the horizon."""
    sums = paid.sum(axis=1, keepdims=True)
    whole = np.divide(paid, sums, out=np.zeros_like(paid), where=sums > 0)
    whole[:, -1] += (sums == 0)[:, 0]
    return whole
