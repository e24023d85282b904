"""Which dispute comes first, what past ones say, and the figures of a period."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engines.disputes import (
    Closed,
    PastEnds,
    Priority,
    dispute_figures,
    outlook,
    prioritise,
)
from policies.load import load_policy

AS_OF = date(2026, 3, 18)
WEIGHTS = load_policy().dispute.priority


def priority(**more) -> Priority:
    row = {
        "value_minor": 0,
        "high_value_minor": 1000_00,
        "opened_on": AS_OF,
        "answer_by": AS_OF + timedelta(days=10),
        "as_of": AS_OF,
        "segment": "smb",
        "strategic": False,
        "weights": WEIGHTS,
    }
    return prioritise(**row | more)


class TestPriority:
    @pytest.mark.parametrize(
        ("more", "points"),
        [
            ({}, 0),
            ({"value_minor": 500_00}, 20),
            ({"value_minor": 1000_00}, 40),
            ({"value_minor": 9000_00}, 40),
            ({"value_minor": 1, "high_value_minor": None}, 40),
            ({"opened_on": AS_OF - timedelta(days=15)}, 10),
            ({"opened_on": AS_OF - timedelta(days=90)}, 20),
            ({"strategic": True}, 15),
            ({"segment": "enterprise"}, 15),
            ({"segment": "mid"}, 7),
            ({"answer_by": AS_OF + timedelta(days=3)}, 0),
            ({"answer_by": AS_OF + timedelta(days=2)}, 12),
            ({"answer_by": AS_OF}, 12),
            ({"answer_by": AS_OF - timedelta(days=1)}, 25),
        ],
    )
    def test_each_factor__adds_its_points(self, more, points) -> None:
        found = priority(**more)
        assert found.points == points
        assert sum(factor.points for factor in found.factors) == points
        assert len(found.factors) == 4

    @given(st.integers(0, 10**9), st.integers(0, 400), st.integers(-30, 30), st.booleans())
    def test_any_dispute__is_within_the_scale_and_never_falls_with_value(
        self, value, age, left, strategic
    ) -> None:
        common = {
            "opened_on": AS_OF - timedelta(days=age),
            "answer_by": AS_OF + timedelta(days=left),
            "strategic": strategic,
        }
        less, more = (
            priority(value_minor=value, **common),
            priority(value_minor=value * 2, **common),
        )
        assert 0 <= less.points <= more.points <= 100


class TestOutlook:
    USUAL = ("credit", "rebill", "deny")

    def test_too_few_cases__policy_says_what_is_usual(self) -> None:
        found = outlook(PastEnds({}, {"deny": 2}, {"deny": 2}), self.USUAL, 3)
        assert (found.likely, found.basis, found.upheld_ratio) == ("credit", "policy", None)

    def test_book_only__its_commonest_end(self) -> None:
        found = outlook(PastEnds({}, {}, {"deny": 3, "credit": 1}), self.USUAL, 3)
        assert (found.likely, found.basis, found.cases) == ("deny", "book", 4)
        assert found.upheld_ratio == pytest.approx(1 / 4)

    def test_own_past__outweighs_the_book(self) -> None:
        own = {"credit": 2}
        found = outlook(PastEnds(own, own, {"credit": 2, "deny": 5}), self.USUAL, 3)
        assert (found.likely, found.basis) == ("credit", "account")

    def test_tie__goes_to_what_is_usual(self) -> None:
        found = outlook(PastEnds({}, {}, {"deny": 2, "credit": 2}), self.USUAL, 3)
        assert found.likely == "credit"


def closed(reason="PRICE", days: int | None = 2, due=5, resolution="credit", back=False) -> Closed:
    resolved = None if days is None else AS_OF + timedelta(days=days)
    ends = AS_OF + timedelta(days=due)
    return Closed(reason, AS_OF, resolved, ends, resolution if resolved else None, back)


class TestFigures:
    def test_nothing__has_no_rates(self) -> None:
        found = dispute_figures([], 0)
        assert (found.opened_rate, found.days_median, found.right_first_time_rate) == (None,) * 3

    def test_period__is_counted(self) -> None:
        found = dispute_figures(
            [
                closed(),
                closed(days=6),
                closed("TAX", days=4, back=True),
                closed("TAX", days=1, resolution="deny"),
                closed("TAX", days=None),
            ],
            50,
        )
        assert (found.opened, found.resolved, found.opened_rate) == (5, 4, 0.1)
        assert found.days_median == 4
        assert found.right_first_time_rate == 2 / 4
        shown = [(each.reason, each.disputes, each.upheld) for each in found.causes]
        assert shown == [("TAX", 3, 1), ("PRICE", 2, 2)]
