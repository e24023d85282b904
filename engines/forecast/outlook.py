"""The forecast of a day: open book, known billing and total, from the same curves."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from engines.forecast.billing import BILLING, BillingOptions, Replay, expect_billing, level_spread
from engines.forecast.cash import Curves, ExpectedItems, Reals, expect, expect_alike, monday
from engines.forecast.conformal import WeekBand
from engines.forecast.shock import ASSUMED, Shock
from engines.forecast.simulate import PATHS, Part, bands, simulate
from engines.risk.history import InvoiceHistory

OPEN_BOOK, KNOWN_BILLING, TOTAL = "open_book", "known_billing", "total"
WEEKS = 13


@dataclass(frozen=True, slots=True)
class ForecastOptions:
    """How a forecast is made.

    Attributes:
        weeks: How far it looks.
        paths: Paths drawn.
        seed: Of the paths.
        billing: How cash not yet invoiced is expected.
    """

    weeks: int = WEEKS
    paths: int = PATHS
    seed: int = 1
    billing: BillingOptions = BILLING


DEFAULTS = ForecastOptions()


@dataclass(frozen=True, slots=True, eq=False)
class Outlook:
    """What a day expects.

    Attributes:
        as_of: The day.
        edges: Edges of the weeks in days from it.
        open_book: Items issued before the day and still open.
        to_come: Invoices to be issued that were given, or None where none were.
        billing: Invoices expected to be issued.
        drawn: Bands as the paths gave them, by kind (3, weeks).
    """

    as_of: date
    edges: NDArray[np.int64]
    open_book: ExpectedItems
    to_come: ExpectedItems | None
    billing: Replay
    drawn: dict[str, Reals]

    def week_bands(self) -> list[WeekBand]:
        """The bands week by week, uncalibrated."""
        first = monday(self.as_of)
        return [
            WeekBand(self.as_of, first + timedelta(weeks=at), at + 1, kind, *map(float, band))
            for kind, drawn in self.drawn.items()
            for at, band in enumerate(drawn.T)
        ]


def look_ahead(
    model: Curves,
    known: InvoiceHistory,
    as_of: date,
    edges: NDArray[np.int64],
    *,
    given: InvoiceHistory | None = None,
    shock: Shock = ASSUMED,
    options: ForecastOptions = DEFAULTS,
) -> Outlook:
    """Forecast the cash of one reporting currency.

    Args:
        model: The one source of every chance.
        known: What was known before `as_of`; all its amounts are taken as one currency.
        as_of: The day.
        edges: Edges of the bins, in days from `as_of`.
        given: Invoices that will be issued within the horizon, for `known_billing`.
        shock: How much payers slip together.
        options: How the forecast is made.
    """
    days = int(edges[-1])
    open_book = _reported(expect(model, known.open_on(as_of), as_of, days, known))
    to_come = None
    if given is not None:
        to_come = _reported(expect_alike(model, given, as_of, days, known))
    billing = expect_billing(model, known, as_of, days, options.billing)
    paths = _paths(open_book, edges, shock, options)
    spread = level_spread(known, as_of)
    billed = billing.paths(edges, options.paths, options.seed, spread)
    drawn = {OPEN_BOOK: bands(paths), TOTAL: bands(paths + billed)}
    if to_come is not None:
        both = open_book.joined(to_come)
        drawn[KNOWN_BILLING] = bands(_paths(both, edges, shock, options))
    return Outlook(as_of, edges, open_book, to_come, billing, drawn)


def _reported(items: ExpectedItems) -> ExpectedItems:
    """Items as one reporting currency."""
    return replace(items, currency=np.full(len(items), ""))


def _paths(
    items: ExpectedItems, edges: NDArray[np.int64], shock: Shock, options: ForecastOptions
) -> Reals:
    if not len(items):
        return np.zeros((len(edges) - 1, options.paths))
    found = simulate(items, edges, shock, paths=options.paths, seed=options.seed)
    return found.paths[Part("total", "", "")]


def mondays(first: date, last: date) -> Sequence[date]:
    """Every Monday from one day to another, both included."""
    start = first + timedelta(days=-first.weekday() % 7)
    return [start + timedelta(weeks=w) for w in range(max(0, (last - start).days // 7 + 1))]
