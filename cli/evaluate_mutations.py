"""`dunwell eval --mutations`: whether a case notices when a control is missing."""

from pathlib import Path

import typer

from cli.output import emit, fail, note, show_heading, show_table
from evals.mutations.page import page
from evals.mutations.run import run_mutations
from ledger.clock import stopwatch


def switch_off_each(target: Path | None, json_out: bool) -> None:
    """Switch every control off once, say which case noticed, and exit 1 where none did.

    Args:
        target: Where a Markdown page with the whole table goes.
        json_out: Print one JSON document.
    """
    started = stopwatch()
    found = run_mutations(lambda done, total: note(f"{done} of {total} controls"))
    seconds = stopwatch() - started
    if target is not None:
        target.write_text(page(found, seconds), "utf-8")
    missed = [each for each in found if not each.noticed]
    if json_out:
        rows = [
            {
                "kind": each.mutation.kind,
                "control": each.mutation.name,
                "cases": each.cases,
                "noticed_by": each.noticed,
                "said": each.said,
            }
            for each in found
        ]
        emit({"holds": not missed, "seconds": round(seconds, 1), "controls": rows})
    else:
        kinds = dict.fromkeys(each.mutation.kind for each in found)
        counts = [
            (
                kind,
                str(sum(each.mutation.kind == kind for each in found)),
                str(sum(each.mutation.kind == kind and bool(each.noticed) for each in found)),
            )
            for kind in kinds
        ]
        show_heading(f"{len(found)} controls switched off one at a time, {seconds:.0f} s")
        show_table(("Kind", "Switched off", "Noticed"), counts, right=("Switched off", "Noticed"))
    if missed:
        first = missed[0].mutation
        fail(f"{len(missed)} went unnoticed, the first: {first.kind} {first.name}")
        raise typer.Exit(1)
