"""Promises, disputes, holds, and what if."""

from datetime import date, timedelta

import numpy as np
import pytest

from engines.forecast.cash import day_edges
from engines.forecast.events import named, remaining_waits, with_promise, with_wait
from engines.forecast.scenarios import (
    Instalment,
    accept_plan,
    difference,
    resolve_dispute,
    slip_account,
)
from tests.support.ledger_columns import SameDelays, expected_items

AS_OF = date(2024, 6, 3)
ITEMS = expected_items([[0.5, 0.3, 0.2, 0.0], [0.0, 0.0, 0.0, 1.0]], [1000, 500], AS_OF)
BOTH = np.array([True, True])


class TestWithPromise:
    def test_kept_or_broken__cash_comes_that_day_or_after(self) -> None:
        found = with_promise(ITEMS, np.array([True, False]), AS_OF + timedelta(days=1), 0.75)
        assert found.paid[0].tolist() == pytest.approx([0.0, 0.75, 0.25, 0.0])
        assert found.paid[1].tolist() == ITEMS.paid[1].tolist()

    def test_promise_beyond_the_horizon__nothing_before_it(self) -> None:
        found = with_promise(ITEMS, BOTH, AS_OF + timedelta(days=90), 0.5)
        assert found.paid[:, -1].tolist() == [1.0, 1.0]

    def test_day_that_has_passed__changes_nothing(self) -> None:
        assert with_promise(ITEMS, BOTH, AS_OF - timedelta(days=1), 1.0) is ITEMS


class TestWithWait:
    def test_two_waits__half_each(self) -> None:
        found = with_wait(ITEMS, np.array([True, False]), [0, 2])
        assert found.paid[0].tolist() == pytest.approx([0.25, 0.15, 0.35, 0.25])

    def test_part_is_credited__is_never_paid(self) -> None:
        found = with_wait(ITEMS, np.array([True, False]), [0], settled=0.5)
        assert found.paid[0].tolist() == pytest.approx([0.25, 0.15, 0.1, 0.5])

    def test_time_gone_by__only_longer_ones_can_tell(self) -> None:
        assert remaining_waits([5, 20, 40], so_far=10) == [10, 30]
        assert remaining_waits([5], so_far=10) == [30]


class TestScenarios:
    def test_customer_slips__its_cash_moves_and_no_other(self) -> None:
        found = slip_account(ITEMS, "a0", 1)
        assert found.paid[0].tolist() == pytest.approx([0.0, 0.5, 0.3, 0.2])
        assert difference(ITEMS, found, day_edges(3)).tolist() == pytest.approx([-500, 200, 100])

    def test_dispute_resolves__cash_waits_for_the_day(self) -> None:
        found = resolve_dispute(ITEMS, ["i0"], AS_OF + timedelta(days=2))
        assert found.paid[0].tolist() == pytest.approx([0.0, 0.0, 0.5, 0.5])

    def test_plan_accepted__instalments_take_the_place_of_the_items(self) -> None:
        plan = [Instalment(AS_OF, 400), Instalment(AS_OF + timedelta(days=1), 600)]
        found = accept_plan(SameDelays(usual=1), ITEMS, ["i0"], plan)
        assert found.amount.sum() == ITEMS.amount.sum()
        assert found.expected(day_edges(3)).tolist() == [0.0, 400.0, 600.0]
        assert set(found.account) == {"a0", "a1"}

    def test_no_such_item__nothing_changes(self) -> None:
        plan = [Instalment(AS_OF, 1)]
        assert accept_plan(SameDelays(), ITEMS, ["i9"], plan) is ITEMS
        assert not named(ITEMS, ["i9"]).any()

    @pytest.mark.parametrize("days", [0, 1, 2, 3, 400])
    def test_any_slip__no_cash_is_lost(self, days: int) -> None:
        assert slip_account(ITEMS, "a0", days).paid.sum(axis=1).tolist() == pytest.approx(
            [1.0, 1.0]
        )
