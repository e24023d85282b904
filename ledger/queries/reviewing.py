"""Reads on reviewing: how much a person did, how fast, who is away, what can be taken back."""

from datetime import date, datetime

from sqlalchemy import Row, func, select
from sqlmodel import Session

from ledger.states import DecisionVerb, OutboxState
from ledger.tables.account import Account
from ledger.tables.review import Delegation, Exercise, Review
from ledger.tables.work import Decision, Outbox, Person

NO_DECISION = (
    DecisionVerb.UNDO,
    DecisionVerb.ASSIGN,
    DecisionVerb.SNOOZE,
    DecisionVerb.ANSWER,
)
"""What is said to a request without deciding it: taking back, handing on, asking anew."""


def decided_since(session: Session, person_id: str, since: datetime) -> int:
    """How many requests a person has decided since an instant, exercises with them."""
    return (
        session.scalar(
            select(func.count()).where(
                Review.person_id == person_id,
                Review.decided_at >= since,
                Review.verb.not_in(NO_DECISION),
            )
        )
        or 0
    )


def newest_approvals(
    session: Session, person_id: str, since: datetime, most: int
) -> list[Row[datetime | None, datetime]]:
    """When a person's newest approvals were opened and decided, newest first."""
    return list(
        session.execute(
            select(Review.opened_at, Review.decided_at)
            .where(
                Review.person_id == person_id,
                Review.decided_at >= since,
                Review.verb == DecisionVerb.APPROVE.value,
            )
            .order_by(Review.decided_at.desc(), Review.seq.desc())
            .limit(most)
        )
    )


def exercises_of(session: Session) -> dict[str, tuple[int, int]]:
    """By person: how many planted mistakes they answered, and how many of those they noticed."""
    missed = Exercise.answer == DecisionVerb.APPROVE.value
    rows = session.execute(
        select(Exercise.person_id, missed, func.count())
        .where(Exercise.answered_at.is_not(None))
        .group_by(Exercise.person_id, missed)
    )
    found: dict[str, tuple[int, int]] = {}
    for person_id, was_missed, count in rows:
        answered, noticed = found.get(person_id, (0, 0))
        found[person_id] = (answered + count, noticed + (0 if was_missed else count))
    return found


def absences_on(session: Session, day: date) -> list[Delegation]:
    """Absences in force on a day, the newest first."""
    return list(
        session.scalars(
            select(Delegation)
            .where(
                Delegation.from_on <= day,
                Delegation.until_on >= day,
                Delegation.ended_at.is_(None),
            )
            .order_by(Delegation.made_at.desc(), Delegation.id)
        )
    )


def still_here(
    session: Session, person_id: str, now: datetime, most: int = 20
) -> list[Row[str, str, str, datetime]]:
    """Messages a person approved that can still be taken back, the newest first."""
    return list(
        session.execute(
            select(Outbox.proposal_id, Account.name, Outbox.subject, Outbox.held_until)
            .join(Decision, Decision.proposal_id == Outbox.proposal_id)
            .join(Account, Account.id == Outbox.account_id)
            .where(
                Outbox.state == OutboxState.QUEUED,
                Outbox.held_until > now,
                Decision.verb == DecisionVerb.APPROVE.value,
                Decision.decided_by == person_id,
            )
            .order_by(Outbox.held_until.desc(), Outbox.id)
            .limit(most)
        )
    )


def names_of_people(session: Session) -> list[Row[str, str]]:
    """Id and name of everybody who works here."""
    return list(session.execute(select(Person.id, Person.name).order_by(Person.name, Person.id)))
