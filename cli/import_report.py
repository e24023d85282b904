"""The data-quality report of an import on a terminal."""

import re

from adapters.spreadsheets.quality import Finding, QualityReport
from cli.output import say, show_heading, show_table
from tools.import_book import PreparedImport

_LINES_SHOWN = 5


def show_report(prepared: PreparedImport) -> None:
    """Print what a file holds, what is wrong with it and what it would write."""
    report = prepared.report
    show_heading(f"{report.file}: {report.kind}, as of {prepared.as_of}")
    read = counted(report.counts) or "nothing"
    left = f", {report.left_out:,} left out" if report.left_out else ""
    encoding = f", {report.encoding}" if report.encoding else ""
    say(f"{report.rows:,} rows{encoding}: {read}{left}.")
    if prepared.mapping:
        named = prepared.mapping.named().items()
        say("Columns: " + ", ".join(f"{field} = {column!r}" for field, column in named))
    _show_sums(report)
    _show_totals(report)
    _show_findings(report)
    if prepared.later:
        say(f"Dated after {prepared.as_of}, not written yet: {counted(prepared.later)}.")
    if not report.blocks:
        say(f"To write: {counted(prepared.counts) or 'nothing; the books already say so'}.")
    say("")


def _show_sums(report: QualityReport) -> None:
    if report.sums:
        rows = [sums.as_json() for sums in report.sums.values()]
        names = tuple(rows[0])
        show_table(names, [[row[name] for name in names] for row in rows], right=names[1:])


def _show_totals(report: QualityReport) -> None:
    if report.totals:
        heads = ("line", "total of", "column", "the file says", "rows add up to", "difference")
        rows = [
            (t.line, t.label or "all", t.column, f"{t.stated:,f}", f"{t.summed:,f}", t.difference)
            for t in report.totals
        ]
        show_table(heads, rows, right=heads[3:])


def _show_findings(report: QualityReport) -> None:
    if not report.findings:
        say("No findings.")
        return
    heads = ("severity", "line", "column", "what", "what follows", "what to do")
    rows = [
        (f.severity, _lines(f), f.column, _what(f), f.consequence, f.remedy)
        for f in report.findings
    ]
    show_table(heads, rows)


def _lines(finding: Finding) -> str:
    more = finding.count > _LINES_SHOWN and len(finding.lines) >= _LINES_SHOWN
    return ", ".join(map(str, finding.lines[:_LINES_SHOWN])) + (" ..." if more else "")


def _what(finding: Finding) -> str:
    return finding.what + (f" (and {finding.count - 1:,} more)" if finding.count > 1 else "")


def counted(counts: dict[str, int]) -> str:
    """Counts by name as a person reads them: "1 account added, 12 invoices added"."""
    return ", ".join(_amount_of(name, count) for name, count in counts.items())


def _amount_of(name: str, count: int) -> str:
    if count == 1:
        name = re.sub("s(?=_|$)", "", name, count=1)
    return f"{count:,} {name.replace('_', ' ')}"
