"""The figures as rows of a table, one JSON document, and a table for a README."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from evals.bench.frame import Measured
from evals.bench.machine import Machine

HEADS = ("Measured", "On", "Value", "Unit", "Aim", "Beside it, in the same run")


def as_document(machine: Machine, measures: Sequence[Measured]) -> dict[str, Any]:
    """What `--json` prints."""
    return {
        "machine": asdict(machine) | {"line": machine.line},
        "measures": [asdict(each) for each in measures],
    }


def as_markdown(machine: Machine, measures: Sequence[Measured]) -> str:
    """What the README holds."""
    lines = [
        f"Measured on {machine.line}.",
        "",
        f"| {' | '.join(HEADS)} |",
        f"|{'|'.join('---:' if head == 'Value' else '---' for head in HEADS)}|",
        *[f"| {' | '.join(cells(each))} |" for each in measures if not each.detail],
    ]
    return "\n".join(lines)


def cells(each: Measured) -> tuple[str, ...]:
    """A figure as a row below `HEADS`."""
    beside = ""
    if each.baseline_value is not None:
        beside = f"{_number(each.baseline_value)} ({each.baseline})"
    return each.what, each.case, _number(each.value), each.unit, each.aim, beside


def _number(value: float) -> str:
    """Three significant digits at least, whole numbers from a hundred on."""
    if abs(value) >= 100 or value == int(value):
        return f"{value:,.0f}"
    return f"{value:.2f}" if abs(value) >= 1 else f"{value:.3g}"
