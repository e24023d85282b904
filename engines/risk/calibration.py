"""Calibration on what is past: log odds of lateness, and how wide an 80 % interval has to be."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engines.risk.spread import days_late_at, from_logit, logit

Reals = NDArray[np.float64]
Whole = NDArray[np.int64]
Ripe = NDArray[np.bool_]

COVERED = 0.80
_LEAST = 200
_HELD = 1_000.0
"""Answers' worth of belief that nothing needs calibration."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """How told chances become chances that held.

    Attributes:
        late: Slope and shift of the log odds of late; likewise `late7`.
        low: Share of a curve at which the interval begins; `high`, at which it ends.
        answers: Past answers it rests on; 0 where there were too few and nothing is changed.
    """

    late: tuple[float, float] = (1.0, 0.0)
    late7: tuple[float, float] = (1.0, 0.0)
    low: float = 0.10
    high: float = 0.90
    answers: int = 0

    def of_late(self, chance: Reals, days: int) -> Reals:
        """The calibrated chance of being later than 0 or 7 days."""
        slope, shift = self.late7 if days else self.late
        return from_logit(slope * logit(chance) + shift)


def calibrate(
    late: Reals, late7: Reals, curve: Reals, to_due: Whole, days_late: Reals, ripe: Ripe
) -> Calibration:
    """Fit to past answers.

    Args:
        late: Told chance of late.
        late7: Told chance of later than 7 days.
        curve: Cumulative curves.
        to_due: Days from the question to the due date.
        days_late: What happened; infinite where it is more than 7 days over and still open.
        ripe: Answers old enough that nearly all of their like are paid: what intervals are held to.
    """
    if len(days_late) < _LEAST:
        return Calibration()
    low, high = 0.10, 0.90
    if ripe.sum() >= _LEAST:
        low, high = _levels(curve[ripe], to_due[ripe], days_late[ripe])
    return Calibration(
        _line(logit(late), days_late > 0),
        _line(logit(late7), days_late > 7),
        low,
        high,
        len(days_late),
    )


def _line(odds: Reals, happened: NDArray[np.bool_]) -> tuple[float, float]:
    """Logistic regression by Newton, held towards slope 1 and shift 0."""
    design = np.column_stack([odds, np.ones(len(odds))])
    held = np.array([_HELD * 0.2, _HELD * 0.1])
    found = np.array([1.0, 0.0])
    for _ in range(20):
        told = from_logit(design @ found)
        gradient = design.T @ (told - happened) + held * (found - (1.0, 0.0))
        curvature = (design * (told * (1 - told))[:, None]).T @ design + np.diag(held)
        found = found - np.linalg.solve(curvature, gradient)
    return float(np.clip(found[0], 0.6, 1.5)), float(np.clip(found[1], -0.5, 0.5))


def _levels(curve: Reals, to_due: Whole, days_late: Reals) -> tuple[float, float]:
    """The equal tails whose intervals came nearest to holding what they should have held.

    Whole days are coarse, so plain tails of 10 % hold more than 80 %.
    """
    best, least = (0.10, 0.90), np.inf
    for tail in np.arange(0.05, 0.2201, 0.01):
        low = days_late_at(curve, to_due, float(tail))
        high = days_late_at(curve, to_due, float(1 - tail))
        held = float(np.mean((days_late >= low) & (days_late <= high)))
        if abs(held - COVERED) < least:
            best = round(float(tail), 2), round(float(1 - tail), 2)
            least = abs(held - COVERED)
    return best
