"""Bookkeeping of a night: start or take up a run, and close it with its counts."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import Any

import orjson
from sqlalchemy import func, select, update
from sqlmodel import Session

from graph.bootstrap import House
from graph.deps import Deps
from ledger.clock import FixedClock
from ledger.errors import BadInput
from ledger.ids import make_id
from ledger.journal import audit
from ledger.states import Disposition, RunState
from ledger.tables.account import Account
from ledger.tables.receivable import Invoice
from ledger.tables.work import Run
from policies.packs import check_started


@dataclass
class Night:
    """A run in progress: what every phase needs, and what it counted."""

    house: House
    run_id: str
    as_of: date
    now: datetime
    deps: Deps
    progress: Any
    limit: int | None = None
    taken_up: bool = False
    """Whether it goes on after a crash, under the policy it started with."""
    counts: dict[str, Any] = field(default_factory=dict)

    def note(self, phase: str, **counted: Any) -> None:
        """Keep how things stand after a phase."""
        self.counts.setdefault(phase, {}).update(counted)

    def add(self, phase: str, **counted: Any) -> None:
        """Add what a phase did to what it did before this night was taken up again."""
        kept = self.counts.setdefault(phase, {})
        for name, more in counted.items():
            kept[name] = kept[name] + more if name in kept else more

    def keep_counts(self, session: Session, **changes: Any) -> None:
        """Write the counts to the run in the caller's transaction."""
        session.execute(
            update(Run)
            .where(Run.id == self.run_id)
            .values(counts=orjson.dumps(self.counts).decode(), **changes)
        )


def start_night(house: House, as_of: date, progress: Any, limit: int | None = None) -> Night:
    """Open the run of a date, or take it up where it stopped.

    The instant of the first start stays the run's instant, so that a rerun judges alike.

    Raises:
        BadInput: A later night has already run.
        PolicyError: A compliance rule that should hold by now waits to be activated.
    """
    check_started(house.policy.packs, as_of)
    house.remember_policy(as_of)
    _ = house.checkpointer  # set up before a transaction is open, which it would wait for
    with house.ledger.write() as session:
        later = session.scalar(select(func.max(Run.as_of)))
        if later is not None and later > as_of:
            raise BadInput(f"a night as of {later} has run already; nights only go forward")
        run = session.scalars(select(Run).where(Run.as_of == as_of)).first()
        taken_up = False
        if run is None:
            run = Run(
                id=make_id("run", as_of),
                as_of=as_of,
                number=(session.scalar(select(func.max(Run.number))) or 0) + 1,
                policy_hash=house.policy.hash,
                started_at=_start_instant(house, as_of),
            )
            session.add(run)
            audit(
                session, run.started_at, "night_started", run.id, "night", as_of=as_of.isoformat()
            )
            _sent_becomes_quiet(session)
        elif run.policy_hash != house.policy.hash:
            _start_over(session, run, house)
        else:
            taken_up = run.state == RunState.RUNNING
        run.state = RunState.RUNNING
        run.policy_hash = house.policy.hash
        session.flush()
        now, counts = run.started_at, orjson.loads(run.counts)
    deps = house.deps(as_of, FixedClock(now))
    return Night(house, run.id, as_of, now, deps, progress, limit, taken_up, counts)


def _start_instant(house: House, as_of: date) -> datetime:
    """Now, on the day itself; the first instant of the date where the day is only played."""
    if house.mail.plays_the_day or house.today() != as_of:
        return datetime.combine(as_of, time.min, UTC)
    return house.system_clock.now()


def night_thread(as_of: date) -> str:
    """Thread id of the night of a date."""
    return f"night:{as_of.isoformat()}"


def _start_over(session: Session, run: Run, house: House) -> None:
    """A night taken up under another policy looks at everybody again, and says so."""
    changed = {"before": run.policy_hash, "after": house.policy.hash}
    audit(session, run.started_at, "night_policy_changed", run.id, "night", **changed)
    session.execute(update(Account).values(next_action_on=None))
    house.checkpointer.delete_thread(night_thread(run.as_of))


def _sent_becomes_quiet(session: Session) -> None:
    """`sent` is the outcome of one night; in the next one the account stands at nothing due."""
    session.execute(
        update(Account)
        .where(Account.disposition == Disposition.SENT)
        .values(disposition=Disposition.NOTHING_DUE.value)
    )


def finish_night(night: Night, seconds: float) -> None:
    """Close the run with its counts."""
    night.house.flush_usage(night.run_id)
    with night.house.ledger.write() as session:
        night.note("dispositions", **standing_dispositions(session))
        night.keep_counts(
            session,
            state=RunState.FINISHED.value,
            phase="",
            finished_at=night.deps.now,
            seconds=seconds,
        )
        audit(session, night.now, "night_finished", night.run_id, "night", **night.counts)


def standing_dispositions(session: Session) -> dict[str, int]:
    """Accounts with an open item by disposition; sums to the portfolio.

    An account never judged because nothing of it is due yet stands at nothing due.
    """
    rows = session.execute(
        select(Account.disposition, func.count())
        .where(has_open_item())
        .group_by(Account.disposition)
    )
    counted = {kind.value: 0 for kind in Disposition}
    for kind, count in rows:
        counted[kind or Disposition.NOTHING_DUE.value] += count
    return counted


def portfolio_size(session: Session) -> int:
    """Number of accounts with an open item."""
    return session.scalar(select(func.count()).select_from(Account).where(has_open_item())) or 0


def has_open_item() -> Any:
    """The filter of accounts that are part of the portfolio."""
    return (
        select(Invoice.id).where(Invoice.account_id == Account.id, Invoice.open_minor != 0).exists()
    )
