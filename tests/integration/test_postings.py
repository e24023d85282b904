"""Money and customer state on both databases: nothing is exceeded, doubled, or written by half."""

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger import postings
from ledger.errors import Conflict, NotFound
from ledger.states import ApplicationKind
from ledger.tables.account import Account
from ledger.tables.receivable import Application, Receipt
from tests.support.books import Books
from tests.support.posted import (
    CASH,
    CREDIT,
    DAY,
    apply,
    balances,
    books,
    count,
    fill,
    sound,
    value,
)

__all__ = ["books"]


UNTOUCHED = (100_00, 100_00, 150_00, 150_00)


class TestApplyToInvoices:
    def test_receipt_over_two_invoices__moves_every_projection(self, books: Books) -> None:
        made = apply(books, ("inv_1", 100_00), ("inv_2", 50_00))
        assert len(made) == 2
        assert balances(books) == (0, 50_00, 0, 150_00)
        assert value(books, Account.next_action_on, "acc_a") is None
        assert sound(books)

    def test_credit_and_write_off__reduce_what_is_open(self, books: Books) -> None:
        apply(books, ("inv_1", 30_00), kind=CREDIT, source_id="crd_1")
        apply(books, ("inv_1", 70_00), kind=ApplicationKind.WRITE_OFF, source_id=None)
        assert balances(books) == (0, 100_00, 150_00, 120_00)
        assert sound(books)

    def test_adjustment_upwards__raises_what_is_open(self, books: Books) -> None:
        apply(books, ("inv_1", -5_00), kind=ApplicationKind.ADJUSTMENT, source_id=None)
        assert balances(books) == (105_00, 100_00, 150_00, 150_00)

    @pytest.mark.parametrize(
        "parts",
        [
            [("inv_1", 100_01)],  # more than is open
            [("inv_1", 100_00), ("inv_2", 50_01)],  # more than was received
            [("inv_1", 1), ("inv_2", 100_01)],
        ],
    )
    def test_more_than_there_is__is_refused_and_nothing_is_written(self, books, parts) -> None:
        with pytest.raises(Conflict, match="has less than"):
            apply(books, *parts)
        assert balances(books) == UNTOUCHED
        assert count(books, Application) == 0

    @pytest.mark.parametrize(
        ("parts", "source"),
        [([("inv_x", 1)], "rcp_1"), ([("inv_1", 1)], "rcp_x"), ([("inv_1", 1)], None)],
    )
    def test_no_such_document__is_refused_and_nothing_is_written(self, books, parts, source):
        with pytest.raises(NotFound):
            apply(books, *parts, source_id=source)
        assert count(books, Application) == 0

    @pytest.mark.parametrize(("kind", "source"), [(CASH, "rcp_e"), (CREDIT, "crd_e")])
    def test_two_currencies__are_refused(self, books: Books, kind, source) -> None:
        books.receipt("rcp_e", 1_00, currency="USD")
        books.credit("crd_e", 1_00, currency="USD")
        with pytest.raises(Conflict, match="in USD, invoice inv_1 in EUR"):
            apply(books, ("inv_1", 1_00), kind=kind, source_id=source)
        assert balances(books) == UNTOUCHED

    @pytest.mark.parametrize(
        ("kind", "source", "first"),
        [
            (CASH, "rcp_1", date(2025, 2, 1)),
            (CREDIT, "crd_1", date(2025, 2, 1)),
            (ApplicationKind.WRITE_OFF, None, date(2025, 1, 1)),
        ],
    )
    def test_day_before_a_document__is_refused(self, books: Books, kind, source, first) -> None:
        with pytest.raises(Conflict, match=f"before {first}"):
            apply(
                books,
                ("inv_1", 1),
                kind=kind,
                source_id=source,
                applied_on=first - timedelta(days=1),
            )
        assert apply(books, ("inv_1", 1), kind=kind, source_id=source, applied_on=first)
        assert sound(books)

    def test_same_cause_again__is_applied_once(self, books: Books) -> None:
        assert len(apply(books, ("inv_1", 40_00))) == 1
        assert apply(books, ("inv_1", 40_00)) == []
        assert balances(books) == (60_00, 100_00, 110_00, 150_00)
        assert len(apply(books, ("inv_1", 40_00), cause="another")) == 1

    def test_unidentified_receipt__belongs_to_the_account_it_pays(self, books: Books) -> None:
        books.receipt("rcp_u", 10_00, account_id=None)
        apply(books, ("inv_1", 10_00), source_id="rcp_u")
        assert value(books, Receipt.account_id, "rcp_u") == "acc_a"


class TestReverseApplication:
    def reverse(self, books: Books, application_id: str, on: date = DAY) -> str:
        with books.ledger.write() as session:
            return postings.reverse_application(session, application_id, on, "returned")

    def test_reversed__invoice_and_receipt_are_open_again(self, books: Books) -> None:
        made = apply(books, ("inv_1", 100_00))
        self.reverse(books, made[0])
        assert balances(books) == UNTOUCHED
        assert count(books, Application) == 2
        assert sound(books)

    def test_reversed_twice__is_refused(self, books: Books) -> None:
        made = apply(books, ("inv_1", 100_00))
        self.reverse(books, made[0])
        with pytest.raises(Conflict, match="already reversed"):
            self.reverse(books, made[0])
        assert balances(books) == UNTOUCHED

    def test_reversal_reversed__is_refused(self, books: Books) -> None:
        back = self.reverse(books, apply(books, ("inv_1", 100_00))[0])
        with pytest.raises(Conflict, match="not reversed"):
            self.reverse(books, back)

    def test_before_it_was_posted__is_refused(self, books: Books) -> None:
        made = apply(books, ("inv_1", 100_00))
        with pytest.raises(Conflict, match="was posted on 2025-02-10"):
            self.reverse(books, made[0], DAY - timedelta(days=1))
        assert balances(books) == (0, 100_00, 50_00, 150_00)

    def test_unknown__is_refused(self, books: Books) -> None:
        with pytest.raises(NotFound):
            self.reverse(books, "app_x")


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["cash", "credit", "write_off", "reverse"]),
        st.sampled_from(["inv_1", "inv_2"]),
        st.integers(1, 120_00),
    ),
    max_size=12,
)


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(STEPS)
def test_any_sequence__projections_equal_postings(books: Books, steps) -> None:
    """Examples share the books; each has an account of its own in them."""
    tag = f"_{count(books, Account)}"
    fill(books, tag)
    made: list[str] = []
    for number, step in enumerate(steps):
        before = balances(books, tag)
        try:
            take(books, made, tag, number, *step)
        except (Conflict, NotFound):
            assert balances(books, tag) == before
    assert sound(books)
    assert min(balances(books, tag)) >= 0


def take(
    books: Books, made: list[str], tag: str, number: int, kind: str, invoice: str, amount: int
) -> None:
    """One step; a reversal is of one of the applications made before."""
    cause = f"step {number}{tag}"
    if kind == "reverse":
        with books.ledger.write() as session:
            first = made[amount % len(made)] if made else "app_x"
            postings.reverse_application(session, first, DAY, cause)
        return
    sources = {"cash": (CASH, f"rcp_1{tag}"), "credit": (CREDIT, f"crd_1{tag}")}
    of, source_id = sources.get(kind, (ApplicationKind.WRITE_OFF, None))
    part = (f"{invoice}{tag}", amount)
    made += apply(books, part, kind=of, source_id=source_id, cause=cause)
