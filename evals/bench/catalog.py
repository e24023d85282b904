"""Every bench by name. A new one is a function entered here."""

from collections.abc import Callable, Iterator, Sequence

from evals.bench.bank_fuzz import bench_bank_fuzz
from evals.bench.chats import bench_chats
from evals.bench.forecast import bench_forecast
from evals.bench.frame import BenchOptions, Measured
from evals.bench.full_gate import bench_full_gate
from evals.bench.gate import bench_gate
from evals.bench.imports import bench_import
from evals.bench.inbox import bench_inbox
from evals.bench.match import bench_match, bench_match_large
from evals.bench.night import bench_night
from evals.bench.pages import bench_pages
from evals.bench.portal import bench_portal
from evals.bench.risk import bench_risk
from ledger.errors import BadInput

Bench = Callable[[BenchOptions], Iterator[Measured]]
BENCHES: dict[str, Bench] = {
    "bank-fuzz": bench_bank_fuzz,
    "chats": bench_chats,
    "forecast": bench_forecast,
    "full-gate": bench_full_gate,
    "gate": bench_gate,
    "import": bench_import,
    "inbox": bench_inbox,
    "match": bench_match,
    "match-large": bench_match_large,
    "night": bench_night,
    "pages": bench_pages,
    "portal": bench_portal,
    "risk": bench_risk,
}


def run_benches(options: BenchOptions, only: Sequence[str] = ()) -> list[Measured]:
    """Run all benches, or some by name.

    Raises:
        BadInput: No bench has such a name.
    """
    for name in only:
        if name not in BENCHES:
            raise BadInput(f"no bench is called {name!r}: choose from {', '.join(BENCHES)}")
    return [
        measured
        for name, bench in BENCHES.items()
        if not only or name in only
        for measured in bench(options)
    ]


def read_sizes(text: str) -> tuple[int, ...]:
    """Sizes given as `1000,10000`, ascending.

    Raises:
        BadInput: One of them is no number of accounts.
    """
    try:
        sizes = sorted({int(part) for part in text.split(",")})
    except ValueError:
        sizes = [0]
    if sizes[0] < 1:
        raise BadInput(f"sizes are numbers of accounts such as 1000,10000, not {text!r}")
    return tuple(sizes)
