"""Bands widened or narrowed until as many past weeks fell inside as they promise.

Rolling split-conformal: a past week's miss is measured in half-widths of its own band, on the side
it fell, and the band is set to the width that held the wanted share of them. Only weeks that were
over when the forecast was made may speak (Vovk et al., Algorithmic Learning in a Random World).
Newer weeks speak louder, for a ledger and its model change (Barber et al., Conformal prediction
beyond exchangeability), and a few weeks cannot outvote the paths the band came from.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

COVERAGE = 0.8
_NEAR = 2
_HALVED_AFTER_DAYS = 28.0
_BELIEF = 10.0
"""Weeks' worth of belief that a band is as wide as it has to be."""
_MOST_WIDENED = 4.0
_LEAST_WIDENED = 0.25
_NORMAL = NormalDist()
_BELIEVED = [
    abs(_NORMAL.inv_cdf((at + 0.5) / 40)) / _NORMAL.inv_cdf(0.5 + COVERAGE / 2) for at in range(40)
]
"""Misses of normal weeks, in half-widths of bands that hold the wanted share of them."""


@dataclass(frozen=True, slots=True)
class WeekBand:
    """Cash expected in a week, in minor units.

    Attributes:
        origin: The day it was forecast.
        week_start: A Monday.
        horizon: 1 is the week that holds the origin.
        kind: `open_book`, `known_billing` or `total`.
        p10: One week in ten stays below.
        p50: As likely above as below.
        p90: One week in ten goes beyond.
    """

    origin: date
    week_start: date
    horizon: int
    kind: str
    p10: float
    p50: float
    p90: float


@dataclass(frozen=True, slots=True)
class Outcome:
    """A past band before it was calibrated, and the cash that came."""

    band: WeekBand
    cash: float


def calibrated(band: WeekBand, past: Iterable[Outcome]) -> WeekBand:
    """Set the width of a band by past forecasts of its kind at about its horizon.

    Args:
        band: As the paths gave it.
        past: Forecasts of weeks that are over, as the paths gave them.
    """
    mine = [
        each
        for each in past
        if each.band.kind == band.kind and abs(each.band.horizon - band.horizon) <= _NEAR
    ]
    scores = np.array([_score(each) for each in mine])
    ages = np.array([(band.origin - each.band.week_start).days for each in mine])
    factor = _widening(scores, 0.5 ** (ages / _HALVED_AFTER_DAYS)) if mine else 1.0
    return replace(
        band,
        p10=max(0.0, band.p50 - factor * (band.p50 - band.p10)),
        p90=band.p50 + factor * (band.p90 - band.p50),
    )


def _widening(scores: NDArray[np.float64], weights: NDArray[np.float64]) -> float:
    """Half-widths that held the wanted share of past weeks, drawn to those of normal weeks."""
    known = np.concatenate([scores, _BELIEVED])
    weight = np.concatenate([weights, np.full(len(_BELIEVED), _BELIEF / len(_BELIEVED))])
    found = np.quantile(known, COVERAGE, weights=weight, method="inverted_cdf")
    return float(np.clip(found, _LEAST_WIDENED, _MOST_WIDENED))


def _score(outcome: Outcome) -> float:
    band = outcome.band
    if outcome.cash >= band.p50:
        return (outcome.cash - band.p50) / max(band.p90 - band.p50, 1.0)
    return (band.p50 - outcome.cash) / max(band.p50 - band.p10, 1.0)
