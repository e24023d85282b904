"""Forecasts made Monday after Monday: nothing they say may come from the future."""

from datetime import date, timedelta

import numpy as np
import pytest

from engines.forecast.conformal import WeekBand
from engines.forecast.outlook import KNOWN_BILLING, OPEN_BOOK, TOTAL, ForecastOptions, mondays
from engines.forecast.record import past_record
from engines.forecast.walk import Record, walk_forward
from engines.risk.history import NEVER, InvoiceHistory
from evals.ledgers.weeks_scores import bias, scored, wape
from tests.support.ledger_columns import SameDelays, weekly_ledger

TRAIN_UNTIL = date(2024, 4, 29)
LAST = date(2024, 5, 26)
OPTIONS = ForecastOptions(weeks=5, paths=60)
HISTORY = weekly_ledger(30)


def walk(history: InvoiceHistory, last: date = LAST) -> list[WeekBand]:
    def learn(known: InvoiceHistory, as_of: date) -> SameDelays:
        assert (known.issued_on < np.datetime64(as_of)).all()
        assert not (known.cleared_on >= np.datetime64(as_of)).any()
        return SameDelays()

    return list(walk_forward(history, learn, TRAIN_UNTIL, TRAIN_UNTIL, last, OPTIONS))


@pytest.fixture(scope="module")
def bands() -> list[WeekBand]:
    return walk(HISTORY)


class TestWalkForward:
    def test_window__three_kinds_for_every_monday_and_week(self, bands: list[WeekBand]) -> None:
        assert {band.origin for band in bands} == set(mondays(TRAIN_UNTIL, LAST))
        keys = {(band.origin, band.kind, band.horizon) for band in bands}
        assert len(keys) == len(bands) == 4 * 3 * 5
        for band in bands:
            assert band.week_start == band.origin + timedelta(weeks=band.horizon - 1)
            assert 0 <= band.p10 <= band.p50 <= band.p90

    def test_steady_ledger__forecasts_are_close(self, bands: list[WeekBand]) -> None:
        for kind in (OPEN_BOOK, KNOWN_BILLING, TOTAL):
            found = scored(HISTORY, [band for band in bands if band.kind == kind], date.max)
            assert wape(found) < 0.25
            assert abs(bias(found)) < 0.1

    @pytest.mark.parametrize("seed", [1, 2])
    def test_another_future__changes_no_forecast_but_of_what_is_given(
        self, bands: list[WeekBand], seed: int
    ) -> None:
        day = date(2024, 5, 20)
        found = walk(_another_future(HISTORY, day, seed), day)
        now = [band for band in bands if band.origin <= day and band.kind != KNOWN_BILLING]
        assert [band for band in found if band.kind != KNOWN_BILLING] == now
        assert [band for band in found if band.kind == KNOWN_BILLING] != [
            band for band in bands if band.origin <= day and band.kind == KNOWN_BILLING
        ]

    def test_other_outcomes_of_the_same_invoices__change_no_forecast_at_all(
        self, bands: list[WeekBand]
    ) -> None:
        day = date(2024, 5, 20)
        other = _other_outcomes(HISTORY, day)
        assert walk(other, day) == [band for band in bands if band.origin <= day]

    def test_another_past__does_change_them(self, bands: list[WeekBand]) -> None:
        assert walk(_other_outcomes(HISTORY, date(2024, 4, 1))) != bands

    def test_no_history_at_all__forecasts_nothing_and_does_not_fail(self) -> None:
        found = walk(InvoiceHistory.empty(), TRAIN_UNTIL)
        assert {(band.p10, band.p90) for band in found} == {(0.0, 0.0)}


class TestRecord:
    def test_weeks_that_are_over__are_settled_once_each(self) -> None:
        record = Record()
        outlooks = _outlooks()
        for outlook in outlooks:
            record.settle(HISTORY.known_before(outlook.as_of), outlook.as_of)
            record.add(outlook)
        keys = [(o.band.origin, o.band.kind, o.band.horizon) for o in record.outcomes]
        assert len(set(keys)) == len(keys)
        assert all(
            o.band.week_start + timedelta(weeks=1) <= outlooks[-1].as_of for o in record.outcomes
        )
        found = past_record(record.outcomes)
        assert {each.kind for each in found} == {OPEN_BOOK, TOTAL}
        first = [each for each in found if each.horizon == 1 and each.kind == OPEN_BOOK]
        assert first[0].weeks == len(outlooks) - 1


def _outlooks():
    from engines.forecast.cash import week_edges
    from engines.forecast.outlook import look_ahead

    return [
        look_ahead(
            SameDelays(), HISTORY.known_before(day), day, week_edges(day, 3), options=OPTIONS
        )
        for day in mondays(date(2024, 4, 1), date(2024, 5, 6))
    ]


def _another_future(history: InvoiceHistory, day: date, seed: int) -> InvoiceHistory:
    """The same past, other invoices and payments from a day on, in another order."""
    rng = np.random.default_rng(seed)
    today = np.datetime64(day)
    later = history.issued_on >= today
    amount = np.where(later, history.amount * rng.integers(2, 9, len(history)), history.amount)
    columns = {name: getattr(history, name) for name in history.__slots__}
    changed = _other_outcomes(InvoiceHistory(**{**columns, "amount": amount}), day, seed)
    past, future = np.flatnonzero(~later), rng.permutation(np.flatnonzero(later))
    return changed.take(np.concatenate([past, future]))


def _other_outcomes(history: InvoiceHistory, day: date, seed: int = 7) -> InvoiceHistory:
    """The same invoices, cleared on other days where they were not cleared before a day."""
    rng = np.random.default_rng(seed)
    today = np.datetime64(day)
    unknown = ~(history.cleared_on < today)
    drawn = today + rng.integers(0, 60, len(history)).astype("timedelta64[D]")
    drawn = np.maximum(drawn, history.issued_on)
    drawn = np.where(rng.random(len(history)) < 0.3, NEVER, drawn)
    return history.with_cleared(np.where(unknown, drawn, history.cleared_on))
