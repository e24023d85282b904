"""`python -m evals.matching --seed N --payments 1600`: the cash application benchmark."""

import argparse
import json
import resource
import sys
from pathlib import Path

from evals.matching.report import as_document, as_markdown, kind_rows
from evals.matching.runner import run_benchmark, time_sizes
from evals.matching.scoring import KindScore, Score


def main() -> None:
    """Print the figures per source, and one table over all of them."""
    parser = argparse.ArgumentParser(description="The cash application benchmark.")
    parser.add_argument("--seed", type=int, default=1, help="First seed.")
    parser.add_argument("--seeds", type=int, default=1, help="How many seeds in a row.")
    parser.add_argument("--payments", type=int, default=1600, help="Payments per source.")
    parser.add_argument("--items", type=int, default=7500, help="Open items per source.")
    parser.add_argument("--style", choices=("seen", "unseen"), default="unseen")
    parser.add_argument("--data", type=Path, help="Folder of the public ledgers, if there.")
    parser.add_argument("--misses", action="store_true", help="Also list what went wrong.")
    parser.add_argument("--sizes", help="Only time these copies of a world, such as 1,8,64.")
    given = parser.parse_args()
    if given.sizes:
        for payments, items, seconds in time_sizes(given.seed, _numbers(given.sizes)):
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
            figures = {"payments": payments, "items": items, "seconds": round(seconds, 2)}
            _say(json.dumps(figures | {"peak_megabytes": peak}))
        return
    _run(given)


def _run(given: argparse.Namespace) -> None:
    together = Score()
    for seed in range(given.seed, given.seed + given.seeds):
        runs = run_benchmark(seed, given.payments, given.items, given.style, given.data)
        for run in runs:
            name = f"{run.world.name} {seed}"
            _say(json.dumps(as_document(name, run.score, run.seconds)))
            _add(together, run.score)
            for miss in run.score.misses if given.misses else ():
                _say(f"  {miss}")
    _say("")
    _say(as_markdown(kind_rows(together)))


def _add(together: Score, score: Score) -> None:
    for name, kind in score.kinds.items():
        total = together.kinds[name]
        for field in KindScore.__dataclass_fields__:
            setattr(total, field, getattr(total, field) + getattr(kind, field))


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(each) for each in text.split(","))


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")


if __name__ == "__main__":
    main()
