"""A curve asked about on some days is the curve of all days."""

import numpy as np
import pytest

from engines.risk.asked_days import curve_over
from engines.risk.figures import habits_of
from engines.risk.habits import HabitBook, Questions
from engines.risk.history import InvoiceHistory

MONDAY = 19_723


def questions(to_due: list[int]) -> Questions:
    count = len(to_due)
    asked = np.full(count, MONDAY)
    due = asked + np.array(to_due)
    none = np.full(count, -1)
    real = np.zeros(count)
    return Questions(none, asked, asked - 1, due, real, real)


def over(to_due: list[int], days: int, rising: float) -> tuple[np.ndarray, int]:
    """The curve of chances that rise by a share a day, and how many days were asked about."""
    asked = questions(to_due)
    habits = habits_of(HabitBook(InvoiceHistory.empty()), asked, named=False)
    rows = 0

    def chance(question: np.ndarray, day: np.ndarray) -> np.ndarray:
        nonlocal rows
        rows += len(question)
        return np.minimum(1.0, rising * (day - asked.asked[question] + 1))

    return curve_over(asked, habits, days, chance), rows


class TestCurveOver:
    def test_steady_chance__days_between_lie_between(self) -> None:
        curve, rows = over([40, -3, 100], 160, 0.004)
        assert not np.isnan(curve).any()
        assert (np.diff(curve, axis=1) >= 0).all()
        truth = np.broadcast_to(0.004 * np.arange(1, 161), curve.shape)
        assert curve == pytest.approx(truth, abs=0.02)
        assert rows < 0.45 * curve.size

    def test_all_in_early__what_follows_is_not_asked_about(self) -> None:
        curve, rows = over([5], 300, 0.2)
        assert (curve[0, 7:] >= 0.995).all()
        assert rows <= 27

    def test_one_day__it_is_asked_about(self) -> None:
        curve, rows = over([0, 20], 1, 0.1)
        assert curve[:, 0] == pytest.approx(0.1)
        assert rows == 2
