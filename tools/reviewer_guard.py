"""The guard over reviewing: a load a day, a pause after approvals nobody can have read.

It looks at the real clock, on whatever date the books are played.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from zoneinfo import ZoneInfo

from sqlmodel import Session

from ledger.errors import Refused
from ledger.queries.reviewing import NO_DECISION, decided_since, newest_approvals
from ledger.states import DecisionVerb
from ledger.tables.review import Review
from policies.schema import Policy

SAME_LOOK = "approve_in_batch"
"""How a yes is noted that shares its look with the first of its batch."""
_PACE_WITHIN = timedelta(hours=1)


class NotNow(Refused):
    """The guard lets the decision wait; the same person may make it later."""


@dataclass(frozen=True, slots=True)
class Load:
    """What a person has decided today, and what the guard says to it.

    Attributes:
        pause_until: Until when they approve nothing, because they were too quick.
        seconds: What half of their newest approvals took at most; None where there are too few.
    """

    decided: int
    warn_after: int
    stop_after: int
    pause_until: datetime | None = None
    seconds: float | None = None

    @property
    def warns(self) -> str:
        """A warning for the page; empty where there is none."""
        if self.pause_until is not None:
            return (
                f"Half of your newest approvals took under {self.seconds:.0f} seconds each: "
                f"no approvals until {self.pause_until:%H:%M} UTC. Rejecting and reading go on."
            )
        if self.decided >= self.stop_after:
            return (
                f"You decided {self.decided} today, which is the limit; "
                "the rest can wait, or be handed on."
            )
        if self.decided >= self.warn_after:
            left = self.stop_after - self.decided
            return f"You decided {self.decided} today; {left} more until the limit of the day."
        return ""


def load_of(session: Session, person_id: str, policy: Policy, now: datetime) -> Load:
    """How much and how fast somebody has decided today.

    Args:
        session: A read session.
        person_id: Whose load.
        policy: The policy in force.
        now: The instant of the real clock.
    """
    rules = policy.approval.reviewing
    zone = ZoneInfo(policy.company.time_zone)
    midnight = now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    decided = decided_since(session, person_id, midnight.astimezone(now.tzinfo))
    until, seconds = _pause_seconds(session, person_id, policy, now)
    return Load(decided, rules.warn_after, rules.stop_after, until, seconds)


def _pause_seconds(
    session: Session, person_id: str, policy: Policy, now: datetime
) -> tuple[datetime | None, float | None]:
    rules = policy.approval.reviewing
    if not rules.pace_seconds:
        return None, None
    # One more than is looked at: the first of them began when the one before it ended.
    rows = newest_approvals(session, person_id, now - _PACE_WITHIN, rules.pace_of + 1)
    if len(rows) < rules.pace_of:
        return None, None
    seconds = _middle_seconds(rows, rules.pace_of)
    until = rows[0][1] + timedelta(minutes=rules.pause_minutes)
    if seconds >= rules.pace_seconds or until <= now:
        return None, seconds
    return until, seconds


def _middle_seconds(rows: list, count: int) -> float:
    """What half of the approvals took at most: from being opened, or from the one before."""
    took = []
    for place, (opened, decided) in enumerate(rows[:count]):
        before = rows[place + 1][1] if place + 1 < len(rows) else None
        starts = [each for each in (opened, before) if each is not None]
        if starts:
            took.append((decided - max(starts)).total_seconds())
    return median(took) if took else float("inf")


def check(
    session: Session, person_id: str, verb: DecisionVerb, policy: Policy, now: datetime
) -> None:
    """Refuse a decision that the guard does not let through; what decides nothing always is.

    Raises:
        NotNow: The day's load is done, or the person pauses.
    """
    if verb in NO_DECISION:
        return
    load = load_of(session, person_id, policy, now)
    too_fast = verb is DecisionVerb.APPROVE and load.pause_until is not None
    if too_fast or load.decided >= load.stop_after:
        raise NotNow(load.warns)


def note(
    session: Session,
    person_id: str,
    subject_id: str,
    verb: str,
    now: datetime,
    opened_at: datetime | None = None,
    within: str | None = None,
) -> None:
    """Write down that somebody decided something."""
    session.add(
        Review(
            person_id=person_id,
            subject_id=subject_id,
            verb=str(verb),
            opened_at=opened_at,
            decided_at=now,
            within=within,
        )
    )
    session.flush()
