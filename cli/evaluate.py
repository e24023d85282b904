"""`dunwell eval`: the eval suites; exit code 1 where one finds a hard breach."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typer

from cli.output import emit, fail, note, say, show_heading, show_table
from evals.baseline import FILE, Difference, compare, read_baseline, write_baseline
from evals.players import OFFLINE, PLAYERS
from evals.report import HEADS, Run, as_document, as_markdown, as_page, lines
from evals.runner import Wanted, run_suites
from evals.scenario import FOLDER, read_cases, read_suites
from evals.stage.play import Result
from graph.settings import read_settings
from ledger.clock import stopwatch
from ledger.errors import BadInput

_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Asked:
    """What was typed; docs/howto/evals.md says what each is for."""

    suites: tuple[str, ...] = ()
    model: str | None = None
    epochs: int = 1
    control: bool = False
    workers: int | None = None
    report: Path | None = None
    page: Path | None = None
    baseline: Path | None = None
    write_baseline: bool = False
    json_out: bool = False
    folder: Path = FOLDER


def run(asked: Asked) -> None:
    """Play suites, show what came of them, and exit 1 on a hard breach or a lost case.

    Raises:
        BadInput: There is no such suite, or a model without an endpoint.
    """
    started = stopwatch()
    results = run_suites(_wanted(asked), _progress)
    difference = _difference(asked, results)
    done = Run(tuple(results), read_suites(asked.folder), stopwatch() - started, difference)
    if asked.report is not None:
        _write_report(asked.report, done)
    if asked.page is not None:
        asked.page.write_text(as_markdown(done), "utf-8")
    if asked.write_baseline:
        write_baseline(results, asked.baseline or FILE)
    if asked.json_out:
        emit(as_document(done))
    else:
        _show(done)
    _judge(done)


def list_suites(folder: Path, json_out: bool) -> None:
    """Say which suites there are and how many cases each has."""
    suites = read_suites(folder)
    rows = [(each.name, len(read_cases(each.name, folder)), each.title) for each in suites.values()]
    if json_out:
        emit([{"suite": name, "cases": cases, "title": title} for name, cases, title in rows])
        return
    show_table(
        ("Suite", "Cases", "What it asks"),
        [(name, f"{cases:,}", title) for name, cases, title in rows],
        right=("Cases",),
    )
    say(f"{sum(cases for _name, cases, _title in rows):,} cases.")


def _wanted(asked: Asked) -> Wanted:
    settings = _endpoint(asked.model) if asked.model and asked.model not in PLAYERS else None
    return Wanted(
        suites=asked.suites,
        models=(asked.model,) if asked.model else (),
        epochs=asked.epochs,
        control=asked.control,
        settings=settings,
        workers=asked.workers,
        folder=asked.folder,
    )


def _endpoint(model: str) -> dict[str, Any] | None:
    """Where a model is asked, as the environment says; the embedded default needs nothing."""
    if model == OFFLINE:
        return None
    settings = read_settings()
    if settings.base_url is None:
        players = ", ".join((OFFLINE, *PLAYERS))
        raise BadInput(
            f"{model} is none of {players}, and no endpoint is named: set DUNWELL_BASE_URL"
        )
    names = ("base_url", "api_key", "input_price", "output_price")
    return {name: getattr(settings, name) for name in names}


def _difference(asked: Asked, results: Sequence[Result]) -> Difference:
    """Against what was kept; suites of somebody's own start from nothing kept.

    A model behind an endpoint is measured, not held to anything, unless a baseline is named.
    """
    embedded = asked.model is None or asked.model in (OFFLINE, *PLAYERS)
    if asked.write_baseline or (asked.baseline is None and not embedded):
        return Difference()
    if asked.baseline is None and asked.folder != FOLDER:
        return compare(results, {})
    whole = not asked.suites and asked.model is None
    return compare(results, read_baseline(asked.baseline or FILE), whole=whole)


def _write_report(folder: Path, done: Run) -> None:
    import orjson

    folder.mkdir(parents=True, exist_ok=True)
    (folder / "report.html").write_text(as_page(done), "utf-8")
    (folder / "report.json").write_bytes(orjson.dumps(as_document(done)))
    note(f"{folder / 'report.html'} and report.json hold every transcript")


def _show(done: Run) -> None:
    cases = len({each.case_id for each in done.ours})
    show_heading(f"{cases:,} cases, {len(done.ours):,} plays, {done.seconds:.0f} s, {done.version}")
    show_table(HEADS, lines(done), right=HEADS[2:])
    bad = [each for each in done.ours if not each.passed]
    for each in bad[:_SHOWN]:
        kind = "breach" if each.breaches else "failed"
        say(f"{kind}: {each.case_id} under {each.model}: {(*each.breaches, *each.failed)[0]}")
    if len(bad) > _SHOWN:
        say(f"and {len(bad) - _SHOWN:,} more; --report FOLDER shows them all")
    for told in (*done.difference.worse, *done.difference.fewer):
        say(f"worse than the baseline: {told}")
    for told in done.difference.better:
        say(f"better than the baseline: {told}")


def _judge(done: Run) -> None:
    """Exit 1 on a breach, on a case that was lost, and on a plain loop that passes a suite."""
    if done.breached:
        first = done.breached[0]
        fail(f"{len(done.breached)} breach(es), the first: {first.case_id}: {first.breaches[0]}")
        raise typer.Exit(1)
    if tame := tuple(done.passed_by_the_loop):
        fail(f"the plain tool loop breaches nothing in {', '.join(tame)}: that shows little")
        raise typer.Exit(1)
    if lost := (*done.difference.worse, *done.difference.fewer):
        fail(f"{len(lost)} case(s) worse than the baseline, the first: {lost[0]}")
        raise typer.Exit(1)


def _progress(done: int, total: int) -> None:
    if done == total or done % 50 == 0:
        note(f"{done:,} of {total:,} plays")
