"""How much payers slip together: one shock common to all, one to each account.

When an item is paid is drawn through a Gaussian copula: sqrt(common) Z + sqrt(account) A + rest.
The two shares are found by the method of moments from what past forecasts got wrong. For small
shares the variance of a week's cash is linear in them, alone + account * B + common * K, where B
and K come from how far a shift of x moves cash across the edges of the week.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engines.forecast.cash import ExpectedItems, Reals, chances

_MOST = 0.8
_FEWEST_WEEKS = 6


@dataclass(frozen=True, slots=True)
class Shock:
    """Shares of what makes payers slip.

    Attributes:
        common: Share common to all payers, 0 to 1.
        account: Share common to the items of an account.
        weeks: Past weeks it was learnt from; 0 if it is only assumed.
    """

    common: float
    account: float
    weeks: int = 0


ASSUMED = Shock(common=0.02, account=0.3)
"""Without past forecasts: items of an account tend to travel in one payment run."""


@dataclass(frozen=True, slots=True, eq=False)
class PastWeeks:
    """What past forecasts expected of weeks that are over, and what came.

    Rows of the four columns are weeks. `alone`, `of_accounts` and `of_all` are the variances that
    items alone, a full account shock and a full common shock would give the week. `missed` is the
    actual less the expected cash; `missed_accounts` the sum of squares of the accounts' own misses.
    """

    alone: Reals
    of_accounts: Reals
    of_all: Reals
    missed: Reals
    missed_accounts: Reals

    @classmethod
    def joined(cls, parts: Sequence["PastWeeks"]) -> "PastWeeks":
        """Several forecasts as one."""
        names = ("alone", "of_accounts", "of_all", "missed", "missed_accounts")
        return cls(*(np.concatenate([getattr(p, n) for p in parts]) for n in names))


def past_weeks(
    items: ExpectedItems, edges: NDArray[np.int64], paid_after: NDArray[np.int64]
) -> PastWeeks:
    """Compare what was expected of items with what came.

    Args:
        items: The items as they were forecast.
        edges: Edges of weeks that are over by now, in days from the forecast.
        paid_after: Day each item was paid, counted from the forecast; -1 while it is open.
    """
    from scipy.special import ndtri

    paid = chances(items.paid, edges)
    until = np.clip(np.cumsum(np.pad(paid, ((0, 0), (1, 0))), axis=1), 1e-9, 1 - 1e-9)
    height = np.exp(-0.5 * ndtri(until) ** 2) / np.sqrt(2 * np.pi)
    moved = -np.diff(height, axis=1) * items.amount[:, None]
    _, account = np.unique(items.account, return_inverse=True)
    came = (paid_after[:, None] >= edges[None, :-1]) & (paid_after[:, None] < edges[None, 1:])
    miss = (came - paid) * items.amount[:, None]
    return PastWeeks(
        (items.amount[:, None] ** 2 * paid * (1 - paid)).sum(axis=0),
        (_by_account(account, moved) ** 2).sum(axis=0),
        moved.sum(axis=0) ** 2,
        miss.sum(axis=0),
        (_by_account(account, miss) ** 2).sum(axis=0),
    )


def fit_shock(past: PastWeeks | None) -> Shock:
    """Find both shares from past weeks; the assumed ones where there are too few."""
    if past is None or len(past.missed) < _FEWEST_WEEKS:
        return ASSUMED
    # A week of much cash may not decide alone, so weeks are set to the variance first assumed.
    usual = past.alone + ASSUMED.account * past.of_accounts + ASSUMED.common * past.of_all
    scale = 1 / np.maximum(usual, 1.0) ** 2
    account = _share(past.missed_accounts - past.alone, past.of_accounts, scale)
    left = past.missed**2 - past.alone - account * past.of_accounts
    common = _share(left, past.of_all, scale)
    return Shock(min(common, _MOST / 2), min(account, _MOST - common / 2), len(past.missed))


def _share(over: Reals, full: Reals, scale: Reals) -> float:
    """Least squares through the origin, each week in the scale of its variance."""
    whole = float((full**2 * scale).sum())
    return float(np.clip((over * full * scale).sum() / whole, 0.0, _MOST)) if whole > 0 else 0.0


def _by_account(account: NDArray[np.int64], values: Reals) -> Reals:
    sums = np.zeros((int(account.max(initial=-1)) + 1, values.shape[1]))
    np.add.at(sums, account, values)
    return sums
