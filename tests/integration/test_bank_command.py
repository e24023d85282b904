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


ADVICE = (
    "UNB+UNOC:3+1:14+2:14+260220:0900+R'UNH+1+REMADV:D:96A:UN'BGM+481+ADV-7+9'CUX+2:EUR:9'"
    "DOC+380+INV-1'MOA+12:60'DOC+380+INV-2'MOA+12:40'UNS+S'MOA+12:100'UNT+10+1'UNZ+1+R'"
)
HEADLESS = "18.09.2026;ACME INV-1;18.09.2026;;33,87\n19.09.2026;BETA INV-2;19.09.2026;20,50;\n"
ODD_HEADS = "Tag;Was;Rein\n18.09.2026;ACME INV-1;33,87\n19.09.2026;BETA INV-2;20,50\n"


def test_advices__are_shown_with_documents_and_sum(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command(written(tmp_path / "a.edi", ADVICE), "--dry-run") == 0
    told = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert ["remadv", "-", "-", "-", "-", "tie"] in [words[1:] for words in told]
    assert ["1", "2", "100.00", "EUR", "0"] in [words[1:] for words in told]


def test_advices__keep_the_keys_of_the_document(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command(written(tmp_path / "a.edi", ADVICE), "--dry-run", "--json") == 0
    (row,) = json.loads(capsys.readouterr().out)
    assert list(row) == KEYS
    assert (row["transactions"], row["balances"]) == (0, "tie")


def test_profiles__are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert command("profiles", "--json") == 0
    listed = {row["profile"]: row for row in json.loads(capsys.readouterr().out)}
    assert listed["wise"]["used"] == "by its header"
    asked = [row for row in listed.values() if row["used"] == "when asked for"]
    assert listed["date_text_value_in_out"] in asked
    assert all(row["about"] for row in asked)


@pytest.mark.parametrize(
    "given",
    [
        ["--profile", "date_text_value_in_out"],
        [
            *("--mapping", "booked_on=#1", "--mapping", "memo=#2"),
            *("--mapping", "credit=#4", "--mapping", "debit=#5"),
        ],
    ],
)
def test_table_without_a_header__is_read_by_what_a_person_says(
    given: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = written(tmp_path / "a.csv", HEADLESS)
    assert command(path, "--dry-run", "--json") == 2
    capsys.readouterr()
    assert command(path, "--dry-run", "--json", *given) == 0
    (row,) = json.loads(capsys.readouterr().out)
    assert (row["credit_sum"], row["debit_sum"]) == ("20.50", "-33.87")


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        (["--profile", "nobody"], "dunwell bank profiles"),
        (["--mapping", "booked_on"], "PART=COLUMN"),
        (["--profile", "wise", "--mapping", "debit=#1"], "one of them"),
        (["--mapping", "nothing=#1"], "a bank line has no 'nothing'"),
    ],
)
def test_profile_or_mapping_that_is_none__is_refused(
    given: list[str], reason: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command(written(tmp_path / "a.csv", HEADLESS), "--dry-run", *given) == 2
    assert reason in capsys.readouterr().err


def test_mapping__is_kept_for_the_header_once_a_file_was_taken_in(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = ("--home", str(tmp_path / "home"))
    with pytest.raises(SystemExit):
        main(["init", *home])
    path = written(tmp_path / "a.csv", ODD_HEADS)
    day = ("--as-of", "2026-09-20", "--json")
    assert command(path, *home, *day) == 2
    told = ("--mapping", "booked_on=Tag", "--mapping", "memo=Was", "--mapping", "credit=Rein")
    assert command(path, *told, *home, *day) == 0
    capsys.readouterr()
    later = written(tmp_path / "b.csv", ODD_HEADS.replace("33,87", "44,00"))
    assert command(later, *home, *day) == 0
    (row,) = json.loads(capsys.readouterr().out)
    assert row["credit_sum"] == "64.50"
