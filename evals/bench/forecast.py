"""A forecast of 13 weeks over a large book: curves, paths, and bands of every account."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np

from engines.cash_forecast import forecast_weeks
from engines.forecast.cash import ExpectedItems, expect, week_edges
from engines.forecast.simulate import PATHS, simulate
from engines.risk.history import NEVER, InvoiceHistory
from engines.risk.model import FitOptions, TimingModel, fit
from evals.bench.frame import BenchOptions, Measured, apart, peak_memory

ITEMS, PAID, ACCOUNTS = 100_000, 300_000, 10_000
LEARNT_FROM = 20_000
AS_OF = date(2026, 1, 5)
WEEKS = 13

_PLAIN = "due date and the account's mean delay"


@dataclass(frozen=True, slots=True)
class Forecasting:
    """What a forecast took; `parts` are the series of bands it came to."""

    items: int
    asking: float
    drawing: float
    plain: float
    parts: int
    peak: int


def bench_forecast(options: BenchOptions) -> Iterator[Measured]:
    """Seconds and memory of a forecast by segment, entity and account."""
    options.tell(f"forecasting {ITEMS:,} open items on {PATHS:,} paths")
    took = apart(forecast_once, options.seed, ITEMS, PAID)
    case = f"{took.items:,} open items, {ACCOUNTS:,} accounts, {PATHS:,} paths"
    how = "one process, wall clock"
    whole = took.asking + took.drawing
    yield Measured(
        "forecast", case, "13 weeks forecast", "s", whole, how, "< 600", _PLAIN, took.plain
    )
    yield Measured("forecast", case, "of it the curves", "s", took.asking, how, detail=True)
    yield Measured("forecast", case, "of it the paths", "s", took.drawing, how, detail=True)
    yield Measured("forecast", case, "series with bands", "series", took.parts, how, detail=True)
    memory = "high-water mark of a process of its own, the invented ledger and training included"
    yield Measured("forecast", case, "peak memory", "MB", took.peak / 1e6, memory, "< 8,000")


def forecast_once(seed: int, items: int, paid: int) -> Forecasting:
    """Invent a ledger, learn from it, and forecast its open book."""
    history = invented(seed, items, paid)
    model = fit(history, AS_OF, options=FitOptions(most_invoices=LEARNT_FROM))
    edges = week_edges(AS_OF, WEEKS)
    open_items = history.open_on(AS_OF)
    started = time.perf_counter()
    expected = _labelled(model, open_items, history, int(edges[-1]))
    asked = time.perf_counter()
    found = simulate(expected, edges, by=("segment", "entity"), accounts=True)
    drawn = time.perf_counter()
    _plainly(open_items, history)
    ended = time.perf_counter()
    parts = len(found.paths) + len(found.accounts)
    times = (asked - started, drawn - asked, ended - drawn)
    return Forecasting(len(open_items), *times, parts, peak_memory())


def _labelled(
    model: TimingModel, items: InvoiceHistory, history: InvoiceHistory, days: int
) -> ExpectedItems:
    number = np.arange(len(items))
    segment, entity = (np.array([f"{n}" for n in range(many)]) for many in (4, 3))
    return expect(
        model, items, AS_OF, days, history, segment=segment[number % 4], entity=entity[number % 3]
    )


def _plainly(items: InvoiceHistory, history: InvoiceHistory) -> None:
    """The forecast the night used before."""
    late, mine = history.days_late, ~np.isnan(history.days_late)
    names, code = np.unique(history.account_id[mine], return_inverse=True)
    means = np.bincount(code, late[mine]) / np.bincount(code)
    delays = {str(name): round(float(mean)) for name, mean in zip(names, means, strict=True)}
    rows = zip(
        items.account_id.tolist(),
        items.currency.tolist(),
        items.amount.tolist(),
        items.due_on.tolist(),
        strict=True,
    )
    forecast_weeks(rows, delays, AS_OF, WEEKS, 7)


def invented(seed: int, items: int, paid: int) -> InvoiceHistory:
    """A ledger whose customers are each late in their own way, so many of its invoices open."""
    rng = np.random.default_rng(seed)
    today = np.datetime64(AS_OF, "D")
    count = items + paid
    open_ones = np.arange(count) < items
    account = rng.zipf(1.4, count) % ACCOUNTS
    terms = rng.choice([14, 30, 45, 60], ACCOUNTS)[account]
    late = rng.normal(rng.normal(5, 8, ACCOUNTS)[account], 4).round().astype(np.int64)
    took = np.maximum(terms + late, 1)
    # An open invoice is no older than it takes its customer to pay; a paid one is older.
    age = np.where(
        open_ones, 1 + rng.integers(0, took), took + 1 + rng.integers(0, 365, count)
    ).astype("timedelta64[D]")
    issued = today - age
    cleared = np.where(open_ones, NEVER, issued + took.astype("timedelta64[D]"))
    return InvoiceHistory(
        np.char.add("i", np.arange(count).astype(str)),
        np.char.add("a", account.astype(str)),
        (rng.lognormal(11, 1.2, count)).astype(np.int64),
        np.full(count, "EUR"),
        issued,
        issued + terms.astype("timedelta64[D]"),
        cleared,
        terms.astype(np.float64),
    )
