"""The daily letter to one of us on what waits: counts and links, nothing a link could act on."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Select, select, update
from sqlmodel import Session

from ledger.errors import BadInput
from ledger.ids import make_id
from ledger.journal import audit, insert_new
from ledger.queries.inbox import QueueFilter, queue_length, queue_page
from ledger.session import Ledger
from ledger.tables.review import Digest, Reviewer
from ledger.tables.work import Person
from policies.schema import Policy
from tools.account_pages import name_of
from tools.authority import Decider
from tools.delegation import looks_after

SHOWN = 10
REFUSED = "refused"
_APART = timedelta(hours=12)
"""Between two letters to one person: nights that were missed and are run one after another are
nights of several dates, and still one morning.
"""
_ADDRESS = re.compile(r"[^@\s<>,;]{1,64}@[^@\s<>,;]{3,190}")


@dataclass(frozen=True, slots=True)
class DigestLetter:
    """A letter to a person of the house."""

    id: str
    person_id: str
    recipient: str
    subject: str
    body: str
    waiting: int


def choose_digest(session: Session, person_id: str, email: str, wants: bool, now: datetime) -> None:
    """Say whether, and where, a person wants the daily letter.

    Raises:
        BadInput: The address is none.
    """
    if wants and not _ADDRESS.fullmatch(email):
        raise BadInput(f"{email!r} is no mail address")
    row = session.get(Reviewer, person_id)
    if row is None:
        session.add(Reviewer(person_id=person_id, email=email, wants_digest=wants))
    else:
        row.email, row.wants_digest = email, wants
    session.flush()
    audit(session, now, "digest_chosen", person_id, person_id, wants=wants)


def digest_choice(session: Session, person_id: str) -> Reviewer:
    """What a person asked for; nothing by default."""
    return session.get(Reviewer, person_id) or Reviewer(person_id=person_id)


def write_digests(
    ledger: Ledger, policy: Policy, as_of: date, link: str, now: datetime
) -> list[DigestLetter]:
    """Write today's letters and note each as being sent, so that a day has one a person.

    One that was refused goes again; of one that was begun and never ended nobody can tell, so it
    does not.

    Args:
        ledger: The whole book; each letter tells only what its reader sees of it.
        policy: Says whether there are such letters.
        as_of: The business date.
        link: Where the pages are, such as `https://desk.example`.
        now: The instant of the attempt.
    """
    if not policy.approval.reviewing.digest:
        return []
    with ledger.read() as session:
        wanting = session.execute(
            select(Person, Reviewer.email)
            .join(Reviewer, Reviewer.person_id == Person.id)
            .where(Reviewer.wants_digest.is_(True), Reviewer.email != "", Person.roles != "")
            .where(Person.id.not_in(_told_since(now - _APART)))
            .order_by(Person.id)
        ).all()
    made = []
    for row, email in wanting:
        person = Decider.of(row)
        with ledger.seen_by(person.sight).read() as session:
            made.append(_letter(session, person, email, policy, as_of, link))
    with ledger.write() as session:
        return [each for each in made if each and _first_today(session, each, as_of, now)]


def _told_since(since: datetime) -> Select[tuple[str]]:
    return select(Digest.person_id).where(Digest.attempted_at > since, Digest.state != REFUSED)


def _first_today(session: Session, letter: DigestLetter, day: date, now: datetime) -> bool:
    again = session.execute(
        update(Digest)
        .where(Digest.id == letter.id, Digest.state == REFUSED)
        .values(state="sending", waiting=letter.waiting, attempted_at=now)
    )
    if again.rowcount:  # type: ignore[attr-defined]
        return True
    row = {
        "id": letter.id,
        "person_id": letter.person_id,
        "day": day,
        "state": "sending",
        "waiting": letter.waiting,
        "attempted_at": now,
    }
    return insert_new(session, Digest, [row]) == 1


def _letter(
    session: Session, person: Decider, email: str, policy: Policy, as_of: date, link: str
) -> DigestLetter | None:
    """A letter on what a role of theirs is needed for; None where nothing waits."""
    roles = tuple(sorted(policy.approval.roles_of(person.roles)))
    mine = QueueFilter(roles=roles)
    given = QueueFilter(for_people=looks_after(session, person.person_id, as_of))
    # A filter of no roles is no filter; without one they are told of what was given to them only.
    waiting = queue_length(session, mine, as_of) if roles else 0
    to_me = queue_length(session, given, as_of)
    if not waiting and not to_me:
        return None
    rows = queue_page(session, given if to_me else mine, as_of, SHOWN)
    lines = [
        f"- {name_of(name)} ({number}), {row.action_type.replace('_', ' ')}, "
        f"decide by {row.expires_on}:\n  {link}/desk/inbox/{row.id}"
        for row, number, name in rows
    ]
    body = "\n".join(
        [
            f"Good morning {person.name},",
            "",
            f"{waiting} requests wait for a role of yours; {to_me} were given to you or to "
            "somebody you stand in for.",
            "",
            *lines,
            "",
            f"All of them: {link}/desk/inbox?who={'given' if to_me else 'mine'}",
            "",
            "A link only opens the page. Nothing is decided before you have signed in and "
            "pressed a button there.",
            "",
        ]
    )
    subject = f"{max(waiting, to_me)} requests wait for you"
    letter_id = make_id("dig", person.person_id, as_of)
    return DigestLetter(letter_id, person.person_id, email, subject, body, waiting)


def note_sent(
    session: Session, ids: Sequence[str], refused: Sequence[str], uncertain: Sequence[str] = ()
) -> None:
    """Note what came of the letters; an uncertain one may have arrived, so it never goes again."""
    sent = set(ids) - set(refused) - set(uncertain)
    for state, some in (("sent", sent), (REFUSED, refused), ("uncertain", uncertain)):
        session.execute(update(Digest).where(Digest.id.in_(some)).values(state=state))
