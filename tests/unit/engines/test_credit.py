"""Exposure against the limit, and the age of the oldest item."""

from datetime import timedelta

import pytest

from engines.credit import review_credit
from ledger.money import Money
from tests.support.facts import AS_OF, policy


def advice(exposure: int, days: int, limit: int = 1_000_00) -> str:
    view = review_credit(
        Money(exposure, "USD"),
        Money(limit, "USD"),
        AS_OF - timedelta(days=days),
        AS_OF,
        policy().credit,
    )
    assert view.propose_hold == (view.advice == "hold")
    return view.advice


class TestReviewCredit:
    @pytest.mark.parametrize(
        ("exposure", "days", "expected"),
        [
            (899_99, 0, "none"),
            (900_00, 0, "watch"),  # ninety percent of the limit
            (1_199_99, 90, "watch"),
            (1_200_00, 89, "watch"),
            (1_200_00, 90, "hold"),
            (100_00, 90, "watch"),
            (100_00, 89, "none"),
        ],
    )
    def test_limit_and_age__both_for_a_hold_one_for_a_warning(self, exposure, days, expected):
        assert advice(exposure, days) == expected

    def test_no_limit_granted__anything_owed_is_over_it(self) -> None:
        assert advice(1, 90, limit=0) == "hold"

    @pytest.mark.parametrize("exposure", [0, -5_00])
    def test_nothing_owed__is_over_no_limit(self, exposure) -> None:
        assert advice(exposure, 0, limit=0) == "none"
        assert advice(exposure, 200, limit=0) == "watch"

    def test_view__says_the_percentage_and_the_days(self) -> None:
        limit, due_on = Money(3_000_00, "USD"), AS_OF + timedelta(days=4)
        view = review_credit(Money(1_000_00, "USD"), limit, due_on, AS_OF, policy().credit)
        assert (view.used_percent, view.oldest_days) == (33.3, 0)
        nothing = review_credit(Money(1, "USD"), Money(0, "USD"), due_on, AS_OF, policy().credit)
        assert nothing.used_percent is None
