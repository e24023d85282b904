"""Whom to call: not those who wait for a promise, a plan, a hold or a dispute to run its course."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from engines.priority import Group, Ranked
from ledger.tables.receivable import Invoice, Receipt, ReceiptCandidate
from policies.load import load_policy
from tests.support.case_book import AS_OF, CaseBook
from tools.cash_ahead import cash_ahead
from tools.priority import ranking

POLICY = load_policy()
NEXT_WEEK = AS_OF + timedelta(days=7)


def late_payer(book: CaseBook, number: str = "C-1") -> str:
    """Pays very late, and owes two items past due: 900 and 100."""
    account = book.account(number)
    for at in range(6):
        book.paid(account, f"{number}-P{at}", 1_000, late=100 + at, paid_late=45)
    book.invoice(account, f"{number}-A", minor=90_000, late=10)
    book.invoice(account, f"{number}-B", minor=10_000, late=10)
    return account


def ranked(book: CaseBook) -> dict[str, Ranked]:
    with book.ledger.read() as session:
        ahead = cash_ahead(session, POLICY.forecast, AS_OF)
    return {each.account_id: each for each in ranking(ahead, POLICY)}


class TestWaiting:
    def test_nothing_runs__act_now(self, book: CaseBook) -> None:
        account = late_payer(book)
        assert ranked(book)[account].group is Group.ACT_NOW

    def test_entities_it_owes__are_told_where_they_are_known(self, book: CaseBook) -> None:
        account, other = late_payer(book), late_payer(book, "C-2")
        with book.ledger.write() as session:
            for number, entity in (("C-1-A", "US01"), ("C-1-B", "DE01")):
                one = Invoice.invoice_number == number
                session.execute(update(Invoice).where(one).values(entity=entity))
        found = ranked(book)
        assert "owed to DE01, US01" in found[account].factors
        assert not any("owed to" in each for each in found[other].factors)

    @pytest.mark.parametrize(("minor", "waits"), [(100_000, True), (60_000, True), (5_000, False)])
    def test_money_that_may_be_theirs__is_waited_for_where_it_is_most(
        self, book: CaseBook, minor: int, waits: bool
    ) -> None:
        account = late_payer(book)
        receipt = book.receipt(None, "R-1", minor)
        book.add(ReceiptCandidate(receipt_id=receipt, account_id=account, currency="USD"))
        assert (ranked(book)[account].group is Group.ACT_NOW) is not waits

    def test_money_of_another_currency_may_pay_it__is_waited_for(self, book: CaseBook) -> None:
        account = late_payer(book)
        book.add(
            Receipt(
                id="rcp_e",
                receipt_number="R-E",
                received_on=AS_OF,
                amount_minor=5_000,
                unapplied_minor=5_000,
                currency="EUR",
            )
        )
        book.add(ReceiptCandidate(receipt_id="rcp_e", account_id=account, currency="USD"))
        found = ranked(book)[account]
        assert found.group is not Group.ACT_NOW
        assert "money that may be theirs" in " ".join(found.factors)

    def test_promise_for_all__is_waited_for(self, book: CaseBook) -> None:
        account = late_payer(book)
        book.promise(account, 100_000, NEXT_WEEK)
        found = ranked(book).get(account)
        assert found is None or found.group is not Group.ACT_NOW

    def test_promise_for_a_small_part__the_rest_is_called_for(self, book: CaseBook) -> None:
        account = late_payer(book)
        book.promise(account, 5_000, NEXT_WEEK)
        assert ranked(book)[account].group is Group.ACT_NOW

    def test_promises_for_parts__add_up(self, book: CaseBook) -> None:
        account = late_payer(book)
        book.promise(account, 40_000, NEXT_WEEK)
        book.promise(account, 40_000, NEXT_WEEK + timedelta(days=1))
        found = ranked(book).get(account)
        assert found is None or found.group is not Group.ACT_NOW

    @pytest.mark.parametrize("reason", ["manual", "already_paid_claim", "hardship"])
    def test_account_on_hold__asks_for_another_strategy_and_says_why(
        self, book: CaseBook, reason: str
    ) -> None:
        account = late_payer(book)
        book.hold(account, reason)
        found = ranked(book)[account]
        assert found.group is Group.OTHER_STRATEGY
        assert f"on hold: {reason.replace('_', ' ')}" in found.factors

    def test_other_accounts__are_not_touched(self, book: CaseBook) -> None:
        held, free = late_payer(book), late_payer(book, "C-2")
        book.hold(held, "manual")
        assert ranked(book)[free].group is Group.ACT_NOW
