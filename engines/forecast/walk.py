"""Forecasts made Monday after Monday, each from what was known that morning and no more."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np

from engines.forecast.cash import Curves, week_edges
from engines.forecast.conformal import Outcome, WeekBand, calibrated
from engines.forecast.outlook import (
    DEFAULTS,
    OPEN_BOOK,
    ForecastOptions,
    Outlook,
    look_ahead,
    mondays,
)
from engines.forecast.shock import PastWeeks, fit_shock, past_weeks
from engines.risk.history import InvoiceHistory

Learn = Callable[[InvoiceHistory, date], Curves]
REHEARSAL_WEEKS = 13
"""Weeks before the end of training on which an earlier model shows how far it misses."""
REHEARSED_EVERY = 2
"""Neighbouring Mondays forecast nearly the same weeks, so every second one is rehearsed."""
REHEARSAL_REFIT_WEEKS = 4
"""A model in use is learnt anew each month, so one that rehearses may not be much older."""


@dataclass(slots=True)
class Record:
    """Past forecasts and, once their weeks are over, what came of them."""

    waiting: list[Outlook] = field(default_factory=list)
    outcomes: list[Outcome] = field(default_factory=list)
    weeks: list[PastWeeks] = field(default_factory=list)

    def add(self, outlook: Outlook) -> None:
        """Keep a forecast until all its weeks are over."""
        self.waiting.append(outlook)

    def settle(self, known: InvoiceHistory, as_of: date) -> None:
        """Hold every week that ended since the last call against what was forecast of it.

        Args:
            known: What was known before `as_of`.
            as_of: The first day whose payments are not known.
        """
        for outlook in self.waiting:
            self._settle_one(outlook, known, as_of)
        self.waiting = [each for each in self.waiting if _age(each, as_of) < each.edges[-1]]

    def _settle_one(self, outlook: Outlook, known: InvoiceHistory, as_of: date) -> None:
        over = np.flatnonzero(
            (outlook.edges[1:] <= _age(outlook, as_of))
            & (outlook.edges[1:] > _age(outlook, as_of) - 7)
        )
        for week in over:
            start = int(outlook.edges[week])
            end = int(outlook.edges[week + 1])
            came = cash_between(known, outlook.as_of, start, end)
            of_open = cash_between(known, outlook.as_of, start, end, issued_before=outlook.as_of)
            self.outcomes += [
                Outcome(band, of_open if band.kind == OPEN_BOOK else came)
                for band in outlook.week_bands()
                if band.horizon == week + 1
            ]
            self.weeks.append(_past(outlook, known, int(week)))


def _age(outlook: Outlook, as_of: date) -> int:
    return (as_of - outlook.as_of).days


def _past(outlook: Outlook, known: InvoiceHistory, week: int) -> PastWeeks:
    """A week of the open book that is over, as the shock is learnt from it."""
    origin = np.datetime64(outlook.as_of, "D")
    # Those open on that day, in the order they were forecast in.
    now = known.take(known.issued_on < origin)
    now = now.take(np.isnat(now.cleared_on) | (now.cleared_on >= origin))
    day = (now.cleared_on - origin).astype("timedelta64[D]")
    days = np.where(np.isnat(day), -1, day.astype(np.int64))
    items = outlook.open_book
    return past_weeks(items, outlook.edges[week : week + 2], days)


def cash_between(
    known: InvoiceHistory,
    origin: date,
    start: int,
    end: int,
    *,
    issued_before: date | None = None,
) -> float:
    """Cash cleared from one day to another (exclusive), counted from an origin."""
    first = np.datetime64(origin, "D")
    inside = (known.cleared_on >= first + start) & (known.cleared_on < first + end)
    if issued_before is not None:
        inside &= known.issued_on < np.datetime64(issued_before, "D")
    return float(known.amount[inside].sum())


def walk_forward(
    history: InvoiceHistory,
    learn: Learn,
    train_until: date,
    first: date,
    last: date,
    options: ForecastOptions = DEFAULTS,
) -> Iterator[WeekBand]:
    """Forecast on every Monday of a window.

    The model is learnt once from what was known before `train_until`. Those learnt earlier rehearse
    on the weeks between, so that shocks and widths come from forecasts of weeks they had not seen.

    Args:
        history: Everything in the file; each step is handed only what was known before its day,
            and, for `known_billing`, the invoices to be issued without their outcome.
        learn: Learns a model from what was known before a day.
        train_until: The model knows nothing of this day or later.
        first: Of the window, not before `train_until`.
        last: Of the window.
        options: How each forecast is made.
    """
    record = Record()
    _rehearse(history, learn, train_until, record, options)
    model = learn(history.known_before(train_until), train_until)
    for origin in mondays(first, last):
        yield from _step(model, history, origin, record, options)


def _rehearse(
    history: InvoiceHistory,
    learn: Learn,
    train_until: date,
    record: Record,
    options: ForecastOptions,
) -> None:
    """Forecast the weeks before the end of training by models that end before each of them."""
    early = train_until - timedelta(weeks=REHEARSAL_WEEKS)
    learnt, model = None, None
    for origin in mondays(early, train_until - timedelta(days=1))[::REHEARSED_EVERY]:
        known = history.known_before(origin)
        if not len(known):
            continue
        if learnt is None or origin - learnt >= timedelta(weeks=REHEARSAL_REFIT_WEEKS):
            learnt, model = origin, learn(known, origin)
        _step(model, history, origin, record, options)


def _step(
    model: Curves,
    history: InvoiceHistory,
    origin: date,
    record: Record,
    options: ForecastOptions,
) -> list[WeekBand]:
    """One Monday: settle what is over, forecast, calibrate."""
    known = history.known_before(origin)
    record.settle(known, origin)
    edges = week_edges(origin, options.weeks)
    given = history.issued_between(origin, origin + timedelta(days=int(edges[-1]) - 1))
    outlook = look_ahead(
        model,
        known,
        origin,
        edges,
        given=given.without_outcome(),
        shock=fit_shock(PastWeeks.joined(record.weeks) if record.weeks else None),
        options=options,
    )
    record.add(outlook)
    return [calibrated(band, record.outcomes) for band in outlook.week_bands()]
