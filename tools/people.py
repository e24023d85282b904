"""People of a home and their API keys: who may sign in, and as what."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlmodel import Session

from ledger.errors import BadInput, NotFound
from ledger.ids import make_id
from ledger.journal import audit
from ledger.tables.work import ApiKey, Person
from policies.schema import Policy

KEY_PREFIX = "ark_"
SCOPES = ("read", "decide", "chat")
LONGEST_KEY_DAYS = 365


def save_person(
    session: Session,
    person_id: str,
    name: str,
    roles: tuple[str, ...],
    policy: Policy,
    actor: str,
    now: datetime,
) -> Person:
    """Add a person, or give one who is there another name or other roles.

    Raises:
        BadInput: The id or a role cannot be used.
    """
    if not person_id.replace(".", "").replace("-", "").isalnum() or len(person_id) > 60:
        raise BadInput(f"{person_id!r} is no usable id: letters, digits, dots and hyphens only")
    known = policy.approval.stands_for
    if unknown := [role for role in roles if role not in known]:
        raise BadInput(f"no role {unknown[0]!r}; the policy knows {', '.join(known)}")
    person = session.get(Person, person_id) or Person(id=person_id, name=name)
    person.name, person.roles = name, ",".join(dict.fromkeys(roles))
    session.add(person)
    session.flush()
    audit(session, now, "person_saved", person_id, actor, roles=list(roles))
    return person


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key at the only moment it can be read."""

    key_id: str
    secret: str
    expires_on: date


def create_key(
    session: Session,
    person_id: str,
    scopes: tuple[str, ...],
    days: int,
    actor: str,
    now: datetime,
) -> NewKey:
    """Make an API key; only its SHA-256 is stored.

    Raises:
        BadInput: A scope does not exist, or the life is too long.
        NotFound: No such person.
    """
    if unknown := [scope for scope in scopes if scope not in SCOPES]:
        raise BadInput(f"no scope {unknown[0]!r}; use {', '.join(SCOPES)}")
    if not scopes or not 1 <= days <= LONGEST_KEY_DAYS:
        raise BadInput(f"a key needs a scope and a life of 1 to {LONGEST_KEY_DAYS} days")
    if session.get(Person, person_id) is None:
        raise NotFound(f"nobody is called {person_id!r} here; see `dunwell people list`")
    secret = KEY_PREFIX + secrets.token_urlsafe(32)
    key_hash = hash_key(secret)
    key_id, expires_on = make_id("key", key_hash), now.date() + timedelta(days=days)
    session.add(
        ApiKey(
            id=key_id,
            key_hash=key_hash,
            person_id=person_id,
            scopes=",".join(dict.fromkeys(scopes)),
            expires_on=expires_on,
        )
    )
    session.flush()
    audit(session, now, "key_created", key_id, actor, person=person_id, scopes=list(scopes))
    return NewKey(key_id, secret, expires_on)


def revoke_key(session: Session, key_id: str, actor: str, now: datetime) -> None:
    """End a key now.

    Raises:
        NotFound: No such key.
    """
    key = session.get(ApiKey, key_id)
    if key is None:
        raise NotFound(f"no key {key_id!r}; see `dunwell key list`")
    key.revoked = True
    session.flush()
    audit(session, now, "key_revoked", key_id, actor)


def hash_key(secret: str) -> str:
    """What is stored of a key. It holds 256 random bits, so it needs no salt and no slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()


def key_in_force(session: Session, secret: str, on: date) -> tuple[Person, frozenset[str]] | None:
    """The person behind a key and what it may be used for; None where it opens nothing."""
    row = session.execute(
        select(ApiKey, Person)
        .join(Person, Person.id == ApiKey.person_id)
        .where(ApiKey.key_hash == hash_key(secret), ApiKey.revoked.is_(False))
    ).first()
    if row is None or (row[0].expires_on is not None and row[0].expires_on < on):
        return None
    return row[1], frozenset(row[0].scopes.split(","))
