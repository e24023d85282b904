"""Cash application without a model: a day's payments, and how it grows with the book."""

import math
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from engines.matching.match import match_payments
from engines.matching.model import Book, Outcome, Payment
from evals.bench.frame import BenchOptions, Measured, apart, peak_memory
from evals.bench.match_naive import match_naively
from evals.matching.mix import build_world
from evals.matching.runner import time_sizes
from evals.matching.scoring import Score, score_outcomes

PAYMENTS, ITEMS = 1_600, 7_500
COPIES = (7, 21, 63)
"""Copies of a book of 1,600 payments and 8,000 items; the last comes to 100,800 and 504,000."""

_SMALL = "match"
_LARGE = "match-large"
_NAIVE = "number a substring of the memo or amount equal, over all items"
_PROCESS = "high-water mark of a process of its own, the invented book and payments included"

Matcher = Callable[[Book, Sequence[Payment]], list[Outcome]]
MATCHERS: dict[str, Matcher] = {"engine": match_payments, "naive": match_naively}


@dataclass(frozen=True, slots=True)
class Matched:
    """What matching a batch came to; `items` counts the credit notes in."""

    payments: int
    items: int
    seconds: float
    peak: int


def bench_match(options: BenchOptions) -> Iterator[Measured]:
    """Payments a second and what posts, beside a scan of all items."""
    options.tell(f"matching {PAYMENTS:,} payments")
    ours, score = apart(match_world, "engine", options.seed, PAYMENTS, ITEMS)
    naive, scanned = apart(match_world, "naive", options.seed, PAYMENTS, ITEMS)
    case = f"{ours.payments:,} payments, {ours.items:,} open items"
    figures = [
        ("payments matched", "s of one core", ours.seconds, naive.seconds, "< 5"),
        (
            "payments matched a second",
            "payments/s on one core",
            ours.payments / ours.seconds,
            naive.payments / naive.seconds,
            "",
        ),
        ("peak memory", "MB", ours.peak / 1e6, naive.peak / 1e6, ""),
        (
            f"posted without a person, where {_percent(score.ceiling, score):.0f} % may be",
            "%",
            _percent(score.posted, score),
            _percent(scanned.posted, scanned),
            ">= 72 where 75 may be",
        ),
        ("wrong posts", "payments", score.wrong_strict, scanned.wrong_strict, "<= 2"),
        ("posts the policy forbids", "payments", score.breaches, scanned.breaches, "<= 5"),
    ]
    for what, unit, value, beside, aim in figures:
        how = _PROCESS if unit == "MB" else "one batch, one process, CPU time, no model"
        yield Measured(_SMALL, case, what, unit, value, how, aim, _NAIVE, beside)


def match_world(matcher: str, seed: int, payments: int, items: int) -> tuple[Matched, Score]:
    """Match an invented batch and judge it by the truth."""
    world = build_world(seed, payments, items, "unseen", None, "synthetic")
    match = MATCHERS[matcher]
    match(world.book, world.payments[:1])  # what is loaded once is not the batch's
    started = time.process_time()
    outcomes = match(world.book, world.payments)
    seconds = time.process_time() - started
    found = Matched(len(world.payments), len(world.book.documents), seconds, peak_memory())
    return found, score_outcomes(outcomes, world.payments, world.truths)


def bench_match_large(options: BenchOptions) -> Iterator[Measured]:
    """Seconds and memory of three sizes, and the exponent they grow with."""
    sizes = []
    for copies in COPIES:
        options.tell(f"matching {copies} copies of {PAYMENTS:,} payments")
        sizes.append(apart(match_copies, options.seed, copies))
    how = "one batch, one process, CPU time, no model"
    for size in sizes:
        case = f"{size.payments:,} payments, {size.items:,} open items"
        detail = size is not sizes[-1]
        yield Measured(
            _LARGE, case, "payments matched", "s of one core", size.seconds, how, detail=detail
        )
        yield Measured(_LARGE, case, "peak memory", "MB", size.peak / 1e6, _PROCESS, detail=detail)
    yield Measured(
        _LARGE,
        f"{sizes[0].payments:,} to {sizes[-1].payments:,} payments, 5 open items each",
        "growth of the seconds",
        "exponent of n log n",
        growth([each.payments + each.items for each in sizes], [each.seconds for each in sizes]),
        "least squares of log seconds over log (n log n), n payments and items together",
        aim="<= 1",
    )


def match_copies(seed: int, copies: int) -> Matched:
    """Match so many copies of one invented book, each with customers and numbers of its own."""
    ((payments, items, seconds),) = time_sizes(seed, (copies,))
    return Matched(payments, items, seconds, peak_memory())


def growth(sizes: Sequence[int], seconds: Sequence[float]) -> float:
    """The power of n log n that seconds grow with: 1 is as n log n, 2 as its square."""
    over = np.log([size * math.log(size) for size in sizes])
    return float(np.polyfit(over, np.log(seconds), 1)[0])


def _percent(count: int, score: Score) -> float:
    return 100 * count / max(1, score.payments)
