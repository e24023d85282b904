"""What commands print is inert, and JSON holds money as amount and currency."""

import json
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.output import emit, fail, safe, say, show_table
from guardrails.formats import hides
from ledger.money import Money


@given(st.text())
def test_any_text__shows_without_control(text: str) -> None:
    shown = safe(text)
    assert len(shown) == len(text)
    assert not any(hides(char) for char in shown if char not in "\n\t")


@pytest.mark.parametrize("text", ["plain", "two\nlines", "Größe 1.234,50\u00a0€", "日本"])
def test_harmless_text__is_left_alone(text: str) -> None:
    assert safe(text) == text


def test_error__is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    fail("first\nsecond \x1b[2J end")
    assert capsys.readouterr().err == "dunwell: first second �[2J end\n"


def test_json__is_one_line_with_money_and_dates(capsys: pytest.CaptureFixture[str]) -> None:
    emit({"sum": Money(1250, "EUR"), "on": date(2026, 3, 17), "rate": Decimal("0.5")})
    out = capsys.readouterr().out
    assert out.count("\n") == 1
    assert json.loads(out) == {
        "sum": {"amount": "12.50", "currency": "EUR"},
        "on": "2026-03-17",
        "rate": "0.5",
    }


def test_table__cells_are_text_not_markup(capsys: pytest.CaptureFixture[str]) -> None:
    show_table(("Name", "Sum"), [("[red]x[/red]", Money(5, "JPY"))], right=("Sum",))
    out = capsys.readouterr().out
    assert "[red]x[/red]" in out
    assert "5 JPY" in out


def test_say__keeps_lines(capsys: pytest.CaptureFixture[str]) -> None:
    say("a\nb")
    assert capsys.readouterr().out == "a\nb\n"
