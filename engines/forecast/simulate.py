"""Paths of cash: every path draws a payment day for every item, so that parts add up to totals."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engines.forecast.cash import ExpectedItems, Reals, chances
from engines.forecast.shock import ASSUMED, Shock

BAND = (0.1, 0.5, 0.9)
PATHS = 1_000
_DRAWS_AT_ONCE = 2_000_000


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the book: a dimension, its value, and the currency it is counted in."""

    dimension: str
    value: str
    currency: str


@dataclass(frozen=True, slots=True, eq=False)
class Simulated:
    """What the paths came to.

    Attributes:
        edges: Edges of the bins, in days from `as_of`.
        paths: Cash of each part by bin and path (bins, paths), in minor units. Parts of one
            dimension and currency add up to the total, `Part("total", "", currency)`, on each path.
        accounts: P10, P50, P90 of each account by bin (3, bins), if they were asked for.
    """

    edges: NDArray[np.int64]
    paths: dict[Part, Reals]
    accounts: dict[Part, Reals]


def simulate(
    items: ExpectedItems,
    edges: NDArray[np.int64],
    shock: Shock = ASSUMED,
    *,
    paths: int = PATHS,
    seed: int = 1,
    by: Sequence[str] = (),
    accounts: bool = False,
) -> Simulated:
    """Draw paths of the cash of items.

    Args:
        items: What is expected, and when.
        edges: Edges of the bins, in days from `items.as_of`.
        shock: How much payers slip together.
        paths: How many.
        seed: The same seed, items and shock give the same paths.
        by: Dimensions to keep apart, of `segment` and `entity`.
        accounts: Also keep bands of each account.
    """
    rng = np.random.default_rng(seed)
    cells = _Cells(items, by)
    common = rng.standard_normal(paths, dtype=np.float32) * np.float32(np.sqrt(shock.common))
    total: dict[Part, Reals] = {}
    bands: dict[Part, Reals] = {}
    for chosen in cells.chunks(max(1, _DRAWS_AT_ONCE // paths)):
        some = items.take(chosen)
        starts = cells.starts(chosen)
        cash = _draw(some, edges, starts, common, shock, rng)
        for dimension in ("total", *by):
            _add(total, dimension, some, starts, cash)
        if accounts:
            sums: dict[Part, Reals] = {}
            _add(sums, "account", some, starts, cash)
            bands |= {part: np.quantile(each, BAND, axis=1) for part, each in sums.items()}
    return Simulated(edges, total, bands)


def bands(paths: Reals) -> Reals:
    """P10, P50 and P90 of each bin (3, bins)."""
    return np.quantile(paths, BAND, axis=1)


class _Cells:
    """Items in the order of accounts, and within one by all that is kept apart."""

    def __init__(self, items: ExpectedItems, by: Sequence[str]) -> None:
        keys = ["account", "currency", *by]
        codes = [np.unique(getattr(items, key), return_inverse=True)[1] for key in keys]
        self.order = np.lexsort(codes[::-1]) if len(items) else np.array([], dtype=np.int64)
        self._codes = np.stack(codes)

    def chunks(self, most: int) -> Iterator[NDArray[np.int64]]:
        """Positions of whole accounts, about so many items at a time."""
        account = self._codes[0][self.order]
        firsts = np.flatnonzero(np.diff(account, prepend=-1))
        ends = np.append(firsts[1:], len(account)) if len(account) else firsts
        begin = 0
        for end in ends:
            if end - begin >= most or end == len(account):
                yield self.order[begin:end]
                begin = end

    def starts(self, chosen: NDArray[np.int64]) -> NDArray[np.int64]:
        """Where a new cell begins among chosen items."""
        codes = self._codes[:, chosen]
        new = np.any(np.diff(codes, axis=1), axis=0)
        return np.concatenate([[0], np.flatnonzero(new) + 1])


def _draw(
    items: ExpectedItems,
    edges: NDArray[np.int64],
    starts: NDArray[np.int64],
    common: NDArray[np.float32],
    shock: Shock,
    rng: np.random.Generator,
) -> Reals:
    """Cash of each cell by bin and path (cells, bins, paths)."""
    from scipy.special import ndtri

    paid = chances(items.paid, edges)
    until = np.cumsum(np.pad(paid, ((0, 0), (1, 0))), axis=1)
    marks = ndtri(np.clip(until, 0.0, 1.0)).astype(np.float32)
    _, account = np.unique(items.account, return_inverse=True)
    shape = (int(account.max(initial=-1)) + 1, len(common))
    own = rng.standard_normal(shape, dtype=np.float32) * np.float32(np.sqrt(shock.account))
    rest = max(0.0, 1 - shock.common - shock.account)
    drawn = rng.standard_normal((len(items), len(common)), dtype=np.float32)
    drawn *= np.float32(np.sqrt(rest))
    drawn += own[account] + common
    amount = items.amount[:, None]
    unpaid = [
        np.add.reduceat(np.where(drawn > mark[:, None], amount, 0.0), starts, axis=0)
        for mark in marks.T
    ]
    return -np.diff(np.stack(unpaid, axis=1), axis=1)


def _add(
    sums: dict[Part, Reals],
    dimension: str,
    items: ExpectedItems,
    starts: NDArray[np.int64],
    cash: Reals,
) -> None:
    """Add cells to the parts of a dimension they belong to."""
    currency = items.currency[starts]
    value = np.full(len(starts), "") if dimension == "total" else getattr(items, dimension)[starts]
    members: dict[Part, list[int]] = {}
    for at, (name, coin) in enumerate(zip(value.tolist(), currency.tolist(), strict=True)):
        members.setdefault(Part(dimension, str(name), str(coin)), []).append(at)
    for part, mine in members.items():
        cells = cash[mine].sum(axis=0) if len(mine) > 1 else cash[mine[0]]
        sums[part] = sums[part] + cells if part in sums else cells
