"""A night's forecast of the whole book: weeks and days by currency and segment, one set of paths.

Every part is added up from the same paths, so segments sum to their currency on each of them. The
accounts are not drawn one by one here: an account's own bands are drawn from its few items when
somebody asks.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from engines.forecast.billing import Replay
from engines.forecast.cash import ExpectedItems, Reals, chances, day_edges, monday, week_edges
from engines.forecast.outlook import KNOWN_BILLING, OPEN_BOOK, TOTAL
from engines.forecast.shock import ASSUMED, Shock

WEEKS, DAYS = 13, 30
_BAND = (0.1, 0.5, 0.9)
_ORDERS_SEED = 7
_ROWS_AT_ONCE = 1_000  # their paths stay in the cache of a processor


@dataclass(frozen=True, slots=True)
class Span:
    """Cash expected in a stretch of days, in minor units.

    Attributes:
        starts_on: Its first day.
        p10: One in ten stays below; likewise p50 and p90.
        mean: Over the paths; unlike the bands it adds up, over parts and over spans.
    """

    starts_on: date
    p10: int
    p50: int
    p90: int
    mean: int


@dataclass(frozen=True, slots=True)
class Series:
    """Spans of one kind of cash and one part of the book.

    Attributes:
        kind: `open_book`, `known_billing` or `total`.
        dimension: `currency`, `segment`, `entity` or `account`.
        value: The segment, entity or account; empty for a whole currency, and for items of which
            it is not told.
        currency: What the amounts are in.
        weeks: From the week of the forecast on; of that one only what is left.
        days: From the day of the forecast on.
    """

    kind: str
    dimension: str
    value: str
    currency: str
    weeks: tuple[Span, ...]
    days: tuple[Span, ...]


@dataclass(frozen=True, slots=True, eq=False)
class ToBill:
    """Invoices expected to be issued.

    Attributes:
        replay: Recent billing laid over the weeks to come.
        spread: How far the level of billing strays, as a share of it.
    """

    replay: Replay
    spread: float


@dataclass(frozen=True, slots=True)
class Drawing:
    """How paths are drawn."""

    weeks: int = WEEKS
    days: int = DAYS
    paths: int = 250
    seed: int = 1
    shock: Shock = ASSUMED

    def edges(self, as_of: date) -> NDArray[np.int64]:
        """Edges of weeks and days together."""
        return np.union1d(day_edges(self.days), week_edges(as_of, self.weeks))


def horizon_days(as_of: date, drawing: Drawing) -> int:
    """Days that curves must reach for the weeks and days wanted."""
    return int(drawing.edges(as_of)[-1])


def book_series(
    items: ExpectedItems,
    billing: Mapping[str, ToBill],
    drawing: Drawing,
    dimensions: Sequence[str] = ("segment", "entity"),
    ordered: ExpectedItems | None = None,
) -> list[Series]:
    """Bands of every currency and of each part of it; with the billing to come, its total too.

    What is ordered will be billed, so a total holds at least that on each path, and where recent
    billing promises more, that.

    Args:
        items: What is open, and when it is expected.
        billing: By currency, the invoices expected to be issued.
        drawing: How paths are drawn.
        dimensions: The parts kept apart, of `segment`, `entity` and `account`; one that is told of
            no item makes no parts.
        ordered: Invoices of orders known by now, to be issued; None where no order is known.
    """
    edges = drawing.edges(items.as_of)
    told = [name for name in dimensions if (getattr(items, name) != "").any()]
    cells, group = _cells(items, told)
    paths = draw_groups(items, edges, group, len(cells), drawing)
    sums: dict[tuple[str, str, str, str], Reals] = {}
    for (currency, *values), drawn in zip(cells, paths, strict=True):
        for part in (("currency", ""), *zip(told, values, strict=True)):
            place = OPEN_BOOK, *part, currency
            sums[place] = sums.get(place, 0) + drawn
    known = _ordered_paths(ordered, edges, drawing)
    for currency in sorted({*billing, *known}):
        opened = sums.get((OPEN_BOOK, "currency", "", currency), np.zeros((len(edges) - 1, 1)))
        more = known.get(currency)
        if more is not None:
            sums[KNOWN_BILLING, "currency", "", currency] = opened + more
        if to_bill := billing.get(currency):
            billed = to_bill.replay.paths(edges, drawing.paths, drawing.seed, to_bill.spread)
            sums[TOTAL, "currency", "", currency] = opened + _at_least(billed, more)
        elif more is not None:
            sums[TOTAL, "currency", "", currency] = opened + more
    return [
        Series(*name, *_spans(drawn, edges, items.as_of, drawing))
        for name, drawn in sorted(sums.items())
    ]


def _ordered_paths(
    ordered: ExpectedItems | None, edges: NDArray[np.int64], drawing: Drawing
) -> dict[str, Reals]:
    """Cash of orders by currency."""
    if ordered is None or not len(ordered):
        return {}
    coins, group = np.unique(ordered.currency, return_inverse=True)
    apart = replace(drawing, seed=drawing.seed + _ORDERS_SEED)
    drawn = draw_groups(ordered, edges, group.astype(np.int64), len(coins), apart)
    return {str(coin): paths for coin, paths in zip(coins, drawn, strict=True)}


def _at_least(billed: Reals, known: Reals | None) -> Reals:
    """Cash by bin and path so that no path has less by any day than is known to come by it."""
    if known is None:
        return billed
    until = np.maximum(np.cumsum(billed, axis=0), np.cumsum(known, axis=0))
    return np.diff(until, axis=0, prepend=0.0)


def draw_groups(
    items: ExpectedItems,
    edges: NDArray[np.int64],
    group: NDArray[np.int64],
    groups: int,
    drawing: Drawing,
) -> Reals:
    """Cash of each group by bin and path (groups, bins, paths)."""
    from scipy.special import ndtri

    rng, paths, bins = np.random.default_rng(drawing.seed), drawing.paths, len(edges) - 1
    until = np.cumsum(np.pad(chances(items.paid, edges), ((0, 0), (1, 0))), axis=1)
    marks = ndtri(np.clip(until, 0.0, 1.0)).astype(np.float32)
    names, account = np.unique(items.account, return_inverse=True)
    shock = drawing.shock
    common = _normal(rng, (1, paths), shock.common)
    own = _normal(rng, (len(names), paths), shock.account)
    sums = np.zeros(groups * (bins + 1) * paths)
    for start in range(0, len(items), _ROWS_AT_ONCE):
        rows = slice(start, start + _ROWS_AT_ONCE)
        count = len(items.amount[rows])
        drawn = _normal(rng, (count, paths), max(0.0, 1 - shock.common - shock.account))
        drawn += own[account[rows]] + common
        place = np.full((count, paths), -1, dtype=np.int16)
        for mark in marks[rows].T:
            place += drawn > mark[:, None]
        cell = (group[rows, None] * (bins + 1) + place) * paths + np.arange(paths)
        sums += np.bincount(cell.ravel(), np.repeat(items.amount[rows], paths), len(sums))
    return sums.reshape(groups, bins + 1, paths)[:, :bins]


def _normal(rng: np.random.Generator, shape: tuple[int, int], share: float) -> NDArray[np.float32]:
    return rng.standard_normal(shape, dtype=np.float32) * np.float32(np.sqrt(share))


def _cells(
    items: ExpectedItems, dimensions: Sequence[str]
) -> tuple[list[tuple[str, ...]], NDArray[np.int64]]:
    """(currency, value by dimension) of each cell that has an item, and the cell of each item."""
    columns = [getattr(items, name) for name in ("currency", *dimensions)]
    named = [np.unique(column, return_inverse=True) for column in columns]
    shape = [max(1, len(values)) for values, _ in named]
    codes = np.ravel_multi_index([code for _, code in named], shape)
    used, group = np.unique(codes, return_inverse=True)
    places = np.stack(np.unravel_index(used, shape), axis=1).tolist()
    cells = [
        tuple(str(values[at]) for (values, _), at in zip(named, place, strict=True))
        for place in places
    ]
    return cells, group.astype(np.int64)


def _spans(
    drawn: Reals, edges: NDArray[np.int64], as_of: date, drawing: Drawing
) -> tuple[tuple[Span, ...], tuple[Span, ...]]:
    weeks = week_edges(as_of, drawing.weeks)
    first = monday(as_of)
    starts = [as_of, *(first + timedelta(weeks=n) for n in range(1, drawing.weeks))]
    days = [as_of + timedelta(days=n) for n in range(drawing.days)]
    return (
        _bands(drawn, edges, weeks, starts),
        _bands(drawn, edges, day_edges(drawing.days), days),
    )


def _bands(
    drawn: Reals, edges: NDArray[np.int64], wanted: NDArray[np.int64], starts: Sequence[date]
) -> tuple[Span, ...]:
    """Bins between wanted edges as one."""
    until = np.concatenate([np.zeros((1, drawn.shape[1])), np.cumsum(drawn, axis=0)])
    cash = np.diff(until[np.searchsorted(edges, wanted)], axis=0)
    bands = np.quantile(cash, _BAND, axis=1)
    table = np.vstack([bands, cash.mean(axis=1)]).round().astype(np.int64).T.tolist()
    return tuple(Span(start, *row) for start, row in zip(starts, table, strict=True))
