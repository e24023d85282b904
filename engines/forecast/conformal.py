"""Bands widened or narrowed until as many past weeks fell inside as they promise.

Rolling split-conformal: a past week's miss is measured in half-widths of its own band, on the side
it fell, and the band is set to the width that held the wanted share of them. Only weeks that were
over when the forecast was made may speak (Vovk et al., Algorithmic Learning in a Random World).
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

COVERAGE = 0.8
_FEWEST = 12
_NEAR = 2
_MOST_WIDENED = 4.0
_LEAST_WIDENED = 0.5


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
    scores = [
        _score(each)
        for each in past
        if each.band.kind == band.kind and abs(each.band.horizon - band.horizon) <= _NEAR
    ]
    factor = _widening(scores)
    return replace(
        band,
        p10=max(0.0, band.p50 - factor * (band.p50 - band.p10)),
        p90=band.p50 + factor * (band.p90 - band.p50),
    )


def _widening(scores: list[float]) -> float:
    """Half-widths that held the wanted share; as they are where too few weeks can speak."""
    if len(scores) < _FEWEST:
        return 1.0
    level = min(1.0, COVERAGE * (1 + 1 / len(scores)))
    found = float(np.quantile(scores, level, method="higher"))
    return float(np.clip(found, _LEAST_WIDENED, _MOST_WIDENED))


def _score(outcome: Outcome) -> float:
    band = outcome.band
    if outcome.cash >= band.p50:
        return (outcome.cash - band.p50) / max(band.p90 - band.p50, 1.0)
    return (band.p50 - outcome.cash) / max(band.p50 - band.p10, 1.0)
