"""Exports of banks: signs, balances, preambles, fees, mappings; nothing is guessed about money."""

import io
from datetime import date
from pathlib import Path

import pytest

from adapters.bank_files.csv_profiles import MAPPING_KIND
from adapters.bank_files.model import BankFile
from adapters.bank_files.reading import read_bank_file
from adapters.spreadsheets.mapping import ColumnMapping
from adapters.spreadsheets.mapping_store import MappingStore
from ledger.errors import BadInput


def read(text: str, encoding: str = "utf-8", profile: str | None = None) -> BankFile:
    return read_bank_file("f.csv", text.encode(encoding), profile=profile)


def amounts(file: BankFile) -> list[int]:
    return [line.amount_minor for line in file.lines]


def refusal(text: str, profile: str | None = None) -> str:
    with pytest.raises(BadInput) as refused:
        read(text, profile=profile)
    assert refused.value.message.startswith("f.csv")
    return refused.value.message


# Two movements, 1,190.00 in and 50.00 out, as banks of different countries lay them out.
LAYOUTS = {
    "signed": "Date,Description,Amount,CCY|2026-02-27,ACME,1190.00,EUR|2026-02-26,Rent,-50,EUR",
    "debit and credit": "Date;Text;Debit;Credit|27.02.2026;ACME;;1.190,00|26.02.2026;Rent;50,00;",
    "negative debits": "Date;Text;Debit;Credit|27.02.2026;ACME;;1190,00|26.02.2026;Rent;-50,00;",
    "letter beside": "Buchungstag;Text;Umsatz;Soll/Haben|27.02.2026;ACME;1.190,00;H"
    "|26.02.2026;Rent;50,00;S",
    "word beside": "Datum;Naam;Af Bij;Bedrag (EUR)|20260227;ACME;Bij;1190,00|20260226;KPN;Af;50,00",
    "type as flag": "Date,Details,Type,Amount|27/02/2026,ACME,Credit,1190.00"
    "|26/02/2026,Rent,Debit,50.00",
    "side in the cell": "Date,Details,Amount|27/02/2026,ACME,1190.00 CR|26/02/2026,Rent,50.00 DR",
    "minus behind": "Date;Details;Amount|27.02.2026;ACME;1.190,00|26.02.2026;Rent;50,00-",
    "marked heads": "#Data operacji;#Opis operacji;#Kwota;|2026-02-27;ACME;1 190,00;"
    "|2026-02-26;Rent;-50,00;",
    "framed in words": "Konto:;CH93 0076 2011 6238 5295 7|Währung:;CHF||"
    "Buchungsdatum;Avisierungstext;Gutschrift in CHF;Lastschrift in CHF|"
    "27.02.2026;ACME;1190.00;|26.02.2026;Rent;;-50.00||Disclaimer:|Words; and; words",
    "excel hint": "sep=;|Date;Details;Amount|2026-02-27;ACME;1190.00|2026-02-26;Rent;-50.00",
    "tabs": "Date\tDetails\tAmount|2026-02-27\tACME\t1190.00|2026-02-26\tRent\t-50.00",
}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_layout_of_a_bank__says_which_way_the_money_went(layout: str, encoding: str) -> None:
    file = read(LAYOUTS[layout].replace("|", "\n"), encoding)
    assert amounts(file) == [119000, -5000]
    assert [line.booked_on for line in file.lines] == [date(2026, 2, 27), date(2026, 2, 26)]
    assert "ACME" in f"{file.lines[0].payer_name} {file.lines[0].memo}"


def test_workbook__is_read_like_text() -> None:
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    for row in (
        ["Statement of account"],
        [],
        ["Booking date", "Details", "Amount", "Currency", "Balance"],
        [date(2026, 2, 26), "Rent", -50.1, "EUR", 949.9],
        [date(2026, 2, 27), "ACME INV-1", 1190, "EUR", 2139.9],
    ):
        sheet.append(row)
    data = io.BytesIO()
    book.save(data)
    file = read_bank_file("f.xlsx", data.getvalue())
    assert (amounts(file), file.format) == ([-5010, 119000], "workbook")
    assert (file.balances, file.statements[0].opening_minor) == ("tie", 100000)


def test_damaged_workbook__is_refused() -> None:
    from openpyxl import Workbook

    data = io.BytesIO()
    Workbook().save(data)
    broken = bytearray(data.getvalue())
    at = broken.index(b"xl/worksheets/sheet1.xml") + len(b"xl/worksheets/sheet1.xml")
    broken[at : at + 12] = b"\xff" * 12
    with pytest.raises(BadInput, match=r"f\.xlsx: a broken or protected XLSX"):
        read_bank_file("f.xlsx", bytes(broken))


@pytest.mark.parametrize("newest_first", [True, False])
@pytest.mark.parametrize(("closing", "balances"), [("2.140,00", "tie"), ("2.141,00", "differ")])
def test_running_balance__proves_every_line(
    newest_first: bool, closing: str, balances: str
) -> None:
    rows = ["26.02.2026;Rent;-50,00;950,00", f"27.02.2026;ACME;1.190,00;{closing}"]
    rows = rows[::-1] if newest_first else rows
    file = read("\n".join(["Datum;Text;Betrag;Saldo", *rows]))
    assert file.balances == balances
    assert bool(file.warnings) == (balances == "differ")


def test_balances_that_the_export_labels__are_compared() -> None:
    lines = "Date,Label,Debit,Credit\n01/02/2026,A,50.00,\n28/02/2026,B,,80.00\n"
    top, below = "Balance at end of period,,,1030.00\n", "Balance at start of period,,,1000.00\n"
    assert read(top + lines + below).balances == "tie"
    assert read(top.replace("1030", "1031") + lines + below).statements[0].difference_minor == 100


def test_one_balance_alone__proves_nothing() -> None:
    assert read("Date,Details,Amount,Balance\n2026-02-27,ACME,5.00,100.00\n").balances == "none"


def test_flag_and_sign_that_disagree__are_settled_by_the_balance() -> None:
    head = "Date,Details,Amount,D/C,Balance\n2026-02-26,Rent,50.00,D,950.00\n"
    back = "2026-02-27,Rent returned,-50.00,D,1000.00\n"
    assert amounts(read(head + back)) == [-5000, 5000]
    assert amounts(read(head + back.replace("1000.00", "900.00"))) == [-5000, -5000]


SERVICE = (
    "Date,Time,Name,Type,Status,Currency,Gross,Fee,Net,Transaction ID,Balance,Invoice Number\n"
    '27/02/2026,10:00,ACME,Payment,Completed,USD,"1,000.00",-30.30,969.70,T1,969.70,31\n'
    "27/02/2026,11:00,,Conversion,Completed,EUR,10.00,0.00,10.00,T2,10.00,\n"
    "28/02/2026,10:00,BOB,Payment Reversal,Completed,USD,-100.00,3.30,-96.70,T3,873.00,30\n"
)


def test_fees_of_a_payment_service__are_lines_of_their_own() -> None:
    file = read(SERVICE)
    gross, fee = file.lines[0], file.lines[1]
    assert (gross.amount_minor, gross.payer_name, gross.customer_ref) == (100000, "ACME", "31")
    assert (fee.amount_minor, fee.code, fee.payer_name) == (-3030, "fee", "")
    assert fee.bank_ref == gross.bank_ref == "T1"
    assert [(each.currency, each.balances) for each in file.statements] == [
        ("USD", "tie"),
        ("EUR", "none"),
    ]
    assert [line.is_reversal for line in file.lines if line.bank_ref == "T3"] == [True, False]


def test_fee_on_top_of_the_amount__is_told_by_the_balance() -> None:
    head = "Type,Completed Date,Description,Amount,Fee,Currency,State,Balance\n"
    rows = "T,2026-02-26,In,100.00,0.00,EUR,COMPLETED,1100.00\n"
    out = "T,2026-02-27,Out,-20.00,1.00,EUR,COMPLETED,{}\n"
    assert amounts(read(head + rows + out.format("1079.00"))) == [10000, -2000, -100]
    assert amounts(read(head + rows + out.format("1080.00"))) == [10000, -2000]


def test_status__tells_what_is_not_booked() -> None:
    text = "Date,Details,Amount,Status\n" + "".join(
        f"2026-02-27,x,{at}.00,{word}\n"
        for at, word in enumerate(("Booked", "Pending", "Failed"), 1)
    )
    assert [line.kind for line in read(text).lines] == ["booked", "pending", "info"]


def test_accounts_and_currencies__are_statements_of_their_own() -> None:
    rows = ["A1;EUR;1,00", "A1;USD;2,00", "A2;EUR;3,00", "A1;EUR;4,00"]
    text = "Datum;Auftragskonto;Währung;Betrag\n" + "".join(f"01.02.2026;{row}\n" for row in rows)
    told = [(each.account, each.currency, len(each.lines)) for each in read(text).statements]
    assert told == [("A1", "EUR", 2), ("A1", "USD", 1), ("A2", "EUR", 1)]


def test_accounts_of_the_other_side__are_no_own_account() -> None:
    text = (
        "Konto;DE89370400440532013000\n\nDatum;Text;IBAN;Betrag\n"
        "01.02.2026;ACME;DE12500105170648489890;5,00\n"
    )
    file = read(text)
    assert file.statements[0].account == "DE89370400440532013000"
    assert file.lines[0].payer_account == "DE12500105170648489890"


def test_both_parties__are_told_apart_by_the_direction() -> None:
    text = (
        "Buchungsdatum;Zahlungspflichtige*r;Zahlungsempfänger*in;Betrag (€)\n"
        "27.02.26;ACME;Wir;5,00\n27.02.26;Wir;Telekom;-5,00\n"
    )
    assert [line.payer_name for line in read(text).lines] == ["ACME", "Telekom"]


@pytest.mark.parametrize(
    ("days", "wanted"),
    [
        (("02/01/2026", "02/03/2026", "02/07/2026"), date(2026, 2, 1)),
        (("01/02/2026", "03/02/2026", "07/02/2026"), date(2026, 2, 1)),
        (("03/02/2026", "02/12/2026", "25/01/2026"), date(2026, 2, 3)),
    ],
)
def test_order_of_day_and_month__is_the_one_that_fits_the_lines(
    days: tuple[str, ...], wanted: date
) -> None:
    text = "Date,Details,Amount\n" + "".join(f"{day},x,1.00\n" for day in days)
    assert read(text).lines[0].booked_on == wanted


def test_order_that_nothing_shows__is_said() -> None:
    assert "read both ways" in read("Date,Details,Amount\n02/03/2026,x,1.00\n").warnings[0]


def test_footer_and_blank_lines__are_no_payments() -> None:
    text = (
        "Date;Text;Amount\n01.02.2026;A;1,00\n;;\nwords, no payment;;\nTotal;;1,00\nEND;END;END\n"
    )
    assert amounts(read(text)) == [100]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Date,Details,Amount\n2026-02-01,A,1.00\n2026-02-02,B,x1\n", "line 3 column Amount"),
        (
            "Date,Details,Amount\n2026-02-01,A,1.00\nsoon,B,2.00\n",
            "line 3: an amount without a date",
        ),
        ("Date,Details,Amount\n2026-02-30,A,1.00\n", "without a date"),
        ("Date;Details;Amount\n01.02.2026;A;1.234\n", "decimal=comma"),
        (
            "Date,Details,Amount,D/C\n" + "2026-02-01,A,1.00,D\n" * 9 + "2026-02-01,A,1.00,?\n",
            "D/C",
        ),
        ("Date,Details,Amount,Currency\n2026-02-01,A,1.00,Talers\n", "unknown currency"),
        ("A,B,C\n1,2,3\n", "no header names a date and an amount"),
        ("2026-02-01,A,1.00\n2026-02-02,B,2.00\n", "money in or out"),
        ("2026-02-01;A;1,00;\n2026-02-02;B;;2,00\n", "#3, #4 hold amounts"),
    ],
)
def test_what_cannot_be_known__is_refused_with_its_place(text: str, reason: str) -> None:
    assert reason in refusal(text)


@pytest.mark.parametrize(
    "text",
    [
        "2026-02-01;A;-1,00\n2026-02-02;B;2,00\n",
        "2026-02-01;A;1,00;D\n2026-02-02;B;2,00;C\n",
        "2026-02-01;A;-1,00;99,00\n2026-02-02;B;2,00;101,00\n",
    ],
)
def test_export_without_header__is_read_where_its_values_prove_it(text: str) -> None:
    file = read(text)
    assert amounts(file) == [-100, 200]
    assert "no header" in file.warnings[0]


def test_columns_named_on_the_spot__are_used() -> None:
    text = "01/02/2026;A;1.234;\n02/02/2026;B;;2.000\n"
    told = "booked_on=#1,memo=#2,debit=#3,credit=#4,decimal=comma,dates=DMY"
    assert amounts(read(text, profile=told)) == [-123400, 200000]
    assert amounts(read("01.02.2026;A;01.02.2026;5,00;\n", profile="date_text_value_in_out")) == [
        500
    ]


@pytest.mark.parametrize(
    ("profile", "reason"),
    [
        ("unheard_of", "no profile 'unheard_of'"),
        ("amount=Sum,booked_on=Date", "no such column"),
        ("booked_on=Date,money=Amount", "no 'money'"),
        ("memo=Details", "f.csv"),
    ],
)
def test_profile_that_does_not_fit__is_refused(profile: str, reason: str) -> None:
    text = "When,Details,Total sum\n2026-02-01,A,1.00\n"
    if reason == "no such column":
        text = text.replace("When", "Date")
    if reason == "no 'money'":
        text = text.replace("When", "Date").replace("Total sum", "Amount")
    assert reason in refusal(text, profile)


def test_saved_mapping__is_found_by_the_header(tmp_path: Path) -> None:
    store = MappingStore(tmp_path)
    header = ("When", "What", "How much")
    columns = {"booked_on": 0, "memo": 1, "amount": 2}
    store.save(ColumnMapping(MAPPING_KIND, header, columns, "given", dates="MDY"))
    data = b"when,what,how much\n02/03/2026,ACME,5.00\n"
    file = read_bank_file("f.csv", data, mappings=store)
    assert [(line.amount_minor, line.booked_on) for line in file.lines] == [(500, date(2026, 2, 3))]
    assert file.lines[0].memo == "ACME"
