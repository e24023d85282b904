"""Signing in to the pages: passwords, browsers that stay signed in, links that work once."""

import hashlib
import re
import secrets
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, and_, delete, select, update
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
_KEPT = timedelta(days=30)
_FEWEST_SIGNS = 5
_TRIED_FIRST = {
    "password", "passwort", "passw0rd", "dunwell", "welcome", "letmein", "qwerty", "qwertz",
    "azerty", "abcdefgh", "asdfgh", "iloveyou", "admin", "changeme", "secret", "monkey",
}  # fmt: skip
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
        BadInput: It is too short, too long, or among the first that would be tried.
        NotFound: No such person.
    """
    person = person_of(session, person_id)
    _check_password(person, password)
    row = session.get(Password, person_id)
    hashed = _hasher().hash(_folded(password))
    if row is None:
        session.add(Password(person_id=person_id, password_hash=hashed, changed_at=now))
    else:
        row.password_hash, row.changed_at = hashed, now
    sign_out_everywhere(session, person_id, actor, now)
    session.flush()
    audit(session, now, "password_set", person_id, actor)


def change_password(
    session: Session, visit: SignIn, current: str, password: str, now: datetime
) -> Stay:
    """Let a person choose a password; every browser of theirs is signed out, this one anew in.

    Whoever has just come by a link need not know the old one: that is what the link was for.

    Args:
        session: A write transaction.
        visit: The stay of their browser.
        current: The password they have.
        password: The one they want.
        now: When.

    Raises:
        Refused: The password they gave as theirs is not.
        BadInput: The new one cannot be used.
    """
    row = session.get(Password, visit.person_id)
    if row is not None and not may_skip_current(visit, now):
        right, _better = _hasher().verify_and_update(_folded(current), row.password_hash)
        if not right:
            raise Refused("the current password is not that; nothing was changed")
    set_password(session, visit.person_id, password, visit.person_id, now)
    return begin_stay(session, visit.person_id, visit.way, now, visit.came_from)


def may_skip_current(visit: SignIn, now: datetime) -> bool:
    """Whether a person came by a link so lately that it stands for their password."""
    return visit.way == "link" and now < visit.started_at + LINK_LIFE


def _check_password(person: Person, password: str) -> None:
    """Length does most of it; no rule asks for kinds of signs, which people meet by `1!`."""
    folded = _folded(password)
    if not SHORTEST_PASSWORD <= len(folded) <= LONGEST_PASSWORD:
        raise BadInput(f"a password has {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters")
    if len(set(folded.casefold())) < _FEWEST_SIGNS:
        raise BadInput(f"a password has at least {_FEWEST_SIGNS} different characters")
    rest = folded.casefold()
    for word in {*_TRIED_FIRST, *re.split(r"[\s.-]+", f"{person.id} {person.name}".casefold())}:
        rest = rest.replace(word, "") if len(word) > 1 else rest
    if len(rest.strip("0123456789!?.-_ ")) < _FEWEST_SIGNS:
        raise BadInput("without your name and common words too little is left of that password")


def _folded(password: str) -> str:
    """One text for one password, whichever keyboard composed it."""
    return unicodedata.normalize("NFKC", password)


@dataclass(frozen=True, slots=True)
class Proven:
    """A password that was found right; `better` is its hash where the stored one is dated."""

    person_id: str
    held: str
    better: str | None


def prove_password(session: Session, person_id: str, password: str) -> Proven:
    """Hold a password against the stored one. It takes its time, so a reading session is enough.

    Raises:
        Refused: Name and password do not go together; which of them is wrong is not said.
    """
    row = session.get(Password, person_id)
    held = row.password_hash if row else _nobody()
    right, better = _hasher().verify_and_update(_folded(password[:LONGEST_PASSWORD]), held)
    if row is None or not right or not person_of(session, person_id).roles:
        raise Refused(_WRONG)
    return Proven(person_id, held, better)


def came_before(session: Session, person_id: str, came_from: str) -> bool:
    """Whether somebody signed in as this person from this address, as far back as that is kept."""
    found = select(SignIn.id).where(SignIn.person_id == person_id, SignIn.came_from == came_from)
    return session.scalar(found.limit(1)) is not None


def sign_in_proven(
    session: Session, proven: Proven, now: datetime, came_from: str | None = None
) -> Stay:
    """Sign in a person whose password was right, unless it was changed meanwhile.

    Raises:
        Refused: It was, or they have no role any more.
    """
    row = session.get(Password, proven.person_id)
    unchanged = row is not None and row.password_hash == proven.held
    if row is None or not unchanged or not person_of(session, proven.person_id).roles:
        raise Refused(_WRONG)
    if proven.better is not None:
        row.password_hash = proven.better
    return begin_stay(session, proven.person_id, "password", now, came_from)


def make_link(session: Session, person_id: str, actor: str, now: datetime) -> str:
    """The secret of a link that signs a person in, once and soon; it ends any before it.

    Raises:
        NotFound: No such person.
        BadInput: They have no role.
    """
    if not person_of(session, person_id).roles:
        raise BadInput(f"{person_id} has no role any more and cannot sign in; give one first")
    # The newest link is the one that was asked for; an older one may lie about.
    _use_up_links(session, person_id, now)
    secret = secrets.token_urlsafe(32)
    hashed = _hash(secret)
    link_id = make_id("lnk", hashed)
    session.add(
        SignInLink(id=link_id, secret_hash=hashed, person_id=person_id, ends_at=now + LINK_LIFE)
    )
    session.flush()
    audit(session, now, "sign_in_link_made", link_id, actor, person=person_id)
    return secret


def sign_in_by_link(
    session: Session, secret: str, now: datetime, came_from: str | None = None
) -> Stay:
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
    return begin_stay(session, link.person_id, "link", now, came_from)


def begin_stay(
    session: Session, person_id: str, way: str, now: datetime, came_from: str | None = None
) -> Stay:
    """Sign a browser in under a secret that nobody held before."""
    session.execute(
        delete(SignIn).where(SignIn.person_id == person_id, SignIn.ends_at < now - _KEPT)
    )
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
        came_from=came_from,
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
        .where(SignIn.secret_hash == _hash(secret), _in_force(now), Person.roles != "")
    ).first()
    return (row[1], row[0]) if row else None


def stays_of(session: Session, person_id: str, now: datetime) -> list[SignIn]:
    """The browsers a person is signed in with, the one seen last first."""
    return list(
        session.scalars(
            select(SignIn)
            .where(SignIn.person_id == person_id, _in_force(now))
            .order_by(SignIn.seen_at.desc(), SignIn.id)
        )
    )


def _in_force(now: datetime) -> ColumnElement[bool]:
    return and_(SignIn.ended.is_(False), SignIn.ends_at > now, SignIn.seen_at > now - LONGEST_IDLE)


def is_stale(stay: SignIn, now: datetime) -> bool:
    """Whether it is time to note that the browser was seen."""
    return stay.seen_at + _SEEN_EVERY <= now


def note_seen(session: Session, sign_in_id: str, now: datetime) -> None:
    """Note that a browser was seen, so that its idle time starts again."""
    session.execute(update(SignIn).where(SignIn.id == sign_in_id).values(seen_at=now))


def sign_out(session: Session, person_id: str, sign_in_id: str, actor: str, now: datetime) -> None:
    """End the stay of one browser of a person.

    Raises:
        NotFound: It is none of theirs.
    """
    row = session.get(SignIn, sign_in_id)
    if row is None or row.person_id != person_id:
        raise NotFound(f"{person_id} has no sign-in {sign_in_id!r}")
    row.ended = True
    session.flush()
    audit(session, now, "signed_out", sign_in_id, actor)


def end_former(session: Session, secret: str) -> None:
    """End what a browser was signed in with before, whoever that was."""
    session.execute(update(SignIn).where(SignIn.secret_hash == _hash(secret)).values(ended=True))


def sign_out_everywhere(session: Session, person_id: str, actor: str, now: datetime) -> None:
    """End every stay of a person, and every link that was made for them."""
    session.execute(update(SignIn).where(SignIn.person_id == person_id).values(ended=True))
    _use_up_links(session, person_id, now)
    audit(session, now, "signed_out_everywhere", person_id, actor)


def _use_up_links(session: Session, person_id: str, now: datetime) -> None:
    session.execute(
        update(SignInLink)
        .where(SignInLink.person_id == person_id, SignInLink.used_at.is_(None))
        .values(used_at=now)
    )


def nobody_has_a_password(session: Session) -> bool:
    """Whether this home's pages were never signed in to by password."""
    return session.scalar(select(Password.person_id).limit(1)) is None


def person_of(session: Session, person_id: str) -> Person:
    """A person of the home.

    Raises:
        NotFound: Nobody has this id.
    """
    person = session.get(Person, person_id)
    if person is None:
        raise NotFound(f"nobody is called {person_id!r} here; see `dunwell people list`")
    return person


def _hash(secret: str) -> str:
    """What is stored of a secret of 256 random bits; it needs no salt and no slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()
