"""The data-quality report of an import: what the file says, and how it fits the books."""

from dataclasses import replace
from typing import Any

from adapters.spreadsheets.catalog import Severity
from adapters.spreadsheets.quality import QualityReport
from adapters.spreadsheets.reading import ReadOutcome
from tools.import_plan import Plan


def with_findings(outcome: ReadOutcome, plan: Plan) -> QualityReport:
    """Both halves of the report, the gravest first; the books settle what due dates lack."""
    order, report = list(Severity), outcome.report
    named = outcome.mapping.named() if outcome.mapping else {}
    found = [finding for finding in report.findings if finding.code != "missing_due_date"]
    found += [replace(f, column=named.get(f.column, f.column)) for f in plan.notes.findings()]
    found.sort(key=lambda finding: (order.index(finding.severity), finding.line or 0))
    return replace(report, findings=tuple(found))


def report_json(report: QualityReport) -> dict[str, Any]:
    """A report as plain values; amounts as decimal strings."""
    return {
        "file": report.file,
        "kind": report.kind,
        "encoding": report.encoding,
        "rows": report.rows,
        "left_out": report.left_out,
        "counts": report.counts,
        "sums": [sums.as_json() for sums in report.sums.values()],
        "totals": [
            {
                "line": total.line,
                "label": total.label,
                "column": total.column,
                "stated": f"{total.stated:f}",
                "summed": f"{total.summed:f}",
                "difference": f"{total.difference:f}",
            }
            for total in report.totals
        ],
        "findings": [
            {
                "severity": finding.severity.value,
                "code": finding.code,
                "line": finding.line,
                "lines": list(finding.lines),
                "column": finding.column,
                "count": finding.count,
                "what": finding.what,
                "consequence": finding.consequence,
                "remedy": finding.remedy,
            }
            for finding in report.findings
        ],
    }
