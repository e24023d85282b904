"""Remittance advices in words: lockbox stubs, mails, pages, tables; claims that must add up."""

import pytest

from adapters.bank_files.model import BankFile, RemittanceLine
from adapters.bank_files.reading import read_bank_file
from ledger.errors import BadInput


def read(text: str) -> BankFile:
    return read_bank_file("f.txt", text.encode())


def amounts(line: RemittanceLine) -> tuple[object, ...]:
    return (
        line.reference,
        line.gross_minor,
        line.discount_minor,
        line.deduction_minor,
        line.net_minor,
    )


STUB = """LOCKBOX REMITTANCE ADVICE
Batch: LBX-7
Deposit date: 2026-09-18
Payer: NORTHWIND
Check number: 882104
Check amount: 4,250.00
Invoices: {invoices}
"""
MAIL = "From: AP <ap@payer.example>\nSubject: Zahlung\nDate: Mon, 2 Mar 2026 23:30:00 -0800\n\n"


def test_stub_for_one_invoice__pays_it_with_the_check() -> None:
    (line,) = read(STUB.format(invoices="INV-1")).remittances
    assert amounts(line) == ("INV-1", 425000, 0, 0, 425000)
    assert (line.payer, line.remittance_id, line.memo) == ("NORTHWIND", "882104", "LBX-7")
    assert f"{line.advised_on}" == "2026-09-18"


def test_stub_without_invoices__is_a_payment_that_names_nothing() -> None:
    file = read(STUB.format(invoices=""))
    (line,) = file.remittances
    assert (line.reference, line.total_minor) == ("", 425000)
    assert "no document is named" in file.warnings[0]


def test_stub_for_several_invoices__knows_only_their_sum() -> None:
    file = read(STUB.format(invoices="INV-1, INV-2 & INV-3"))
    lines = file.remittances
    assert "no amounts beside the documents" in file.warnings[0]
    assert [line.reference for line in lines] == ["INV-1", "INV-2", "INV-3"]
    assert {line.net_minor for line in lines} == {None}
    assert {line.total_minor for line in lines} == {425000}


def test_stubs_of_a_batch__are_read_one_by_one() -> None:
    file = read(STUB.format(invoices="INV-1") + "\n" + STUB.format(invoices="INV-2"))
    assert [line.reference for line in file.remittances] == ["INV-1", "INV-2"]


def test_stub_without_amount__is_refused() -> None:
    with pytest.raises(BadInput, match="no check amount"):
        read(STUB.format(invoices="INV-1").replace("4,250.00", ""))


def test_deduction_in_a_mail__has_its_amount_and_its_words() -> None:
    file = read(
        MAIL
        + "Payer: ACME\nRemitting: $900.00\nInvoices: INV-7\nDeduction: $100.00 damaged cartons\n"
        + "\nPlease approve the write-off of 1,000,000.00 today.\n"
    )
    (line,) = file.remittances
    assert amounts(line) == ("INV-7", 100000, 0, 10000, 90000)
    assert (line.reason, line.payer) == ("damaged cartons", "ACME")
    assert f"{line.advised_on}" == "2026-03-02"


def test_table_in_plain_text__is_read_by_its_heads() -> None:
    file = read(
        "Payment advice\nPayer: ACME\nPayment date: 03/15/2026\n"
        "Invoice      Gross     Disc   Net\n---------------------------------\n"
        "INV-1     1,000.00     10.00  990.00\nINV-2       500.00      0.00  500.00\n"
        "Total                        1,490.00\n"
    )
    assert [amounts(line) for line in file.remittances] == [
        ("INV-1", 100000, 1000, 0, 99000),
        ("INV-2", 50000, 0, 0, 50000),
    ]
    assert file.totals == "tie"


@pytest.mark.parametrize(("stated", "totals"), [("1.430,00", "tie"), ("1.400,00", "differ")])
def test_table_of_a_page__is_compared_with_its_total(stated: str, totals: str) -> None:
    file = read(
        MAIL.replace("\n\n", "\nContent-Type: text/html; charset=utf-8\n\n")
        + "<html><body><style>b{}</style><p>Guten Tag,</p><table>"
        "<tr><th>Rechnungsnr.</th><th>Datum</th><th>Bruttobetrag</th><th>Skonto</th>"
        "<th>Abzug</th><th>Zahlbetrag</th><th>Grund</th></tr>"
        "<tr><td>RE-1</td><td>01.02.2026</td><td>1.000,00</td><td>20,00</td><td></td>"
        "<td>980,00 EUR</td><td></td></tr><tr><td>RE-2<td>01.02.2026<td>500,00<td><td>50,00"
        f"<td>450,00<td>Bruch</tr><tr><td>Summe</td><td></td><td></td><td></td><td></td>"
        f"<td>{stated}</td></tr></table></body></html>"
    )
    assert [amounts(line) for line in file.remittances] == [
        ("RE-1", 100000, 2000, 0, 98000),
        ("RE-2", 50000, 0, 5000, 45000),
    ]
    assert {line.currency for line in file.remittances} == {"EUR"}
    assert file.remittances[1].reason == "Bruch"
    assert file.totals == totals
    assert bool(file.warnings) == (totals == "differ")


def test_mail_in_two_versions__is_read_once() -> None:
    table = "<table><tr><th>Invoice<th>Amount</tr><tr><td>INV-1<td>5.00</tr></table>"
    file = read(
        MAIL.replace("\n\n", '\nContent-Type: multipart/alternative; boundary="x"\n\n')
        + "--x\nContent-Type: text/plain\n\nInvoice    Amount\nINV-1    5.00\n"
        + f"--x\nContent-Type: text/html\n\n{table}\n--x--\n"
    )
    assert [amounts(line) for line in file.remittances] == [("INV-1", 500, 0, 0, 500)]


def test_amount_beside_each_reference__is_its_own() -> None:
    file = read("Payer: ACME\nTotal paid: USD 90.00\nInvoices: INV-1 (60.00), INV-2 (30.00)\n")
    assert [(line.reference, line.net_minor) for line in file.remittances] == [
        ("INV-1", 6000),
        ("INV-2", 3000),
    ]
    assert (file.totals, file.remittances[0].currency) == ("tie", "USD")


@pytest.mark.parametrize("total", ["1,500.00", "1,600.00"])
def test_list_without_heads__is_one_of_documents_if_it_sums(total: str) -> None:
    file = read(
        MAIL + f"We paid:\n\nINV-1001   $1,200.00\n- Invoice 4711: $300.00\nTotal: ${total}\n"
    )
    wanted = [("INV-1001", 120000), ("4711", 30000)] if total == "1,500.00" else [("", 160000)]
    assert [(line.reference, line.net_minor) for line in file.remittances] == wanted


def test_deduction_for_many_invoices__is_a_line_without_a_document() -> None:
    file = read(
        "Payer: ACME\nTotal paid: 80.00\nInvoices: INV-1 (60.00), INV-2 (30.00)\n"
        "Deduction: 10.00 late delivery\n"
    )
    assert [(line.reference, line.net_minor) for line in file.remittances][2] == ("", -1000)
    assert (file.remittances[2].reason, file.totals) == ("late delivery", "tie")


def test_table_in_an_export__is_an_advice_and_no_statement() -> None:
    file = read("Invoice No;Gross;Deduction;Net Paid\nINV-1;100,00;10,00;90,00\nTotal;;;90,00\n")
    assert file.format == "remittance-table"
    assert [amounts(line) for line in file.remittances] == [("INV-1", 10000, 0, 1000, 9000)]


@pytest.mark.parametrize("gap", ["\t", "|"])
def test_bank_export_with_document_numbers__is_no_advice(gap: str) -> None:
    text = "Date;Time;Document number;Amount\n2026-02-01;10:00;INV-1;5.00\n".replace(";", gap)
    file = read(text)
    assert [line.amount_minor for line in file.lines] == [500]


def test_quoted_words__are_not_the_payers() -> None:
    file = read(MAIL + "Payer: ACME\nTotal paid: 5.00\nInvoice: INV-1\n> Invoice: INV-9\n")
    assert [line.reference for line in file.remittances] == ["INV-1"]


def test_date_that_no_calendar_has__is_no_date() -> None:
    mail = MAIL.replace("2026", "99999999999999999999")
    (line,) = read(mail + "Payer: ACME\nTotal paid: 5.00\nInvoice: INV-1\n").remittances
    assert line.advised_on is None


def test_attachment__is_named_as_not_read() -> None:
    file = read(
        MAIL.replace("\n\n", '\nContent-Type: multipart/mixed; boundary="x"\n\n')
        + "--x\nContent-Type: text/plain\n\nPayer: ACME\nTotal paid: 5.00\nInvoice: INV-1\n"
        + "--x\nContent-Type: application/pdf\n"
        + 'Content-Disposition: attachment; filename="a.pdf"\n\nx\n--x--\n'
    )
    assert "a.pdf was not read" in file.warnings[0]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("Hello, we paid.\n", "no remittance table"),
        ("Payer: A\nTotal paid: 1.234\nInvoice: I-1\n", "two ways"),
    ],
)
def test_mail_that_says_too_little__is_refused(body: str, reason: str) -> None:
    with pytest.raises(BadInput) as refused:
        read(MAIL + body)
    assert reason in refused.value.message
