"""Every threat of the model has a control, every control a test, and taking it out is noticed."""

import ast
import importlib
from pathlib import Path
from typing import Any

import pytest

from evals.threats import run
from evals.threats.run import Outcome, main, page, try_out
from evals.threats.table import CONTROLS, THREATS, Control

QUICK = ("guardrails.case_rules:plans_need_finance_lead", "guardrails.formats:spreadsheet_cell")


def test_every_threat__has_a_control() -> None:
    assert list(THREATS) == [f"T{number}" for number in range(1, 22)]
    assert {each.threat for each in CONTROLS} == set(THREATS)


@pytest.mark.parametrize("control", CONTROLS, ids=lambda each: f"{each.threat} {each.where}")
def test_control_and_its_tests__are_there(control: Control) -> None:
    module, _, path = control.where.partition(":")
    found = importlib.import_module(module)
    for part in path.split("."):
        found = getattr(found, part)
    for test in control.tests:
        name, *inside = test.partition("[")[0].split("::")
        file = Path(name)
        assert file.exists(), name
        body = ast.parse(file.read_text("utf-8")).body if inside else []
        for wanted in inside:
            named = [each for each in body if getattr(each, "name", "") == wanted]
            assert named, f"{name} has no {wanted}"
            body = getattr(named[0], "body", [])


@pytest.mark.parametrize("where", QUICK)
def test_control_taken_out__a_test_fails(where: str) -> None:
    place = next(n for n, each in enumerate(CONTROLS) if each.where == where)
    assert try_out(place).caught


def test_control_left_in__nothing_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    place = next(n for n, each in enumerate(CONTROLS) if each.where == QUICK[1])
    real = run.subprocess.Popen

    def left_in_place(call: list[str], **more: Any) -> Any:
        left_in = "import evals.threats.run as t; t.switch_off = lambda _control: None; "
        return real([*call[:2], left_in + call[2]], **more)

    monkeypatch.setattr(run.subprocess, "Popen", left_in_place)
    assert not try_out(place).caught


def test_stopped_run__takes_up_what_it_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept, asked = tmp_path / "kept.jsonl", []
    two = tuple(each for each in CONTROLS if each.where in QUICK)

    def once(place: int) -> Outcome:
        asked.append(place)
        return Outcome(two[place], place == 0, "a test")

    monkeypatch.setattr(run, "CONTROLS", two)
    monkeypatch.setattr(run, "try_out", once)
    monkeypatch.setattr(run, "faults_with_all", lambda _tests: "")
    again = ["--kept", str(kept), "--page", str(tmp_path / "page.md")]
    assert main(again) == 1
    assert "**nothing**" in (tmp_path / "page.md").read_text("utf-8")
    monkeypatch.setattr(run, "try_out", lambda place: Outcome(once(place).control, True, "it"))
    assert main(again) == 0
    assert asked == [0, 1, 1]


def test_test_that_fails_with_all_controls__ends_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "faults_with_all", lambda _tests: "1 failed")
    assert main([]) == 1


def test_page__says_what_was_missed() -> None:
    told = page([Outcome(CONTROLS[0], False, "1 passed")], 1.0)
    assert "**nothing**" in told
    assert "0 of 1" in told
