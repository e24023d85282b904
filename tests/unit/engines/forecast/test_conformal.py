"""Bands that learn from past weeks, and the record of past forecasts."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from engines.forecast.conformal import Outcome, WeekBand, calibrated
from engines.forecast.record import past_record

BAND = WeekBand(date(2024, 6, 3), date(2024, 6, 3), 1, "total", 90.0, 100.0, 120.0)


def outcomes(cash: list[float], **changes: object) -> list[Outcome]:
    return [Outcome(replace(BAND, **changes), each) for each in cash]


class TestCalibrated:
    def test_past_weeks_fell_outside__the_band_is_widened_on_both_sides(self) -> None:
        found = calibrated(BAND, outcomes([80.0] * 20 + [140.0] * 20))
        assert (found.p10, found.p50, found.p90) == (80.0, 100.0, 140.0)

    def test_past_weeks_all_near_the_middle__the_band_is_narrowed_but_not_to_nothing(self) -> None:
        found = calibrated(BAND, outcomes([100.0] * 3_000))
        assert (found.p10, found.p90) == (97.5, 105.0)

    @pytest.mark.parametrize(
        "past",
        [[], outcomes([500.0] * 50, kind="open_book"), outcomes([500.0] * 50, horizon=9)],
        ids=["none", "another kind", "far horizon"],
    )
    def test_past_that_cannot_speak__the_band_stays(self, past: list[Outcome]) -> None:
        assert calibrated(BAND, past) == BAND

    def test_one_wild_week__does_not_outvote_the_paths(self) -> None:
        found = calibrated(BAND, outcomes([500.0]))
        assert 120.0 <= found.p90 < 130.0

    def test_later_weeks_fell_near__old_misses_fade(self) -> None:
        long_ago = {"week_start": BAND.origin - timedelta(weeks=30)}
        wild = outcomes([200.0] * 20, **long_ago)
        near = outcomes([101.0] * 20, week_start=BAND.origin - timedelta(weeks=1))
        faded, fresh = calibrated(BAND, wild + near), calibrated(BAND, near)
        assert faded.p90 == pytest.approx(fresh.p90, abs=2.0)
        assert calibrated(BAND, outcomes([200.0] * 20) + near).p90 > 2 * faded.p90 - 100

    def test_many_weeks__share_promised_falls_inside(self) -> None:
        rng = np.random.default_rng(1)
        past = outcomes((100 + 40 * rng.standard_normal(400)).tolist())
        found = calibrated(BAND, past)
        inside = np.mean([found.p10 <= each.cash <= found.p90 for each in past])
        assert inside == pytest.approx(0.8, abs=0.02)

    def test_wide_band__cash_is_never_negative(self) -> None:
        assert calibrated(replace(BAND, p10=1.0), outcomes([400.0] * 30)).p10 == 0.0


class TestPastRecord:
    def test_sums__by_kind_and_horizon(self) -> None:
        found = past_record([*outcomes([100.0, 200.0]), *outcomes([50.0], horizon=2)])
        first, second = found
        assert (first.horizon, first.weeks, first.covered) == (1, 2, 0.5)
        assert (first.bias, first.wape) == (pytest.approx(-1 / 3), pytest.approx(1 / 3))
        assert (second.horizon, second.bias, second.wape) == (2, 1.0, 1.0)
