"""A plan's invoices fall due as its instalments do, from its acceptance until it ends."""

from collections.abc import Iterator
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger import postings_promises
from ledger.checks import check_ledger
from ledger.postings_instalments import share_out
from ledger.queries.as_of import open_items_as_of
from ledger.queries.instalments import read_schedules, unsettled
from ledger.states import PlanState
from tests.support.books import Books, open_books

DAY = date(2025, 3, 10)
FIRST, SECOND = DAY + timedelta(days=30), DAY + timedelta(days=60)
OLD = DAY - timedelta(days=40)


@pytest.fixture
def books(database_url: str) -> Iterator[Books]:
    with open_books(database_url) as opened:
        opened.account("acc_a")
        dates = {"issued_on": OLD - timedelta(days=30), "due_on": OLD, "currency": "EUR"}
        opened.invoice("inv_1", 60_00, **dates)
        opened.invoice("inv_2", 40_00, **dates)
        yield opened


def accepted(books: Books, *parts: tuple[date, int]) -> str:
    row = {
        "account_id": "acc_a",
        "currency": "EUR",
        "invoice_ids": "inv_1,inv_2",
        "frequency": "monthly",
        "proposed_on": DAY,
        "approved_by": "felix",
    }
    with books.ledger.write() as session:
        plan_id = postings_promises.propose_plan(session, row, parts)
        postings_promises.accept_plan(session, plan_id, DAY)
    return plan_id


def due(books: Books, as_of: date) -> dict[tuple[str, date], int]:
    with books.ledger.read() as session:
        items = open_items_as_of(session, as_of)
        return {(item.invoice_id, item.due_on): item.open_minor for item in items}


def problems(books: Books, as_of: date) -> list[Any]:
    with books.ledger.read() as session:
        return list(check_ledger(session, as_of))


class TestAccepted:
    def test_aging_moves_to_the_instalments__and_not_before_that_day(self, books: Books) -> None:
        accepted(books, (FIRST, 50_00), (SECOND, 50_00))
        assert due(books, DAY - timedelta(days=1)) == {("inv_1", OLD): 60_00, ("inv_2", OLD): 40_00}
        assert due(books, DAY) == {
            ("inv_1", FIRST): 50_00,
            ("inv_1", SECOND): 10_00,
            ("inv_2", SECOND): 40_00,
        }
        assert problems(books, DAY) == []

    def test_paid_before__stays_at_its_old_day_and_settled(self, books: Books) -> None:
        books.receipt("rcp_1", 20_00, received_on=DAY, currency="EUR")
        books.apply("app_1", "inv_1", 20_00, receipt_id="rcp_1", applied_on=DAY)
        accepted(books, (FIRST, 40_00), (SECOND, 40_00))
        assert due(books, DAY) == {("inv_1", FIRST): 40_00, ("inv_2", SECOND): 40_00}
        assert problems(books, DAY) == []

    def test_ended__everything_is_due_as_it_was_from_that_day_on(self, books: Books) -> None:
        plan_id = accepted(books, (FIRST, 50_00), (SECOND, 50_00))
        end = DAY + timedelta(days=45)
        with books.ledger.write() as session:
            postings_promises.move_plan(session, plan_id, PlanState.CANCELLED, end)
        assert ("inv_1", FIRST) in due(books, end - timedelta(days=1))
        assert due(books, end) == {("inv_1", OLD): 60_00, ("inv_2", OLD): 40_00}
        with books.ledger.read() as session:
            assert read_schedules(session, ["acc_a"]) == {}
        assert problems(books, end) == []

    def test_new_plan__takes_the_place_of_the_old_one(self, books: Books) -> None:
        accepted(books, (FIRST, 50_00), (SECOND, 50_00))
        accepted(books, (SECOND, 100_00))
        assert due(books, DAY) == {("inv_1", SECOND): 60_00, ("inv_2", SECOND): 40_00}
        assert problems(books, DAY) == []

    def test_billed_in_instalments__keeps_its_own(self, books: Books) -> None:
        books.instalment("inv_1", 1, OLD, 30_00)
        books.instalment("inv_1", 2, SECOND, 30_00)
        accepted(books, (FIRST, 100_00))
        assert due(books, DAY) == {
            ("inv_1", OLD): 30_00,
            ("inv_1", SECOND): 30_00,
            ("inv_2", FIRST): 40_00,
        }


@given(
    st.lists(st.integers(1, 500), min_size=1, max_size=6),
    st.lists(st.tuples(st.integers(1, 500), st.integers(0, 400)), min_size=1, max_size=5),
)
def test_any_plan_over_any_invoices__parts_sum_and_what_is_open_is_what_is_unsettled(
    amounts: list[int], balances: list[tuple[int, int]]
) -> None:
    parts = [(DAY + timedelta(days=30 * n), minor) for n, minor in enumerate(amounts, start=1)]
    invoices: list[Any] = [
        SimpleNamespace(id=f"inv_{n}", due_on=OLD, open_minor=left, amount_minor=left + paid)
        for n, (left, paid) in enumerate(balances)
    ]
    found = dict(share_out(parts, invoices))
    for each in invoices:
        assert sum(minor for _, minor in found[each.id]) == each.amount_minor
        ahead = unsettled(found[each.id], each.amount_minor, each.open_minor)
        assert sum(part.open_minor for part in ahead) == each.open_minor
        assert all(part.due_on > DAY for part in ahead)
