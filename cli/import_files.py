"""`dunwell import`: the data-quality report of each file, a question if need be, then the books."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import typer

from adapters.spreadsheets.mapping_store import MappingStore
from adapters.spreadsheets.options import ImportOptions, parse_map
from adapters.spreadsheets.quality import QualityReport
from cli.home import opened
from cli.import_report import counted, show_report
from cli.output import emit, note, safe, say
from graph.bootstrap import House
from ledger.clock import SystemClock
from ledger.errors import BadInput
from tools.import_book import ImportResult, PreparedImport, book_import, prepare_import
from tools.import_report import report_json

_DECIMALS, _DATES = ("point", "comma"), ("DMY", "MDY", "YMD")
# What a person at a terminal may answer instead of starting again with an option.
_QUESTIONS: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "decimal_open": ("decimal", "Decimal mark", _DECIMALS),
    "dates_open": ("dates", "Order of dates", _DATES),
    "no_currency": ("currency", "Currency of rows that name none", ()),
}


def run(
    home: Path | None,
    kind: str,
    files: list[Path],
    *,
    as_of: date | None,
    columns: list[str],
    currency: str | None,
    dates: str | None,
    decimal: str | None,
    encoding: str | None,
    sheet: str | None,
    yes: bool,
    dry_run: bool,
    json_out: bool,
) -> None:
    """Report on every file, then write each in a transaction of its own.

    Raises:
        BadInput: A file has errors, or warnings nobody is there to accept. Nothing is written.
    """
    options = ImportOptions(
        columns=parse_map(columns),
        currency=currency.upper() if currency else None,
        decimal=_one_of("--decimal", decimal, _DECIMALS),
        dates=_one_of("--dates", dates, _DATES),
        encoding=encoding,
        sheet=sheet or "",
    )
    day = as_of or SystemClock().today()
    asks = sys.stdin.isatty() and not (yes or json_out)
    with opened(home) as house:
        store = MappingStore(house.home / "mappings")
        prepared = [_prepare(house, file, kind, day, options, store, asks) for file in files]
        if not json_out:
            for each in prepared:
                show_report(each)
        stopped = _stop(prepared, yes=yes, asks=asks and not dry_run, dry_run=dry_run)
        if dry_run or stopped:
            _finish(prepared, [None] * len(prepared), day, json_out)
            if stopped:
                raise BadInput(stopped)
            return
        booked: list[ImportResult | None] = []
        for each in prepared:
            with _busy(f"Writing {each.report.file}"):
                booked.append(
                    book_import(house.ledger, each, store=store, clock=house.clock_at(day))
                )
        _finish(prepared, booked, day, json_out)


def _one_of(option: str, value: str | None, allowed: tuple[str, ...]) -> Any:
    if value is None:
        return None
    found = next((word for word in allowed if word.lower() == value.lower()), None)
    if found is None:
        raise BadInput(f"{option} {value!r}: use {', '.join(allowed)}")
    return found


def _prepare(
    house: House,
    file: Path,
    kind: str,
    day: date,
    options: ImportOptions,
    store: MappingStore,
    asks: bool,
) -> PreparedImport:
    """Read one file; at a terminal, ask what it leaves open, as long as there are answers."""
    while True:
        with _busy(f"Reading {file.name}"):
            prepared = prepare_import(
                house.ledger, file, kind, as_of=day, options=options, store=store
            )
        answers = _ask(prepared.report) if asks else {}
        if not answers:
            return prepared
        options = replace(options, **answers)


def _ask(report: QualityReport) -> dict[str, str]:
    """Put to a person the open questions, if these are all that stands in the way."""
    errors = [finding for finding in report.findings if finding.severity == "error"]
    if not all(finding.code in _QUESTIONS for finding in errors):
        return {}
    answers = {}
    for finding in errors:
        name, words, allowed = _QUESTIONS[finding.code]
        note(finding.describe(report.file))
        choices = f" ({', '.join(allowed)})" if allowed else " (such as EUR)"
        said = typer.prompt(f"{words}{choices}, empty to stop", default="", err=True).strip()
        if not said:
            return {}
        answers[name] = _one_of(words, said, allowed) if allowed else said.upper()
    return answers


def _stop(prepared: list[PreparedImport], *, yes: bool, asks: bool, dry_run: bool) -> str:
    """Why nothing may be written, "" when it may."""
    blocked = [each.report.file for each in prepared if each.report.blocks]
    if blocked:
        return f"{', '.join(blocked)} cannot be imported as it stands; nothing was written"
    warned = [each.report.file for each in prepared if each.warns and each.counts]
    if yes or dry_run or not warned:
        return ""
    if asks:
        if typer.confirm("Import with these warnings?", default=False, err=True):
            return ""
        return "not imported; nothing was written"
    names = ", ".join(warned)
    return f"{names} has warnings; nothing was written: look at them, then say --yes"


def _finish(
    prepared: list[PreparedImport], booked: list[ImportResult | None], day: date, json_out: bool
) -> None:
    pairs = list(zip(prepared, booked, strict=True))
    if json_out:
        emit({"as_of": day.isoformat(), "files": [_as_json(*pair) for pair in pairs]})
        return
    for before, result in pairs:
        if result is None:
            continue
        file = result.report.file
        if result.unchanged:
            say(f"{file}: nothing new; the books already say so. Read through {before.as_of}.")
        else:
            say(f"{file}: written as {result.batch_id}: {counted(result.counts)}.")


def _as_json(prepared: PreparedImport, result: ImportResult | None) -> dict[str, Any]:
    report, counts = prepared.report, prepared.counts
    if result is not None:
        report, counts = result.report, result.counts
    mapping = prepared.mapping
    return report_json(report) | {
        "mapping": mapping.named() if mapping else {},
        "writes": counts,
        "later": prepared.later,
        "batch_id": result.batch_id if result else None,
        "unchanged": not counts and not report.blocks,
    }


@contextmanager
def _busy(text: str) -> Iterator[None]:
    """A spinner on a terminal; a log has no use for one."""
    if not sys.stderr.isatty():
        yield
        return
    from rich.console import Console

    with Console(stderr=True).status(safe(text)):
        yield
