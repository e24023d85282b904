"""Exports of credits and receipts: booked once, and never beside what already settled."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from ledger.postings_disputes import Resolved, open_dispute, resolve_dispute
from ledger.tables.account import Account
from ledger.tables.receivable import Application, CreditMemo, Invoice, Receipt
from ledger.tables.work import CallTask
from tests.support.imports import Desk, open_desk

INVOICES = "customer_number,invoice_number,invoice_date,due_date,amount,currency,open_amount"
CREDITS = "customer_number,credit_number,credit_date,amount,currency,open_amount"
RECEIPTS = "customer_number,receipt_number,received_on,amount,currency"
PAID = "C1,I1,2026-01-05,2026-02-04,100.00,EUR,0.00"


@pytest.fixture
def desk(database_url: str, tmp_path: Path) -> Iterator[Desk]:
    with open_desk(database_url, tmp_path) as opened:
        yield opened


def applied(desk: Desk) -> list[tuple[str, int, date]]:
    rows = desk.all(Application)
    return sorted((row.kind, row.amount_minor, row.applied_on) for row in rows)


class TestCredits:
    def test_open_credit__is_unapplied(self, desk: Desk) -> None:
        result = desk.take("credits", CREDITS, "C1,CN1,2026-01-10,20.00,EUR,20.00")

        assert result.counts == {"accounts_added": 1, "credits_added": 1}
        assert desk.one(CreditMemo).unapplied_minor == 2_000
        assert desk.take("credits", CREDITS, "C1,CN1,2026-01-10,20.00,EUR,20.00").unchanged

    def test_used_before_the_books_began__is_not_booked(self, desk: Desk) -> None:
        result = desk.take("credits", CREDITS, "C1,CN1,2026-01-10,20.00,EUR,0.00")

        assert result.unchanged
        assert desk.found(result, "used_before") == 1
        assert desk.all(Account) == []

    def test_used_for_what_an_adjustment_settled__takes_its_place(self, desk: Desk) -> None:
        desk.take("invoices", INVOICES, PAID)

        desk.take("credits", CREDITS, "C1,CN1,2026-01-10,60.00,EUR,0.00")

        assert applied(desk) == [
            ("adjustment", -6_000, desk.as_of),
            ("adjustment", 10_000, desk.as_of),
            ("credit", 6_000, date(2026, 1, 10)),
        ]
        assert desk.open_balances() == {"I1": 0}
        assert desk.one(CreditMemo).unapplied_minor == 0
        assert desk.take("credits", CREDITS, "C1,CN1,2026-01-10,60.00,EUR,0.00").unchanged
        assert desk.take("invoices", INVOICES, PAID).unchanged

    def test_used_since_the_last_file__is_applied_in_place_of_the_adjustment(
        self, desk: Desk
    ) -> None:
        desk.take("credits", CREDITS, "C1,CN1,2026-01-10,60.00,EUR,60.00")
        desk.take("invoices", INVOICES, PAID)

        result = desk.take("credits", CREDITS, "C1,CN1,2026-01-10,60.00,EUR,15.00")

        assert result.counts == {"credit_applications": 1, "adjustment_applications": 1}
        assert desk.one(CreditMemo).unapplied_minor == 1_500

    def test_used_for_something_unknown__is_kept_and_reported(self, desk: Desk) -> None:
        desk.take("credits", CREDITS, "C1,CN1,2026-01-10,60.00,EUR,60.00")

        result = desk.take("credits", CREDITS, "C1,CN1,2026-01-10,60.00,EUR,0.00")

        assert desk.found(result, "used_elsewhere") == 1
        assert desk.one(CreditMemo).unapplied_minor == 6_000

    def test_amount_changed__the_books_keep_the_first(self, desk: Desk) -> None:
        head, row = CREDITS.removesuffix(",open_amount"), "C1,CN1,2026-01-10,60.00,EUR"
        desk.take("credits", head, row)

        result = desk.take("credits", head, row.replace("60.00", "75.00"))

        assert desk.found(result, "amount_kept") == 1
        assert desk.one(CreditMemo).amount_minor == 6_000


class TestCreditsOfOurs:
    """What a resolution took off is not taken off again when the accounting system lists it."""

    HEAD = f"{CREDITS},invoice_number"
    OPEN = "C1,I1,2026-01-05,2026-02-04,100.00,EUR,100.00"

    @pytest.fixture
    def resolved(self, desk: Desk) -> Desk:
        desk.take("invoices", INVOICES, self.OPEN)
        account = desk.one(Account).id
        invoice = desk.one(Invoice).id
        with desk.ledger.write() as session:
            opened = open_dispute(session, account, invoice, "PRICE", desk.as_of, "too much")
            given = Resolved("credit_memo", desk.as_of, "felix", "prp_1", invoice, 2_500)
            resolve_dispute(session, opened, given)
        assert desk.open_balances() == {"I1": 7_500}
        return desk

    @pytest.mark.parametrize("left", ["0.00", "25.00"])
    def test_same_invoice_and_amount__is_the_same_credit(self, resolved: Desk, left: str) -> None:
        theirs = f"C1,CN9,2026-02-20,25.00,EUR,{left},I1"
        result = resolved.take("credits", self.HEAD, theirs)
        assert resolved.found(result, "credit_of_ours") == 1
        assert len(resolved.all(CreditMemo)) == 1
        assert resolved.open_balances() == {"I1": 7_500}
        assert resolved.take("credits", self.HEAD, theirs).unchanged
        assert resolved.all(CallTask) == []

    def test_second_like_it__is_booked(self, resolved: Desk) -> None:
        resolved.take("credits", self.HEAD, "C1,CN9,2026-02-20,25.00,EUR,25.00,I1")
        result = resolved.take("credits", self.HEAD, "C1,CN10,2026-02-25,25.00,EUR,25.00,I1")
        assert result.counts == {"credits_added": 1}
        assert len(resolved.all(CreditMemo)) == 2

    @pytest.mark.parametrize(
        "theirs",
        [
            "C1,CN9,2026-02-20,25.00,EUR,25.00,",
            "C1,CN9,2026-02-20,29.75,EUR,29.75,I1",
        ],
    )
    def test_agrees_in_less__is_booked_unapplied_and_a_person_is_asked_once(
        self, resolved: Desk, theirs: str
    ) -> None:
        result = resolved.take("credits", self.HEAD, theirs)
        assert resolved.found(result, "perhaps_credit_of_ours") == 1
        assert resolved.open_balances() == {"I1": 7_500}
        resolved.take("credits", self.HEAD, theirs)
        (task,) = resolved.all(CallTask)
        assert "Credit memo CN9" in task.summary

    @pytest.mark.parametrize(
        "theirs",
        [
            "C1,CN9,2026-02-20,25.00,EUR,25.00,I7",
            "C1,CN9,2026-02-20,25.00,USD,25.00,I1",
            "C2,CN9,2026-02-20,25.00,EUR,25.00,I1",
            "C1,CN9,2025-06-20,25.00,EUR,25.00,",
        ],
    )
    def test_another_invoice_currency_customer_or_time__is_another_credit(
        self, resolved: Desk, theirs: str
    ) -> None:
        resolved.take("credits", self.HEAD, theirs)
        assert len(resolved.all(CreditMemo)) == 2
        assert resolved.all(CallTask) == []


class TestReceipts:
    ROW = "C1,R1,2026-02-01,100.00,EUR"

    def test_known_payer__is_unapplied_on_the_account(self, desk: Desk) -> None:
        desk.take("customers", "customer_number,customer_name", "C1,Acme Ltd")

        desk.take("receipts", RECEIPTS, self.ROW)

        receipt = desk.one(Receipt)
        assert receipt.account_id == desk.one(Account).id
        assert receipt.unapplied_minor == 10_000
        assert desk.take("receipts", RECEIPTS, self.ROW).unchanged

    def test_stranger__stays_unidentified_until_the_customer_is_known(self, desk: Desk) -> None:
        first = desk.take("receipts", RECEIPTS, self.ROW)
        assert desk.found(first, "unidentified_payer") == 1
        assert desk.one(Receipt).account_id is None

        desk.take("customers", "customer_number,customer_name", "C1,Acme Ltd")
        result = desk.take("receipts", RECEIPTS, self.ROW)

        assert result.counts == {"receipts_changed": 1}
        assert desk.one(Receipt).account_id == desk.one(Account).id

    def test_without_numbers__equal_rows_are_told_apart_by_their_order(self, desk: Desk) -> None:
        head, row = "customer_number,received_on,amount,currency", "C1,2026-02-01,5.00,EUR"

        desk.take("receipts", head, row, row)
        again = desk.take("receipts", head, row, row)
        third = desk.take("receipts", head, row, row, row)

        assert again.unchanged
        assert third.counts == {"receipts_added": 1}
        assert len({receipt.receipt_number for receipt in desk.all(Receipt)}) == 3

    def test_names_an_invoice_an_adjustment_settled__becomes_its_payment(self, desk: Desk) -> None:
        desk.take("invoices", INVOICES, PAID)

        for _ in range(2):
            result = desk.take("receipts", f"{RECEIPTS},invoice_number", f"{self.ROW},I1")

        assert result.unchanged
        assert applied(desk) == [
            ("adjustment", -10_000, desk.as_of),
            ("adjustment", 10_000, desk.as_of),
            ("cash", 10_000, date(2026, 2, 1)),
        ]
        assert desk.one(Receipt).unapplied_minor == 0

    def test_came_before_the_invoices__becomes_the_payment_when_read_again(
        self, desk: Desk
    ) -> None:
        desk.take("customers", "customer_number,customer_name", "C1,Acme Ltd")
        desk.take("receipts", f"{RECEIPTS},invoice_number", f"{self.ROW},I1")
        desk.take("invoices", INVOICES, PAID)

        desk.take("receipts", f"{RECEIPTS},invoice_number", f"{self.ROW},I1")

        assert desk.one(Receipt).unapplied_minor == 0

    def test_invoice_was_paid_by_its_clear_date__is_pointed_out(self, desk: Desk) -> None:
        head = INVOICES.replace("open_amount", "clear_date")
        desk.take("invoices", head, PAID.replace(",0.00", ",2026-02-01"))

        result = desk.take("receipts", f"{RECEIPTS},invoice_number", f"{self.ROW},I1")

        assert desk.found(result, "paid_by_clear_date") == 1

    def test_references__stand_in_the_memo_for_cash_application(self, desk: Desk) -> None:
        head = f"{RECEIPTS},invoice_number,bank_reference,memo"

        desk.take("receipts", head, f'{self.ROW},"I7; I8",TRF-99,thanks')

        assert desk.one(Receipt).memo == "thanks I7 I8 TRF-99"

    def test_name_of_two_customers__stays_unidentified(self, desk: Desk) -> None:
        desk.take("customers", "customer_number,customer_name", "C1,Acme", "C2,Acme")

        result = desk.take(
            "receipts", "customer_name,received_on,amount,currency", "Acme,2026-02-01,5.00,EUR"
        )

        assert desk.found(result, "ambiguous_payer") == 1
        assert desk.one(Receipt).account_id is None

    def test_received_tomorrow__waits(self, desk: Desk) -> None:
        result = desk.take("receipts", RECEIPTS, self.ROW, as_of=date(2026, 1, 31))

        assert result.unchanged
        assert desk.all(Receipt) == []


def test_listing_of_all_kinds__ties_to_its_open_balance(desk: Desk) -> None:
    desk.take(
        "invoices",
        "document_type,customer_name,invoice_number,invoice_date,due_date,amount,open_amount,currency",
        "Invoice,Acme,I1,2026-01-05,2026-02-04,100.00,70.00,EUR",
        "Credit memo,Acme,CN1,2026-01-20,,-30.00,-10.00,EUR",
        "Payment,Acme,P1,2026-01-25,,-15.00,-5.00,EUR",
    )

    assert desk.open_balances() == {"I1": 7_000}
    assert desk.one(CreditMemo).unapplied_minor == 1_000
    assert desk.one(Receipt).unapplied_minor == 500
    assert applied(desk) == [
        ("adjustment", -2_000, desk.as_of),
        ("adjustment", -1_000, desk.as_of),
        ("adjustment", 3_000, desk.as_of),
        ("cash", 1_000, date(2026, 1, 25)),
        ("credit", 2_000, date(2026, 1, 20)),
    ]
