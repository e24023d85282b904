"""Reviewing as work of people: how much and how fast, who stands in for whom, exercises, digests.

Instants here are of the real clock, on whatever date a night is played: people tire in real time.
"""

from datetime import date, datetime

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field

from ledger.tables.base import Table, instant, text


class Review(Table, table=True):
    """One act of deciding, on a request or an exercise.

    Attributes:
        verb: What the person said.
        opened_at: When what was decided was put before the person, where a page knows.
        within: The person of the home whose absence brought the request here, if any.
    """

    __table_args__ = (Index("ix_review_person", "person_id", "decided_at"),)

    seq: int | None = Field(default=None, primary_key=True)
    person_id: str
    subject_id: str
    verb: str = text()
    opened_at: datetime | None = instant(default=None)
    decided_at: datetime = instant()
    within: str | None = None


class Delegation(Table, table=True):
    """Somebody is away, and who looks at what was given to them meanwhile."""

    id: str = Field(primary_key=True)
    person_id: str = Field(foreign_key="person.id", index=True)
    substitute_id: str = Field(foreign_key="person.id", index=True)
    from_on: date
    until_on: date
    why: str = ""
    made_by: str
    made_at: datetime = instant()
    ended_at: datetime | None = instant(default=None)


class Exercise(Table, table=True):
    """A draft with a planted mistake, put before one person; it can send nothing.

    Attributes:
        proposal_id: The request whose letter was spoiled.
        flaw: The kind of mistake.
        subject, body, recipient: The spoiled letter.
        wrong: What is wrong, told once it was answered.
        answer: What the person said: `approve` missed it, anything else noticed it.
    """

    __table_args__ = (Index("ix_exercise_person", "person_id", "answered_at"),)

    id: str = Field(primary_key=True)
    person_id: str
    proposal_id: str = Field(foreign_key="proposal.id")
    flaw: str = text()
    recipient: str
    subject: str
    body: str
    wrong: str
    given_at: datetime = instant()
    answered_at: datetime | None = instant(default=None)
    answer: str = ""


class Reviewer(Table, table=True):
    """What a person asked for: where their digest goes, and whether they want one."""

    person_id: str = Field(primary_key=True, foreign_key="person.id")
    email: str = ""
    wants_digest: bool = False


class Digest(Table, table=True):
    """A letter to one of us on what waits; one a person and day, attempted before it is sent."""

    __table_args__ = (UniqueConstraint("person_id", "day", name="uq_digest_day"),)

    id: str = Field(primary_key=True)
    person_id: str = Field(foreign_key="person.id")
    day: date
    state: str = text(default="sending")
    waiting: int = 0
    attempted_at: datetime = instant()
