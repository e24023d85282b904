"""Which machine the figures belong to."""

import os
import platform
import sqlite3
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Machine:
    """What a figure depends on besides the code; `load` is the load average of the last minute."""

    cores: int
    cpu: str
    memory_gib: float
    system: str
    python: str
    sqlite: str
    load: float

    @property
    def line(self) -> str:
        """The machine in one line."""
        return (
            f"{self.cores} cores of {self.cpu}, {self.memory_gib:.1f} GiB, {self.system}, "
            f"Python {self.python}, SQLite {self.sqlite}, load {self.load:.2f} at the start"
        )


def this_machine() -> Machine:
    """The machine this process runs on."""
    return Machine(
        cores=len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else _cores(),
        cpu=_cpu_model(),
        memory_gib=os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30,
        system=f"{platform.system()} {platform.machine()}",
        python=platform.python_version(),
        sqlite=sqlite3.sqlite_version,
        load=os.getloadavg()[0],
    )


def _cores() -> int:
    return os.cpu_count() or 1


def _cpu_model() -> str:
    listing = Path("/proc/cpuinfo")
    if listing.exists():
        for line in listing.read_text("utf-8", "replace").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or "an unnamed CPU"
