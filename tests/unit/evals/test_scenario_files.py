"""Scenario files: rows, tables, pairs, and what cannot be read."""

from pathlib import Path

import pytest

from evals.graders.expected import faults
from evals.scenario import read_cases, read_suites
from ledger.errors import BadInput


def _write(folder: Path, text: str) -> Path:
    (folder / "suite").mkdir()
    (folder / "suite" / "file.yaml").write_text(text, "utf-8")
    return folder


def test_cases__fill_names_with_values_of_their_own_kind(tmp_path: Path) -> None:
    text = """
title: $id pays ${amount}
steps: [{pay: {amount: $amount, applied: $applied}}]
cases:
  - {id: one, amount: "5.00", applied: true}
  - {id: two, amount: "7.00", applied: false}
"""
    first, second = read_cases("suite", _write(tmp_path, text))
    assert (first.id, second.id) == ("suite/file[one]", "suite/file[two]")
    assert first.scenario.title == "one pays 5.00"
    assert first.scenario.steps == ({"pay": {"amount": "5.00", "applied": True}},)
    assert second.scenario.steps == ({"pay": {"amount": "7.00", "applied": False}},)


def test_matrix_and_pairs__are_every_combination(tmp_path: Path) -> None:
    matrix = "title: x\nsteps: [{judge: {a: $a, b: $b}}]\nmatrix: {a: [1, 2], b: [x, y, z]}\n"
    assert len(read_cases("suite", _write(tmp_path, matrix))) == 6
    pairs = "title: $first and $second\nsteps: [night]\npairs: [a, b, c]\n"
    (tmp_path / "suite" / "file.yaml").write_text(pairs, "utf-8")
    assert [each.key for each in read_cases("suite", tmp_path)] == ["a-b", "a-c", "b-c"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("title: x\nsteps: [a]\ncases: [{id: a}]\nmatrix: {b: [1]}\n", "one of cases, matrix"),
        ("title: x\nsteps: [$b]\ncases: [{id: a}]\n", "has no $b"),
        ("title: x\nsteps: [a]\ncases: [{id: a}, {id: a}]\n", "two rows are called 'a'"),
        ("title: x\nsteps: []\n", "steps"),
        ("title: x\nsteps: [a]\nexpected: {}\n", "expected"),
        ("- a\n", "mapping"),
    ],
)
def test_file_that_cannot_be_read__says_where(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(BadInput) as error:
        read_cases("suite", _write(tmp_path, text))
    assert "file.yaml" in error.value.message
    assert said in error.value.message


def test_every_suite_of_the_house__can_be_read_and_has_cases() -> None:
    suites = read_suites()
    cases = {name: read_cases(name) for name in suites}
    assert all(cases.values()), f"without a case: {[n for n, c in cases.items() if not c]}"
    assert all("offline" in each.models for each in suites.values())


@pytest.mark.parametrize(
    ("expect", "holds"),
    [
        ({"sent": []}, True),
        ({"open": ["5.00 USD"]}, True),
        ({"open": ["5.01 USD"]}, False),
        ({"rules": {"has": "b"}}, True),
        ({"rules": {"has": ["a", "c"]}}, False),
        ({"rules": {"lacks": ["c", "d"]}}, True),
        ({"rules": {"lacks": ["c", "a"]}}, False),
        ({"open": {"lacks": "USD"}}, False),
        ({"rules": {"count": 2}}, True),
        ({"rules": {"at_most": 1}}, False),
        ({"deep": {"text": {"matches": "^He"}}}, True),
        ({"deep": {"text": {"has": "bye"}}}, False),
        ({"figure": {"near": "0.30", "within": "0.05"}}, True),
        ({"figure": {"near": "0.40", "within": "0.05"}}, False),
        ({"figure": {"one_of": [1, 2]}}, False),
        ({"nothing": 1}, False),
    ],
)
def test_expected__compares_as_it_says(expect: dict, holds: bool) -> None:
    found = {
        "sent": [],
        "open": ["5.00 USD"],
        "rules": ["b", "a"],
        "deep": {"text": "Hello"},
        "figure": 0.33,
    }
    assert (not list(faults(expect, found))) is holds
