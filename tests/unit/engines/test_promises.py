"""A promise is kept, partly kept, broken, or still has time."""

from datetime import date, timedelta

import pytest

from engines.promises import settle
from ledger.states import PromiseState

GIVEN, LAST = date(2026, 11, 2), date(2026, 11, 13)
AFTER = LAST + timedelta(days=1)


def outcome(*cash, amount=100_00, invoices=("inv_1",), as_of=LAST, left=None, currency="USD"):
    """State of a promise of a hundred dollars for an invoice of a hundred and fifty."""
    open_minor = {"inv_1": 150_00} if left is None else left
    return settle(amount, invoices, GIVEN, LAST, as_of, list(cash), open_minor, currency)


def paid(minor: int, on: date = LAST, invoice: str = "inv_1", currency: str = "USD"):
    return (invoice, minor, on, currency)


class TestSettle:
    @pytest.mark.parametrize(
        ("as_of", "expected"), [(LAST, PromiseState.PENDING), (AFTER, PromiseState.BROKEN)]
    )
    def test_nothing_paid__is_broken_once_the_last_day_has_passed(self, as_of, expected) -> None:
        assert outcome(as_of=as_of) is expected

    @pytest.mark.parametrize(
        ("minor", "expected"),
        [(100_00, PromiseState.KEPT), (99_99, PromiseState.PARTLY_KEPT)],
    )
    def test_amount__is_reached_to_the_cent(self, minor, expected) -> None:
        assert outcome(paid(minor), as_of=AFTER) is expected

    @pytest.mark.parametrize(
        ("on", "expected"),
        [
            (GIVEN - timedelta(days=1), PromiseState.BROKEN),
            (GIVEN, PromiseState.KEPT),
            (LAST, PromiseState.KEPT),
            (AFTER, PromiseState.BROKEN),
        ],
    )
    def test_day_of_the_money__from_the_promise_to_its_last_day(self, on, expected) -> None:
        assert outcome(paid(100_00, on), as_of=AFTER) is expected

    @pytest.mark.parametrize("other", [paid(100_00, invoice="inv_2"), paid(100_00, currency="EUR")])
    def test_money_for_something_else__does_not_count(self, other) -> None:
        assert outcome(other, as_of=AFTER) is PromiseState.BROKEN

    def test_promise_without_invoices__any_money_of_the_account_counts(self) -> None:
        cash = paid(60_00, invoice="inv_7"), paid(40_00, invoice="inv_8")
        assert outcome(*cash, invoices=(), as_of=AFTER) is PromiseState.KEPT

    def test_application_reversed__is_taken_off_again(self) -> None:
        assert outcome(paid(100_00), paid(-100_00), as_of=AFTER) is PromiseState.BROKEN

    def test_invoices_settled__is_kept_whatever_the_amount(self) -> None:
        assert outcome(left={}) is PromiseState.KEPT
        assert outcome(left={"inv_1": 0}) is PromiseState.KEPT

    def test_one_of_two_invoices_settled__is_not_kept(self) -> None:
        two = ("inv_1", "inv_2")
        assert outcome(invoices=two, as_of=AFTER) is PromiseState.BROKEN

    @pytest.mark.parametrize(
        ("cash", "expected"),
        [((), PromiseState.BROKEN), ((paid(1),), PromiseState.PARTLY_KEPT)],
    )
    def test_no_amount_named__the_invoices_decide(self, cash, expected) -> None:
        assert outcome(*cash, amount=None, currency=None, as_of=AFTER) is expected

    def test_nothing_named_and_nothing_open__is_not_kept_by_silence(self) -> None:
        assert outcome(amount=None, invoices=(), left={}, as_of=AFTER) is PromiseState.BROKEN
