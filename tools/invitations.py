"""Letting a colleague in, without being able to come in as somebody who decides or manages.

Whoever holds a link, or an account at the sign-in provider, can choose a password and make keys,
so nothing later tells their stay from the owner's own. Hence no colleague hands out the first
step to a person of any power; the operator does, on the machine, where no roles are held.
"""

from datetime import datetime

from sqlalchemy import delete, update
from sqlmodel import Session

from ledger.errors import Refused
from ledger.journal import audit
from ledger.tables.work import ApiKey, Password, Person
from policies.schema import Policy
from tools.sign_in import make_link, person_of, sign_out_everywhere

ADMIN = "admin"


def has_power(roles: tuple[str, ...], policy: Policy) -> bool:
    """Whether somebody with these roles decides anything, or manages people."""
    return ADMIN in roles or any(entry.role in roles for entry in policy.approval.authority)


def is_by_colleague(session: Session, person_id: str, actor: str) -> bool:
    """Whether another person acts on this one; the operator is nobody's colleague."""
    return actor != person_id and session.get(Person, actor) is not None


def invite(session: Session, person_id: str, policy: Policy, actor: str, now: datetime) -> str:
    """The secret of a sign-in link that somebody makes at a page.

    Raises:
        NotFound: No such person.
        Refused: A colleague made it for somebody who decides, manages, or has a password.
    """
    person = person_of(session, person_id)
    if is_by_colleague(session, person_id, actor):
        powerful = has_power(tuple(person.roles.split(",")), policy)
        if powerful or session.get(Password, person_id) is not None:
            why = "decides or manages" if powerful else "has a password"
            raise Refused(
                f"{person.name} {why}, so no colleague makes a link that comes in as them; "
                f"use `dunwell people link {person_id}` on the machine"
            )
    return make_link(session, person_id, actor, now)


def check_may_name(
    session: Session, person_id: str, roles: tuple[str, ...], policy: Policy, actor: str
) -> None:
    """Refuse a colleague who would say which account at the provider a person of power has.

    Raises:
        Refused: They would.
    """
    if has_power(roles, policy) and is_by_colleague(session, person_id, actor):
        raise Refused(
            f"{person_id} decides or manages, so no colleague says who they are at the sign-in "
            "provider; use `dunwell people add ... --known-as` on the machine"
        )


def shut_doors(session: Session, person: Person, actor: str, now: datetime) -> None:
    """End whatever a colleague may have let somebody in by, now that they get power."""
    person.known_as = person.provider_pin = None
    session.execute(delete(Password).where(Password.person_id == person.id))
    session.execute(update(ApiKey).where(ApiKey.person_id == person.id).values(revoked=True))
    sign_out_everywhere(session, person.id, actor, now)
    audit(session, now, "doors_shut", person.id, actor)
