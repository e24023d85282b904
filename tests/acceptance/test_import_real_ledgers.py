"""Ledgers written by others go in whole, tie to the cent, and go in only once."""

import csv
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from adapters.spreadsheets.options import ImportOptions
from ledger.balances import LedgerTotals
from ledger.checks import check_ledger
from ledger.money import Money
from ledger.queries.as_of import totals_as_of
from ledger.session import Ledger, open_engine
from ledger.tables.receivable import Application, Invoice, Receipt
from tests.support.shared_data import shared
from tools.import_book import ImportResult, import_file

BOOKS = (
    # file, kind, as of, options
    ("ar/highradius_customers.csv", "customers", date(2019, 11, 18), {}),
    ("ar/highradius_invoices.csv", "invoices", date(2019, 11, 18), {"currency": "USD"}),
    ("ar/highradius_unlabelled_open.csv", "invoices", date(2020, 5, 22), {}),
    ("ar/ibm_late_payments.csv", "invoices", date(2013, 7, 12), {"currency": "USD"}),
    ("ar/supplier_payments.csv", "invoices", date(2016, 8, 4), {"currency": "GBP"}),
    ("erp/layouts/qbo_ar_aging_detail.csv", "invoices", date(2026, 11, 21), {"currency": "USD"}),
    ("erp/layouts/xero_aged_receivables_detail.csv", "invoices", date(2026, 11, 21),
     {"currency": "USD"}),
    ("erp/layouts/sap_fbl5n_unconverted.txt", "invoices", date(2026, 11, 21), {}),
    ("erp/layouts/de_semicolon_cp1252.csv", "invoices", date(2026, 11, 21), {}),
    ("erp/quickbooks/invoice.csv", "invoices", date(2026, 11, 21), {}),
    ("erp/quickbooks/payment.csv", "receipts", date(2026, 11, 21), {}),
    ("erp/quickbooks/credit_memo.csv", "credits", date(2026, 11, 21), {}),
    ("erp/quickbooks/customer.csv", "customers", date(2026, 11, 21), {}),
    ("erp/xero/invoice.csv", "invoices", date(2026, 11, 21), {}),
    ("erp/xero/contact.csv", "customers", date(2026, 11, 21), {}),
    ("erp/sap/kna1.csv", "customers", date(2026, 11, 21), {}),
)  # fmt: skip


@pytest.fixture
def books(database_url: str) -> Iterator[Ledger]:
    ledger = Ledger(open_engine(database_url))
    yield ledger
    ledger.close()


def take(books: Ledger, path: Path, kind: str, as_of: date, options: dict) -> ImportResult:
    return import_file(books, path, kind, as_of=as_of, options=ImportOptions(**options))


def read(books: Ledger, look: Callable[..., Any], *arguments: Any) -> Any:
    with books.read() as session:
        return look(session, *arguments)


def owed(totals: list[LedgerTotals]) -> dict[str, Decimal]:
    """Open items less unapplied cash and credits, as an export adds them up."""
    return {
        each.currency: Money(
            each.open_minor - each.unapplied_cash_minor - each.unapplied_credit_minor,
            each.currency,
        ).amount
        for each in totals
    }


@pytest.mark.parametrize(("path", "kind", "as_of", "options"), BOOKS, ids=lambda v: str(v)[-28:])
def test_real_export__ties_to_the_cent_and_goes_in_once(
    books: Ledger, path: str, kind: str, as_of: date, options: dict
) -> None:
    file = shared(path)

    result = take(books, file, kind, as_of, options)

    assert result.batch_id
    assert read(books, check_ledger, as_of) == []
    if kind == "invoices":
        stated = {code: Decimal(s.as_json()["open"]) for code, s in result.report.sums.items()}
        assert owed(read(books, totals_as_of, as_of)) == stated
    assert take(books, file, kind, as_of, options).unchanged


def test_highradius__is_what_a_plain_reader_of_the_file_counts(books: Ledger) -> None:
    file, as_of = shared("ar/highradius_invoices.csv"), date(2019, 11, 18)
    with file.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    billed, unpaid, runs = Counter(), Counter(), set()
    for row in rows:
        currency, cents = row["currency"] or "USD", int(Decimal(row["amount"]) * 100)
        billed[currency] += cents
        unpaid[currency] += 0 if row["clear_date"] else cents
        if row["clear_date"]:
            runs.add((row["cust_number"], row["clear_date"], currency))

    result = take(books, file, "invoices", as_of, {"currency": "USD"})

    totals = read(books, totals_as_of, as_of)
    assert {each.currency: each.invoiced_minor for each in totals} == billed
    assert {each.currency: each.open_minor for each in totals} == unpaid
    assert {each.unapplied_cash_minor for each in totals} == {0}
    assert result.counts == {
        "accounts_added": 982,
        "invoices_added": 32_000,
        "receipts_added": len(runs),
        "cash_applications": 30_261,
    }
    early = select(func.count()).select_from(Application).join(
        Receipt, Receipt.id == Application.receipt_id
    ).join(Invoice, Invoice.id == Application.invoice_id)  # fmt: skip
    early = early.where(Receipt.received_on < Invoice.issued_on)
    assert read(books, lambda session: session.scalar(early)) == 423


def test_highradius__played_day_by_day_ends_where_one_import_does(books: Ledger) -> None:
    file = shared("ar/highradius_invoices.csv")
    days = (date(2019, 6, 30), date(2019, 9, 30), date(2019, 11, 18))

    for day in days:
        result = take(books, file, "invoices", day, {"currency": "USD"})
        assert read(books, check_ledger, day) == []
        opened = {each.currency: each.open_minor for each in read(books, totals_as_of, day)}
        assert opened == as_stated(file, day)

    assert not result.unchanged


def as_stated(file: Path, day: date) -> dict[str, int]:
    """What a plain reader of the file finds open on a day."""
    opened: Counter[str] = Counter()
    with file.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            issued, cleared = row["invoice_date_est"], row["clear_date"]
            is_settled = cleared and max(cleared, issued) <= day.isoformat()
            if issued <= day.isoformat() and not is_settled:
                opened[row["currency"] or "USD"] += int(Decimal(row["amount"]) * 100)
    return opened
