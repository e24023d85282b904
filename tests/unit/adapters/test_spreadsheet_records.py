"""From bytes to records and findings."""

from datetime import date

import pytest
from pydantic import ValidationError

from adapters.spreadsheets.catalog import Severity
from adapters.spreadsheets.grid import UnreadableFile
from adapters.spreadsheets.options import ImportOptions, KnownCustomers
from adapters.spreadsheets.reading import ReadOutcome, read_records
from adapters.spreadsheets.records import CreditRecord, InvoiceRecord, ReceiptRecord
from ledger.errors import BadInput

AS_OF = date(2026, 6, 1)
HEAD = "Invoice No,Customer No,Invoice Date,Due Date,Amount,Currency\n"


def read(text: str, kind: str = "invoices", **options) -> ReadOutcome:
    known = options.pop("known", None)
    return read_records(
        text.encode(), kind, as_of=AS_OF, options=ImportOptions(**options), known_customers=known,
        name="f.csv",
    )  # fmt: skip


def codes(outcome: ReadOutcome, severity: Severity) -> list[str]:
    return [f.code for f in outcome.report.findings if f.severity is severity]


def test_plain_invoice__becomes_a_record_with_its_line() -> None:
    outcome = read(HEAD + "0012,007,2026-05-01,2026-05-31,1234.50,EUR\n")

    assert outcome.records == (
        InvoiceRecord(
            line=2, invoice_number="0012", customer_number="007", issued_on=date(2026, 5, 1),
            due_on=date(2026, 5, 31), amount_minor=123450, currency="EUR",
        ),
    )  # fmt: skip
    assert not outcome.report.blocks
    assert outcome.report.findings == ()


def test_records__are_frozen_and_closed() -> None:
    record = read(HEAD + "1,7,2026-05-01,2026-05-31,1.00,EUR\n").records[0]

    with pytest.raises(ValidationError):
        record.line = 9
    with pytest.raises(ValidationError):
        InvoiceRecord.model_validate({**record.model_dump(), "colour": "red"})


@pytest.mark.parametrize("kind", ["invoices", "credits", "receipts"])
def test_header_only__says_that_no_rows_follow(kind: str) -> None:
    outcome = read("Number,Customer No,Date,Amount,Currency\n", kind)

    assert outcome.records == ()
    assert "no_rows" in codes(outcome, Severity.ERROR)


def test_one_column__lists_every_missing_field_with_a_hint() -> None:
    outcome = read("Sum\n1\n2\n")

    asked = [f for f in outcome.report.findings if f.code == "mapping_open"]
    assert {f.column for f in asked} == {
        "invoice_number", "customer_number", "amount", "issued_on",
    }  # fmt: skip
    assert all("--map" in f.what for f in asked)


def test_unknown_kind__is_refused() -> None:
    with pytest.raises(UnreadableFile, match="cannot import 'parrots'"):
        read("a\n1\n", "parrots")


def test_unknown_default_currency__is_refused_before_reading() -> None:
    with pytest.raises(BadInput, match="unknown currency"):
        ImportOptions(currency="XXQ")


def test_blank_currency__blocks_until_a_default_is_given() -> None:
    text = HEAD + "1,7,2026-05-01,2026-05-31,1.00,\n2,7,2026-05-01,2026-05-31,2.00,EUR\n"

    refused, taken = read(text), read(text, currency="USD")

    assert codes(refused, Severity.ERROR) == ["no_currency"]
    assert refused.report.of("no_currency").lines == (2,)
    assert not taken.report.blocks
    assert taken.report.of("currency_assumed").count == 1
    assert [record.currency for record in taken.records] == ["USD", "EUR"]


@pytest.mark.parametrize(
    ("row", "code", "column"),
    [
        ("1,7,2026-05-01,2026-05-31,1.00,ZZZ", "unknown_currency", "Currency"),
        ("1,7,2026-05-01,2026-05-31,1.005,EUR", "bad_amount", "Amount"),
        ("1,7,2026-05-01,2026-05-31,0.5,JPY", "bad_amount", "Amount"),
        ("1,7,2026-05-01,2026-05-31,five,EUR", "bad_amount", "Amount"),
        ("1,7,2026-05-01,2026-05-31,,EUR", "missing_amount", "Amount"),
        ("1,7,2026-02-30,2026-05-31,1.00,EUR", "bad_date", "Invoice Date"),
        ("1,7,0026-05-01,2026-05-31,1.00,EUR", "bad_date", "Invoice Date"),
        (",7,2026-05-01,2026-05-31,1.00,EUR", "missing_number", "Invoice No"),
        ("1,,2026-05-01,2026-05-31,1.00,EUR", "missing_customer", "customer_name"),
        ("3.00418E+08,7,2026-05-01,2026-05-31,1.00,EUR", "cut_number", "Invoice No"),
        ("1,7,2026-05-01,2026-05-31,£1.00,EUR", "currency_conflict", "Amount"),
    ],
)
def test_faulty_row__is_an_error_at_its_line_and_column(row: str, code: str, column: str) -> None:
    good = "".join(f"A{n},7,2026-05-01,2026-05-31,10.00,EUR\n" for n in range(4))

    outcome = read(HEAD + good + row + "\n")

    finding = outcome.report.of(code)
    assert (finding.severity, finding.line, finding.column) == (Severity.ERROR, 6, column)
    assert outcome.report.blocks
    assert f"f.csv line 6 column {column!r}" in finding.describe("f.csv")
    assert {record.line for record in outcome.records} >= {2, 3, 4, 5}


def test_missing_due_date__is_issue_plus_terms_or_a_warning() -> None:
    head = "Invoice No,Customer No,Invoice Date,Due Date,Terms,Amount,Currency\n"

    outcome = read(head + "1,7,2026-05-01,,Net 30,1.00,EUR\n2,7,2026-05-01,,,1.00,EUR\n")

    first, second = outcome.records
    assert (first.due_on, first.terms_days) == (date(2026, 5, 31), 30)
    assert second.due_on is None
    assert outcome.report.of("missing_due_date").line == 3
    assert "cannot be dunned" in outcome.report.of("missing_due_date").consequence


def test_mixed_listing__becomes_invoices_credits_and_receipts() -> None:
    head = "Type,Num,Customer,Date,Due date,Amount,Open balance,Currency\n"
    rows = (
        "Invoice,1,Acme,2026-05-01,2026-05-31,100.00,40.00,EUR\n"
        "Credit Memo,C1,Acme,2026-05-02,,-10.00,-10.00,EUR\n"
        "Payment,,Acme,2026-05-03,,(25.00),-5.00,EUR\n"
        "Bill,B1,Acme,2026-05-03,,99.00,99.00,EUR\n"
        "Journal Entry,J1,Acme,2026-05-03,,-3.00,-3.00,EUR\n"
    )

    outcome = read(head + rows + "TOTAL,,,,,161.00,121.00,\n")

    invoice, credit, receipt, journal = outcome.records
    assert isinstance(invoice, InvoiceRecord)
    assert (invoice.amount_minor, invoice.open_minor) == (10000, 4000)
    assert isinstance(credit, CreditRecord)
    assert (credit.amount_minor, credit.open_minor) == (1000, 1000)
    assert isinstance(receipt, ReceiptRecord)
    assert (receipt.amount_minor, receipt.open_minor, receipt.receipt_number) == (2500, 500, None)
    assert isinstance(journal, CreditRecord)
    assert outcome.report.left_out == 1
    assert outcome.report.of("unknown_document_type").line == 6
    assert outcome.report.ties
    assert outcome.report.sums["EUR"].open_minor == 4000 - 1000 - 500 - 300


def test_credit_without_sign_and_negative_invoice__are_said() -> None:
    head = "Type,Num,Customer,Date,Due date,Amount,Currency\n"

    outcome = read(
        head + "Credit note,C1,Acme,2026-05-01,,10.00,EUR\nInvoice,2,Acme,2026-05-01,,-7.00,EUR\n"
    )

    assert [type(record) for record in outcome.records] == [CreditRecord, CreditRecord]
    assert [record.amount_minor for record in outcome.records] == [1000, 700]
    assert outcome.report.of("credit_without_sign").line == 2
    assert outcome.report.of("negative_invoice").line == 3


def test_negative_open_balance__is_an_overpayment_the_customer_keeps() -> None:
    head = "Num,Customer,Date,Due date,Amount,Open balance,Currency\n"

    invoice, credit = read(head + "1,Acme,2026-05-01,2026-05-31,50.00,-20.00,EUR\n").records

    assert (invoice.open_minor, credit.open_minor, credit.overpayment) == (0, 2000, True)


def test_more_open_than_invoiced__is_an_error() -> None:
    head = "Num,Customer,Date,Due date,Amount,Open balance,Currency\n"

    outcome = read(head + "1,Acme,2026-05-01,2026-05-31,50.00,60.00,EUR\n")

    assert codes(outcome, Severity.ERROR) == ["open_above_amount"]


def test_void_deleted_and_zero_rows__are_left_out_and_counted() -> None:
    head = "Num,Customer,Date,Due date,Amount,Currency,Status,Deleted\n"
    rows = (
        "1,Acme,2026-05-01,2026-05-31,1.00,EUR,VOIDED,\n2,Acme,2026-05-01,2026-05-31,1.00,EUR,,TRUE\n"
        "3,Acme,2026-05-01,2026-05-31,0.00,EUR,,\n4,Acme,2026-05-01,2026-05-31,1.00,EUR,PAID,F\n"
    )

    outcome = read(head + rows)

    assert [record.invoice_number for record in outcome.records] == ["4"]
    assert (outcome.report.rows, outcome.report.left_out) == (4, 3)


def test_debit_credit_column__gives_the_sign() -> None:
    head = "BelegNr,Kunde,Belegdatum,Betrag,Währung,Soll/Haben\n"

    outcome = read(head + "1,Acme,2026-05-01,5.00,EUR,S\n2,Acme,2026-05-01,6.00,EUR,H\n")

    assert [type(record) for record in outcome.records] == [InvoiceRecord, CreditRecord]


def test_total_that_differs__blocks_and_says_by_how_much() -> None:
    outcome = read(HEAD + "1,7,2026-05-01,2026-05-31,1.00,EUR\nTotal,,,,3.50,\n")

    finding = outcome.report.of("total_differs")
    assert (finding.severity, finding.line) == (Severity.ERROR, 3)
    assert "difference -2.50" in finding.what
    assert outcome.report.ties is False


def test_page_total_and_section_total__tie_to_their_own_rows() -> None:
    text = (
        "Num,Date,Amount,Currency\nAcme,,,\n1,2026-01-02,5,EUR\nTotal Acme,,5,\nBeta,,,\n"
        "2,2026-01-02,6,EUR\nTotal Beta,,6,\nTotal,,11,\n"
    )

    outcome = read(text)

    assert outcome.report.ties
    assert [str(total.stated) for total in outcome.report.totals] == ["5", "6", "11"]


def test_equal_rows__are_taken_once_and_other_content_blocks() -> None:
    row = "1,7,2026-05-01,2026-05-31,1.00,EUR\n"

    twice = read(HEAD + row + row)
    other = read(HEAD + row + row.replace("1.00", "2.00"))

    assert len(twice.records) == 1
    assert codes(twice, Severity.WARNING) == ["equal_rows"]
    assert codes(other, Severity.ERROR) == ["number_twice"]
    assert other.report.of("number_twice").line == 3


def test_same_number_of_two_customers__is_two_invoices() -> None:
    outcome = read(
        HEAD + "1,7,2026-05-01,2026-05-31,1.00,EUR\n1,8,2026-05-01,2026-05-31,2.00,EUR\n"
    )

    assert len(outcome.records) == 2
    assert not outcome.report.blocks


def test_look_alikes_and_future_dates__are_warned_of() -> None:
    outcome = read(
        HEAD + "1,7,2026-05-01,2026-05-31,1.00,EUR\n2,7,2026-05-01,2026-05-31,1.00,EUR\n"
        "3,7,2026-06-02,2026-07-01,1.00,EUR\n"
    )

    assert outcome.report.of("look_alike").line == 3
    assert outcome.report.of("future_issued").line == 4
    assert not outcome.report.blocks


def test_unmatched_customers__are_listed_once_with_the_nearest() -> None:
    known = KnownCustomers(frozenset({"0007", "8"}), frozenset({"Acme GmbH"}))
    row = "{},{},2026-05-01,2026-05-31,{}.00,EUR\n"
    text = HEAD + row.format(1, 7, 1) + row.format(2, 7, 2) + row.format(3, 8, 3)

    finding = read(text, known=known).report.of("unmatched_customer")

    assert (finding.count, finding.line, finding.severity) == (1, 2, Severity.WARNING)
    assert "but '0007' is" in finding.what


def test_customer_known_by_name__matches_without_case() -> None:
    known = KnownCustomers(frozenset(), frozenset({"Acme GmbH"}))
    text = HEAD.replace("Customer No", "Customer") + "1,ACME GmbH,2026-05-01,2026-05-31,1.00,EUR\n"

    assert read(text, known=known).report.of("unmatched_customer") is None


def test_open_formats__are_asked_and_answered() -> None:
    head = HEAD.replace(",", ";")
    text = head + "1;7;03/04/2026;05/04/2026;1.234;EUR\n2;7;04/04/2026;06/04/2026;2.345;EUR\n"

    asked = read(text)
    answered = read(text, dates="DMY", decimal="comma")

    assert set(codes(asked, Severity.ERROR)) == {"dates_open", "decimal_open"}
    assert asked.records == ()
    assert answered.records[0].issued_on == date(2026, 4, 3)
    assert answered.records[0].amount_minor == 123400
    assert (answered.mapping.dates, answered.mapping.decimal) == ("DMY", "comma")


def test_mixed_date_orders__block() -> None:
    outcome = read(
        HEAD + "1,7,25/04/2026,26/04/2026,1.00,EUR\n2,7,04/25/2026,04/26/2026,1.00,EUR\n"
    )

    assert codes(outcome, Severity.ERROR) == ["dates_open"]
