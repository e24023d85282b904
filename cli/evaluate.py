"""`dunwell eval`: the eval suites; exit code 1 where one finds a hard breach."""

from dataclasses import asdict

import typer

from cli.output import emit, fail, note, say, show_heading, show_table
from evals.hostile import HostileReport, run_hostile


def run(suite: str, cases: int, seed: int, json_out: bool) -> None:
    """Run a suite in homes of its own, which are thrown away.

    Args:
        suite: The suite; so far `hostile` is the only one.
        cases: How many cases.
        seed: Seed of the worlds, cases and attacks.
        json_out: Print one JSON document.
    """
    report = run_hostile(seed, cases, note)
    if json_out:
        emit({"suite": suite, "holds": not report.breaches, **asdict(report)})
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
