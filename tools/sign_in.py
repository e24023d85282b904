"""Signing in to the pages: passwords, browsers that stay signed in, links that work once."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING

from sqlalchemy import select, update
from sqlmodel import Session

from ledger.errors import BadInput, NotFound, Refused
from ledger.ids import make_id
from ledger.journal import audit
from ledger.tables.work import Password, Person, SignIn, SignInLink

if TYPE_CHECKING:
    from pwdlib import PasswordHash

SHORTEST_PASSWORD = 12
LONGEST_PASSWORD = 200
LINK_LIFE = timedelta(minutes=15)
LONGEST_STAY = timedelta(hours=12)
LONGEST_IDLE = timedelta(hours=2)
_SEEN_EVERY = timedelta(minutes=1)
_WRONG = "this name and password do not go together"


@dataclass(frozen=True, slots=True)
class Stay:
    """A browser that is signed in; `secret` is what its cookie holds."""

    sign_in_id: str
    secret: str
    person_id: str


@cache
def _hasher() -> "PasswordHash":
    from pwdlib import PasswordHash

    return PasswordHash.recommended()


@cache
def _nobody() -> str:
    """The hash an unknown name is held against, so that it takes as long as a known one."""
    return _hasher().hash(secrets.token_urlsafe(16))


def set_password(
    session: Session, person_id: str, password: str, actor: str, now: datetime
) -> None:
    """Give a person a password; whoever was signed in as them is signed out.

    Raises:
        BadInput: It is too short, too long, or the person's own name.
        NotFound: No such person.
    """
    person = session.get(Person, person_id)
    if person is None:
        raise NotFound(f"nobody is called {person_id!r} here; see `dunwell people list`")
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise BadInput(f"a password has {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters")
    if password.casefold() in {person.id.casefold(), person.name.casefold()}:
        raise BadInput("a password is not the name of its owner")
    row = session.get(Password, person_id)
    hashed = _hasher().hash(password)
    if row is None:
        session.add(Password(person_id=person_id, password_hash=hashed, changed_at=now))
    else:
        row.password_hash, row.changed_at = hashed, now
    sign_out_everywhere(session, person_id)
    session.flush()
    audit(session, now, "password_set", person_id, actor)


def sign_in_by_password(session: Session, person_id: str, password: str, now: datetime) -> Stay:
    """Sign a person in.

    Raises:
        Refused: Name and password do not go together; which of them is wrong is not said.
    """
    row = session.get(Password, person_id)
    held = row.password_hash if row else _nobody()
    right, better = _hasher().verify_and_update(password[:LONGEST_PASSWORD], held)
    if row is None or not right:
        raise Refused(_WRONG)
    if better is not None:
        row.password_hash = better
    return begin_stay(session, person_id, "password", now)


def make_link(session: Session, person_id: str, actor: str, now: datetime) -> str:
    """The secret of a link that signs a person in, once and soon.

    Raises:
        NotFound: No such person.
    """
    if session.get(Person, person_id) is None:
        raise NotFound(f"nobody is called {person_id!r} here; see `dunwell people list`")
    secret = secrets.token_urlsafe(32)
    hashed = _hash(secret)
    link_id = make_id("lnk", hashed)
    session.add(
        SignInLink(id=link_id, secret_hash=hashed, person_id=person_id, ends_at=now + LINK_LIFE)
    )
    session.flush()
    audit(session, now, "sign_in_link_made", link_id, actor, person=person_id)
    return secret


def sign_in_by_link(session: Session, secret: str, now: datetime) -> Stay:
    """Sign in the person a link was made for; the link is used up.

    Raises:
        Refused: It was used, has ended, or never existed.
    """
    link = session.scalar(select(SignInLink).where(SignInLink.secret_hash == _hash(secret)))
    # Two clicks at once: only one of them finds the link unused.
    taken = link is not None and session.execute(
        update(SignInLink)
        .where(SignInLink.id == link.id, SignInLink.used_at.is_(None), SignInLink.ends_at > now)
        .values(used_at=now)
    )
    if link is None or not taken or not taken.rowcount:  # type: ignore[attr-defined]
        raise Refused("this link was used or has ended; ask for a new one")
    return begin_stay(session, link.person_id, "link", now)


def begin_stay(session: Session, person_id: str, way: str, now: datetime) -> Stay:
    """Sign a browser in under a secret that nobody held before."""
    secret = secrets.token_urlsafe(32)
    hashed = _hash(secret)
    row = SignIn(
        id=make_id("sgn", hashed),
        secret_hash=hashed,
        person_id=person_id,
        way=way,
        started_at=now,
        seen_at=now,
        ends_at=now + LONGEST_STAY,
    )
    session.add(row)
    session.flush()
    audit(session, now, "signed_in", row.id, person_id, way=way)
    return Stay(row.id, secret, person_id)


def stay_in_force(session: Session, secret: str, now: datetime) -> tuple[Person, SignIn] | None:
    """The person behind a cookie; None where it opens nothing (any more)."""
    row = session.execute(
        select(SignIn, Person)
        .join(Person, Person.id == SignIn.person_id)
        .where(SignIn.secret_hash == _hash(secret), SignIn.ended.is_(False))
    ).first()
    if row is None or row[0].ends_at <= now or row[0].seen_at + LONGEST_IDLE <= now:
        return None
    return row[1], row[0]


def is_stale(stay: SignIn, now: datetime) -> bool:
    """Whether it is time to note that the browser was seen."""
    return stay.seen_at + _SEEN_EVERY <= now


def note_seen(session: Session, sign_in_id: str, now: datetime) -> None:
    """Note that a browser was seen, so that its idle time starts again."""
    session.execute(update(SignIn).where(SignIn.id == sign_in_id).values(seen_at=now))


def sign_out(session: Session, sign_in_id: str, actor: str, now: datetime) -> None:
    """End the stay of one browser."""
    session.execute(update(SignIn).where(SignIn.id == sign_in_id).values(ended=True))
    audit(session, now, "signed_out", sign_in_id, actor)


def sign_out_everywhere(session: Session, person_id: str) -> None:
    """End every stay of a person."""
    session.execute(update(SignIn).where(SignIn.person_id == person_id).values(ended=True))


def nobody_has_a_password(session: Session) -> bool:
    """Whether this home's pages were never signed in to by password."""
    return session.scalar(select(Password.person_id).limit(1)) is None


def _hash(secret: str) -> str:
    """What is stored of a secret of 256 random bits; it needs no salt and no slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()
