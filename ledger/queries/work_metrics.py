"""Set-based reads for the metrics of work: what nobody touched, decisions, and what models cost."""

from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple

from sqlalchemy import case, func, select
from sqlmodel import Session

from ledger.states import BY_CASH_APPLIER, ApplicationKind, OutboxState
from ledger.tables.receivable import Application
from ledger.tables.work import Decision, ModelCall, Outbox, Permit, Proposal


class WorkTally(NamedTuple):
    """What was done in a period.

    Attributes:
        sent: Messages that left; `sent_alone` without a person's decision.
        applied: Applications of cash; `applied_alone` by the cash applier.
        cases: Proposals made.
        cost_micros: What model calls cost; None where a price is missing.
        decision_seconds: From each proposal to its first decision.
    """

    sent: int
    sent_alone: int
    applied: int
    applied_alone: int
    cases: int
    cost_micros: int | None
    decision_seconds: tuple[float, ...]


def work_tally(session: Session, first: date, last: date) -> WorkTally:
    """Count the work from one day to another, both included."""
    since = datetime.combine(first, time.min, UTC)
    until = datetime.combine(last + timedelta(days=1), time.min, UTC)
    alone = case((Permit.decision_id.is_(None), 1), else_=0)
    sent = session.execute(
        select(func.count(), func.coalesce(func.sum(alone), 0))
        .select_from(Outbox)
        .join(Permit, Permit.outbox_id == Outbox.id)
        .where(Outbox.state == OutboxState.SENT, Outbox.sent_at >= since, Outbox.sent_at < until)
    ).one()
    by_itself = case((Application.cause.like(f"%{BY_CASH_APPLIER}"), 1), else_=0)
    applied = session.execute(
        select(func.count(), func.coalesce(func.sum(by_itself), 0)).where(
            Application.kind == ApplicationKind.CASH,
            Application.amount_minor > 0,
            Application.applied_on.between(first, last),
        )
    ).one()
    cases = session.scalar(select(func.count()).where(Proposal.created_on.between(first, last)))
    return WorkTally(
        int(sent[0]),
        int(sent[1]),
        int(applied[0]),
        int(applied[1]),
        int(cases or 0),
        _cost(session, since, until),
        _decision_seconds(session, since, until),
    )


def _cost(session: Session, since: datetime, until: datetime) -> int | None:
    calls, priced, cost = session.execute(
        select(
            func.count(),
            func.count(ModelCall.cost_micros),
            func.coalesce(func.sum(ModelCall.cost_micros), 0),
        ).where(ModelCall.called_at >= since, ModelCall.called_at < until)
    ).one()
    return int(cost) if calls == priced else None


def _decision_seconds(session: Session, since: datetime, until: datetime) -> tuple[float, ...]:
    first = func.min(Decision.decided_at)
    rows = session.execute(
        select(Proposal.created_at, first)
        .join(Decision, Decision.proposal_id == Proposal.id)
        .group_by(Proposal.id, Proposal.created_at)
        .having(first >= since, first < until)
    )
    return tuple((decided - created).total_seconds() for created, decided in rows)
