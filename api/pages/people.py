"""The people of the home: what they may do and see, and what lets them in."""

from typing import Annotated

from fastapi import APIRouter, Path, Request
from fastapi.responses import Response
from sqlalchemy import select
from sqlmodel import Session
from starlette.datastructures import FormData

from api.pages.access import SIGN_IN, SignedIn, Visitor
from api.pages.forms import Sent, word, words
from api.pages.render import done, page
from ledger.clock import SystemClock
from ledger.errors import BadInput, Refused
from ledger.sight import ALL, OWN, SEGMENTS
from ledger.states import Segment
from ledger.tables.work import ApiKey, Person
from tools.authority import Decider
from tools.invitations import ADMIN, invite
from tools.people import (
    OF_OWNER_ONLY,
    SCOPES,
    check_may_manage,
    create_key,
    keys_of,
    retire_person,
    revoke_key,
    save_person,
)
from tools.sign_in import person_of, sign_out_everywhere, stays_of

router = APIRouter(prefix="/desk/people", include_in_schema=False)
PersonId = Annotated[str, Path(max_length=60)]
_LOOKERS = {ADMIN, "auditor"}


@router.get("")
def list_people(request: Request, visitor: SignedIn) -> Response:
    """Who works here, and as what."""
    with visitor.house.ledger.read() as session:
        people = [Decider.of(row) for row in session.scalars(select(Person).order_by(Person.id))]
    return page(
        request,
        "people/list.html",
        visitor,
        people=people,
        looks=bool(_LOOKERS.intersection(visitor.person.roles)),
        manages=ADMIN in visitor.person.roles,
        roles=tuple(visitor.house.policy.approval.stands_for),
    )


@router.post("")
def add(request: Request, visitor: SignedIn, form: Sent) -> Response:
    """Add a person."""
    check_may_manage(visitor.person)
    person_id = word(form, "id")
    with visitor.house.ledger.write() as session:
        if session.get(Person, person_id) is not None:
            raise BadInput(f"{person_id} works here already; change them on their page")
        _save(session, visitor, person_id, form)
        told = person_of(session, person_id).name
    return done(request, f"/desk/people/{person_id}", f"{told} works here now")


@router.get("/{person_id}")
def show_person(request: Request, visitor: SignedIn, person_id: PersonId) -> Response:
    """One person: roles, sight, browsers and keys."""
    return _person_page(request, visitor, person_id)


@router.post("/{person_id}")
def change(request: Request, visitor: SignedIn, person_id: PersonId, form: Sent) -> Response:
    """Change name, roles, sight or name at the provider."""
    check_may_manage(visitor.person)
    with visitor.house.ledger.write() as session:
        person_of(session, person_id)
        _save(session, visitor, person_id, form)
    return done(request, f"/desk/people/{person_id}", "Saved")


@router.post("/{person_id}/retire")
def retire(request: Request, visitor: SignedIn, person_id: PersonId, _form: Sent) -> Response:
    """Shut every door to a person."""
    check_may_manage(visitor.person)
    house, actor = visitor.house, visitor.person.person_id
    with house.ledger.write() as session:
        retire_person(session, person_id, house.policy, actor, SystemClock().now())
    return done(request, f"/desk/people/{person_id}", f"{person_id} cannot sign in any more")


@router.post("/{person_id}/link")
def link(request: Request, visitor: SignedIn, person_id: PersonId, _form: Sent) -> Response:
    """Make a sign-in link and show it, this once."""
    check_may_manage(visitor.person)
    with visitor.house.ledger.write() as session:
        policy, actor = visitor.house.policy, visitor.person.person_id
        secret = invite(session, person_id, policy, actor, SystemClock().now())
    address = f"{request.url.scheme}://{request.url.netloc}{SIGN_IN}/link?secret={secret}"
    return _person_page(request, visitor, person_id, link=address)


@router.post("/{person_id}/sign-out")
def sign_out_person(
    request: Request, visitor: SignedIn, person_id: PersonId, _form: Sent
) -> Response:
    """Sign a person out of every browser."""
    check_may_manage(visitor.person)
    with visitor.house.ledger.write() as session:
        person_of(session, person_id)
        sign_out_everywhere(session, person_id, visitor.person.person_id, SystemClock().now())
    return done(request, f"/desk/people/{person_id}", f"{person_id} is signed out everywhere")


@router.post("/{person_id}/keys")
def add_key(request: Request, visitor: SignedIn, person_id: PersonId, form: Sent) -> Response:
    """Make a key for a person and show it, this once."""
    check_may_manage(visitor.person)
    secret = new_key(visitor, person_id, form)
    return _person_page(request, visitor, person_id, key=secret)


@router.post("/{person_id}/keys/{key_id}/revoke")
def end_key(
    request: Request, visitor: SignedIn, person_id: PersonId, key_id: PersonId, _form: Sent
) -> Response:
    """End a key of a person."""
    check_may_manage(visitor.person)
    with visitor.house.ledger.write() as session:
        revoke_key(session, key_id, visitor.person.person_id, SystemClock().now(), person_id)
    return done(request, f"/desk/people/{person_id}", f"{key_id} opens nothing any more")


def new_key(visitor: Visitor, person_id: str, form: FormData) -> str:
    """The secret of a key as a form asks for it."""
    days = word(form, "days", "90")
    with visitor.house.ledger.write() as session:
        return create_key(
            session,
            person_id,
            tuple(words(form, "scope")),
            int(days) if days.isdecimal() and len(days) < 5 else 0,
            visitor.person.person_id,
            SystemClock().now(),
            word(form, "label"),
        ).secret


def _save(session: Session, visitor: Visitor, person_id: str, form: FormData) -> None:
    save_person(
        session,
        person_id,
        word(form, "name"),
        tuple(words(form, "role")),
        visitor.house.policy,
        visitor.person.person_id,
        SystemClock().now(),
        _sees(form),
        word(form, "known_as"),
    )


def _sees(form: FormData) -> str:
    chosen = word(form, "sees", ALL)
    return f"{SEGMENTS}{','.join(words(form, 'segment'))}" if chosen == SEGMENTS else chosen


def _person_page(
    request: Request, visitor: Visitor, person_id: str, link: str = "", key: str = ""
) -> Response:
    if not _LOOKERS.intersection(visitor.person.roles):
        raise Refused("an admin or an auditor looks at what lets colleagues in; yours is under Me")
    now = SystemClock().now()
    with visitor.house.ledger.read() as session:
        person = person_of(session, person_id)
        stays, keys = stays_of(session, person_id, now), keys_of(session, person_id)
        sight = Decider.of(person).sight
    return page(
        request,
        "people/person.html",
        visitor,
        person=person,
        held=person.roles.split(","),
        roles=tuple(visitor.house.policy.approval.stands_for),
        segments=tuple(each.value for each in Segment),
        sight=sight,
        choices=(ALL, OWN, SEGMENTS),
        stays=stays,
        keys=shown_keys(keys),
        scopes=tuple(scope for scope in SCOPES if scope not in OF_OWNER_ONLY),
        manages=ADMIN in visitor.person.roles,
        link=link,
        key=key,
    )


def shown_keys(keys: list[ApiKey]) -> list[ApiKey]:
    """Keys that still open something first."""
    return sorted(keys, key=lambda key: (key.revoked, key.id))
