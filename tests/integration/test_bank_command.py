"""`dunwell bank`: the figures of every file, in one document; a refused one hides no other."""

import json
from pathlib import Path

import pytest

from cli.main import main

STATEMENT = """:20:A
:25:DE89370400440532013000
:28C:1
:60F:C260301EUR100,00
:61:260302C12,50NTRFNONREF
:61:260302D2,00NTRFNONREF
:62F:C260302EUR110,50
"""
KEYS = [
    "file",
    "format",
    "statements",
    "transactions",
    "credit_sum",
    "debit_sum",
    "currencies",
    "balances",
    "error",
]


def command(*words: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(["bank", *words])
    return ended.value.code


def written(path: Path, text: str) -> str:
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_good_file__is_told_in_figures(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = written(tmp_path / "a.sta", STATEMENT)
    assert command(path, "--dry-run", "--json") == 0
    (row,) = json.loads(capsys.readouterr().out)
    assert list(row) == KEYS
    assert row == {
        "file": path,
        "format": "mt940",
        "statements": 1,
        "transactions": 2,
        "credit_sum": "12.50",
        "debit_sum": "-2.00",
        "currencies": ["EUR"],
        "balances": "tie",
        "error": None,
    }


def test_refused_file__hides_no_other_and_ends_with_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = written(tmp_path / "bad.sta", STATEMENT.replace("C12,50", "C12;50"))
    good = written(tmp_path / "good.sta", STATEMENT)
    assert command(bad, good, str(tmp_path / "missing"), "--dry-run", "--json") == 2
    told = capsys.readouterr()
    rows = json.loads(told.out)
    assert [row["error"] is None for row in rows] == [False, True, False]
    assert "bad.sta line 5" in rows[0]["error"]
    assert rows[0]["transactions"] == 0
    assert told.err.count("dunwell: ") == 2
    assert "Traceback" not in told.err


def test_statement_that_differs__is_shown_with_the_difference(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = written(tmp_path / "a.sta", STATEMENT.replace("110,50", "110,75"))
    assert command(path, "--dry-run") == 0
    told = capsys.readouterr()
    assert "differ" in told.out
    assert "0.25 EUR" in told.err


def test_batch_with_details__is_one_transaction(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    entry = (
        '<Ntry><Amt Ccy="EUR">5</Amt><CdtDbtInd>CRDT</CdtDbtInd><NtryDtls>'
        '<TxDtls><Amt Ccy="EUR">2</Amt></TxDtls><TxDtls><Amt Ccy="EUR">3</Amt></TxDtls>'
        "</NtryDtls></Ntry>"
    )
    path = written(
        tmp_path / "a.xml",
        f"<Document><BkToCstmrStmt><Stmt>{entry}{entry}</Stmt></BkToCstmrStmt></Document>",
    )
    assert command(path, "--dry-run", "--json") == 0
    (row,) = json.loads(capsys.readouterr().out)
    assert (row["transactions"], row["credit_sum"], row["balances"]) == (2, "10.00", "none")
