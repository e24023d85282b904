"""`dunwell risk` over files: what it writes, what it refuses, and what it makes of thin ledgers."""

import csv
from pathlib import Path

import pytest

from cli.main import main
from tests.support.ledgers import invented_ledger

HEAD = "invoice_id,account_id,amount,currency,issued_on,due_on,cleared_on,terms_days"
GOOD = "I1,A1,100.00,EUR,2024-01-02,2024-02-01,2024-02-03,30"
WINDOW = ["--train-until", "2024-08-01", "--test-from", "2024-08-01", "--test-to", "2024-08-09"]


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    with pytest.raises(SystemExit) as ended:
        main(list(arguments))
    code = ended.value.code
    return (code if isinstance(code, int) else 0), capsys.readouterr().err


def write_ledger(path: Path) -> Path:
    ledger = invented_ledger(invoices=400)
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEAD.split(","))
        for row in range(len(ledger)):
            cleared = str(ledger.cleared_on[row])
            writer.writerow(
                (
                    ledger.invoice_id[row],
                    ledger.account_id[row],
                    ledger.amount[row] / 100,
                    "EUR",
                    ledger.issued_on[row],
                    ledger.due_on[row],
                    "" if cleared == "NaT" else cleared,
                    30,
                )
            )
    return path


class TestBacktest:
    def test_ledger__each_invoice_of_the_window_once_and_coherent(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        invoices, out = write_ledger(tmp_path / "in.csv"), tmp_path / "preds.csv"
        code, errors = run(
            capsys, "risk", "backtest", "--invoices", str(invoices), *WINDOW, "--out", str(out)
        )
        assert code == 0, errors
        rows = list(csv.DictReader(out.read_text().splitlines()))
        ledger = invented_ledger(invoices=400).issued_between("2024-08-01", "2024-08-09")
        assert sorted(row["invoice_id"] for row in rows) == sorted(ledger.invoice_id.tolist())
        for row in rows:
            assert 0 <= float(row["p_late_7"]) <= float(row["p_late"]) <= 1
            assert float(row["p10"]) <= float(row["p50"]) <= float(row["p90"])

    def test_no_history_before_the_window__terms_and_segment_only(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        invoices, out = tmp_path / "in.csv", tmp_path / "preds.csv"
        invoices.write_text(f"{HEAD}\n{GOOD}\n")
        days = ["--train-until", "2024-01-01", "--test-from", "2024-01-01"]
        days += ["--test-to", "2024-01-31", "--out", str(out)]
        code, errors = run(capsys, "risk", "backtest", "--invoices", str(invoices), *days)
        assert code == 0, errors
        assert "no payment seen yet" in errors
        assert len(list(csv.DictReader(out.read_text().splitlines()))) == 1

    @pytest.mark.parametrize(
        ("text", "told"),
        [
            ("", "is empty"),
            (HEAD, "holds no invoice"),
            ("invoice_id,amount\n1,2", "has no column account_id"),
            (f"{HEAD}\n{GOOD.replace('2024-02-01', '01/02/2024')}", "line 2: due_on is no date"),
            (f"{HEAD}\n{GOOD.replace('2024-02-03', 'soon')}", "line 2: cleared_on is no date"),
            (f"{HEAD}\n{GOOD.replace('100.00', 'much')}", "line 2: amount is no number"),
            (f"{HEAD}\n{GOOD.replace('100.00', '1,100.00')}", "line 2: has more fields"),
            (f"{HEAD}\n{GOOD}\nI2,A1,100.00,EUR", "line 3: has fewer fields"),
            (f"{HEAD}\n{GOOD}".replace(",", ";"), "is separated by semicolons"),
            (f"{HEAD}\n{GOOD}\n{GOOD}", "line 3: the invoice_id stands twice"),
            (f"{HEAD}\n{GOOD}", "no invoice was issued from 2024-08-01"),
        ],
    )
    def test_bad_file__one_line_and_exit_2(
        self, text: str, told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        invoices = tmp_path / "in.csv"
        invoices.write_text(text)
        out = tmp_path / "out.csv"
        code, errors = run(
            capsys, "risk", "backtest", "--invoices", str(invoices), *WINDOW, "--out", str(out)
        )
        assert code == 2
        assert told in errors
        assert len(errors.splitlines()) == 1
        assert not out.exists()

    def test_learning_past_the_test__refused(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        days = ["--train-until", "2024-09-01", "--test-from", "2024-08-01"]
        days += ["--test-to", "2024-08-09", "--out", str(tmp_path / "out.csv")]
        code, errors = run(capsys, "risk", "backtest", "--invoices", "in.csv", *days)
        assert code == 2
        assert "may not be learnt from" in errors

    def test_cleared_before_issued__taken_and_told(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        invoices, out = tmp_path / "in.csv", tmp_path / "preds.csv"
        invoices.write_text(f"{HEAD}\n{GOOD.replace('2024-02-03', '2023-12-30')}\n")
        days = ["--train-until", "2024-01-01", "--test-from", "2024-01-01"]
        days += ["--test-to", "2024-01-31", "--out", str(out)]
        code, errors = run(capsys, "risk", "backtest", "--invoices", str(invoices), *days)
        assert code == 0
        assert "cleared before they were issued" in errors


class TestRankBacktest:
    def test_ledger__each_monday_ranks_every_account_with_open_items(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        invoices, out = write_ledger(tmp_path / "in.csv"), tmp_path / "ranks.csv"
        code, errors = run(
            capsys, "risk", "rank-backtest", "--invoices", str(invoices), *WINDOW, "--out", str(out)
        )
        assert code == 0, errors
        rows = list(csv.DictReader(out.read_text().splitlines()))
        assert {row["origin"] for row in rows} == {"2024-08-05"}
        gains = [float(row["expected_gain"]) for row in rows]
        assert gains == sorted(gains, reverse=True)
        assert [int(row["rank"]) for row in rows] == list(range(1, len(rows) + 1))
        open_items = invented_ledger(invoices=400).open_on("2024-08-05")
        assert {row["account_id"] for row in rows} == set(open_items.account_id.tolist())
