"""Mutated bank files: none may crash or hang a reader, be refused unclearly, or lose money unseen.

A mutant depends on the seed and its number alone, so a fault can be made again: `make_mutant`.
"""

import multiprocessing
import os
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field

from evals.bench.bank_fuzz_changes import mutant
from evals.bench.bank_fuzz_checks import FAULTS, SECONDS_TO_READ, Known, known, verdict
from evals.bench.bank_fuzz_seeds import SeedFile, seed_files
from evals.bench.frame import BenchOptions, Measured
from graph.settings import quiet_libraries
from ledger.clock import stopwatch

_CHUNK = 2_000
_TELL_EVERY = 20_000
_TOLD = 20
_WHAT = {
    "crash": "crashes: anything raised but one refusal",
    "hang": f"hangs: more than {SECONDS_TO_READ:.0f} s of one core",
    "unclear": "refusals or warnings that are not one line",
    "lost": "silent losses: control figures as before, other sums, said to tie",
    "unproven": "control figures as before, other sums, said to state none, no new warning",
}
_HOW = (
    "one to three changes each: bits, pieces, cuts, splices, records lost, doubled or swapped, "
    "numbers, encodings, line ends; a CSV or OFX file has no control figures to judge by"
)


@dataclass(frozen=True, slots=True)
class Fault:
    """A mutant that was not dealt with as it must be."""

    kind: str
    number: int
    seed_name: str
    told: str


@dataclass
class Tally:
    """How reading ended, and what went wrong."""

    ended: Counter[str] = field(default_factory=Counter)
    faults: list[Fault] = field(default_factory=list)

    def add(self, other: "Tally") -> None:
        """Count another part in."""
        self.ended.update(other.ended)
        self.faults.extend(other.faults)


def bench_bank_fuzz(options: BenchOptions) -> Iterator[Measured]:
    """Crashes, hangs, unclear refusals and silent losses over many mutants."""
    seeds = seed_files(options.bank_files)
    started = stopwatch()
    tally = read_all(options, seeds)
    seconds = stopwatch() - started
    for fault in sorted(tally.faults, key=_gravest_first)[:_TOLD]:
        options.tell(f"{fault.kind}: mutant {fault.number} of {fault.seed_name}: {fault.told}")
    case = (
        f"{options.inputs:,} mutants of {len(seeds)} files "
        f"in {len({each.kind for each in seeds})} formats"
    )
    for kind in FAULTS:
        count = sum(each.kind == kind for each in tally.faults)
        yield Measured("bank-fuzz", case, _WHAT[kind], "files", count, _HOW, aim="0")
    shares = {
        "mutants refused or read with control figures as before, so judged by them": "held",
        "other mutants read": "read",
        "other mutants refused": "refused",
    }
    for what, ended in shares.items():
        yield Measured("bank-fuzz", case, what, "files", tally.ended[ended], _HOW, detail=True)
    rate = options.inputs / seconds
    how = f"{_workers()} processes, the making of the mutants included"
    yield Measured("bank-fuzz", case, "mutants made and read", "files/s", rate, how, detail=True)


def read_all(options: BenchOptions, seeds: Sequence[SeedFile]) -> Tally:
    """Read every mutant, in as many processes as there are cores; says how far it is."""
    quiet_libraries()
    context = multiprocessing.get_context("spawn")
    tally, done, told = Tally(), 0, 0
    with ProcessPoolExecutor(_workers(), context, initializer=_start, initargs=(seeds,)) as pool:
        parts: dict[Future[Tally], int] = {}
        for first in range(0, options.inputs, _CHUNK):
            count = min(_CHUNK, options.inputs - first)
            parts[pool.submit(_read_part, options.seed, first, count)] = count
        for part in as_completed(parts):
            tally.add(part.result())
            done += parts[part]
            if done >= told:
                options.tell(
                    f"{done:,} of {options.inputs:,} bank files, {len(tally.faults)} faults"
                )
                told = done + _TELL_EVERY
    return tally


def read_mutants(before: Sequence[Known], seed: int, first: int, count: int) -> Tally:
    """Make and read so many mutants from number `first` on."""
    tally, kinds = Tally(), by_kind(before)
    for number in range(first, first + count):
        one, data = make_mutant(kinds, seed, number)
        ended, told = verdict(one, data)
        tally.ended[ended] += 1
        if ended in FAULTS:
            tally.faults.append(Fault(ended, number, one.seed.name, told))
    return tally


def by_kind(before: Sequence[Known]) -> list[list[Known]]:
    """The files of each format, so that all formats come equally often."""
    kinds: dict[str, list[Known]] = {}
    for each in before:
        kinds.setdefault(each.seed.kind, []).append(each)
    return list(kinds.values())


def make_mutant(kinds: Sequence[Sequence[Known]], seed: int, number: int) -> tuple[Known, bytes]:
    """The mutant of that number and the file it was; pieces come from files of its format."""
    rng = random.Random(f"{seed}/{number}")  # noqa: S311 - reproducible by design
    kind = rng.choice(kinds)
    one, other = rng.choice(kind), rng.choice(kind)
    return one, mutant(one.seed.data, other.seed.data, rng)


def _gravest_first(fault: Fault) -> tuple[int, int]:
    return FAULTS.index(fault.kind), fault.number


def _workers() -> int:
    return os.cpu_count() or 1


_KNOWN: list[Known] = []


def _start(seeds: Sequence[SeedFile]) -> None:
    """Read the files as they are, once a process; what is loaded for it is no mutant's time."""
    _KNOWN[:] = [known(each) for each in seeds]


def _read_part(seed: int, first: int, count: int) -> Tally:
    return read_mutants(_KNOWN, seed, first, count)
