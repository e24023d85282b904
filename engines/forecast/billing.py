"""Cash not yet invoiced: the billing of recent weeks, as if each came again.

A future week is billed like one of the last whole weeks, chosen at random on each path: weekdays,
customers, terms and amounts keep their company, and the spread between weeks is that of the ledger.
The ends of months and the seasons count only as far as the history can carry them.
"""

from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from engines.forecast.cash import Curves, ExpectedItems, Reals, chances, expect_alike
from engines.risk.history import Days, InvoiceHistory

_DAY = np.timedelta64(1, "D")
_EDGE_DAYS = 3
_MONTHS_TO_TRUST = 6.0
_YEAR = 364  # whole weeks, so that weekdays stay
_YEARS_TO_TRUST = 2
_FEWEST_BLOCKS, _MOST_BLOCKS = 4, 12
_ASSUMED_SPREAD = 0.05
_ASSUMED_STRAYS = 4  # blocks' worth of belief in it, for the median of a few says little
_NORMAL = 1.4826  # standard deviation of a normal whose median absolute value is 1


@dataclass(frozen=True, slots=True)
class BillingOptions:
    """How billing is expected.

    Attributes:
        weeks: Recent whole weeks that may come again.
        half_life_weeks: Age at which a week comes again half as often as the last one.
        most_invoices: Most invoices asked about; of more, a sample that favours large amounts.
    """

    weeks: int = 26
    half_life_weeks: float = 13.0
    most_invoices: int = 4_000


BILLING = BillingOptions()


@dataclass(frozen=True, slots=True, eq=False)
class Replay:
    """Recent billing laid over the weeks to come.

    Attributes:
        items: Invoices as they would be issued, with their curves.
        target: Week after `as_of` each is issued in, from 0.
        source: Which recent week each was taken from, the oldest being 0.
        chance: Chance of each recent week to come again in any week to come.
    """

    items: ExpectedItems
    target: NDArray[np.int64]
    source: NDArray[np.int64]
    chance: Reals

    def expected(self, edges: NDArray[np.int64]) -> Reals:
        """Expected cash by bin."""
        weight = self.chance[self.source]
        return (self.items.amount * weight) @ chances(self.items.paid, edges)

    def paths(
        self, edges: NDArray[np.int64], paths: int, seed: int, spread: float = 0.0
    ) -> NDArray[np.float64]:
        """Cash by bin and path: each path draws a recent week for every week to come.

        Args:
            edges: Edges of bins in days from `as_of`.
            paths: How many.
            seed: The same seed gives the same paths.
            spread: Standard deviation of the level of billing itself, as a share of it; as likely
                higher as lower.
        """
        bins, ahead = len(edges) - 1, int(self.target.max(initial=-1)) + 1
        if not len(self.items):
            return np.zeros((bins, paths))
        rng = np.random.default_rng([seed, 2])
        laid = np.zeros((ahead, len(self.chance), bins))
        cash = self.items.amount[:, None] * chances(self.items.paid, edges)
        np.add.at(laid, (self.target, self.source), cash)
        drawn = rng.choice(len(self.chance), (paths, ahead), p=self.chance)
        sums = laid[np.arange(ahead), drawn].sum(axis=1)
        level = np.exp(spread * rng.standard_normal(paths))
        return (sums * level[:, None]).T


def expect_billing(
    model: Curves,
    known: InvoiceHistory,
    as_of: date,
    days: int,
    options: BillingOptions = BILLING,
    billed_today: float = 0.0,
) -> Replay:
    """Lay recent billing over the days to come and ask when it will be paid.

    Args:
        model: The one source of every chance.
        known: What was known before `as_of`.
        as_of: The first day whose billing is not over.
        days: Days of the horizon.
        options: How billing is expected.
        billed_today: Invoiced on `as_of` already, and counted with what is open; only what the day
            is expected to bill beyond it is still to come.
    """
    today = np.datetime64(as_of, "D")
    weeks = _whole_weeks(known, today, options.weeks)
    recent = known.issued_between(today - 7 * weeks * _DAY, today - _DAY)
    ahead = -(-days // 7)
    chance = 0.5 ** (np.arange(weeks)[::-1] / options.half_life_weeks)
    chance /= chance.sum() if weeks else 1.0
    place, moved, target, source = _laid_over(recent, today, weeks, ahead)
    weight = _of_month_end(known, today, recent.issued_on[place] + moved, recent, ahead)
    weight *= _of_season(known, today, ahead)[target]
    value = recent.amount[place] * weight * chance[source]
    rest = _rest_of_day(value, recent.issued_on[place] + moved == today, billed_today)
    value, weight = value * rest, weight * rest
    chosen, scale = _sampled(value, options.most_invoices)
    invoices = _moved(recent.take(place[chosen]), moved[chosen])
    amount = invoices.amount * weight[chosen] * scale
    items = replace(expect_alike(model, invoices, as_of, days, known), amount=amount)
    return Replay(items, target[chosen], source[chosen], chance)


def _whole_weeks(known: InvoiceHistory, today: np.datetime64, wanted: int) -> int:
    """Whole weeks the history holds, at most those wanted."""
    if not len(known):
        return 0
    return int(np.clip((today - known.issued_on.min()) // (7 * _DAY), 1, wanted))


def _laid_over(
    recent: InvoiceHistory, today: np.datetime64, weeks: int, ahead: int
) -> tuple[NDArray[np.int64], NDArray[np.timedelta64], NDArray[np.int64], NDArray[np.int64]]:
    """Every recent invoice once for each week to come, moved by whole weeks.

    Returns:
        Position among the recent, days it is moved by, week to come, recent week.
    """
    count = len(recent)
    source = ((recent.issued_on - (today - 7 * weeks * _DAY)) // (7 * _DAY)).astype(np.int64)
    target = np.repeat(np.arange(ahead), count)
    source = np.tile(source, ahead)
    moved = (7 * (weeks - source + target)) * _DAY
    return np.tile(np.arange(count), ahead), moved, target, source


def _rest_of_day(value: Reals, is_today: NDArray[np.bool_], billed: float) -> Reals:
    """Share of each invoice that is still to be issued: of those of today what is not billed."""
    expected = float(value[is_today].sum())
    left = max(0.0, 1 - billed / expected) if expected > 0 else 1.0
    return np.where(is_today, left, 1.0)


def _moved(invoices: InvoiceHistory, by: NDArray[np.timedelta64]) -> InvoiceHistory:
    """Invoices as they would be issued and fall due so much later."""
    issued_on, due_on = invoices.issued_on + by, invoices.due_on + by
    return replace(invoices.without_outcome(), issued_on=issued_on, due_on=due_on)


def _sampled(value: Reals, most: int) -> tuple[NDArray[np.int64], Reals]:
    """Positions to ask about and what each stands for.

    Every so much money one invoice is taken, in the order of weeks, so that every week keeps its
    sum to within one invoice; an invoice larger than that is always among them.
    """
    size = np.abs(value)
    if len(value) <= most or not size.any():
        return np.arange(len(value)), np.ones(len(value))
    share = np.minimum(1.0, size / size.sum() * most)
    passed = np.floor(np.cumsum(share) + 0.5)
    chosen = np.flatnonzero(np.diff(passed, prepend=0.0) > 0)
    return chosen, 1 / share[chosen]


def _edge(days: Days) -> NDArray[np.int64]:
    """0 in the first days of a month, 1 in its last days, 2 between."""
    if not len(days):
        return np.zeros(0, dtype=np.int64)
    # Many invoices fall on few days, so each day is looked at once.
    first = days.min()
    return _edge_of(np.arange(first, days.max() + _DAY))[(days - first).astype(np.int64)]


def _edge_of(days: Days) -> NDArray[np.int64]:
    months = days.astype("datetime64[M]")
    after = (days - months.astype("datetime64[D]")).astype(np.int64)
    left = ((months + 1).astype("datetime64[D]") - days).astype(np.int64)
    return np.where(after < _EDGE_DAYS, 0, np.where(left <= _EDGE_DAYS, 1, 2))


def _of_month_end(
    known: InvoiceHistory,
    today: np.datetime64,
    issued_on: Days,
    recent: InvoiceHistory,
    ahead: int,
) -> Reals:
    """How much more is billed at the edge of a month that an invoice is moved to."""
    factors = _edge_factors(known, today)
    return factors[_edge(issued_on)] / factors[np.tile(_edge(recent.issued_on), ahead)]


def _edge_factors(known: InvoiceHistory, today: np.datetime64) -> Reals:
    """Billing in the first and last days of months against their weekdays' usual, shrunk to 1."""
    first = max(known.issued_on.min(), today - 364 * _DAY) if len(known) else today
    days = np.arange(first, today)
    if len(days) < 2 * 30:
        return np.ones(3)
    inside = known.issued_between(first, today - _DAY)
    billed = np.bincount(
        (inside.issued_on - first).astype(np.int64), weights=inside.amount, minlength=len(days)
    )
    weekday = (days.astype(np.int64) + 3) % 7
    usual = np.bincount(weekday, billed) / np.maximum(np.bincount(weekday), 1)
    edge, months = _edge(days), len(days) / 30
    trust = months / (months + _MONTHS_TO_TRUST)
    ratios = [billed[edge == e].sum() / max(usual[weekday[edge == e]].sum(), 1.0) for e in (0, 1)]
    return np.array([1 + trust * (ratio - 1) for ratio in ratios] + [1.0]).clip(0.25, 4.0)


def _of_season(known: InvoiceHistory, today: np.datetime64, ahead: int) -> Reals:
    """How weeks to come stood to recent ones in earlier years, if there are at least two."""
    years = int((today - known.issued_on.min()) // (_YEAR * _DAY)) if len(known) else 0
    if years < _YEARS_TO_TRUST:
        return np.ones(ahead)
    factors = [
        _weekly(known, today - y * _YEAR * _DAY, ahead)
        / max(_weekly(known, today - (y * _YEAR + 56) * _DAY, 8).mean(), 1.0)
        for y in range(1, years + 1)
        if known.issued_on.min() <= today - (y * _YEAR + 56) * _DAY
    ]
    if len(factors) < _YEARS_TO_TRUST:
        return np.ones(ahead)
    trust = len(factors) / (len(factors) + _YEARS_TO_TRUST)
    return (1 + trust * (np.mean(factors, axis=0) - 1)).clip(0.25, 4.0)


def _weekly(known: InvoiceHistory, first: np.datetime64, weeks: int) -> Reals:
    """Billing by week from a day."""
    inside = known.issued_between(first, first + 7 * weeks * _DAY - _DAY)
    week = ((inside.issued_on - first) // (7 * _DAY)).astype(np.int64)
    return np.bincount(week, inside.amount, weeks).astype(np.float64)


def level_spread(known: InvoiceHistory, as_of: date, weeks: int = 8) -> float:
    """How far the mean billing of so many weeks strays from the one before, as a share of it.

    The median, for a ledger that was just started strays far once and never again; drawn to the
    spread assumed where nothing is known.
    """
    today = np.datetime64(as_of, "D")
    blocks = int((today - known.issued_on.min()) // (7 * weeks * _DAY)) if len(known) else 0
    if blocks < _FEWEST_BLOCKS:
        return _ASSUMED_SPREAD
    level = _weekly(known, today - 7 * weeks * blocks * _DAY, weeks * blocks)
    means = level.reshape(blocks, weeks).mean(axis=1)
    strays = np.abs(np.diff(np.log(np.maximum(means[-_MOST_BLOCKS:], 1.0))))
    found = len(strays) * (_NORMAL * np.median(strays)) ** 2
    variance = (found + _ASSUMED_STRAYS * _ASSUMED_SPREAD**2) / (len(strays) + _ASSUMED_STRAYS)
    return float(np.clip(np.sqrt(variance), 0.01, 0.3))
