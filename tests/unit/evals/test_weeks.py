"""Weekly forecasts beside the baselines anyone could make."""

from datetime import date, timedelta

import numpy as np
import pytest

from engines.forecast.conformal import WeekBand
from engines.forecast.outlook import KNOWN_BILLING, OPEN_BOOK, TOTAL
from engines.risk.history import InvoiceHistory
from evals.ledgers.weeks import Split, measure
from evals.ledgers.weeks_baselines import (
    due_date,
    eight_week_mean,
    mean_delay,
    roll_rate,
    seasonal_naive,
)
from evals.ledgers.weeks_report import OURS, page
from evals.ledgers.weeks_scores import Scored, bias, covered, over_origins, scored, wape
from tests.support.ledger_columns import Row, SameDelays, ledger, weekly_ledger

MONDAY = date(2024, 6, 3)


def steady(weeks: int = 40) -> InvoiceHistory:
    """One invoice of 1,000 every Monday, due in two weeks and paid a week late."""
    rows: list[Row] = []
    for week in range(weeks):
        issued = date(2024, 1, 1) + timedelta(weeks=week)
        due = issued + timedelta(days=14)
        rows.append(("a", 1000, issued, due, due + timedelta(days=7)))
    return ledger(rows)


BOOK = steady()
KNOWN = BOOK.known_before(MONDAY)
OPEN = BOOK.open_on(MONDAY)


class TestBaselines:
    def test_due_date__overdue_items_are_paid_at_once(self) -> None:
        assert due_date(KNOWN, OPEN, MONDAY)[:3].tolist() == [2000, 1000, 0]

    def test_mean_delay__items_are_paid_a_week_later(self) -> None:
        assert mean_delay(KNOWN, OPEN, MONDAY)[:4].tolist() == [1000, 1000, 1000, 0]

    def test_roll_rate__buckets_pay_as_they_did(self) -> None:
        assert roll_rate(KNOWN, OPEN, MONDAY)[:3] == pytest.approx([1000, 1000, 1000], rel=0.1)

    def test_means_of_past_cash__go_on(self) -> None:
        assert set(eight_week_mean(KNOWN, OPEN, MONDAY)) == {1000.0}
        assert set(seasonal_naive(KNOWN, OPEN, MONDAY)) == {1000.0}

    def test_nothing_known__nothing_or_the_terms(self) -> None:
        nothing = InvoiceHistory.empty()
        assert seasonal_naive(nothing, nothing, MONDAY).sum() == 0
        assert roll_rate(nothing, OPEN, MONDAY).sum() == 0
        assert mean_delay(nothing, OPEN, MONDAY)[:2].tolist() == [2000, 1000]


class TestScores:
    def weeks(self) -> list[Scored]:
        found = []
        for origin, cash in ((MONDAY, 100.0), (MONDAY + timedelta(weeks=1), 300.0)):
            found.append(Scored(WeekBand(origin, origin, 1, TOTAL, 90.0, 150.0, 200.0), cash))
        return found

    def test_figures__by_hand(self) -> None:
        assert wape(self.weeks()) == pytest.approx(200 / 400)
        assert bias(self.weeks()) == pytest.approx(-100 / 400)
        assert covered(self.weeks()) == 0.5

    def test_interval__holds_the_figure(self) -> None:
        weeks = [
            Scored(
                WeekBand(MONDAY + timedelta(weeks=n), MONDAY, 1, TOTAL, 0.0, 100.0, 200.0),
                100.0 + 10 * (n % 4),
            )
            for n in range(12)
        ]
        figure = over_origins(weeks, wape)
        assert figure.low < figure.value < figure.high

    def test_week_after_the_file_ends__does_not_count(self) -> None:
        bands = [
            WeekBand(MONDAY, MONDAY + timedelta(weeks=n), n + 1, TOTAL, 0, 0, 0) for n in (0, 1)
        ]
        found = scored(BOOK, bands, MONDAY + timedelta(weeks=1))
        assert [(each.band.horizon, each.cash) for each in found] == [(1, 1000.0)]

    def test_open_book__cash_of_later_invoices_does_not_count(self) -> None:
        far = [
            WeekBand(MONDAY, MONDAY + timedelta(weeks=5), 6, kind, 0, 0, 0)
            for kind in (OPEN_BOOK, TOTAL)
        ]
        assert [each.cash for each in scored(BOOK, far, date.max)] == [0.0, 1000.0]


def test_whole_page__names_ours_and_every_baseline() -> None:
    split = Split(date(2024, 4, 29), date(2024, 4, 29), date(2024, 5, 6), date(2024, 7, 1))
    history = weekly_ledger(26, customers=2)
    results = measure(history, lambda _known, _as_of: SameDelays(), split)
    assert set(results) == {OPEN_BOOK, KNOWN_BILLING, TOTAL}
    assert all(np.isfinite(wape(weeks)) for named in results.values() for weeks in named.values())
    text = page("Cash", "As measured.", results)
    assert all(name in text for name in (OURS, "due date", "roll rate", "8-week mean", "| 9 |"))
