"""An export of open items against the books: new, changed, settled, and never doubled."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from ledger.postings import apply_to_invoices
from ledger.states import ApplicationKind
from ledger.tables.account import Account
from ledger.tables.case import Dispute
from ledger.tables.receivable import Application, CreditMemo, Invoice, Receipt
from ledger.tables.work import Audit, Feed, ImportBatch
from tests.support.imports import Desk, open_desk

HEAD = "customer_number,customer_name,invoice_number,invoice_date,due_date,amount,currency"
ONE = "C1,Acme Ltd,I1,2026-01-05,2026-02-04,100.00,EUR"
TWO = "C1,Acme Ltd,I2,2026-01-06,2026-02-05,50.00,EUR"
CLEARED = f"{HEAD},clear_date"
OPEN = f"{HEAD},open_amount"


@pytest.fixture
def desk(database_url: str, tmp_path: Path) -> Iterator[Desk]:
    with open_desk(database_url, tmp_path) as opened:
        yield opened


def test_first_export__opens_account_and_invoices(desk: Desk) -> None:
    result = desk.take("invoices", HEAD, ONE, TWO)

    assert result.counts == {"accounts_added": 1, "invoices_added": 2}
    assert desk.open_balances() == {"I1": 10_000, "I2": 5_000}
    account = desk.one(Account)
    assert (account.account_number, account.name) == ("C1", "Acme Ltd")
    assert {row.batch_id for row in desk.all(Invoice)} == {result.batch_id}


def test_same_file_again__changes_nothing_and_freshens_the_feed(desk: Desk) -> None:
    desk.take("invoices", HEAD, ONE, TWO)
    before = desk.everything()

    again = desk.take("invoices", HEAD, ONE, TWO, as_of=date(2026, 3, 2))

    assert again.unchanged
    assert again.counts == {}
    assert desk.everything() == before
    assert desk.one(Feed).name == "invoices"
    assert desk.one(Feed).read_through == date(2026, 3, 2)


@pytest.mark.parametrize("head", ["company code", "Buchungskreis", "Subsidiary"])
def test_entity_of_ours__is_kept_and_changed_but_never_taken_away(desk: Desk, head: str) -> None:
    desk.take("invoices", f"{HEAD},{head}", f"{ONE},DE01", f"{TWO},")
    assert [row.entity for row in desk.all(Invoice)] == ["DE01", None]
    desk.take("invoices", f"{HEAD},{head}", f"{ONE},US01", f"{TWO},US01")
    assert [row.entity for row in desk.all(Invoice)] == ["US01", "US01"]
    assert desk.take("invoices", HEAD, ONE, TWO).unchanged


def test_every_import__leaves_one_batch_and_one_record(desk: Desk) -> None:
    first = desk.take("invoices", HEAD, ONE)
    second = desk.take("invoices", HEAD, ONE)

    assert {row.id for row in desk.all(ImportBatch)} == {first.batch_id, second.batch_id}
    records = desk.all(Audit)
    assert [record.kind for record in records] == ["file_imported"] * 2
    assert '"invoices_added":1' in records[0].payload
    assert desk.all(ImportBatch)[0].file_digest in records[0].payload


def test_due_date_and_po_change__the_invoice_follows(desk: Desk) -> None:
    head = f"{HEAD},po_number"
    desk.take("invoices", head, f"{ONE},PO-1")
    desk.rest()

    result = desk.take("invoices", head, f"{ONE},PO-2".replace("2026-02-04", "2026-02-14"))

    assert result.counts == {"invoices_changed": 1}
    invoice = desk.one(Invoice)
    assert (invoice.due_on, invoice.po_number) == (date(2026, 2, 14), "PO-2")
    assert desk.one(Account).next_action_on is None


def test_amount_changes__the_posted_amount_stays_and_an_adjustment_carries_it(desk: Desk) -> None:
    desk.take("invoices", HEAD, ONE)

    lower = desk.take("invoices", HEAD, ONE.replace("100.00", "80.00"))
    higher = desk.take("invoices", HEAD, ONE.replace("100.00", "130.00"))
    again = desk.take("invoices", HEAD, ONE.replace("100.00", "130.00"))

    assert lower.counts == higher.counts == {"adjustment_applications": 1}
    assert again.unchanged
    assert desk.one(Invoice).amount_minor == 10_000
    assert desk.open_balances() == {"I1": 13_000}
    assert [row.amount_minor for row in desk.all(Application)] == [2_000, -5_000]


def test_amount_falls_below_what_was_paid_here__only_what_is_open_is_taken_off(desk: Desk) -> None:
    desk.take("invoices", OPEN, f"{ONE},100.00")
    pay(desk, 7_000)

    for _ in range(2):
        result = desk.take("invoices", OPEN, f"{ONE.replace('100.00', '60.00')},60.00")

    assert desk.open_balances() == {"I1": 0}
    assert desk.found(result, "amount_below_paid") == 1
    assert result.unchanged


def test_amount_falls_below_what_earlier_files_settled__the_file_decides(desk: Desk) -> None:
    desk.take("invoices", OPEN, f"{ONE},30.00")

    for _ in range(2):
        result = desk.take("invoices", OPEN, f"{ONE.replace('100.00', '60.00')},20.00")

    assert desk.open_balances() == {"I1": 2_000}
    assert desk.found(result, "amount_below_paid") == 0
    assert result.unchanged


class TestClearDates:
    def test_cleared_on_one_day__is_one_receipt_per_customer_and_currency(self, desk: Desk) -> None:
        desk.take(
            "invoices",
            CLEARED,
            f"{ONE},2026-02-10",
            f"{TWO},2026-02-10",
            "C1,Acme Ltd,I3,2026-01-06,2026-02-05,7.00,USD,2026-02-10",
            "C2,Bolt SA,I4,2026-01-06,2026-02-05,9.00,EUR,2026-02-10",
        )

        receipts = {row.receipt_number: row.amount_minor for row in desk.all(Receipt)}
        assert receipts == {
            "CLEARED-C1-20260210-EUR": 15_000,
            "CLEARED-C1-20260210-USD": 700,
            "CLEARED-C2-20260210-EUR": 900,
        }
        assert set(desk.open_balances().values()) == {0}
        assert {feed.name for feed in desk.all(Feed)} == {"invoices", "receipts"}

    def test_clear_date_appears_later__a_receipt_of_that_day_is_posted(self, desk: Desk) -> None:
        desk.take("invoices", CLEARED, f"{ONE},")

        desk.take("invoices", CLEARED, f"{ONE},2026-02-20")

        receipt, application = desk.one(Receipt), desk.one(Application)
        assert receipt.received_on == application.applied_on == date(2026, 2, 20)
        assert application.receipt_id == receipt.id
        assert desk.open_balances() == {"I1": 0}

    def test_more_of_one_day_comes_in_a_later_file__follows_in_a_receipt_of_its_own(
        self, desk: Desk
    ) -> None:
        three = "C1,Acme Ltd,I3,2026-01-07,2026-02-06,7.00,EUR"
        for rows in ((ONE,), (ONE, TWO), (ONE, TWO, three), (ONE, TWO, three)):
            result = desk.take("invoices", CLEARED, *(f"{row},2026-02-10" for row in rows))

        assert result.unchanged
        assert {row.receipt_number: row.amount_minor for row in desk.all(Receipt)} == {
            "CLEARED-C1-20260210-EUR": 10_000,
            "CLEARED-C1-20260210-EUR/2": 5_000,
            "CLEARED-C1-20260210-EUR/3": 700,
        }

    def test_cleared_before_it_was_issued__applied_on_the_day_of_issue(self, desk: Desk) -> None:
        desk.take("invoices", CLEARED, f"{ONE},2026-01-02")

        assert desk.one(Receipt).received_on == date(2026, 1, 2)
        assert desk.one(Application).applied_on == date(2026, 1, 5)

    def test_clear_date_is_gone__the_payment_stays_and_is_reported(self, desk: Desk) -> None:
        desk.take("invoices", CLEARED, f"{ONE},2026-02-10")

        result = desk.take("invoices", CLEARED, f"{ONE},")

        assert desk.open_balances() == {"I1": 0}
        assert desk.found(result, "clearing_gone") == 1


class TestOpenBalances:
    def test_settled_at_an_unknown_date__is_an_adjustment_of_today(self, desk: Desk) -> None:
        desk.take("invoices", OPEN, f"{ONE},40.00")

        row = desk.one(Application)
        assert (row.kind, row.amount_minor, row.applied_on) == ("adjustment", 6_000, desk.as_of)
        assert row.cause.startswith("import:imp_")
        assert desk.open_balances() == {"I1": 4_000}

    def test_balance_goes_down_and_up_in_the_file__the_books_follow(self, desk: Desk) -> None:
        for left in ("100.00", "40.00", "0.00", "25.00", "25.00"):
            result = desk.take("invoices", OPEN, f"{ONE},{left}")
            assert desk.open_balances() == {"I1": round(float(left) * 100)}

        assert result.unchanged
        assert desk.found(result, "open_again") == 0

    def test_cash_applied_here_before_the_file_knows__stays_applied(self, desk: Desk) -> None:
        desk.take("invoices", OPEN, f"{ONE},100.00")
        pay(desk, 7_000)

        behind = desk.take("invoices", OPEN, f"{ONE},100.00")
        caught_up = desk.take("invoices", OPEN, f"{ONE},30.00")
        ahead = desk.take("invoices", OPEN, f"{ONE},10.00")

        assert behind.unchanged
        assert desk.found(behind, "less_open_here") == 1
        assert caught_up.unchanged
        assert ahead.counts == {"adjustment_applications": 1}
        assert desk.open_balances() == {"I1": 1_000}

    def test_file_is_older_than_the_books__nothing_is_opened_again(self, desk: Desk) -> None:
        desk.take("invoices", OPEN, f"{ONE},0.00")

        result = desk.take("invoices", OPEN, f"{ONE},100.00", as_of=date(2026, 2, 1))

        assert desk.open_balances() == {"I1": 0}
        assert desk.found(result, "older_file") == 1
        assert desk.one(Feed).read_through == desk.as_of

    def test_more_paid_than_owed__is_a_credit_with_a_number_of_its_own(self, desk: Desk) -> None:
        rows = (f"{ONE},-20.00", "C1,Acme Ltd,OVERPAID-I9,2026-01-05,,-5.00,EUR,-5.00")

        desk.take("invoices", OPEN, *rows)
        again = desk.take("invoices", OPEN, *rows)

        assert again.unchanged
        assert {row.credit_number: row.unapplied_minor for row in desk.all(CreditMemo)} == {
            "OVERPAID-I1": 2_000,
            "OVERPAID-I9": 500,
        }
        assert desk.open_balances() == {"I1": 0}


def pay(desk: Desk, minor: int) -> None:
    """A person applies cash here before the accounting system knows."""
    desk.take("receipts", "customer_number,received_on,amount,currency", "C1,2026-02-01,70,EUR")
    invoice, receipt = desk.one(Invoice), desk.one(Receipt)
    with desk.ledger.write() as session:
        parts = [(invoice.id, minor)]
        apply_to_invoices(session, ApplicationKind.CASH, receipt.id, parts, desk.as_of, "a person")


def test_invoice_left_the_export__stays_open_and_is_reported(desk: Desk) -> None:
    desk.take("invoices", HEAD, ONE, TWO)

    result = desk.take("invoices", HEAD, TWO)

    assert result.unchanged
    assert desk.open_balances() == {"I1": 10_000, "I2": 5_000}
    missing = result.report.of("not_in_file")
    assert missing.what == "1 open invoices of earlier files (100.00 EUR) are not in this one"


def test_documents_of_the_future__wait_for_their_day(desk: Desk) -> None:
    rows = (f"{ONE},2026-02-10", f"{TWO},", "C1,Acme Ltd,I3,2026-02-01,2026-03-01,7.00,EUR,")

    early = desk.take("invoices", CLEARED, *rows, as_of=date(2026, 1, 31))
    assert early.counts == {"accounts_added": 1, "invoices_added": 2}
    assert desk.open_balances() == {"I1": 10_000, "I2": 5_000}

    late = desk.take("invoices", CLEARED, *rows, as_of=date(2026, 2, 10))
    assert late.counts == {"invoices_added": 1, "receipts_added": 1, "cash_applications": 1}
    assert desk.open_balances() == {"I1": 0, "I2": 5_000, "I3": 700}


class TestDueDates:
    LATER = "C1,Acme Ltd,I1,2026-01-05,,100.00,EUR"

    def test_none_and_no_terms__blocks_with_the_line(self, desk: Desk) -> None:
        result = desk.take("invoices", HEAD, TWO, self.LATER)

        finding = result.report.of("no_due_date")
        assert (finding.severity, finding.line, finding.column) == ("error", 3, "due_date")
        assert result.batch_id is None
        assert desk.everything() == {}

    def test_none_but_the_account_has_terms__is_issue_date_plus_terms(self, desk: Desk) -> None:
        desk.take("customers", "customer_number,customer_name,terms", "C1,Acme Ltd,30 days")

        result = desk.take("invoices", HEAD, self.LATER)

        assert desk.one(Invoice).due_on == date(2026, 2, 4)
        assert desk.found(result, "due_from_account") == 1
        assert result.report.of("missing_due_date") is None

    def test_no_issue_date__is_in_the_books_from_today(self, desk: Desk) -> None:
        row = "C1,Acme Ltd,I1,,2026-04-30,100.00,EUR"

        desk.take("invoices", HEAD, row)
        again = desk.take("invoices", HEAD, row, as_of=date(2026, 3, 9))

        assert desk.one(Invoice).issued_on == desk.as_of
        assert again.unchanged

    def test_issue_date_moves_behind_a_payment__stays(self, desk: Desk) -> None:
        desk.take("invoices", CLEARED, f"{ONE},2026-01-20")

        moved = desk.take("invoices", CLEARED, f"{ONE.replace('01-05', '01-15')},2026-01-20")
        behind = desk.take("invoices", CLEARED, f"{ONE.replace('01-05', '01-25')},2026-01-20")

        assert moved.counts == {"invoices_changed": 1}
        assert desk.found(behind, "issue_date_kept") == 1
        assert desk.one(Invoice).issued_on == date(2026, 1, 15)


class TestWhoseInvoice:
    BARE = "customer_name,invoice_number,invoice_date,due_date,amount,currency"

    def test_only_a_name__matches_without_case_and_punctuation(self, desk: Desk) -> None:
        desk.take("customers", "customer_number,customer_name", "C1,Acme Ltd")

        desk.take("invoices", self.BARE, "ACME LTD.,I1,2026-01-05,2026-02-04,100.00,EUR")

        assert desk.one(Account).account_number == "C1"

    def test_name_of_two_customers__blocks(self, desk: Desk) -> None:
        desk.take("customers", "customer_number,customer_name", "C1,Acme Ltd", "C2,Acme Ltd")

        result = desk.take("invoices", self.BARE, "Acme Ltd,I1,2026-01-05,2026-02-04,1.00,EUR")

        assert result.report.of("ambiguous_customer").severity == "error"
        assert desk.all(Invoice) == []

    def test_opened_by_name__gets_its_number_and_keeps_its_invoices(self, desk: Desk) -> None:
        desk.take("invoices", self.BARE, "Acme Ltd,I1,2026-01-05,2026-02-04,100.00,EUR")
        assert desk.one(Account).account_number == "Acme Ltd"

        desk.take("customers", "customer_number,customer_name", "C1,Acme Ltd", "C2,Acme Ltd")
        desk.take("invoices", HEAD, ONE)

        assert {row.account_number for row in desk.all(Account)} == {"C1", "C2"}
        assert desk.one(Invoice).invoice_number == "I1"

    def test_same_invoice_at_another_customer__is_pointed_out(self, desk: Desk) -> None:
        desk.take("invoices", HEAD, ONE)

        result = desk.take("invoices", HEAD, ONE.replace("C1,Acme", "C2,Apex"))

        assert desk.found(result, "number_elsewhere") == 1

    def test_currency_changed__blocks(self, desk: Desk) -> None:
        desk.take("invoices", HEAD, ONE)

        result = desk.take("invoices", HEAD, ONE.replace("EUR", "USD"))

        assert result.report.of("currency_changed").severity == "error"
        assert result.batch_id is None


def test_disputed_in_the_file__opens_one_dispute_while_it_is_owed(desk: Desk) -> None:
    head = f"{CLEARED},disputed"
    rows = (f"{ONE},,yes", f"{TWO},2026-02-10,yes")

    desk.take("invoices", head, *rows)
    again = desk.take("invoices", head, *rows, as_of=date(2026, 3, 2))

    dispute = desk.one(Dispute)
    assert dispute.opened_on == desk.as_of
    assert again.unchanged
    with desk.ledger.read() as session:
        owed = session.scalar(select(Invoice.id).where(Invoice.invoice_number == "I1"))
    assert dispute.invoice_id == owed
