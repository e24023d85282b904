"""Metrics of the work itself: touchless rate, cost per case, time to decision. Pure."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any

_HOUR = 3600


@dataclass(frozen=True, slots=True)
class WorkMetrics:
    """How much was done by itself, and how long people took; None where nothing was counted.

    Attributes:
        touchless_rate: Share of messages and applications that no person decided.
        cost_per_case_micros: Millionths of the model's currency for each proposal.
        hours_to_decision: Median from a proposal to its first decision.
    """

    messages: int
    touchless_messages_rate: float | None
    applications: int
    touchless_cash_rate: float | None
    touchless_rate: float | None
    cases: int
    cost_per_case_micros: int | None
    decisions: int
    hours_to_decision: float | None

    def as_json(self) -> dict[str, Any]:
        """As plain values."""
        return asdict(self)


def work_metrics(
    sent: int,
    sent_alone: int,
    applied: int,
    applied_alone: int,
    cases: int,
    cost_micros: int | None,
    decision_seconds: Sequence[float],
) -> WorkMetrics:
    """Rates of counted work."""
    return WorkMetrics(
        messages=sent,
        touchless_messages_rate=_share(sent_alone, sent),
        applications=applied,
        touchless_cash_rate=_share(applied_alone, applied),
        touchless_rate=_share(sent_alone + applied_alone, sent + applied),
        cases=cases,
        cost_per_case_micros=None if cost_micros is None or not cases else cost_micros // cases,
        decisions=len(decision_seconds),
        hours_to_decision=median(decision_seconds) / _HOUR if decision_seconds else None,
    )


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
