"""People of a home and their API keys: who may sign in, as what, and which accounts they see."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select, update
from sqlmodel import Session

from ledger.errors import BadInput, Conflict, NotFound, Refused
from ledger.ids import make_id
from ledger.journal import audit
from ledger.sight import read_sight
from ledger.tables.review import Reviewer
from ledger.tables.work import ApiKey, Person
from policies.schema import Policy
from tools.authority import Decider
from tools.invitations import ADMIN, check_may_name, has_power, is_by_colleague, shut_doors
from tools.narrowing import is_narrower, put_away
from tools.sign_in import person_of, sign_out_everywhere

KEY_PREFIX = "ark_"
SCOPES = ("read", "decide", "chat", "metrics", "admin")
OF_OWNER_ONLY = frozenset({"decide", "chat", "admin"})
"""What a key may do in its owner's name: nobody at a page makes such a key for somebody else."""
LONGEST_KEY_DAYS = 365
LONGEST_LABEL = 80


def check_may_manage(decider: Decider) -> None:
    """Refuse whoever does not manage people and keys.

    Raises:
        Refused: They are no admin.
    """
    if ADMIN not in decider.roles:
        raise Refused(f"{decider.name} is no admin; people and keys are managed by one")


def save_person(
    session: Session,
    person_id: str,
    name: str,
    roles: tuple[str, ...],
    policy: Policy,
    actor: str,
    now: datetime,
    sees: str | None = None,
    known_as: str | None = None,
) -> Person:
    """Add a person, or change the one who is there; without any role they cannot sign in.

    Args:
        session: A write transaction.
        person_id: Who.
        name: Full name.
        roles: All their roles from now on.
        policy: Knows the roles.
        actor: Who says so.
        now: When.
        sees: `all`, `own` or `segments:...`; None leaves it.
        known_as: Who they are at the sign-in provider; None leaves it, "" forgets it.

    Raises:
        BadInput: The id, a role or the sight cannot be used.
        Refused: Somebody would change their own roles or sight, or name a colleague who decides
            or manages at the provider.
        Conflict: No admin would be left, or somebody else is known as that.
    """
    _check_words(person_id, name, roles, policy)
    person = session.get(Person, person_id) or Person(id=person_id, name=name)
    before = (person.roles, person.sees)
    after = (",".join(dict.fromkeys(roles)), person.sees if sees is None else sees)
    read_sight(person_id, after[1])
    if actor == person_id and after != before:
        raise Refused("nobody changes their own roles or what they see; ask another admin")
    if ADMIN in before[0].split(",") and ADMIN not in roles:
        _check_admin_left(session, person_id)
    _name_at_provider(session, person, known_as, roles, policy, actor)
    if _gains_power(session, person_id, before[0], roles, policy, actor):
        shut_doors(session, person, actor, now)
    person.name, (person.roles, person.sees) = name.strip(), after
    session.add(person)
    if after != before:
        sign_out_everywhere(session, person_id, actor, now)
    if not roles:
        _end_letters(session, person_id)
    if is_narrower(person_id, before[1], after[1]):
        put_away(session, person_id, actor, now)
    session.flush()
    audit(session, now, "person_saved", person_id, actor, roles=list(roles), sees=after[1])
    return person


def retire_person(
    session: Session, person_id: str, policy: Policy, actor: str, now: datetime
) -> None:
    """Shut every door to a person: no role, no browser, no link, no key; their record stays.

    Raises:
        NotFound: No such person.
        Refused: They would retire themselves.
        Conflict: No admin would be left.
    """
    person = person_of(session, person_id)
    save_person(session, person.id, person.name, (), policy, actor, now)
    for key in keys_of(session, person_id):
        if not key.revoked:
            revoke_key(session, key.id, actor, now)


def _end_letters(session: Session, person_id: str) -> None:
    """Whoever comes back asks for the daily letter anew."""
    session.execute(
        update(Reviewer).where(Reviewer.person_id == person_id).values(wants_digest=False)
    )


def _check_words(person_id: str, name: str, roles: tuple[str, ...], policy: Policy) -> None:
    if not person_id.replace(".", "").replace("-", "").isalnum() or len(person_id) > 60:
        raise BadInput(f"{person_id!r} is no usable id: letters, digits, dots and hyphens only")
    if not name.strip() or len(name) > 120 or not name.isprintable():
        raise BadInput("a person has a name of 1 to 120 characters on one line")
    known = policy.approval.stands_for
    if unknown := [role for role in roles if role not in known]:
        raise BadInput(f"no role {unknown[0]!r}; the policy knows {', '.join(known)}")


def _name_at_provider(
    session: Session,
    person: Person,
    known_as: str | None,
    roles: tuple[str, ...],
    policy: Policy,
    actor: str,
) -> None:
    """Note who a person is at the sign-in provider, where that is said and differs."""
    wanted = person.known_as if known_as is None else known_as.strip().casefold() or None
    if wanted == person.known_as:
        return
    check_may_name(session, person.id, roles, policy, actor)
    _check_known(session, person.id, wanted or "")
    person.known_as, person.provider_pin = wanted, None


def forget_pin(session: Session, person_id: str, actor: str, now: datetime) -> None:
    """Let the next account at the provider that comes as a person be theirs.

    Raises:
        NotFound: No such person.
        Conflict: No account is theirs.
        Refused: A colleague asks: they might have a mail address of theirs by now.
    """
    person = person_of(session, person_id)
    if session.get(Person, actor) is not None:
        raise Refused(f"use `dunwell people unpin {person_id}` on the machine")
    if person.provider_pin is None:
        raise Conflict(f"{person_id} is bound to no account at the sign-in provider")
    person.provider_pin = None
    session.flush()
    audit(session, now, "provider_unpinned", person_id, actor)


def _gains_power(
    session: Session,
    person_id: str,
    before: str,
    roles: tuple[str, ...],
    policy: Policy,
    actor: str,
) -> bool:
    """Whether a colleague gives somebody who is there already their first say in anything."""
    gains = has_power(roles, policy) and not has_power(tuple(before.split(",")), policy)
    is_there = session.get(Person, person_id) is not None
    return is_there and gains and is_by_colleague(session, person_id, actor)


def _check_admin_left(session: Session, but: str) -> None:
    others = session.scalars(select(Person.roles).where(Person.id != but))
    if not any(ADMIN in roles.split(",") for roles in others):
        raise Conflict(f"{but} is the last admin; make somebody else admin first")


def _check_known(session: Session, person_id: str, known_as: str) -> None:
    wanted = known_as.strip().casefold()
    if len(wanted) > 254 or any(sign.isspace() for sign in wanted):
        raise BadInput("a name at the provider is a mail address or user name, without spaces")
    holder = session.scalar(select(Person.id).where(Person.known_as == wanted)) if wanted else None
    if holder not in (None, person_id):
        raise Conflict(f"{holder} is known as {wanted!r} already")


def first_of_each_role(session: Session) -> list[Decider]:
    """An admin, a finance lead and a collector, as far as there are any: who starts a home."""
    people = [Decider.of(row) for row in session.scalars(select(Person).order_by(Person.id))]
    found = [
        next((each for each in people if role in each.roles), None)
        for role in (ADMIN, "finance_lead", "collector")
    ]
    return list({each.person_id: each for each in found if each is not None}.values())


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
    label: str = "",
) -> NewKey:
    """Make an API key; only its SHA-256 is stored.

    Raises:
        BadInput: A scope does not exist, or the life is too long.
        NotFound: No such person.
        Refused: Somebody would make a key that acts in another's name.
    """
    if unknown := [scope for scope in scopes if scope not in SCOPES]:
        raise BadInput(f"no scope {unknown[0]!r}; use {', '.join(SCOPES)}")
    if not scopes or not 1 <= days <= LONGEST_KEY_DAYS:
        raise BadInput(f"a key needs a scope and a life of 1 to {LONGEST_KEY_DAYS} days")
    if len(label) > LONGEST_LABEL or not label.isprintable():
        raise BadInput(f"what a key is for fits on one line of {LONGEST_LABEL} characters")
    person_of(session, person_id)
    _check_own(session, person_id, scopes, actor)
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
            label=label.strip(),
        )
    )
    session.flush()
    audit(session, now, "key_created", key_id, actor, person=person_id, scopes=list(scopes))
    return NewKey(key_id, secret, expires_on)


def _check_own(session: Session, person_id: str, scopes: tuple[str, ...], actor: str) -> None:
    """Whoever works on the machine itself is nobody's colleague, and may make any key."""
    for_other = is_by_colleague(session, person_id, actor)
    if for_other and (acting := sorted(OF_OWNER_ONLY.intersection(scopes))):
        raise Refused(f"a key that may {acting[0]} is made by its owner only")


def revoke_key(
    session: Session, key_id: str, actor: str, now: datetime, of: str | None = None
) -> None:
    """End a key now; `of` says whose it must be.

    Raises:
        NotFound: No such key.
    """
    key = session.get(ApiKey, key_id)
    if key is None or of not in (None, key.person_id):
        raise NotFound(f"no key {key_id!r}; see `dunwell key list`")
    key.revoked = True
    session.flush()
    audit(session, now, "key_revoked", key_id, actor)


def hash_key(secret: str) -> str:
    """What is stored of a key. It holds 256 random bits, so it needs no salt and no slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Opened:
    """A key that opens something: whose it is, and what it may be used for.

    Attributes:
        unnoted: Whether this is its first use of the day.
    """

    key_id: str
    person: Person
    scopes: frozenset[str]
    unnoted: bool


def key_in_force(session: Session, secret: str, on: date) -> Opened | None:
    """What a key opens; None where that is nothing."""
    row = session.execute(
        select(ApiKey, Person)
        .join(Person, Person.id == ApiKey.person_id)
        .where(ApiKey.key_hash == hash_key(secret), ApiKey.revoked.is_(False), Person.roles != "")
    ).first()
    if row is None or (row[0].expires_on is not None and row[0].expires_on < on):
        return None
    key, person = row
    return Opened(key.id, person, frozenset(key.scopes.split(",")), key.last_used_on != on)


def note_key_used(session: Session, key_id: str, on: date) -> None:
    """Note the day a key was last used."""
    session.execute(update(ApiKey).where(ApiKey.id == key_id).values(last_used_on=on))


def keys_of(session: Session, person_id: str | None = None) -> list[ApiKey]:
    """The keys of one person or of all, without what opens the door."""
    where = [] if person_id is None else [ApiKey.person_id == person_id]
    return list(session.scalars(select(ApiKey).where(*where).order_by(ApiKey.person_id, ApiKey.id)))
