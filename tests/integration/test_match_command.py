"""`dunwell match` over files: the answer's columns, and one clear line for what cannot be read."""

import csv
import json
from pathlib import Path

import pytest

from cli.main import main

OPEN = """doc_id,customer_no,customer_name,amount,currency,due_date,kind,region
INV-10481,C1,Northwind Retail Co,"4,250.00",USD,2026-09-20,invoice,W
INV-10550,C2,Pinnacle Grocers Inc,5600.00,USD,2026-09-20,invoice,E
INV-10551,C2,Pinnacle Grocers Inc,5600.00,USD,2026-10-20,invoice,E
INV-10552,C2,Pinnacle Grocers Inc,5600.00,USD,2026-11-20,invoice,E
CN-77,C2,Pinnacle Grocers Inc,-100.00,USD,2026-09-20,credit_note,E
INV-9001,C3,Tokyo Optics KK,12500,JPY,2026-09-20,invoice,J
"""
CUSTOMERS = """customer_no,name,known_accounts,parent
C1,Northwind Retail Co,DE123;DE456,
C2,Pinnacle Grocers Inc,US77,
C3,Tokyo Optics KK,,
"""
PAYMENTS = """payment_id,value_date,amount,currency,channel,payer_name,payer_account,bank_ref,memo
P1,2026-09-18,4250.00,USD,lockbox,NORTHWIND RETAIL CO,DE456,882104,Payment for INV-10481
P2,2026-09-18,6100.00,USD,ach,PINNACLE GROCERS INC.,US77,1,INV-10550 plus extra
P3,2026-09-18,2000.00,USD,ach,APEX SURPLUS LIQUIDATORS,,2,
P4,2026-09-19,5600.00,USD,ach,PINNACLE GROCERS,US77,3,
P5,2026-09-19,12500,JPY,wire,TOKYO OPTICS,,4,INV-9001
P6,2026-09-21,5400.00,USD,ach,PINNACLE GROCERS,US77,5,
"""
REMITTANCES = """\
remittance_id,received,payer_text,total,currency,line_ref,gross,deduction,net,reason
R1,2026-09-21,Pinnacle Grocers,5400.00,USD,INV-10551,5600.00,200.00,5400.00,damaged cartons
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in (
        ("open_items", OPEN),
        ("customers", CUSTOMERS),
        ("payments", PAYMENTS),
        ("remittances", REMITTANCES),
    ):
        (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
    return tmp_path


def run(folder: Path, *more: str) -> int:
    names = {
        "--open": "open_items.csv",
        "--customers": "customers.csv",
        "--payments": "payments.csv",
        "--remittances": "remittances.csv",
        "--out": "answer.csv",
    }
    arguments = [part for flag, name in names.items() for part in (flag, str(folder / name))]
    with pytest.raises(SystemExit) as stopped:
        main(["match", *arguments, *more])
    return int(stopped.value.code or 0)


def answer(folder: Path) -> list[dict[str, str]]:
    with (folder / "answer.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def rows_of(folder: Path, payment_id: str) -> list[tuple[str, ...]]:
    found = [row for row in answer(folder) if row["payment_id"] == payment_id]
    return [(r["action"], r["doc_id"], r["cash"], r["reason"], r["rank"]) for r in found]


def test_files_in__one_row_per_document_comes_out(folder: Path) -> None:
    assert run(folder) == 0
    assert list(answer(folder)[0]) == ["payment_id", "action", "doc_id", "cash", "reason", "rank"]
    assert rows_of(folder, "P1") == [("auto", "INV-10481", "4250.00", "", "1")]
    assert rows_of(folder, "P2") == [
        ("suggest", "INV-10550", "5600.00", "overpayment", "1"),
        ("suggest", "", "500.00", "overpayment", "1"),
    ]
    assert rows_of(folder, "P3") == [("hold", "", "", "unknown_payer", "")]
    assert rows_of(folder, "P4")[0][0::3] == ("suggest", "ambiguous_equal_amounts")
    assert rows_of(folder, "P5") == [("auto", "INV-9001", "12500", "", "1")]
    assert rows_of(folder, "P6") == [("suggest", "INV-10551", "5400.00", "short_pay", "1")]


def test_json__tells_the_counts(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(folder, "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert told["payments"] == 6
    assert told["actions"] == {"auto": 2, "suggest": 3, "hold": 1}


def test_semicolons_commas_and_other_spellings__are_read(folder: Path) -> None:
    (folder / "open_items.csv").write_text(
        "Belegnummer;Customer No;Betrag;Curr;Due Date;Type\n"
        "INV-10481;C1;4.250,00;USD;20.09.2026;invoice\n",
        encoding="cp1252",
    )
    assert run(folder) == 0
    assert rows_of(folder, "P1") == [("auto", "INV-10481", "4250.00", "", "1")]


def test_two_rows_of_one_document__are_its_instalments(folder: Path) -> None:
    text = (
        OPEN.replace('"4,250.00"', "250.00") + "INV-10481,C1,x,4000.00,USD,2026-10-20,invoice,W\n"
    )
    (folder / "open_items.csv").write_text(text, encoding="utf-8")
    assert run(folder) == 0
    assert rows_of(folder, "P1") == [("auto", "INV-10481", "4250.00", "", "1")]


def test_names_that_are_formulas__are_written_as_text(folder: Path) -> None:
    for name in ("open_items", "payments"):
        path = folder / f"{name}.csv"
        text = path.read_text("utf-8").replace("INV-10481", "@INV-10481").replace("P1,", "=1+1,")
        path.write_text(text, "utf-8")
    assert run(folder) == 0
    assert rows_of(folder, "'=1+1") == [("auto", "'@INV-10481", "4250.00", "", "1")]


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        ("payments", "4250.00,USD,lockbox", "4250.001,USD,lockbox", "line 2, column amount"),
        ("payments", "2026-09-18,2000.00", "2026-19-18,2000.00", "line 4, column value_date"),
        ("payments", "2026-09-18,2000.00", ",2000.00", "line 4, column value_date"),
        ("payments", "12500,JPY", "12500,XQX", "line 6, column currency"),
        ("payments", "P2,", "P1,", "line 3, column payment_id"),
        ("payments", "payment_id,", "foo,", "no column payment_id"),
        ("open_items", "INV-10550,C2", ",C2", "line 3, column doc_id"),
        ("open_items", "INV-10550,C2", "INV-10481,C2", "line 3, column doc_id"),
        ("customers", "C2,Pinn", "C1,Pinn", "line 3, column customer_no"),
        ("remittances", "5600.00,200.00", "56OO,200.00", "line 2, column gross"),
    ],
)
def test_cell_that_cannot_be_used__is_one_line_and_nothing_written(
    folder: Path, capsys: pytest.CaptureFixture[str], name: str, old: str, new: str, said: str
) -> None:
    path = folder / f"{name}.csv"
    path.write_text(path.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    assert run(folder) == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert f"{name}.csv" in error
    assert said in error
    assert not (folder / "answer.csv").exists()


def test_folder_that_is_not_there__is_one_line(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(folder, "--out", str(folder / "none" / "answer.csv")) == 2
    assert "answer.csv" in capsys.readouterr().err
