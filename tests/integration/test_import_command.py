"""`dunwell import` at its edges: one clear line, exit 2, and nothing written."""

import json
import os
from datetime import date
from pathlib import Path

import pytest
import typer
from sqlmodel import select

from cli import import_files
from cli.main import main
from graph.bootstrap import create_home, open_house
from graph.settings import Settings
from ledger.tables.receivable import Invoice
from ledger.tables.work import ImportBatch

HEAD = "customer_number,invoice_number,invoice_date,due_date,amount,currency"
GOOD = "C1,I1,2026-01-05,2026-02-04,100.00,EUR"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("DUNWELL_HOME", "DUNWELL_DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)
    folder = tmp_path / "home"
    create_home(settings=Settings(home=folder)).close()
    return folder


@pytest.fixture
def export(tmp_path: Path) -> Path:
    return written(tmp_path / "open.csv", HEAD, GOOD)


def written(path: Path, *lines: str) -> Path:
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def command(home: Path, kind: str, *files: Path, options: tuple[str, ...] = ()) -> int:
    words = ["import", kind, *map(str, files), "--home", str(home), "--as-of", "2026-03-01"]
    with pytest.raises(SystemExit) as ended:
        main([*words, *options])
    return ended.value.code


def rows(home: Path, table: type = Invoice) -> list:
    house = open_house(settings=Settings(home=home))
    try:
        with house.ledger.read() as session:
            return list(session.exec(select(table)))
    finally:
        house.close()


def test_report_comes_first__then_what_was_written(
    home: Path, export: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command(home, "invoices", export, options=("--yes",)) == 0

    out = capsys.readouterr().out
    assert out.index("1 rows, utf-8: 1 invoice.") < out.index("open.csv: written as imp_")
    assert "EUR          100.00       0.00       0.00   100.00" in out
    assert "To write: 1 account added, 1 invoice added." in out
    assert len(rows(home)) == 1


def test_same_file_again__needs_no_yes_and_says_so(
    home: Path, export: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command(home, "invoices", export, options=("--yes",))

    assert command(home, "invoices", export) == 0

    assert "open.csv: nothing new; the books already say so." in capsys.readouterr().out
    assert len(rows(home)) == 1


def test_warnings_and_nobody_to_ask__refuses(
    home: Path, export: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command(home, "invoices", export) == 2

    captured = capsys.readouterr()
    assert "customer 'C1' is not in the ledger" in captured.out
    assert captured.err == (
        "dunwell: open.csv has warnings; nothing was written: look at them, then say --yes\n"
    )
    assert rows(home) == rows(home, ImportBatch) == []


def test_no_warnings__needs_no_yes(home: Path, export: Path, tmp_path: Path) -> None:
    customers = written(tmp_path / "c.csv", "customer_number,customer_name", "C1,Acme")

    assert command(home, "customers", customers) == 0
    assert command(home, "invoices", export) == 0
    assert len(rows(home)) == 1


def test_one_of_two_files_has_errors__neither_is_written(
    home: Path, export: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = written(tmp_path / "bad.csv", HEAD, "C1,I2,2026-01-05,2026-02-04,12..3,EUR")

    assert command(home, "invoices", export, bad, options=("--yes",)) == 2

    captured = capsys.readouterr()
    assert "error      2      amount" in captured.out
    assert captured.err.count("\n") == 1
    assert "bad.csv cannot be imported as it stands; nothing was written" in captured.err
    assert rows(home) == []


def test_two_good_files__both_are_written(home: Path, export: Path, tmp_path: Path) -> None:
    more = written(tmp_path / "more.csv", HEAD, GOOD.replace("I1", "I2"))

    assert command(home, "invoices", export, more, options=("--yes",)) == 0
    assert len(rows(home)) == len(rows(home, ImportBatch)) == 2


def test_dry_run__reports_and_writes_nothing(
    home: Path, export: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command(home, "invoices", export, options=("--dry-run",)) == 0

    assert "To write: 1 account added" in capsys.readouterr().out
    assert rows(home) == []


def test_json__is_one_document(
    home: Path, export: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command(home, "invoices", export, options=("--json", "--yes")) == 0
    done = json.loads(capsys.readouterr().out)["files"][0]
    assert command(home, "invoices", export, options=("--json",)) == 0
    again = json.loads(capsys.readouterr().out)["files"][0]

    assert done["sums"] == [
        {"currency": "EUR", "invoiced": "100.00", "credited": "0.00", "received": "0.00",
         "open": "100.00"}
    ]  # fmt: skip
    assert done["writes"] == {"accounts_added": 1, "invoices_added": 1}
    assert done["batch_id"] in {row.id for row in rows(home, ImportBatch)}
    assert done["mapping"]["due_on"] == "due_date"
    assert (again["unchanged"], again["writes"]) == (True, {})


def test_json_with_errors__is_a_document_and_a_line(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = written(tmp_path / "bad.csv", HEAD, "C1,I2,2026-01-05,,1.00,EUR")

    assert command(home, "invoices", bad, options=("--json", "--yes")) == 2

    captured = capsys.readouterr()
    (finding,) = [f for f in json.loads(captured.out)["files"][0]["findings"]
                  if f["severity"] == "error"]  # fmt: skip
    assert (finding["code"], finding["line"], finding["column"]) == ("no_due_date", 2, "due_date")
    assert finding["consequence"] == "nothing is imported"
    assert "terms" in finding["remedy"]
    assert captured.err.startswith("dunwell: bad.csv cannot be imported")


class TestBadInput:
    @pytest.mark.parametrize(
        ("content", "words"),
        [
            (b"", "the file is empty"),
            (b" \n\n", "the file is empty"),
            (b"\x00\x01\x02\x03" * 50, "bad.csv"),
            (b"PK\x03\x04 not a workbook", "bad.csv"),
            ("\ufeffkunde\x00".encode("utf-16"), "bad.csv"),
        ],
    )
    def test_no_table__is_one_line(
        self, home: Path, tmp_path: Path, content: bytes, words: str,
        capsys: pytest.CaptureFixture[str],
    ) -> None:  # fmt: skip
        bad = tmp_path / "bad.csv"
        bad.write_bytes(content)

        assert command(home, "invoices", bad, options=("--yes",)) == 2

        error = capsys.readouterr().err
        assert error.count("\n") == 1
        assert words in error
        assert rows(home) == []

    def test_unknown_kind__names_the_kinds(
        self, home: Path, export: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert command(home, "parcels", export) == 2
        assert "kinds are customers, invoices, credits" in capsys.readouterr().err

    def test_missing_file__is_named(
        self, home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert command(home, "invoices", tmp_path / "gone.csv") == 2
        assert capsys.readouterr().err == (
            "dunwell: gone.csv: No such file or directory; check the path\n"
        )

    def test_directory__is_no_file(
        self, home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert command(home, "invoices", tmp_path) == 2
        assert "not a file" in capsys.readouterr().err

    def test_device_without_end__is_no_file(
        self, home: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert command(home, "invoices", Path(os.devnull)) == 2
        assert "not a file" in capsys.readouterr().err

    def test_no_home__says_how_to_make_one(
        self, export: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert command(tmp_path / "nowhere", "invoices", export) == 2
        assert "dunwell init" in capsys.readouterr().err

    @pytest.mark.parametrize(
        ("options", "words"),
        [
            (("--currency", "EURO"), "unknown currency 'EURO'"),
            (("--dates", "YDM"), "--dates 'YDM': use DMY, MDY, YMD"),
            (("--decimal", "dot"), "--decimal 'dot': use point, comma"),
            (("--encoding", "klingon"), "klingon"),
            (("--sheet", "Open"), "no sheet 'Open'"),
            (("--map", "due_on"), "write --map field=Column"),
            (("--map", "due_on=Fällig"), "Fällig"),
        ],
    )
    def test_option_that_means_nothing__is_one_line(
        self, home: Path, export: Path, options: tuple[str, ...], words: str,
        capsys: pytest.CaptureFixture[str],
    ) -> None:  # fmt: skip
        assert command(home, "invoices", export, options=(*options, "--yes")) == 2

        error = capsys.readouterr().err
        assert error.count("\n") == 1
        assert words in error
        assert rows(home) == []

    def test_foreign_encoding__is_read_and_said(
        self, home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        head = "Kundenname;Rechnungsnummer;Rechnungsdatum;Fällig am;Betrag;Währung"
        row = "Müller & Söhne;R-1;05.01.2026;04.02.2026;1.234,56;EUR"
        path = tmp_path / "liste.csv"
        path.write_bytes(f"{head}\n{row}\n".encode("cp1252"))

        assert command(home, "invoices", path, options=("--yes",)) == 0

        assert "Windows-1252 was taken" in capsys.readouterr().out
        assert [row.amount_minor for row in rows(home)] == [123_456]


class TestAtATerminal:
    @pytest.fixture(autouse=True)
    def terminal(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)

    def answers(self, monkeypatch: pytest.MonkeyPatch, *, confirms: bool, says: str = "") -> None:
        monkeypatch.setattr(typer, "confirm", lambda *_, **__: confirms)
        monkeypatch.setattr(typer, "prompt", lambda *_, **__: says)

    def run(self, home: Path, export: Path) -> None:
        import_files.run(
            home, "invoices", [export], as_of=date(2026, 3, 1), columns=[], currency=None,
            dates=None, decimal=None, encoding=None, sheet=None,
            yes=False, dry_run=False, json_out=False,
        )  # fmt: skip

    def test_warnings_accepted__it_is_written(
        self, home: Path, export: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self.answers(monkeypatch, confirms=True)
        self.run(home, export)
        assert len(rows(home)) == 1

    def test_warnings_declined__nothing_is_written(
        self, home: Path, export: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self.answers(monkeypatch, confirms=False)
        with pytest.raises(import_files.BadInput, match="not imported; nothing was written"):
            self.run(home, export)
        assert rows(home) == []

    def test_date_order_is_open__is_asked_and_remembered(
        self, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self.answers(monkeypatch, confirms=True, says="mdy")
        row = "C1,I1,01/02/2026,02/03/2026,100.00,EUR"
        self.run(home, written(tmp_path / "open.csv", HEAD, row))
        assert rows(home)[0].due_on == date(2026, 2, 3)

        self.answers(monkeypatch, confirms=True, says="")
        self.run(home, written(tmp_path / "next.csv", HEAD, row.replace("I1", "I2")))
        assert {invoice.due_on for invoice in rows(home)} == {date(2026, 2, 3)}

    def test_nothing_answered__blocks_as_before(
        self, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self.answers(monkeypatch, confirms=True, says="")
        row = "C1,I1,01/02/2026,02/03/2026,100.00,EUR"
        with pytest.raises(import_files.BadInput, match="cannot be imported"):
            self.run(home, written(tmp_path / "open.csv", HEAD, row))
        assert rows(home) == []
