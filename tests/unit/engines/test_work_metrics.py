"""Touchless rate, cost per case, time to decision, and interest on late payment."""

from decimal import Decimal

import pytest

from engines.late_interest import daily_interest, late_interest
from engines.work_metrics import work_metrics


def test_work__is_counted_with_and_without_people() -> None:
    found = work_metrics(8, 6, 2, 1, 4, 1_000, [3_600, 7_200, 36_000])
    assert found.touchless_messages_rate == pytest.approx(0.75)
    assert found.touchless_cash_rate == pytest.approx(0.5)
    assert found.touchless_rate == pytest.approx(0.7)
    assert found.cost_per_case_micros == 250
    assert found.hours_to_decision == pytest.approx(2)


def test_nothing_done__no_rates() -> None:
    found = work_metrics(0, 0, 0, 0, 0, 0, [])
    assert found.touchless_rate is None
    assert found.cost_per_case_micros is None
    assert found.hours_to_decision is None


def test_no_price__no_cost() -> None:
    assert work_metrics(1, 1, 1, 1, 5, None, []).cost_per_case_micros is None


def test_statutory_interest__is_that_of_the_field() -> None:
    assert daily_interest(1_000_00, Decimal("8.5")) == 23
    assert late_interest(1_000_00, Decimal("8.5"), 50) == 11_50
    assert late_interest(1_000_00, Decimal("8.5"), -3) == 0
