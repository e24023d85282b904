"""The night over portfolios of several mixes and sizes, beside one graph run per account."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evals.bench.frame import BenchOptions, Measured, apart, peak_memory
from evals.bench.homes import let_a_day_pass, stored_bytes
from evals.bench.naive import NaiveRun, run_naive
from evals.worlds.home import AS_OF, build_home, reopen
from evals.worlds.mix import PRESETS
from ledger.clock import stopwatch

ONE_IN_TEN, EVERYTHING, NOTHING = "one_in_ten", "everything_due", "nothing_due"
MIXES = (ONE_IN_TEN, EVERYTHING, NOTHING)
_NAIVE = "one checkpointed graph run per account"


@dataclass(frozen=True, slots=True)
class NightRun:
    """What one night came to, in a process of its own.

    Attributes:
        cold: Seconds from starting the process to an open home, before the night.
        dispositions: Accounts with an open item by disposition.
        portfolio: Accounts with an open item.
        peak: Most bytes in memory.
        growth: Bytes the night added to ledger and checkpoints.
    """

    seconds: float
    cold: float
    phases: dict[str, float]
    sent: int
    dispositions: dict[str, int]
    portfolio: int
    peak: int
    growth: int


def run_one_night(home: Path, started: float, *, second: bool) -> NightRun:
    """Run the first night of a home, or a second one in which nothing has changed.

    Raises:
        ValueError: The dispositions do not sum to the portfolio; then no figure counts.
    """
    from batch.night import run_night
    from batch.run import portfolio_size

    before = stored_bytes(home)
    house = reopen(home)
    try:
        as_of = let_a_day_pass(house) if second else AS_OF
        opened = stopwatch()
        counts = run_night(house, as_of, lambda *_step: None).counts
        seconds = stopwatch() - opened
        with house.ledger.read() as session:
            portfolio = portfolio_size(session)
    finally:
        house.close()
    if sum(counts["dispositions"].values()) != portfolio:
        raise ValueError(f"{counts['dispositions']} do not sum to {portfolio} accounts")
    return NightRun(
        seconds=seconds,
        cold=opened - started,
        phases=counts["seconds"],
        sent=counts["dispatch"]["sent"],
        dispositions=counts["dispositions"],
        portfolio=portfolio,
        peak=peak_memory(),
        growth=stored_bytes(home) - before,
    )


def bench_night(options: BenchOptions) -> Iterator[Measured]:
    """Every mix at every size, two nights each, and the naive design on a sample."""
    naive = {mode: _naive(options, mode) for mode in ("sync", "exit")}
    for size in options.sizes:
        quiet = busy = 0.0
        for mix in MIXES:
            first, second = _two_nights(options, mix, size)
            yield from _figures(f"{mix}, {size:,} accounts", first, second, naive)
            busy = first.seconds if mix == EVERYTHING else busy
            quiet = first.seconds if mix == NOTHING else quiet
        yield Measured(
            "night",
            f"{size:,} accounts",
            "cost of everything due : nothing due",
            "times per account",
            busy / quiet,
            "seconds of the first night of each mix, at equal size",
            aim=">= 20",
        )


def _naive(options: BenchOptions, durability: str) -> NaiveRun:
    options.tell(f"naive design, {options.sample:,} accounts, durability {durability}")
    home = options.folder / f"naive-{durability}"
    apart(build_home, home, PRESETS[ONE_IN_TEN], options.sample, options.seed)
    return apart(run_naive, home, durability)


def _two_nights(options: BenchOptions, mix: str, size: int) -> tuple[NightRun, NightRun]:
    options.tell(f"building {size:,} accounts, {mix}")
    home = options.folder / f"{mix}-{size}"
    apart(build_home, home, PRESETS[mix], size, options.seed)
    options.tell(f"first night over {size:,} accounts, {mix}")
    first = apart(run_one_night, home, stopwatch(), second=False)
    options.tell(f"second night over {size:,} accounts, {mix}")
    return first, apart(run_one_night, home, stopwatch(), second=True)


def _figures(
    case: str, first: NightRun, second: NightRun, naive: dict[str, NaiveRun]
) -> Iterator[Measured]:
    accounts = first.portfolio

    def figure(what: str, unit: str, value: float, how: str, **beside: Any) -> Measured:
        return Measured("night", case, what, unit, value, how, **beside)

    mixed = case.startswith(ONE_IN_TEN)
    yield figure(
        "accounts of the book",
        "accounts/s",
        accounts / first.seconds,
        "accounts with an open item / seconds of the whole first night, all phases",
        aim=">= 1,500" if mixed else "",
        **_beside(naive["sync"].accounts / naive["sync"].seconds, "sync") if mixed else {},
    )
    if mixed:
        yield figure(
            "accounts of the book, against exit durability",
            "accounts/s",
            accounts / first.seconds,
            "as above; the naive design writes a checkpoint only when a run ends or pauses",
            **_beside(naive["exit"].accounts / naive["exit"].seconds, "exit"),
        )
    yield figure(
        "cost of an account",
        "ms/account",
        1000 * first.seconds / accounts,
        "seconds of the first night / accounts; equal at all sizes where cost is linear",
    )
    for phase, seconds in first.phases.items():
        how = "wall clock of the phase, first night"
        yield figure(f"phase {phase}", "s", seconds, how, detail=True)
    yield figure(
        "outside the phases",
        "s",
        first.seconds - sum(first.phases.values()),
        "first night minus its phases: opening the run, checkpoints of the night, report files",
        detail=True,
    )
    if first.sent:
        yield figure(
            "messages dispatched",
            "messages/s",
            first.sent / first.phases["dispatch"],
            f"{first.sent:,} messages / seconds of the dispatch phase: each judged again, "
            "marked, written to a Maildir, flushed, recorded",
        )
    yield from _memory_and_growth(figure, first, second, naive["sync"] if mixed else None)


def _memory_and_growth(
    figure: Callable[..., Measured], first: NightRun, second: NightRun, naive: NaiveRun | None
) -> Iterator[Measured]:
    yield figure(
        "peak memory",
        "MB",
        max(first.peak, second.peak) / 1e6,
        "high-water mark of the night's own process, the larger of two nights",
        aim="< 600",
    )
    growth = _beside(naive.growth / naive.accounts, "sync") if naive else {}
    yield figure(
        "database growth, first night",
        "bytes/account",
        first.growth / first.portfolio,
        "ledger and checkpoint files after the night minus before, logs written back",
        **growth,
    )
    yield figure(
        "database growth, second night",
        "bytes/account",
        second.growth / first.portfolio,
        "the same for the night of the next day, in which nothing has changed",
        aim="flat",
    )
    yield figure(
        "database growth, second night, in all",
        "bytes",
        second.growth,
        "the same, not divided: the cost of a night itself",
        detail=True,
    )
    how = "wall clock of the night of the next day, in which nothing has changed"
    yield figure("second night", "s", second.seconds, how, detail=True)
    how = "from starting the process to an open home; not part of the night"
    yield figure("cold start", "s", first.cold, how, detail=True)


def _beside(value: float, durability: str) -> dict[str, Any]:
    return {"baseline": f"{_NAIVE}, durability {durability}", "baseline_value": value}
