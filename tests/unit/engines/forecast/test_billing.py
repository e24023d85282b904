"""Cash not yet invoiced."""

from datetime import date, timedelta

import numpy as np
import pytest

from engines.forecast.billing import BillingOptions, expect_billing, level_spread
from engines.forecast.cash import week_edges
from engines.risk.history import InvoiceHistory
from tests.support.ledger_columns import Row, SameDelays, ledger, weekly_ledger

FIRST = date(2024, 1, 1)
MODEL = SameDelays()


def billed(weeks: int, amount: int = 1000, first: date = FIRST) -> InvoiceHistory:
    """One invoice every Monday, due in a week and paid three days late."""
    rows: list[Row] = []
    for week in range(weeks):
        issued = first + timedelta(weeks=week)
        due = issued + timedelta(days=7)
        rows.append(("a", amount, issued, due, due + timedelta(days=3)))
    return ledger(rows)


def after(weeks: int) -> date:
    return FIRST + timedelta(weeks=weeks)


class TestExpectBilling:
    def test_same_invoice_every_week__cash_of_one_a_week_once_terms_are_over(self) -> None:
        as_of = after(10)
        replay = expect_billing(MODEL, billed(10).known_before(as_of), as_of, 35)
        assert replay.expected(week_edges(as_of, 5)) == pytest.approx([0, 1000, 1000, 1000, 1000])

    def test_sampled__every_week_keeps_its_sum(self) -> None:
        as_of = after(12)
        known = weekly_ledger(12).known_before(as_of)
        edges = week_edges(as_of, 6)
        whole = expect_billing(MODEL, known, as_of, 42).expected(edges)
        some = BillingOptions(most_invoices=400)
        sampled = expect_billing(MODEL, known, as_of, 42, some)
        assert len(sampled.items) <= 400
        assert sampled.expected(edges)[3:] == pytest.approx(whole[3:], rel=0.1)

    @pytest.mark.parametrize(("done", "left"), [(0, 1000), (400, 600), (1000, 0), (5000, 0)])
    def test_billed_today_already__only_the_rest_of_the_day_is_to_come(
        self, done: int, left: int
    ) -> None:
        as_of = after(10)
        known = billed(10).known_before(as_of)
        replay = expect_billing(MODEL, known, as_of, 35, billed_today=done)
        cash = replay.expected(week_edges(as_of, 5))
        assert cash == pytest.approx([0, left, 1000, 1000, 1000])

    def test_billed_on_a_day_nothing_is_expected__takes_nothing_from_later(self) -> None:
        as_of = after(10) + timedelta(days=1)
        known = billed(11).known_before(as_of)
        replay = expect_billing(MODEL, known, as_of, 35, billed_today=700)
        plain = expect_billing(MODEL, known, as_of, 35)
        edges = week_edges(as_of, 5)
        assert replay.expected(edges) == pytest.approx(plain.expected(edges))

    def test_level_changed__recent_weeks_count_more(self) -> None:
        rows = ledger_of_levels([1000] * 13 + [2000] * 13)
        as_of = after(26)
        known = rows.known_before(as_of)
        cash = expect_billing(MODEL, known, as_of, 35).expected(week_edges(as_of, 5))
        assert 1550 < cash[-1] < 2000

    def test_one_year__no_season_is_read_into_it(self) -> None:
        assert seasonal_cash(years=1) == pytest.approx(1000, rel=0.01)

    def test_three_years_of_the_same_peak__it_is_expected_but_shrunk(self) -> None:
        assert 1300 < seasonal_cash(years=3) < 2000

    def test_no_history__nothing_is_expected(self) -> None:
        replay = expect_billing(MODEL, InvoiceHistory.empty(), FIRST, 35)
        edges = week_edges(FIRST, 5)
        assert replay.expected(edges).tolist() == [0.0] * 5
        assert replay.paths(edges, 10, 1).tolist() == [[0.0] * 10] * 5

    def test_billing_at_ends_of_months__weeks_with_one_are_larger(self) -> None:
        rows: list[Row] = []
        for day in range(300):
            issued = FIRST + timedelta(days=day)
            left = ((issued.replace(day=28) + timedelta(days=4)).replace(day=1) - issued).days
            amount = 5000 if left <= 3 else 1000
            rows.append(("a", amount, issued, issued, issued))
        as_of = after(42)
        known = ledger(rows).known_before(as_of)
        cash = expect_billing(SameDelays(0), known, as_of, 91).expected(week_edges(as_of, 13))
        assert cash.max() > 1.5 * cash.min()


class TestPaths:
    def test_middle_of_the_paths__is_the_expected_cash(self) -> None:
        as_of = after(20)
        replay = expect_billing(MODEL, weekly_ledger(20).known_before(as_of), as_of, 42)
        edges = week_edges(as_of, 6)
        paths = replay.paths(edges, 4_000, 1, spread=0.3)
        assert np.median(paths, axis=1)[3:] == pytest.approx(replay.expected(edges)[3:], rel=0.02)

    def test_steady_billing__the_spread_of_the_level_is_small(self) -> None:
        assert level_spread(weekly_ledger(40), after(40)) < 0.05

    def test_ledger_just_started__its_first_weeks_do_not_widen_all(self) -> None:
        levels = [1] * 4 + [1000] * 60
        assert level_spread(ledger_of_levels(levels), after(64)) < 0.1

    def test_few_blocks__the_spread_is_drawn_to_the_one_assumed(self) -> None:
        levels = [1000] * 8 + [1150] * 8 + [1000] * 16
        assert 0.10 < level_spread(ledger_of_levels(levels), after(32)) < 0.18

    def test_short_history__the_spread_is_assumed(self) -> None:
        assert level_spread(billed(8), after(8)) == 0.05


def ledger_of_levels(levels: list[int]) -> InvoiceHistory:
    rows: list[Row] = []
    for week, amount in enumerate(levels):
        issued = FIRST + timedelta(weeks=week)
        due = issued + timedelta(days=7)
        rows.append(("a", amount, issued, due, due))
    return ledger(rows)


def seasonal_cash(years: int) -> float:
    """Cash expected in a week that was twice as large in every earlier year."""
    levels = [2000 if week % 52 in range(4, 12) else 1000 for week in range(52 * years + 1)]
    as_of = after(52 * years + 1)
    known = ledger_of_levels(levels).known_before(as_of)
    options = BillingOptions(weeks=8, half_life_weeks=100)
    cash = expect_billing(MODEL, known, as_of, 63, options).expected(week_edges(as_of, 9))
    return float(np.max(cash))
