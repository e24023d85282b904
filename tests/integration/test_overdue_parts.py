"""Overdue counts what fell due, also of an invoice in instalments: every view says the same."""

from datetime import date

import pytest

from ledger.queries.listing import Due, accounts_page, open_sums, overdue_sums
from ledger.queries.risk_facts import open_by_due, overdue_accounts, owing
from ledger.tables.receivable import Instalment, Invoice
from tests.support.case_book import CaseBook, ask_on
from tools.account_pages import account_page

AS_OF = date(2026, 11, 22)
DUE = {"amount": "1000.00", "currency": "USD"}


@pytest.fixture
def account(book: CaseBook) -> str:
    """12,000 billed for 1 August, agreed to be paid in twelve months from 1 November."""
    account = book.account("C-100", "Brightwater Foods", credit_limit_minor=2_000_000)
    book.add(
        Invoice(
            id="inv_1",
            account_id=account,
            invoice_number="INV-1",
            issued_on=date(2026, 7, 1),
            due_on=date(2026, 8, 1),
            amount_minor=12_000_00,
            open_minor=12_000_00,
            currency="USD",
        )
    )
    for number in range(12):
        year, month = divmod(10 + number, 12)
        part = {"number": number + 1, "due_on": date(2026 + year, month + 1, 1)}
        row = {"invoice_id": "inv_1", "amount_minor": 1_000_00, "agreed_on": date(2026, 10, 20)}
        book.add(Instalment(id=f"ins_{number}", **part, **row))
    return account


class TestOnePartIsPastDue:
    def test_book__and_its_largest(self, book: CaseBook, account: str) -> None:
        (line,) = ask_on(book, AS_OF, "book_metrics")["lines"]
        assert line["overdue"] == DUE
        found = ask_on(book, AS_OF, "top_overdue")
        (top,) = found["accounts"]
        assert (top["overdue"], top["oldest_days_past_due"], top["items"]) == (DUE, 21, 1)
        assert found["overdue"] == [DUE]

    def test_work__counts_the_part(self, book: CaseBook, account: str) -> None:
        (line,) = ask_on(book, AS_OF, "list_accounts_to_work")["accounts"]
        assert (line["overdue"], line["oldest_days_past_due"]) == (DUE, 21)

    @pytest.mark.parametrize("tool", ["get_account_brief", "list_open_items"])
    def test_account__counts_the_part(self, book: CaseBook, account: str, tool: str) -> None:
        assert ask_on(book, AS_OF, tool, account="C-100")["overdue"] == [DUE]

    def test_next_reminder__asks_for_the_part(self, book: CaseBook, account: str) -> None:
        (reminder,) = ask_on(book, AS_OF, "get_account_brief", account="C-100")["next_reminders"]
        assert reminder["total"] == DUE

    def test_aging__by_part(self, book: CaseBook, account: str) -> None:
        (line,) = ask_on(book, AS_OF, "aging_of_account", account="C-100")["lines"]
        amounts = [value["amount"] for value in line["buckets"].values()]
        assert amounts == ["11000.00", "1000.00", "0.00", "0.00", "0.00"]

    def test_invoice__is_late_since_its_part(self, book: CaseBook, account: str) -> None:
        found = ask_on(book, AS_OF, "invoice_detail", account="C-100", invoice_number="INV-1")
        assert found["days_past_due"] == 21

    def test_side_by_side(self, book: CaseBook, account: str) -> None:
        book.account("C-200")
        found = ask_on(book, AS_OF, "compare_accounts", account="C-100", other="C-200")
        assert found["accounts"][0]["overdue"] == [DUE]

    def test_pages__count_the_part(self, book: CaseBook, account: str) -> None:
        with book.ledger.read() as session:
            (late,) = account_page(session, account, AS_OF).overdue
            (listed,) = overdue_sums(session, [account], AS_OF)[account]
            (whole,) = open_sums(session, [account])[account]
        assert (late.minor, listed.minor, whole.minor) == (1_000_00, 1_000_00, 12_000_00)

    @pytest.mark.parametrize(
        ("first", "last", "shown"),
        [
            (date(2026, 7, 25), date(2026, 8, 25), 0),
            (date(2026, 10, 23), date(2026, 11, 21), 1),
            (AS_OF, date.max, 1),
        ],
    )
    def test_filter_of_the_list__goes_by_part(
        self, book: CaseBook, account: str, first: date, last: date, shown: int
    ) -> None:
        with book.ledger.read() as session:
            assert len(accounts_page(session, 9, due=Due(first, last, AS_OF))) == shown

    def test_credit_score__reads_the_part(self, book: CaseBook, account: str) -> None:
        with book.ledger.read() as session:
            (row,) = owing(session, AS_OF, [account])
            by_due = open_by_due(session, account, AS_OF)["USD"]
            assert overdue_accounts(session, date(2026, 10, 31)) == []
        assert (row.open_minor, row.overdue_minor, row.part_paid) == (12_000_00, 1_000_00, 0)
        assert row.oldest_due_on == date(2026, 11, 1)
        assert (by_due[0], len(by_due)) == ((date(2026, 11, 1), 1_000_00), 12)
