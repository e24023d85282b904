"""The frame every bench works in: what it is given, what it returns, and a process of its own."""

import multiprocessing
import resource
import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import ParamSpec, TypeVar

from graph.settings import quiet_libraries

Given = ParamSpec("Given")
Returned = TypeVar("Returned")


@dataclass(frozen=True, slots=True)
class Measured:
    """One figure of a bench.

    Attributes:
        bench: Name of the bench.
        case: What it was measured on, such as a mix and a size.
        what: The quantity, in words.
        unit: Unit of `value` and of `baseline_value`.
        how: How it was measured, so that it can be measured again.
        aim: What we want it to be; empty where we want nothing in particular.
        baseline: What stands beside it, measured in the same run; empty where nothing does.
        detail: Whether it only explains other figures; a README leaves it out.
    """

    bench: str
    case: str
    what: str
    unit: str
    value: float
    how: str
    aim: str = ""
    baseline: str = ""
    baseline_value: float | None = None
    detail: bool = False


@dataclass(frozen=True, slots=True)
class BenchOptions:
    """What a bench is given.

    Attributes:
        folder: An empty folder it may fill.
        sizes: Numbers of accounts, ascending.
        sample: Accounts a design too slow for the sizes is measured on.
        rows: Rows of the file an import reads.
        inputs: Mutated bank files to read.
        bank_files: A folder of real bank files to mutate as well, a subfolder per format.
        seconds: How long a bench that repeats one thing goes on.
        seed: Seed of every portfolio, batch and mutant.
        tell: Told in words what is being measured.
    """

    folder: Path
    sizes: tuple[int, ...] = (1_000, 10_000, 50_000)
    sample: int = 1_000
    rows: int = 32_000
    inputs: int = 200_000
    bank_files: Path | None = None
    seconds: float = 5.0
    seed: int = 20_26
    tell: Callable[[str], None] = lambda _line: None


def apart(work: Callable[Given, Returned], *args: Given.args, **options: Given.kwargs) -> Returned:
    """Do work in a fresh interpreter, so that memory, caches and imports are its own."""
    quiet_libraries()
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(max_workers=1, mp_context=context) as one:
        return one.submit(work, *args, **options).result()


def peak_memory() -> int:
    """Most bytes this process has had in memory.

    The high-water mark of the address space where the system tells it: `ru_maxrss` of a fresh
    process starts at the size of the process that started it.
    """
    status = Path("/proc/self/status")
    if status.exists():
        for line in status.read_text("ascii").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024
