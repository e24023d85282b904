"""Who pays when, at the size of a large company: a million invoices learnt from, 100,000 scored."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from engines.risk.calendar_days import day_numbers, days_of_month, weekdays
from engines.risk.history import NEVER, InvoiceHistory
from engines.risk.model import fit
from evals.bench.frame import BenchOptions, Measured, apart, peak_memory

INVOICES, ITEMS, ACCOUNTS = 1_000_000, 100_000, 20_000
HORIZON = 91
_AS_OF = date(2025, 12, 1)
_DAYS = 700


@dataclass(frozen=True, slots=True)
class Timed:
    """Seconds of one core, and peaks in bytes; `plain` are those of the methods beside it."""

    learnt: float
    scored: float
    peak: int
    plain_learnt: float
    plain_scored: float


def bench_risk(options: BenchOptions) -> Iterator[Measured]:
    """Seconds to learn with calibration and to score the open book for 13 weeks of days."""
    options.tell(f"learning who pays when from {INVOICES:,} invoices")
    timed = apart(learn_and_score, options.seed, INVOICES, ITEMS)
    how = "one process, one core, CPU time; an invented ledger in memory"
    case = f"{INVOICES:,} invoices of {ACCOUNTS:,} accounts"
    plain = "HistGradientBoosting on 6 figures of the same invoices"
    learnt, scored = (timed.learnt, timed.plain_learnt), (timed.scored, timed.plain_scored)
    yield Measured(
        "risk", case, "learning, calibration included", "s", learnt[0], how, "< 600", plain,
        learnt[1],
    )  # fmt: skip
    what = f"curves of {ITEMS:,} open items over {HORIZON} days"
    one = f"{plain}, one chance each"
    yield Measured("risk", case, what, "s", scored[0], how, "< 30", one, scored[1])
    held = "high-water mark of a process of its own, the invented ledger included"
    yield Measured("risk", case, "peak memory", "MB", timed.peak / 1e6, held, "< 4,000")


def learn_and_score(seed: int, invoices: int, items: int) -> Timed:
    """Learn from an invented ledger, and score as many of its open items."""
    history = invented(seed, invoices)
    started = time.process_time()
    model = fit(history, _AS_OF)
    learnt = time.process_time() - started
    book = history.open_on(_AS_OF)
    chosen = np.random.default_rng(seed).choice(len(book), items, replace=len(book) < items)
    asked = book.take(np.sort(chosen))
    started = time.process_time()
    model.curves(asked, _AS_OF, HORIZON, history)
    scored, peak = time.process_time() - started, peak_memory()
    return Timed(learnt, scored, peak, *_plainly(history, asked))


def _plainly(history: InvoiceHistory, asked: InvoiceHistory) -> tuple[float, float]:
    """A classifier of late on amount, terms, calendar and the customer's mean so far."""
    from sklearn.ensemble import HistGradientBoostingClassifier

    known = history.known_before(_AS_OF)
    paid = known.take(~np.isnat(known.cleared_on))
    started = time.process_time()
    names = np.unique(history.account_id)
    late, codes = paid.days_late, np.searchsorted(names, paid.account_id)
    count = np.maximum(np.bincount(codes, minlength=len(names)), 1)
    usual = np.bincount(codes, late, len(names)) / count
    model = HistGradientBoostingClassifier(random_state=1)
    model.fit(_plain_rows(paid, usual[codes], count[codes]), late > 0)
    learnt = time.process_time() - started
    started = time.process_time()
    codes = np.searchsorted(names, asked.account_id)
    model.predict_proba(_plain_rows(asked, usual[codes], count[codes]))
    return learnt, time.process_time() - started


def _plain_rows(items: InvoiceHistory, usual: NDArray, count: NDArray) -> NDArray:
    due = day_numbers(items.due_on)
    return np.column_stack(
        [items.amount, items.terms_days, weekdays(due), days_of_month(due), usual, count]
    )


def invented(seed: int, invoices: int) -> InvoiceHistory:
    """Customers of unequal size, each with a usual delay, a spread and a weekday it pays on."""
    random = np.random.default_rng(seed)
    account = np.minimum(random.zipf(1.3, invoices) - 1, ACCOUNTS - 1)
    usual, spread = random.normal(2, 7, ACCOUNTS), random.gamma(2, 2, ACCOUNTS)
    terms = random.choice([14, 30, 45, 60], ACCOUNTS)
    weekday = random.integers(0, 5, ACCOUNTS)
    start = np.datetime64(_AS_OF, "D") - _DAYS
    issued = start + np.sort(random.integers(0, _DAYS, invoices))
    due = issued + terms[account]
    late = np.round(random.normal(usual[account], spread[account])).astype(np.int64)
    cleared = np.maximum(due + late, issued + 1)
    ahead = (weekday[account] - (cleared.astype(np.int64) + 3)) % 7
    cleared = cleared + ahead
    return InvoiceHistory(
        np.arange(invoices).astype(str),
        account.astype(str),
        random.lognormal(12, 1.2, invoices).astype(np.int64),
        np.full(invoices, "EUR"),
        issued,
        due,
        np.where(cleared < np.datetime64(_AS_OF, "D"), cleared, NEVER),
        terms[account].astype(np.float64),
    )
