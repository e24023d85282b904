"""The forecast of a night: bands of currencies and segments from one set of paths."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from engines.forecast.billing import expect_billing
from engines.forecast.book import Drawing, ToBill, book_series, draw_groups
from engines.forecast.cash import ExpectedItems
from engines.forecast.kept import pack, unpack
from engines.forecast.known_events import (
    Disputed,
    KnownEvents,
    Planned,
    Promised,
    with_events,
)
from engines.forecast.simulate import Part, simulate
from engines.risk.habit_model import from_habits
from engines.risk.history import InvoiceHistory
from tests.support.ledger_columns import expected_items, labelled

AS_OF = date(2024, 6, 5)  # a Wednesday
DRAWING = Drawing(weeks=3, days=10, paths=400)


@pytest.fixture
def items() -> ExpectedItems:
    rng = np.random.default_rng(5)
    paid = rng.dirichlet(np.ones(22), 300)
    accounts = [f"a{n % 40}" for n in range(300)]
    amounts = rng.integers(1, 90_000, 300).tolist()
    found = expected_items(paid.tolist(), amounts, AS_OF, account=accounts)
    return labelled(found, [f"s{n % 3}" for n in range(300)], [""] * 300)


class TestSeries:
    def test_segments__add_up_to_the_currency(self, items: ExpectedItems) -> None:
        found = book_series(items, {}, DRAWING)
        whole = next(each for each in found if each.dimension == "currency")
        parts = [each for each in found if each.dimension == "segment"]
        assert [each.value for each in parts] == ["s0", "s1", "s2"]
        for grain in ("weeks", "days"):
            for at, span in enumerate(getattr(whole, grain)):
                total = sum(getattr(each, grain)[at].mean for each in parts)
                assert span.mean == pytest.approx(total, abs=2)

    def test_entities__add_up_too_and_those_not_told_are_a_part(self, items: ExpectedItems) -> None:
        told = labelled(items, items.segment, [("", "DE01", "US01")[n % 3] for n in range(300)])
        found = book_series(told, {}, DRAWING)
        whole = next(each for each in found if each.dimension == "currency")
        parts = [each for each in found if each.dimension == "entity"]
        assert [each.value for each in parts] == ["", "DE01", "US01"]
        for at, span in enumerate(whole.weeks):
            assert span.mean == pytest.approx(sum(each.weeks[at].mean for each in parts), abs=2)
        segments = [each for each in found if each.dimension == "segment"]
        for at, span in enumerate(whole.weeks):
            assert span.mean == pytest.approx(sum(each.weeks[at].mean for each in segments), abs=2)

    def test_no_entity_told__no_parts_of_entities(self, items: ExpectedItems) -> None:
        assert {each.dimension for each in book_series(items, {}, DRAWING)} == {
            "currency",
            "segment",
        }

    def test_first_week__is_what_is_left_of_it(self, items: ExpectedItems) -> None:
        whole = book_series(items, {}, DRAWING)[0]
        starts = [span.starts_on for span in whole.weeks]
        assert starts == [AS_OF, date(2024, 6, 10), date(2024, 6, 17)]
        assert whole.weeks[0].mean == pytest.approx(
            sum(span.mean for span in whole.days[:5]), abs=5
        )

    def test_orders__are_known_billing_apart_from_the_open_book(self, items: ExpectedItems) -> None:
        found = book_series(items, {}, DRAWING, ordered=items.take(range(40)))
        series = {each.kind: each for each in found if each.dimension == "currency"}
        assert series.keys() == {"open_book", "known_billing", "total"}
        for at, span in enumerate(series["open_book"].weeks):
            assert series["known_billing"].weeks[at].mean > span.mean
            assert series["total"].weeks[at] == series["known_billing"].weeks[at]

    def test_total__holds_at_least_what_is_ordered(self, items: ExpectedItems) -> None:
        known = InvoiceHistory.empty()
        billing = {"": ToBill(expect_billing(from_habits(known, AS_OF), known, AS_OF, 21), 0.05)}
        ordered = items.take(range(40))
        found = book_series(items, billing, DRAWING, ordered=ordered)
        series = {each.kind: each for each in found if each.dimension == "currency"}
        assert series["total"].weeks == series["known_billing"].weeks

    def test_bands__are_in_order_around_the_mean(self, items: ExpectedItems) -> None:
        for series in book_series(items, {}, DRAWING):
            for span in (*series.weeks, *series.days):
                assert 0 <= span.p10 <= span.p50 <= span.p90

    def test_paths__say_what_those_of_the_engine_say(self, items: ExpectedItems) -> None:
        edges = np.array([0, 7, 14, 21])
        groups = np.zeros(len(items), dtype=np.int64)
        drawing = replace(DRAWING, paths=3_000)
        ours = draw_groups(items, edges, groups, 1, drawing)[0]
        theirs = simulate(items, edges, paths=3_000).paths[Part("total", "", "EUR")]
        assert ours.mean(axis=1) == pytest.approx(theirs.mean(axis=1), rel=0.01)
        assert ours.std(axis=1) == pytest.approx(theirs.std(axis=1), rel=0.1)

    def test_two_currencies__are_kept_apart(self, items: ExpectedItems) -> None:
        other = expected_items([[1.0, *[0.0] * 21]], [777], AS_OF, currency="USD")
        found = book_series(items.joined(other), {}, DRAWING)
        dollars = next(e for e in found if (e.currency, e.dimension) == ("USD", "currency"))
        assert dollars.weeks[0].p10 == dollars.weeks[0].p90 == 777

    def test_nothing_open__no_series(self, items: ExpectedItems) -> None:
        assert book_series(items.take([]), {}, DRAWING) == []


class TestKept:
    def test_packed_and_read_back__is_the_same(self, items: ExpectedItems) -> None:
        back = unpack(pack(items))
        assert back.as_of == items.as_of
        assert back.item_id.tolist() == items.item_id.tolist()
        assert back.segment.tolist() == items.segment.tolist()
        assert back.amount.tolist() == items.amount.tolist()
        assert back.paid == pytest.approx(items.paid, abs=1e-4)
        assert back.paid.sum(axis=1) == pytest.approx(1.0)

    def test_nothing_open__can_be_kept(self, items: ExpectedItems) -> None:
        assert len(unpack(pack(items.take([])))) == 0


def two_items() -> ExpectedItems:
    """Two items of one account, both paid tomorrow."""
    row = [0.0, 1.0, *[0.0] * 20]
    return expected_items([row, row], [100, 300], AS_OF, account=["a", "a"])


class TestEvents:
    def test_promise_of_part__moves_so_much(self) -> None:
        promise = Promised("a", frozenset(), AS_OF + timedelta(days=9), 200, "EUR", 0.8)
        found = with_events(two_items(), KnownEvents(promises=(promise,)))
        assert found.paid[:, 9] == pytest.approx(0.4)
        assert found.paid.sum(axis=1) == pytest.approx(1.0)

    def test_promise_in_another_currency__moves_nothing(self) -> None:
        promise = Promised("a", frozenset(), AS_OF, None, "USD", 0.9)
        found = with_events(two_items(), KnownEvents(promises=(promise,)))
        assert np.array_equal(found.paid, two_items().paid)

    def test_dispute__holds_back_its_item_alone(self) -> None:
        dispute = Disputed("a", "i0", AS_OF - timedelta(days=5))
        events = KnownEvents(disputes=(dispute,), dispute_days=(3, 15))
        found = with_events(two_items(), events)
        assert found.paid[0, 11] == pytest.approx(1.0)
        assert found.paid[1, 1] == pytest.approx(1.0)

    def test_plan__is_paid_by_its_instalments(self) -> None:
        parts = ((AS_OF + timedelta(days=4), 100), (AS_OF + timedelta(days=40), 300))
        plan = Planned(frozenset({"i0", "i1"}), parts, 1.0)
        found = with_events(two_items(), KnownEvents(plans=(plan,)))
        assert found.paid[:, 4] == pytest.approx(0.25)
        assert found.paid[:, -1] == pytest.approx(0.75)

    def test_insolvent__nothing_is_expected(self) -> None:
        found = with_events(two_items(), KnownEvents(stopped=frozenset({"a"})))
        assert found.paid[:, -1].tolist() == [1.0, 1.0]
        assert found.paid[:, :-1].sum() == 0

    def test_items_given__are_left_as_they_are(self) -> None:
        items = two_items()
        with_events(items, KnownEvents(stopped=frozenset({"a"})))
        assert items.paid[0, 1] == 1.0
