"""What moved between two forecasts."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engines.forecast.moved import CHANGED, MODEL, NEW, PAID, SLIPPED, apportioned, what_moved
from tests.support.ledger_columns import expected_items

MONDAY = date(2024, 6, 3)
FLAT = [0.1] * 10


def test_each_reason__is_told_by_itself() -> None:
    before = expected_items([FLAT, FLAT, FLAT], [1000, 2000, 3000], MONDAY)
    later = [0.0] * 4 + [0.2] * 3 + [0.4] + [0.0] * 2
    both = expected_items([FLAT, later], [2000, 500], MONDAY, ["a1", "a9"])
    after = replace(both, item_id=np.array(["i1", "i9"]))
    found = what_moved(before, after, 0, 7)
    assert found.parts == {NEW: 300, PAID: -700 - 2100, CHANGED: 0, SLIPPED: 0, MODEL: 0}
    assert found.by_account[NEW] == {"a9": pytest.approx(300.0)}


def test_part_paid_and_slipped_and_other_model__are_told_apart() -> None:
    before = expected_items([[0.5, 0.5, 0.0]], [1000], MONDAY)
    after = expected_items([[0.1, 0.2, 0.7]], [400], MONDAY)
    old = expected_items([[0.2, 0.3, 0.5]], [400], MONDAY)
    found = what_moved(before, after, 0, 2, old)
    assert found.parts == {NEW: 0, PAID: 0, CHANGED: -600, SLIPPED: -200, MODEL: -80}
    assert (found.before, found.after) == (1000, 120)


curves = st.lists(
    st.lists(st.floats(0.01, 1), min_size=12, max_size=12).map(
        lambda weights: [each / sum(weights) for each in weights]
    ),
    min_size=5,
    max_size=5,
)
amounts = st.lists(st.integers(-(10**9), 10**12), min_size=5, max_size=5)


@given(curves, curves, amounts, amounts, st.integers(0, 4), st.integers(0, 4))
def test_any_two_forecasts__reasons_sum_to_the_difference(
    paid: list, later: list, amount: list[int], other: list[int], lost: int, new: int
) -> None:
    before = expected_items(paid, amount, MONDAY).take(np.arange(5) != lost)
    after = expected_items(later, other, MONDAY + timedelta(days=2)).take(np.arange(5) != new)
    found = what_moved(before, after, 0, 7)
    assert sum(found.parts.values()) == found.after - found.before


@given(st.lists(st.floats(-1e12, 1e12), min_size=1, max_size=6), st.integers(-3, 3))
def test_rounded_parts__sum_to_the_whole(values: list[float], off: int) -> None:
    sums = {str(n): value for n, value in enumerate(values)}
    whole = round(sum(values)) + off
    assert sum(apportioned(sums, whole).values()) == whole
