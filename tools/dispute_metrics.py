"""Figures of disputes over a period: rate, days to resolve, right first time, root causes."""

from datetime import date, timedelta

from sqlmodel import Session

from engines.disputes import Closed, dispute_figures
from ledger.queries.disputes import disputes_opened, invoices_issued
from policies.schema import Policy
from tools.contract import Result
from tools.dispute_pipeline import answer_by


class CauseLine(Result):
    """How often a reason was the cause, and how often the customer was right."""

    reason: str
    disputes: int
    share: float
    upheld: int


class DisputeMetrics(Result):
    """Figures of the disputes opened in a period; a figure is None where nothing was counted.

    Attributes:
        opened_rate: Disputes opened per invoice issued.
        days_median: Days from opening to resolution.
        right_first_time_rate: Resolved in time and never to come back, of those resolved.
    """

    since: date
    until: date
    opened: int
    resolved: int
    invoices_issued: int
    opened_rate: float | None
    days_median: int | None
    right_first_time_rate: float | None
    causes: tuple[CauseLine, ...]


def dispute_metrics(
    session: Session, policy: Policy, as_of: date, days: int = 365
) -> DisputeMetrics:
    """Figures of the disputes opened in so many days up to a date."""
    since = as_of - timedelta(days=days)
    issued = invoices_issued(session, since, as_of)
    rows = [
        Closed(
            reason=dispute.reason,
            opened_on=dispute.opened_on,
            resolved_on=dispute.resolved_on,
            answer_by=answer_by(dispute, policy),
            resolution=dispute.resolution,
            came_back=bool(came_back),
        )
        for dispute, came_back in disputes_opened(session, since, as_of)
    ]
    figures = dispute_figures(rows, issued)
    return DisputeMetrics(
        since=since,
        until=as_of,
        opened=figures.opened,
        resolved=figures.resolved,
        invoices_issued=issued,
        opened_rate=figures.opened_rate,
        days_median=figures.days_median,
        right_first_time_rate=figures.right_first_time_rate,
        causes=tuple(
            CauseLine(
                reason=each.reason,
                disputes=each.disputes,
                share=each.share,
                upheld=each.upheld,
            )
            for each in figures.causes
        ),
    )
