"""When an invoice counts as paid, as the postings told it at the start of a past day."""

from datetime import date, timedelta

from ledger.ids import make_id
from ledger.queries.payment_history import invoices_known_before
from ledger.tables.receivable import Application
from tests.support.case_book import AS_OF, CaseBook, days

TOMORROW = AS_OF + timedelta(days=1)


def posted(book: CaseBook, invoice: str, minor: int, on: date, **values: object) -> str:
    """An application of cash, or of another kind, on a day."""
    application_id = make_id("app", invoice, minor, on, *values)
    row: dict[str, object] = {"kind": "cash", "currency": "USD"} | values
    book.add(
        Application(
            id=application_id,
            account_id="acc_c1",
            invoice_id=invoice,
            amount_minor=minor,
            applied_on=on,
            **row,
        )
    )
    return application_id


def told(book: CaseBook, as_of: date = TOMORROW) -> list[date | None]:
    with book.ledger.read() as session:
        return [row.cleared_on for row in invoices_known_before(session, as_of)]


class TestCleared:
    def test_parts__paid_on_the_day_the_balance_reached_zero(self, book: CaseBook) -> None:
        invoice = book.invoice(book.account("C-1"), "INV-1", 1_000, open_minor=0)
        posted(book, invoice, 400, days(9))
        posted(book, invoice, 600, days(4))
        assert told(book) == [days(4)]

    def test_parts__before_the_last_it_was_open(self, book: CaseBook) -> None:
        invoice = book.invoice(book.account("C-1"), "INV-1", 1_000, open_minor=0)
        posted(book, invoice, 400, days(9))
        posted(book, invoice, 600, days(4))
        assert told(book, days(4)) == [None]

    def test_received_before_it_was_applied__counts_from_receipt(self, book: CaseBook) -> None:
        account = book.account("C-1")
        invoice = book.invoice(account, "INV-1", 1_000, open_minor=0)
        receipt = book.receipt(account, "R-1", 1_000, days(8), unapplied=0)
        posted(book, invoice, 1_000, days(3), receipt_id=receipt)
        assert told(book) == [days(8)]
        assert told(book, days(3)) == [None]  # nobody knew yet which invoice it paid

    def test_taken_back_and_paid_again__counts_from_the_second(self, book: CaseBook) -> None:
        account = book.account("C-1")
        invoice = book.invoice(account, "INV-1", 1_000, open_minor=0)
        wrong = book.receipt(account, "R-1", 1_000, days(12), unapplied=1_000)
        first = posted(book, invoice, 1_000, days(12), receipt_id=wrong)
        posted(book, invoice, -1_000, days(9), receipt_id=wrong, reverses_id=first)
        posted(book, invoice, 1_000, days(2))
        assert told(book) == [days(2)]

    def test_rest_written_off_later__paid_when_the_cash_came(self, book: CaseBook) -> None:
        invoice = book.invoice(book.account("C-1"), "INV-1", 1_000, open_minor=0)
        posted(book, invoice, 990, days(10))
        posted(book, invoice, 10, days(2), kind="write_off")
        assert told(book) == [days(10)]
        assert told(book, days(5)) == [None]

    def test_credited_alone__was_never_paid_and_is_left_out(self, book: CaseBook) -> None:
        invoice = book.invoice(book.account("C-1"), "INV-1", 1_000, open_minor=0)
        posted(book, invoice, 1_000, days(2), kind="credit")
        assert told(book) == []

    def test_issued_on_the_day__is_not_known_yet(self, book: CaseBook) -> None:
        book.invoice(book.account("C-1"), "INV-1", late=-30)
        assert told(book, AS_OF) == []
