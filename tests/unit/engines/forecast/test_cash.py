"""Curves in bins of days and weeks."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engines.forecast.cash import chances, day_edges, expect, week_edges
from tests.support.ledger_columns import SameDelays, expected_items, ledger

MONDAY = date(2024, 6, 3)


@given(st.lists(st.floats(0.01, 1), min_size=15, max_size=15))
def test_bins_of_a_curve__sum_to_what_is_paid_by_the_last_edge(weights: list[float]) -> None:
    paid = np.array([weights]) / sum(weights)
    found = chances(paid, np.array([0, 3, 7, 14]))
    assert found.sum() == pytest.approx(paid[:, :14].sum())
    assert found[0, 1] == pytest.approx(paid[0, 3:7].sum())


@pytest.mark.parametrize(
    ("as_of", "edges"),
    [(MONDAY, [0, 7, 14]), (date(2024, 6, 5), [0, 5, 12]), (date(2024, 6, 9), [0, 1, 8])],
)
def test_weeks__start_on_mondays(as_of: date, edges: list[int]) -> None:
    assert week_edges(as_of, 2).tolist() == edges


def test_expected_cash__is_amount_times_chance() -> None:
    items = expected_items([[0.5, 0.25, 0.25], [0.0, 1.0, 0.0]], [1000, 200])
    assert items.expected(day_edges(2)).tolist() == [500.0, 450.0]


def test_items_asked_about__carry_no_outcome_to_the_model() -> None:
    class Nosy(SameDelays):
        def curves(self, items, as_of, horizon_days, known=None):
            assert np.isnat(items.cleared_on).all()
            return SameDelays.curves(self, items, as_of, horizon_days, known)

    book = ledger([("a", 100, date(2024, 5, 1), date(2024, 6, 1), date(2024, 6, 10))])
    assert len(expect(Nosy(), book, MONDAY, 7)) == 1
