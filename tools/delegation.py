"""Being away: who looks at what was given to a person meanwhile.

A substitute gets the requests, never the roles: they decide by their own authority, or not at all.
"""

from datetime import date, datetime

from sqlalchemy import select, update
from sqlmodel import Session

from ledger.errors import BadInput, NotFound, Refused
from ledger.ids import make_id
from ledger.journal import audit
from ledger.queries.reviewing import absences_on
from ledger.tables.review import Delegation
from ledger.tables.work import Person
from policies.schema import Policy
from tools.authority import Decider
from tools.colleagues import taker

LONGEST_DAYS = 92
_ADMIN = "admin"


def delegate(
    session: Session,
    by: Decider,
    person_id: str,
    substitute_id: str,
    from_on: date,
    until_on: date,
    why: str,
    policy: Policy,
    now: datetime,
) -> str:
    """Name who stands in for somebody, from a day until a day; returns the id of the record.

    Raises:
        BadInput: The days or the people do not fit; a substitute is somebody who decides.
        Refused: It is neither the person's own doing nor an admin's.
    """
    _check_may(by, person_id)
    if person_id == substitute_id:
        raise BadInput("nobody stands in for themselves; name a colleague")
    if until_on < from_on or (until_on - from_on).days > LONGEST_DAYS:
        raise BadInput(f"name a first and a last day, at most {LONGEST_DAYS} days apart")
    if session.get(Person, person_id) is None:
        raise BadInput(f"nobody is called {person_id!r} here; `dunwell people list` shows who is")
    taker(session, substitute_id, policy)
    row_id = make_id("dlg", person_id, substitute_id, from_on, until_on, now)
    session.add(
        Delegation(
            id=row_id,
            person_id=person_id,
            substitute_id=substitute_id,
            from_on=from_on,
            until_on=until_on,
            why=why[:200],
            made_by=by.person_id,
            made_at=now,
        )
    )
    session.flush()
    until = until_on.isoformat()
    told = {"person": person_id, "substitute": substitute_id, "from": from_on.isoformat()}
    audit(session, now, "delegation_made", row_id, by.person_id, **told, until=until)
    return row_id


def end_delegation(session: Session, by: Decider, delegation_id: str, now: datetime) -> None:
    """The person is back.

    Raises:
        NotFound: No such record in force.
        Refused: It is neither the person's own doing nor an admin's.
    """
    row = session.get(Delegation, delegation_id)
    if row is None or row.ended_at is not None:
        raise NotFound(f"no absence {delegation_id!r} is in force")
    _check_may(by, row.person_id)
    session.execute(update(Delegation).where(Delegation.id == delegation_id).values(ended_at=now))
    audit(session, now, "delegation_ended", delegation_id, by.person_id)


def _check_may(by: Decider, person_id: str) -> None:
    if by.person_id != person_id and _ADMIN not in by.roles:
        raise Refused("only the person themselves or an admin says who stands in for them")


def substitutes(session: Session, day: date) -> dict[str, str]:
    """Who stands in for whom on a day; where the substitute is away too, theirs does."""
    named: dict[str, str] = {}
    for row in absences_on(session, day):
        named.setdefault(row.person_id, row.substitute_id)
    return {away: _end_of_line(away, named) for away in named}


def _end_of_line(away: str, named: dict[str, str]) -> str:
    """The first who is here; those who stand in for each other in a circle keep their first."""
    passed, at = {away}, named[away]
    while at in named and at not in passed:
        passed.add(at)
        at = named[at]
    return named[away] if at in passed else at


def looks_after(session: Session, person_id: str, day: date) -> tuple[str, ...]:
    """The person and everybody they stand in for on a day."""
    away = [each for each, other in substitutes(session, day).items() if other == person_id]
    return (person_id, *sorted(away))


def planned(session: Session, day: date) -> list[Delegation]:
    """Absences that are in force or still to come, soonest first."""
    return list(
        session.scalars(
            select(Delegation)
            .where(Delegation.until_on >= day, Delegation.ended_at.is_(None))
            .order_by(Delegation.from_on, Delegation.id)
            .limit(200)
        )
    )
