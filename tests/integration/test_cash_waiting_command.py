"""`dunwell cash waiting` and `not-theirs`: whose money waits, and whose it is not."""

import json

import pytest

from tests.integration.test_cli import Captured, typed
from tests.support.cash_night import Money, money, play
from tests.support.desk import Desk

__all__ = ["money"]


@pytest.fixture
def home(
    desk: Desk, money: Money, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> list[object]:
    """A home in which one payment names two strangers."""
    monkeypatch.setenv("DUNWELL_DATABASE_URL", database_url)
    desk.account("acc_a", (120_00,))
    desk.account("acc_b", (120_00,))
    money(240_00, "ACCA-1 ACCB-1")
    play(desk)
    return ["--home", desk.house.home]


def test_waiting__names_both(desk: Desk, home: list[object], capsys: Captured) -> None:
    code, out, _err = typed(capsys, "cash", "waiting", *home)
    assert (code, out.count("240.00 USD"), out.count("nobody is asked")) == (0, 2, 2)
    found = json.loads(typed(capsys, "cash", "waiting", "--json", *home)[1])
    assert {each["receipt_number"] for each in found} == {"R1"}


def test_not_theirs__lets_reminders_leave_again(
    desk: Desk, home: list[object], capsys: Captured
) -> None:
    number = desk.facts("acc_a").account_number
    said = typed(capsys, "cash", "not-theirs", "R1", number, "--as", "cora", *home)
    assert said == (0, f"Payment R1 is not of {number}\n", "")
    assert desk.facts("acc_a").suggested == ()
    assert desk.facts("acc_b").suggested != ()


def test_payment_nobody_knows__one_line_and_exit_2(
    desk: Desk, home: list[object], capsys: Captured
) -> None:
    code, out, err = typed(capsys, "cash", "not-theirs", "R9", "--as", "cora", *home)
    assert (code, out, len(err.splitlines())) == (2, "", 1)
    assert "R9" in err
