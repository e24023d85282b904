"""How past forecasts did: coverage, bias and error by horizon."""

from collections.abc import Iterable
from dataclasses import dataclass

from engines.forecast.conformal import Outcome


@dataclass(frozen=True, slots=True)
class HorizonRecord:
    """Past forecasts of one kind and horizon.

    Attributes:
        kind: `open_book`, `known_billing` or `total`.
        horizon: Weeks ahead; 1 is the week of the forecast.
        weeks: Weeks forecast that are over.
        covered: Share of them within P10 to P90; 0.8 is promised.
        bias: Sum of P50 less cash, as a share of the cash; positive promised too much.
        wape: Sum of the absolute misses of P50, as a share of the cash.
    """

    kind: str
    horizon: int
    weeks: int
    covered: float
    bias: float
    wape: float


def past_record(outcomes: Iterable[Outcome]) -> list[HorizonRecord]:
    """Sum past forecasts up by kind and horizon."""
    groups: dict[tuple[str, int], list[Outcome]] = {}
    for each in outcomes:
        groups.setdefault((each.band.kind, each.band.horizon), []).append(each)
    return [_sum_up(kind, horizon, found) for (kind, horizon), found in sorted(groups.items())]


def _sum_up(kind: str, horizon: int, found: list[Outcome]) -> HorizonRecord:
    cash = max(sum(each.cash for each in found), 1.0)
    return HorizonRecord(
        kind,
        horizon,
        len(found),
        sum(each.band.p10 <= each.cash <= each.band.p90 for each in found) / len(found),
        sum(each.band.p50 - each.cash for each in found) / cash,
        sum(abs(each.band.p50 - each.cash) for each in found) / cash,
    )
