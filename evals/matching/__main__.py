"""`python -m evals.matching --seed N --payments 1600`: the cash application benchmark."""

import argparse
import json
import resource
import sys
from pathlib import Path

from evals.matching.measured import as_page, compare, together
from evals.matching.report import as_document, as_markdown, kind_rows
from evals.matching.runner import Run, run_benchmark, time_sizes


def main(arguments: list[str] | None = None) -> None:
    """Print the figures per source, and one table over all of them; write them if asked to."""
    given = _parser().parse_args(arguments)
    if given.sizes:
        for payments, items, seconds in time_sizes(given.seed, _numbers(given.sizes)):
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
            figures = {"payments": payments, "items": items, "seconds": round(seconds, 2)}
            _say(json.dumps(figures | {"peak_megabytes": peak}))
        return
    runs = _run(given)
    _say("")
    _say(as_markdown(kind_rows(together([run.score for run in runs]))))
    if given.write:
        page = as_page([compare(run) for run in runs], given.style, _command(given))
        given.write.write_text(page, encoding="utf-8")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="The cash application benchmark.")
    parser.add_argument("--seed", type=int, default=1, help="First seed.")
    parser.add_argument("--seeds", type=int, default=1, help="How many seeds in a row.")
    parser.add_argument("--payments", type=int, default=1600, help="Payments per source.")
    parser.add_argument("--items", type=int, default=7500, help="Open items per source.")
    parser.add_argument("--style", choices=("seen", "unseen"), default="unseen")
    parser.add_argument("--data", type=Path, help="Folder of the public ledgers, if there.")
    parser.add_argument("--misses", action="store_true", help="Also list what went wrong.")
    parser.add_argument("--sizes", help="Only time these copies of a world, such as 1,8,64.")
    parser.add_argument("--write", type=Path, metavar="FILE", help="Also write the figures there.")
    return parser


def _run(given: argparse.Namespace) -> list[Run]:
    runs = []
    for seed in range(given.seed, given.seed + given.seeds):
        for run in run_benchmark(seed, given.payments, given.items, given.style, given.data):
            name = f"{run.world.name} {seed}"
            _say(json.dumps(as_document(name, run.score, run.seconds)))
            for miss in run.score.misses if given.misses else ():
                _say(f"  {miss}")
            runs.append(run)
    return runs


def _command(given: argparse.Namespace) -> str:
    """The run without the paths of the machine it was on."""
    data = " --data FOLDER" if given.data else ""
    return (
        f"python -m evals.matching --seed {given.seed} --seeds {given.seeds} --payments "
        f"{given.payments} --items {given.items} --style {given.style}{data} --write FILE"
    )


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(each) for each in text.split(","))


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")


if __name__ == "__main__":
    main()
