"""`dunwell forecast backtest` over files."""

import csv
import json
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from cli.main import main
from engines.risk.history import InvoiceHistory
from tests.support.ledger_columns import weekly_ledger

HEADS = (
    "invoice_id", "account_id", "amount", "currency", "issued_on", "due_on", "cleared_on",
    "terms_days",
)  # fmt: skip
HISTORY = weekly_ledger(20, customers=3)
WINDOW = ("--train-until", "2024-05-06", "--test-from", "2024-05-06", "--test-to", "2024-05-06")


def write(path: Path, history: InvoiceHistory, **changed: str) -> Path:
    rows = [
        {
            "invoice_id": history.invoice_id[at],
            "account_id": history.account_id[at],
            "amount": f"{history.amount[at] / 100:.2f}",
            "currency": "EUR",
            "issued_on": history.issued_on[at],
            "due_on": history.due_on[at],
            "cleared_on": "" if np.isnat(history.cleared_on[at]) else history.cleared_on[at],
            "terms_days": 14,
        }
        for at in range(len(history))
    ]
    rows[3] |= changed
    with path.open("w", newline="", encoding="utf-8") as file:
        table = csv.DictWriter(file, HEADS)
        table.writeheader()
        table.writerows(rows)
    return path


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as stopped:
        main(["forecast", "backtest", *arguments])
    return int(stopped.value.code or 0)


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_good_file__thirteen_weeks_of_three_kinds_for_every_monday(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "weeks.csv"
    file = write(tmp_path / "in.csv", HISTORY)
    assert run("--invoices", str(file), *WINDOW, "--out", str(out), "--json") == 0
    assert json.loads(capsys.readouterr().out)["rows"] == 3 * 13
    found = rows_of(out)
    assert list(found[0]) == ["origin", "week_start", "horizon", "kind", "p10", "p50", "p90"]
    keys = {(row["origin"], row["kind"], row["horizon"]) for row in found}
    assert len(keys) == len(found) == 39
    for row in found:
        origin = date.fromisoformat(row["origin"])
        assert row["origin"] == "2024-05-06"
        weeks = timedelta(weeks=int(row["horizon"]) - 1)
        assert date.fromisoformat(row["week_start"]) == origin + weeks
        assert float(row["p10"]) <= float(row["p50"]) <= float(row["p90"])
    total = [float(r["p50"]) for r in found if r["kind"] == "total" and r["horizon"] == "1"]
    assert 9_000 < total[0] < 21_000  # fifteen invoices of about 1,000 fall due every week


def test_another_future__only_known_billing_may_change(tmp_path: Path) -> None:
    told = []
    later = HISTORY.issued_on >= np.datetime64("2024-05-06")
    other = {name: getattr(HISTORY, name) for name in HISTORY.__slots__}
    other["amount"] = np.where(later, HISTORY.amount * 7, HISTORY.amount)
    unknown = HISTORY.cleared_on >= np.datetime64("2024-05-06")
    moved = np.where(unknown, HISTORY.cleared_on + 23, HISTORY.cleared_on)
    for name, history in (("a", HISTORY), ("b", InvoiceHistory(**other).with_cleared(moved))):
        out = tmp_path / f"{name}.csv"
        file = write(tmp_path / f"in-{name}.csv", history)
        assert run("--invoices", str(file), *WINDOW, "--out", str(out)) == 0
        told.append([row for row in rows_of(out) if row["kind"] != "known_billing"])
    assert told[0] == told[1]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"amount": "a lot"}, "line 5: amount is no number"),
        ({"due_on": "05/06/2024"}, "line 5: due_on is no date"),
        ({"invoice_id": "i0"}, "line 5: the invoice_id stands twice"),
    ],
)
def test_bad_row__one_line_and_nothing_written(
    changed: dict[str, str], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "weeks.csv"
    file = write(tmp_path / "in.csv", HISTORY, **changed)
    assert run("--invoices", str(file), *WINDOW, "--out", str(out)) == 2
    error = capsys.readouterr().err
    assert said in error
    assert len(error.strip().splitlines()) == 1
    assert not out.exists()


@pytest.mark.parametrize(
    ("window", "said"),
    [
        (("2024-05-14", "2024-05-06", "2024-05-14"), "--train-until 2024-05-14 is after"),
        (("2024-05-06", "2024-05-14", "2024-05-06"), "is after --test-to"),
        (("2024-05-06", "2024-05-07", "2024-05-12"), "no Monday"),
        (("2024-05-06", "soon", "2024-05-12"), "not a date"),
    ],
)
def test_bad_window__one_line(
    window: tuple[str, str, str], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = write(tmp_path / "in.csv", HISTORY)
    until, first, last = window
    days = ("--train-until", until, "--test-from", first, "--test-to", last)
    assert run("--invoices", str(file), *days, "--out", str(tmp_path / "weeks.csv")) == 2
    assert said in capsys.readouterr().err


@pytest.mark.parametrize("place", ["none/weeks.csv", "in.csv", "."])
def test_place_that_cannot_be_written__is_refused_and_the_input_stays(
    place: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = write(tmp_path / "in.csv", HISTORY)
    before = file.read_bytes()
    assert run("--invoices", str(file), *WINDOW, "--out", str(tmp_path / place)) == 2
    assert len(capsys.readouterr().err.strip().splitlines()) == 1
    assert file.read_bytes() == before
