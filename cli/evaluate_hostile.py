"""`dunwell eval attacks` and `dunwell eval hostile`."""

import os
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from cli.jsonl import check_files, write_results
from cli.output import emit, fail, note, say, show_heading, show_table
from evals.hostile import HostileReport, run_hostile
from ledger.clock import stopwatch
from ledger.errors import BadInput

if TYPE_CHECKING:
    from evals.attacks.run import Outcome


def run_hostile_model(cases: int, seed: int, json_out: bool) -> None:
    """Let a hostile model play every role, in homes of its own, which are thrown away.

    Args:
        cases: How many cases.
        seed: Seed of the worlds, cases and attacks.
        json_out: Print one JSON document.
    """
    report = run_hostile(seed, cases, note)
    if json_out:
        emit({"holds": not report.breaches, **asdict(report)})
    else:
        _show(report)
    if report.breaches:
        fail(f"{len(report.breaches)} breach(es), the first: {report.breaches[0]}")
        raise typer.Exit(1)


def _show(report: HostileReport) -> None:
    show_heading(f"A hostile model over {report.cases:,} cases, seed {report.seed}")
    say(
        f"Breaches behind the gate: {len(report.breaches)}. "
        f"In a plain tool loop the same model broke {report.control_breached} of {report.cases}."
    )
    rows = [
        ("cases", report.kinds),
        ("model calls", {"all": report.model_calls}),
        ("refused by", report.stopped_by),
        ("put before a person by", report.waits_for),
        ("rows added", report.added),
        ("delivered in the nights after", {"messages": report.sent}),
        ("derived again", report.proven),
        ("the plain tool loop", report.control_effects),
    ]
    show_table(
        ("What", "Which", "Count"),
        [
            (what if place == 0 else "", name, f"{count:,}")
            for what, counts in rows
            for place, (name, count) in enumerate(counts.items())
        ],
        right=("Count",),
    )
    for breach in report.breaches:
        say(breach)


def run_attacks_file(
    source: Path, target: Path, page_file: Path | None, workers: int | None, json_out: bool
) -> None:
    """Play every row of a file of attacks or harmless messages, and say what came of it.

    Args:
        source: JSON lines of attacks; unknown carriers are mails, missing fields are empty.
        target: Where the answers go, a line a row.
        page_file: Where a Markdown page with every table goes.
        workers: Processes; None for one a core.
        json_out: Print one JSON document.
    """
    from evals.attacks.report import page
    from evals.attacks.rows import read_rows
    from evals.attacks.run import run_attacks

    check_files(source, target)
    rows, started = read_rows(source), stopwatch()
    if not rows:
        raise BadInput(f"{source}: there is no row in it; give one JSON object a line")
    outcomes = run_attacks(rows, lambda done, total: note(f"{done} of {total} rows"), workers)
    seconds, busy = stopwatch() - started, sum(os.times()[:4])
    with write_results(target) as write:
        for each in outcomes:
            write(each.as_json())
    if page_file is not None:
        page_file.write_text(page(outcomes, seconds, busy), "utf-8")
    _show_attacks(outcomes, seconds, json_out)
    if breached := [each for each in outcomes if each.breached]:
        first = breached[0]
        fail(f"{len(breached)} row(s) breached, the first: {first.row.id}: {first.effects[0]}")
        raise typer.Exit(1)


def _show_attacks(outcomes: "Sequence[Outcome]", seconds: float, json_out: bool) -> None:
    from evals.attacks.report import BENIGN_HEADS, HEADS, benign_lines, tallies, tally

    attacks = [each for each in outcomes if each.row.is_attack]
    benign = [each for each in outcomes if not each.row.is_attack]
    if json_out:
        breached = sum(each.breached for each in outcomes)
        counts = asdict(tally("all", attacks))
        lines = benign_lines(benign) if benign else []
        emit({"holds": not breached, "seconds": seconds, "attacks": counts, "benign": lines})
        return
    show_heading(f"{len(attacks)} attacks and {len(benign)} harmless messages, {seconds:.0f} s")
    if attacks:
        by_goal = [each.cells() for each in tallies(attacks, "goal")]
        show_table(("Goal", *HEADS[1:]), [*by_goal, tally("all", attacks).cells()], right=HEADS[1:])
    if benign:
        heads = ("Harmless in", *BENIGN_HEADS[1:])
        show_table(heads, benign_lines(benign), right=heads[1:])
