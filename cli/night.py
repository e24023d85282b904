"""`dunwell night`: runs a night with progress on stderr, then shows the short report."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from cli.home import opened
from cli.morning import show_report
from cli.output import emit, note
from ledger.clock import stopwatch
from ledger.errors import BadInput
from tools.morning_report import MorningReport

if TYPE_CHECKING:
    from graph.bootstrap import House

__all__ = ["progress_for", "run", "show_report"]

Progress = Callable[[str, int, int], None]
LINE_EVERY_SECONDS = 10.0


def run(
    home: Path | None,
    as_of: date,
    json_out: bool,
    mode: Literal["shadow", "draft", "auto"] | None = None,
    limit: int | None = None,
) -> None:
    """Run the night of a date, or go on with it.

    Args:
        home: Folder of the home.
        as_of: Business date.
        json_out: Print the report as one JSON document.
        mode: Autonomy of this night for every account, instead of the policy's.
        limit: Look at so many accounts only.

    Raises:
        Conflict: Another night is running on this home.
        BadInput: A later night has run already, or the mode is looser than the policy.
    """
    with opened(home) as house:
        if mode is not None:
            _set_mode(house, mode, as_of)
        report = _run(house, as_of, limit)
        page = house.home / "reports" / f"{as_of}.html"
    if json_out:
        emit(report.as_json())
    else:
        show_report(report)
        note(f"The whole report: {page}")


def _run(house: "House", as_of: date, limit: int | None) -> MorningReport:
    from batch.night import run_night
    from batch.report import stored_report

    try:
        with progress_for(as_of) as progress:
            run_night(house, as_of, progress, limit)
    except KeyboardInterrupt:
        note(f"Stopped. Nothing is lost: `dunwell night --as-of {as_of}` goes on where it stopped.")
        raise
    return stored_report(house, as_of)


def _set_mode(house: "House", mode: Literal["shadow", "draft", "auto"], as_of: date) -> None:
    """Be stricter for one night; letting more leave is a change of policy, which people approve."""
    from policies.compare import compare
    from policies.load import with_changes

    changed = house.policy.autonomy.model_copy(update={"mode": mode, "exceptions": ()})
    tonight = with_changes(house.policy, autonomy=changed)
    if any(change.loosens for change in compare(house.policy, tonight)):
        raise BadInput(
            f"--mode {mode} would let more leave than the policy in force; "
            "change autonomy.toml instead"
        )
    house.remember_policy(as_of)
    house.policy = tonight


@contextmanager
def progress_for(as_of: date) -> Iterator[Progress]:
    """Tell about the progress of a night: bars with an ETA on a terminal, log lines elsewhere."""
    if sys.stderr.isatty():
        with _bars(as_of) as progress:
            yield progress
    else:
        yield _lines(as_of)


@contextmanager
def _bars(as_of: date) -> Iterator[Progress]:
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn("{task.description:<12}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("ETA"),
        TimeRemainingColumn(),
    )
    tasks: dict[str, Any] = {}
    with Progress(*columns, console=Console(stderr=True, highlight=False)) as bars:
        bars.console.print(f"Night as of {as_of}")

        def show(phase: str, done: int, total: int) -> None:
            if phase not in tasks:
                for earlier in tasks.values():
                    _fill(bars, earlier)
                tasks[phase] = bars.add_task(phase, total=total or None)
            bars.update(tasks[phase], completed=done, total=total or None)

        yield show
        for task in tasks.values():
            _fill(bars, task)


def _fill(bars: Any, task: Any) -> None:
    """A phase that has ended is full, also where it never said how much there was."""
    known = bars.tasks[bars.task_ids.index(task)].total
    bars.update(task, total=known or 1, completed=known or 1)


def _lines(as_of: date) -> Progress:
    """A line at the start of each phase and every few seconds within one."""
    import structlog

    log = structlog.wrap_logger(
        structlog.PrintLogger(sys.stderr),
        processors=[
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.LogfmtRenderer(key_order=["timestamp", "event", "as_of"]),
        ],
    )
    last = [stopwatch()]

    def tell(phase: str, done: int, total: int) -> None:
        ended = bool(total) and done >= total
        if not total or ended or stopwatch() - last[0] >= LINE_EVERY_SECONDS:
            last[0] = stopwatch()
            counted = {"done": done, "total": total} if total else {}
            log.info(phase, as_of=as_of.isoformat(), **counted)

    return tell
