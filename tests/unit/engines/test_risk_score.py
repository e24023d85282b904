"""The scorecard: open points with reasons, a trend against one's own habit, nothing about who."""

from dataclasses import fields, replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engines.risk_score import Paid, RiskFacts, class_of, is_scored, score, trend_of
from policies.schema_credit import ScorePolicy

AS_OF = date(2026, 3, 18)
POLICY = ScorePolicy()


def paid(*days_late: int, ago: int = 30) -> tuple[Paid, ...]:
    return tuple(Paid(AS_OF - timedelta(days=ago), late) for late in days_late)


GOOD = RiskFacts(AS_OF, open_minor=1_000, paid=paid(0, 0, -1, 0, 0, 0, 0, 0))
BAD = RiskFacts(
    AS_OF,
    open_minor=1_000,
    overdue_minor=1_000,
    oldest_days=120,
    paid=paid(40, 50, 60, 45, 50),
    promises_kept=0,
    promises_failed=3,
    part_paid=3,
    returned=2,
)


class TestScore:
    def test_prompt_payer__is_of_the_best_class(self) -> None:
        found = score(GOOD, POLICY)
        assert (found.risk_class, found.warnings) == ("A", ())

    def test_everything_bad__is_of_the_worst_class_with_reasons(self) -> None:
        found = score(BAD, POLICY)
        assert found.risk_class == "E"
        assert found.points == min(100, sum(each.points for each in found.reasons))
        assert [each.points for each in found.reasons] == sorted(
            (each.points for each in found.reasons), reverse=True
        )
        assert "oldest item 120 days" in [each.says for each in found.reasons]

    def test_no_payment_known__says_so(self) -> None:
        assert "no payment is known" in score(RiskFacts(AS_OF, open_minor=5), POLICY).grounds

    def test_slower_than_habit__warns_and_adds_points(self) -> None:
        steady = replace(GOOD, paid=paid(2, 2, 2, 2, ago=200) + paid(2, 2, 2))
        slower = replace(GOOD, paid=paid(2, 2, 2, 2, ago=200) + paid(14, 14, 14))
        assert trend_of(slower).slower_by == pytest.approx(12)
        assert score(steady, POLICY).warnings == ()
        (warning,) = score(slower, POLICY).warnings
        assert warning == "slower than habit: 14 days late lately, 2 before"

    def test_always_slow__is_no_trend(self) -> None:
        slow = replace(GOOD, paid=paid(20, 20, 20, ago=200) + paid(20, 20, 20))
        assert trend_of(slow).slower_by == 0
        assert score(slow, POLICY).warnings == ()

    def test_returned_payment_and_bounced_mail__are_early_warnings(self) -> None:
        found = score(replace(GOOD, returned=1, unreachable=True), POLICY)
        assert found.warnings == ("payments went back: 1", "mail to every contact bounces")

    @pytest.mark.parametrize(
        ("points", "name"), [(0, "A"), (10, "A"), (11, "B"), (45, "C"), (65, "D"), (66, "E")]
    )
    def test_classes__end_where_policy_says(self, points: int, name: str) -> None:
        assert class_of(points, POLICY) == name

    def test_classes_out_of_order__are_refused(self) -> None:
        with pytest.raises(ValueError, match="rise"):
            ScorePolicy(classes=(10, 5, 45, 65))

    @given(st.integers(0, 10_000), st.integers(0, 400), st.integers(0, 9), st.integers(0, 9))
    def test_worse_fact__never_lowers_the_points(
        self, overdue: int, days: int, failed: int, returned: int
    ) -> None:
        base = RiskFacts(AS_OF, 10_000, overdue, days, promises_failed=failed, returned=returned)
        before = score(base, POLICY).points
        for worse in (
            replace(base, overdue_minor=10_000),
            replace(base, oldest_days=days + 30),
            replace(base, promises_failed=failed + 1),
            replace(base, returned=returned + 1),
            replace(base, part_paid=3),
            replace(base, unreachable=True),
        ):
            assert score(worse, POLICY).points >= before


class TestFairness:
    def test_nothing_about_who_it_is__goes_in(self) -> None:
        told = {each.name for each in fields(RiskFacts)}
        who = {"name", "places", "language", "segment", "contact", "debtor", "region", "owner"}
        assert not [name for name in told if any(word in name for word in who)]

    @pytest.mark.parametrize("kind", ["consumer", "sole_trader", "guarantor"])
    def test_natural_person__is_not_scored(self, kind: str) -> None:
        assert not is_scored(kind)

    def test_business__is_scored(self) -> None:
        assert is_scored("business")
