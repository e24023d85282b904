"""Exports of real systems: totals tie, rows are neither lost nor invented."""

import csv
import json
from collections import Counter
from datetime import date
from decimal import Decimal

import pytest

from adapters.spreadsheets.options import ImportOptions
from adapters.spreadsheets.reading import ReadOutcome, read_records
from adapters.spreadsheets.records import CreditRecord, InvoiceRecord, ReceiptRecord
from tests.support.shared_data import shared

LAYOUTS = [
    "qbo_ar_aging_detail.csv",
    "xero_aged_receivables_detail.csv",
    "sap_fbl5n_unconverted.txt",
    "de_semicolon_cp1252.csv",
]


def read(path: str, kind: str = "invoices", as_of: date = date(2026, 11, 21), **options):
    return read_records(shared(path), kind, as_of=as_of, options=ImportOptions(**options))


def errors(outcome: ReadOutcome) -> set[str]:
    return {f.code for f in outcome.report.findings if f.severity == "error"}


@pytest.mark.parametrize("name", LAYOUTS)
def test_report_layout__ties_to_its_expected_total(name: str) -> None:
    expected = json.loads(shared("erp/layouts/expected.json").read_text())[name]
    currency = "EUR" if name.startswith(("sap", "de")) else "USD"

    outcome = read(f"erp/layouts/{name}", currency=None if currency == "EUR" else currency)

    report = outcome.report
    assert not report.blocks
    assert report.rows == expected["rows"]
    assert list(report.sums) == [currency]
    assert Decimal(report.sums[currency].as_json()["open"]) == Decimal(expected["open_total"])
    assert report.ties
    assert report.encoding == expected.get("encoding", "utf-8")


def test_quickbooks_aging__date_order_comes_from_the_rows() -> None:
    outcome = read("erp/layouts/qbo_ar_aging_detail.csv", currency="USD")

    assert outcome.report.of("date_order").what.startswith("dates are MDY")
    assert Counter(type(record) for record in outcome.records) == {
        InvoiceRecord: 3, CreditRecord: 1, ReceiptRecord: 1,
    }  # fmt: skip
    assert outcome.records[0].issued_on == date(2026, 6, 11)
    assert outcome.records[2].customer_name == "Harbor Homes:Pier 4"


def test_quickbooks_aging__states_no_currency() -> None:
    assert errors(read("erp/layouts/qbo_ar_aging_detail.csv")) == {"no_currency"}


def test_xero_aging__section_line_is_the_customer() -> None:
    records = read("erp/layouts/xero_aged_receivables_detail.csv", currency="USD").records

    assert {record.customer_name for record in records} == {"Boom FM"}
    assert isinstance(records[2], CreditRecord)
    assert records[2].credit_number == "CN-0007"


def test_sap_list__page_head_is_the_customer_and_trailing_minus_counts() -> None:
    records = read("erp/layouts/sap_fbl5n_unconverted.txt").records

    assert {(r.customer_number, r.customer_name) for r in records} == {
        ("300417755", "Rheintal Industrie GmbH")
    }
    assert isinstance(records[2], ReceiptRecord)
    assert records[2].open_minor == 10_000


def test_german_semicolons__keep_zeros_and_umlauts() -> None:
    records = read("erp/layouts/de_semicolon_cp1252.csv").records

    assert [getattr(r, "invoice_number", None) for r in records][1] == "0012345"
    assert [r.customer_name for r in records[:2]] == ["Müller & Söhne KG", "Bäcker; Handel GmbH"]


def test_highradius__every_row_and_cent_is_there() -> None:
    path = "ar/highradius_invoices.csv"
    with shared(path).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    billed = sum(Decimal(row["amount"]) for row in rows)
    unpaid = sum(Decimal(row["amount"]) for row in rows if not row["clear_date"])

    refused = read(path, as_of=date(2019, 11, 18))
    taken = read(path, as_of=date(2019, 11, 18), currency="USD")

    assert refused.report.of("no_currency").count == 383
    assert errors(refused) == {"no_currency"}
    assert not taken.report.blocks
    assert taken.report.counts == {"invoices": 32_000}
    sums = [total.as_json() for total in taken.report.sums.values()]
    assert sum(Decimal(total["invoiced"]) for total in sums) == billed
    assert sum(Decimal(total["open"]) for total in sums) == unpaid
    assert len({record.customer_number for record in taken.records}) == 982
    assert sum(record.cleared_on is not None for record in taken.records) == 30_261
    assert taken.mapping.named()["invoice_number"] == "row_id"


def test_highradius_customers__are_read() -> None:
    outcome = read("ar/highradius_customers.csv", "customers")

    assert outcome.report.counts == {"customers": 1041}
    assert not outcome.report.blocks


def test_highradius_open__uses_the_documents_own_number() -> None:
    outcome = read("ar/highradius_unlabelled_open.csv", as_of=date(2020, 5, 22))

    assert outcome.report.counts == {"invoices": 9681}
    assert outcome.mapping.named()["invoice_number"] == "doc_id"
    assert outcome.mapping.named()["due_on"] == "due_in_date"


def test_ibm__disputed_and_settled_are_mapped() -> None:
    outcome = read("ar/ibm_late_payments.csv", as_of=date(2013, 7, 12), currency="USD")

    assert outcome.report.counts == {"invoices": 1966}
    assert sum(record.cleared_on is None for record in outcome.records) == 81
    assert any(record.disputed for record in outcome.records)
    assert errors(read("ar/ibm_late_payments.csv", as_of=date(2013, 7, 12))) == {"no_currency"}


def test_supplier_payments__vendor_is_the_customer() -> None:
    outcome = read("ar/supplier_payments.csv", as_of=date(2016, 8, 4), currency="GBP")

    assert outcome.report.counts == {"invoices": 7000}
    assert outcome.mapping.named()["customer_name"] == "vendor_name"
    assert outcome.report.of("cleared_but_open").count == 486
    assert not outcome.report.blocks


def test_xero_invoices__bills_and_voided_rows_are_left_out() -> None:
    outcome = read("erp/xero/invoice.csv")

    assert (outcome.report.rows, outcome.report.left_out) == (601, 485)
    assert outcome.report.counts == {"invoices": 116}
    assert set(outcome.report.sums) == {"USD", "GBP"}


@pytest.mark.parametrize(
    ("path", "kind", "count"),
    [
        ("erp/quickbooks/invoice.csv", "invoices", 5),
        ("erp/quickbooks/payment.csv", "receipts", 12),
        ("erp/quickbooks/credit_memo.csv", "credits", 12),
        ("erp/quickbooks/customer.csv", "customers", 4),
        ("erp/xero/contact.csv", "customers", 152),
        ("erp/sap/kna1.csv", "customers", 3),
    ],
)
def test_table_rows_of_systems__are_read(path: str, kind: str, count: int) -> None:
    outcome = read(path, kind)

    assert not outcome.report.blocks
    assert outcome.report.counts == {kind: count}


@pytest.mark.parametrize(
    ("path", "kind", "codes"),
    [
        ("erp/netsuite/transaction.csv", "invoices", {"mapping_open"}),
        ("erp/netsuite/customer.csv", "customers", {"unknown_currency", "number_twice"}),
        ("erp/sap/bseg.csv", "invoices", {"mapping_open"}),
        ("erp/sap/bsad_bck.csv", "invoices", {"unknown_currency", "missing_amount"}),
        ("erp/xero/credit_note.csv", "credits", {"mapping_open"}),
        ("erp/xero/bank_transaction.csv", "receipts", {"mapping_open"}),
    ],
)
def test_table_without_what_is_needed__blocks_and_asks(path: str, kind: str, codes: set) -> None:
    assert errors(read(path, kind)) == codes
