"""Signing in by the company's provider: who it names, and the one account there that is theirs."""

import hashlib
from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session

from adapters.oidc import Known
from ledger.errors import Refused
from ledger.journal import audit
from ledger.session import Ledger
from ledger.tables.work import Person
from tools.sign_in import Stay, begin_stay

_PIN_SHOWN = 12


def sign_in_as_known(
    ledger: Ledger, known: Known, now: datetime, came_from: str | None = None
) -> Stay:
    """Sign in whom the provider named, by whichever of the two the home goes by.

    The first account at the provider that comes as a person stays theirs: mail addresses and user
    names are given to other people, accounts are not.

    Args:
        ledger: The books; a refusal is journalled in them.
        known: Who the provider says it is.
        now: When.
        came_from: The address they come from.

    Raises:
        Refused: Nobody here is known as that, or they are known by another account.
    """
    pin = _pin_of(known)
    with ledger.write() as session:
        person = _named_by(session, known)
        holder = session.scalar(select(Person.id).where(Person.provider_pin == pin))
        if person.provider_pin is None and holder is None:
            person.provider_pin = pin
            session.flush()
            audit(session, now, "provider_pinned", person.id, person.id, pin=pin[:_PIN_SHOWN])
        if person.provider_pin == pin:
            return begin_stay(session, person.id, "provider", now, came_from)
        told, name = known.email or known.username, person.name
        pinned = (person.provider_pin or "")[:_PIN_SHOWN]
        audit(
            session,
            now,
            "provider_refused",
            person.id,
            "provider",
            pinned=pinned,
            came=pin[:_PIN_SHOWN],
            holder=holder or "",
        )
    raise Refused(
        f"the provider sent another account as {told} than the one {name} is known by; "
        "ask an admin to look into it"
        if holder is None
        else f"the account the provider sent as {told} is somebody else's here; ask an admin to "
        "look into it"
    )


def _named_by(session: Session, known: Known) -> Person:
    """Whom the provider names; a user name never stands for an address, as people choose it."""
    username = known.username if "@" not in (known.username or "") else None
    names = [name for name in (known.email, username) if name]
    rows = session.scalars(select(Person).where(Person.known_as.in_(names), Person.roles != ""))
    found = {row.known_as: row for row in rows}
    person = next((found[name] for name in names if name in found), None)
    if person is None:
        told = known.email or known.username or "you"
        raise Refused(f"the provider knows {told}, this home does not; ask an admin to add you")
    return person


def _pin_of(known: Known) -> str:
    """One word for an account at a provider; the issuer is an address, so it has no line end."""
    return hashlib.sha256(f"{known.issuer}\n{known.subject}".encode()).hexdigest()
