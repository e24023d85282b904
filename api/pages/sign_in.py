"""Signing in and out of the pages.

Wrong passwords are counted by name and address together, and by address, so that nobody can shut
a colleague out from elsewhere. All strange addresses together have a count for each name as well;
the addresses a person signed in from before are not among them, and a link counts no password.
"""

import hashlib
import hmac
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import FormData

from api.limits import (
    SIGN_IN_AS,
    SIGN_IN_FROM,
    SIGN_IN_LINK,
    SIGN_IN_STRANGE,
    address_of,
    limits_of,
)
from api.pages.access import COOKIE, SIGN_IN, SignedIn, check_same_site
from api.pages.forms import Sent, word
from api.pages.render import is_secure, page
from graph.bootstrap import House
from ledger.clock import SystemClock
from ledger.errors import Refused
from tools.sign_in import (
    LONGEST_STAY,
    Stay,
    came_before,
    end_former,
    prove_password,
    sign_in_by_link,
    sign_in_proven,
    sign_out,
)

router = APIRouter(include_in_schema=False)
Secret = Annotated[str, Query(max_length=100)]


async def stranger_form(request: Request) -> FormData:
    """The form of somebody nobody knows yet, from our own page.

    Raises:
        Refused: Another site sent it.
    """
    check_same_site(request)
    return await request.form(max_files=0, max_fields=10)


StrangerForm = Annotated[FormData, Depends(stranger_form)]


@router.get(SIGN_IN)
def show_form(request: Request, next: Annotated[str, Query(max_length=500)] = "/desk") -> Response:  # noqa: A002 - the word browsers see
    """The form for name and password."""
    return _form(request, ours(next))


@router.post(SIGN_IN)
def sign_in(request: Request, form: StrangerForm) -> Response:
    """Sign in by name and password."""
    person, wanted = word(form, "person")[:100], ours(word(form, "next", "/desk"))
    place = came_from(request)
    _take_try(request, person, place)
    password = form.get("password", "")
    try:
        # Proved outside the one writing transaction: strangers who guess keep nobody waiting.
        with _house(request).ledger.read() as session:
            proven = prove_password(session, person, str(password))
        with _house(request).ledger.write() as session:
            stay = sign_in_proven(session, proven, SystemClock().now(), place)
    except Refused as error:
        return _form(request, wanted, error.message, status=403)
    limits_of(request).forget(SIGN_IN_AS, _as_from(request, person))
    return welcome(request, stay, wanted)


def _take_try(request: Request, person: str, place: str) -> None:
    """Count a try, of a name nobody has too, so that the answer tells nobody who works here."""
    limits = limits_of(request)
    with _house(request).ledger.read() as session:
        strange = not came_before(session, person, place)
    if strange:
        limits.take(SIGN_IN_FROM, address_of(request))
    limits.take(SIGN_IN_AS, _as_from(request, person))
    if strange:
        # Last, so that one address can use up no more of it than its own tries.
        limits.take(SIGN_IN_STRANGE, person)


def _as_from(request: Request, person: str) -> str:
    return f"{address_of(request)} {person}"


def came_from(request: Request) -> str:
    """Where a request comes from as it is kept: enough to know it again, not to read it."""
    key, address = _house(request).reply_key, address_of(request)
    return hmac.new(key, f"signed in from {address}".encode(), hashlib.sha256).hexdigest()[:32]


@router.get(f"{SIGN_IN}/link")
def show_link(request: Request, secret: Secret = "") -> Response:
    """A button: mail programs open links on their own, and that must not use one up."""
    return page(request, "sign_in/link.html", secret=secret, problem="")


@router.post(f"{SIGN_IN}/link")
def use_link(request: Request, form: StrangerForm) -> Response:
    """Sign in by a link that works once."""
    limits_of(request).take(SIGN_IN_LINK, address_of(request))
    secret, now, place = word(form, "secret")[:100], SystemClock().now(), came_from(request)
    try:
        with _house(request).ledger.write() as session:
            stay = sign_in_by_link(session, secret, now, place)
    except Refused as error:
        return page(request, "sign_in/link.html", status=403, secret="", problem=error.message)
    return welcome(request, stay, "/desk")


@router.post("/desk/sign-out")
def leave(visitor: SignedIn, _form: Sent) -> Response:
    """Sign this browser out."""
    with visitor.house.ledger.write() as session:
        person_id = visitor.person.person_id
        sign_out(session, person_id, visitor.sign_in_id, person_id, SystemClock().now())
    return farewell()


def farewell() -> Response:
    """Back to the form, without the cookie."""
    answer = RedirectResponse(SIGN_IN, 303)
    answer.delete_cookie(COOKIE, path="/desk")
    return answer


def welcome(request: Request, stay: Stay, wanted: str) -> Response:
    """Give the browser its new secret; what it held before, and who planted that, opens nothing."""
    former = request.cookies.get(COOKIE, "")
    if former:
        with _house(request).ledger.write() as session:
            end_former(session, former)
    answer = RedirectResponse(wanted, 303)
    answer.set_cookie(
        COOKIE,
        stay.secret,
        max_age=int(LONGEST_STAY.total_seconds()),
        path="/desk",
        httponly=True,
        samesite="lax",
        secure=is_secure(request),
    )
    return answer


def ours(wanted: str) -> str:
    """Only ever a page of the desk, so that signing in leads nowhere else."""
    clean = wanted == "/desk" or wanted.startswith(("/desk/", "/desk?"))
    return wanted if clean and "\\" not in wanted and "//" not in wanted else "/desk"


def _form(request: Request, wanted: str, problem: str = "", status: int = 200) -> Response:
    provider = _house(request).settings.oidc is not None
    return page(
        request,
        "sign_in/form.html",
        status=status,
        wanted=wanted,
        problem=problem,
        provider=provider,
    )


def _house(request: Request) -> House:
    return request.app.state.house
