"""Counts a machine watches: what waits, what is stuck, what it costs. One read each."""

from datetime import UTC, date, datetime, time
from typing import NamedTuple

from sqlalchemy import func, select
from sqlmodel import Session

from ledger.queries.inbox import waits_now
from ledger.states import OutboxState, RunState
from ledger.tables.receivable import Receipt
from ledger.tables.work import ModelCall, Outbox, Proposal, Run


class Gauges(NamedTuple):
    """How a home stands.

    Attributes:
        waiting: Proposals that wait for a decision; `oldest_created_on` the first of them.
        unapplied: Unapplied cash by currency, in minor units.
        queued: Messages that have a permit and have not left; `first_release_at` the first of them.
        uncertain: Messages nobody can tell about.
        run_as_of: Business date of the newest finished night, and how long it took.
        spent_micros: What model calls of the day cost; calls without a price are not in it.
    """

    waiting: int
    oldest_created_on: date | None
    unapplied: tuple[tuple[str, int], ...]
    queued: int
    first_release_at: datetime | None
    uncertain: int
    run_as_of: date | None
    run_seconds: float
    run_finished_at: datetime | None
    spent_micros: int


def gauges(session: Session, as_of: date, today: date) -> Gauges:
    """Read how a home stands.

    Args:
        session: A read transaction.
        as_of: The business date, for what waits.
        today: The real date, for what was spent.
    """
    waiting, oldest = session.execute(
        select(func.count(), func.min(Proposal.created_on)).where(waits_now(as_of))
    ).one()
    unapplied = session.execute(
        select(Receipt.currency, func.sum(Receipt.unapplied_minor))
        .where(Receipt.unapplied_minor != 0)
        .group_by(Receipt.currency)
        .order_by(Receipt.currency)
    ).all()
    queued, first = session.execute(
        select(func.count(), func.min(Outbox.release_at)).where(Outbox.state == OutboxState.QUEUED)
    ).one()
    uncertain = session.scalar(
        select(func.count()).select_from(Outbox).where(Outbox.state == OutboxState.UNCERTAIN)
    )
    run = session.scalars(
        select(Run).where(Run.state == RunState.FINISHED).order_by(Run.as_of.desc()).limit(1)
    ).first()
    spent = session.scalar(
        select(func.coalesce(func.sum(ModelCall.cost_micros), 0)).where(
            ModelCall.called_at >= datetime.combine(today, time.min, UTC)
        )
    )
    return Gauges(
        waiting=int(waiting),
        oldest_created_on=oldest,
        unapplied=tuple((currency, int(minor)) for currency, minor in unapplied),
        queued=int(queued),
        first_release_at=first,
        uncertain=int(uncertain or 0),
        run_as_of=run.as_of if run else None,
        run_seconds=run.seconds if run else 0.0,
        run_finished_at=run.finished_at if run else None,
        spent_micros=int(spent or 0),
    )
