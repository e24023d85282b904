"""`python -m evals.mutations`: every control switched off once, and the page about it."""

import sys
from collections.abc import Sequence

from evals.mutations.page import PAGE, page
from evals.mutations.run import run_mutations
from ledger.clock import stopwatch


def main(arguments: Sequence[str]) -> int:
    """Run all, write the page; 1 if a control went unnoticed."""
    del arguments
    started = stopwatch()
    found = run_mutations(_tell)
    PAGE.write_text(page(found, stopwatch() - started), "utf-8")
    missed = [each for each in found if not each.noticed]
    for each in missed:
        sys.stdout.write(f"NOT NOTICED {each.mutation.kind} {each.mutation.name}: {each.said}\n")
    return 1 if missed else 0


def _tell(done: int, total: int) -> None:
    if done % 20 == 0 or done == total:
        sys.stdout.write(f"{done}/{total}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
