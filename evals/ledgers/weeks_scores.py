"""What weekly forecasts are scored by: WAPE, bias and coverage, with intervals over Mondays."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from engines.forecast.conformal import WeekBand
from engines.forecast.outlook import OPEN_BOOK
from engines.forecast.walk import cash_between
from engines.risk.history import InvoiceHistory

_DRAWS = 1_000
_BLOCK = 2


@dataclass(frozen=True, slots=True)
class Scored:
    """A week that was forecast and is over."""

    band: WeekBand
    cash: float


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure with its 90 % interval."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:.3f} ({self.low:.3f}-{self.high:.3f})"


def scored(history: InvoiceHistory, bands: Sequence[WeekBand], until: date) -> list[Scored]:
    """Hold forecasts against the cash of weeks that are over.

    Args:
        history: Everything in the file.
        bands: What was forecast.
        until: The day the file ends; a week counts if it ended on the day or before.
    """
    found = []
    for band in bands:
        if band.week_start + timedelta(weeks=1) > until:
            continue
        start = (band.week_start - band.origin).days
        before = band.origin if band.kind == OPEN_BOOK else None
        cash = cash_between(history, band.origin, start, start + 7, issued_before=before)
        found.append(Scored(band, cash))
    return found


def wape(weeks: Sequence[Scored]) -> float:
    """Sum of the absolute misses of P50, as a share of the cash of the weeks."""
    return _share(sum(abs(each.band.p50 - each.cash) for each in weeks), weeks)


def bias(weeks: Sequence[Scored]) -> float:
    """Sum of P50 less cash, as a share of the cash; positive promised too much."""
    return _share(sum(each.band.p50 - each.cash for each in weeks), weeks)


def covered(weeks: Sequence[Scored]) -> float:
    """Share of weeks within P10 to P90."""
    inside = sum(each.band.p10 <= each.cash <= each.band.p90 for each in weeks)
    return inside / len(weeks) if weeks else float("nan")


def over_origins(
    weeks: Sequence[Scored], score: Callable[[Sequence[Scored]], float], seed: int = 1
) -> Figure:
    """A score with its interval by a moving-block bootstrap of the Mondays.

    Two neighbouring Mondays are drawn together, for they forecast nearly the same weeks.
    """
    groups: dict[date, list[Scored]] = {}
    for each in weeks:
        groups.setdefault(each.band.origin, []).append(each)
    origins = [groups[day] for day in sorted(groups)]
    rng = np.random.default_rng(seed)
    blocks = -(-len(origins) // _BLOCK)
    found = []
    for _ in range(_DRAWS):
        starts = rng.integers(0, max(1, len(origins) - _BLOCK + 1), blocks)
        drawn = [at for start in starts for at in range(start, min(start + _BLOCK, len(origins)))]
        found.append(score([each for at in drawn for each in origins[at]]))
    low, high = np.nanquantile(found, [0.05, 0.95])
    return Figure(score(weeks), float(low), float(high))


def _share(amount: float, weeks: Sequence[Scored]) -> float:
    cash = sum(each.cash for each in weeks)
    return amount / cash if cash else float("nan")
