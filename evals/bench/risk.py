"""Who pays when, at the size of a large company: a million invoices learnt from, 100,000 scored."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np

from engines.risk.history import NEVER, InvoiceHistory
from engines.risk.model import fit
from evals.bench.frame import BenchOptions, Measured, apart, peak_memory

INVOICES, ITEMS, ACCOUNTS = 1_000_000, 100_000, 20_000
HORIZON = 91
_AS_OF = date(2025, 12, 1)
_DAYS = 700


@dataclass(frozen=True, slots=True)
class Timed:
    """Seconds of one core, and the peak in bytes."""

    learnt: float
    scored: float
    peak: int


def bench_risk(options: BenchOptions) -> Iterator[Measured]:
    """Seconds to learn with calibration and to score the open book for 13 weeks of days."""
    options.tell(f"learning who pays when from {INVOICES:,} invoices")
    timed = apart(learn_and_score, options.seed, INVOICES, ITEMS)
    how = "one process, one core, CPU time; an invented ledger in memory"
    case = f"{INVOICES:,} invoices of {ACCOUNTS:,} accounts"
    yield Measured("risk", case, "learning, calibration included", "s", timed.learnt, how, "< 3600")
    what = f"curves of {ITEMS:,} open items over {HORIZON} days"
    yield Measured("risk", case, what, "s", timed.scored, how, "< 3600")
    held = "high-water mark of a process of its own, the invented ledger included"
    yield Measured("risk", case, "peak memory", "MB", timed.peak / 1e6, held, "< 8000")


def learn_and_score(seed: int, invoices: int, items: int) -> Timed:
    """Learn from an invented ledger, and score as many of its open items."""
    history = invented(seed, invoices)
    started = time.process_time()
    model = fit(history, _AS_OF)
    learnt = time.process_time() - started
    book = history.open_on(_AS_OF)
    chosen = np.random.default_rng(seed).choice(len(book), items, replace=len(book) < items)
    started = time.process_time()
    model.curves(book.take(np.sort(chosen)), _AS_OF, HORIZON, history)
    return Timed(learnt, time.process_time() - started, peak_memory())


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
