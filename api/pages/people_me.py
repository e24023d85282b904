"""What lets me in: my password, my browsers, my keys."""

from typing import Annotated

from fastapi import APIRouter, Path, Request
from fastapi.responses import Response

from api.limits import NEW_PASSWORD, limits_of
from api.pages.access import SignedIn, Visitor
from api.pages.forms import Sent
from api.pages.people import new_key, shown_keys
from api.pages.render import done, page
from api.pages.sign_in import farewell, welcome
from ledger.clock import SystemClock
from ledger.errors import BadInput
from ledger.tables.work import Password, SignIn
from tools.people import ADMIN, SCOPES, keys_of, revoke_key
from tools.sign_in import (
    SHORTEST_PASSWORD,
    change_password,
    may_skip_current,
    sign_out,
    sign_out_everywhere,
    stays_of,
)

router = APIRouter(prefix="/desk/me", include_in_schema=False)
Id = Annotated[str, Path(max_length=60)]


@router.get("")
def show_me(request: Request, visitor: SignedIn) -> Response:
    """My password, my browsers, my keys."""
    return _me(request, visitor)


@router.post("/password")
def set_mine(request: Request, visitor: SignedIn, form: Sent) -> Response:
    """Choose a password; every other browser of mine is signed out."""
    limits_of(request).take(NEW_PASSWORD, visitor.person.person_id)
    wanted = str(form.get("password", ""))
    if wanted != form.get("again"):
        raise BadInput("the two new passwords differ; nothing was changed")
    with visitor.house.ledger.write() as session:
        visit = session.get_one(SignIn, visitor.sign_in_id)
        current = str(form.get("current", ""))
        stay = change_password(session, visit, current, wanted, SystemClock().now())
    limits_of(request).forget(NEW_PASSWORD, visitor.person.person_id)
    return welcome(request, stay, "/desk/me")


@router.post("/sign-ins/{sign_in_id}/end")
def end_mine(request: Request, visitor: SignedIn, sign_in_id: Id, _form: Sent) -> Response:
    """Sign one browser of mine out."""
    me = visitor.person.person_id
    with visitor.house.ledger.write() as session:
        sign_out(session, me, sign_in_id, me, SystemClock().now())
    if sign_in_id == visitor.sign_in_id:
        return farewell()
    return done(request, "/desk/me", "That browser is signed out")


@router.post("/sign-out-everywhere")
def leave_everywhere(visitor: SignedIn, _form: Sent) -> Response:
    """Sign every browser of mine out, this one too."""
    me = visitor.person.person_id
    with visitor.house.ledger.write() as session:
        sign_out_everywhere(session, me, me, SystemClock().now())
    return farewell()


@router.post("/keys")
def add_mine(request: Request, visitor: SignedIn, form: Sent) -> Response:
    """Make a key of mine and show it, this once."""
    return _me(request, visitor, key=new_key(visitor, visitor.person.person_id, form))


@router.post("/keys/{key_id}/revoke")
def end_my_key(request: Request, visitor: SignedIn, key_id: Id, _form: Sent) -> Response:
    """End a key of mine."""
    me = visitor.person.person_id
    with visitor.house.ledger.write() as session:
        revoke_key(session, key_id, me, SystemClock().now(), me)
    return done(request, "/desk/me", f"{key_id} opens nothing any more")


def _me(request: Request, visitor: Visitor, key: str = "") -> Response:
    me, now = visitor.person.person_id, SystemClock().now()
    with visitor.house.ledger.read() as session:
        has_password = session.get(Password, me) is not None
        visit = session.get_one(SignIn, visitor.sign_in_id)
        asks_current = has_password and not may_skip_current(visit, now)
        stays, keys = stays_of(session, me, now), keys_of(session, me)
    return page(
        request,
        "people/me.html",
        visitor,
        has_password=has_password,
        asks_current=asks_current,
        shortest=SHORTEST_PASSWORD,
        stays=stays,
        keys=shown_keys(keys),
        scopes=tuple(s for s in SCOPES if s != ADMIN or ADMIN in visitor.person.roles),
        key=key,
    )
