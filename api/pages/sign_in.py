"""Signing in and out of the pages."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import FormData

from api.limits import SIGN_IN_AS, SIGN_IN_FROM, address_of, limits_of
from api.pages.access import COOKIE, SIGN_IN, SignedIn, check_same_site
from api.pages.forms import Sent, word
from api.pages.render import is_secure, page
from graph.bootstrap import House
from ledger.clock import SystemClock
from ledger.errors import Refused
from tools.sign_in import (
    LONGEST_STAY,
    Stay,
    end_former,
    prove_password,
    sign_in_by_link,
    sign_in_proven,
    sign_out,
)

router = APIRouter(include_in_schema=False)
Secret = Annotated[str, Query(max_length=100)]


async def stranger_form(request: Request) -> FormData:
    """The form of somebody nobody knows yet: from our own page, and not too often.

    Raises:
        Refused: Another site sent it.
        TooMany: It comes from an address that tried too often.
    """
    check_same_site(request)
    limits_of(request).take(SIGN_IN_FROM, address_of(request))
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
    limits = limits_of(request)
    # Counted for names that do not exist too, so that the answer tells nobody who works here.
    limits.take(SIGN_IN_AS, person)
    password = form.get("password", "")
    try:
        # Proved outside the one writing transaction: strangers who guess keep nobody waiting.
        with _house(request).ledger.read() as session:
            proven = prove_password(session, person, str(password))
        with _house(request).ledger.write() as session:
            stay = sign_in_proven(session, proven, SystemClock().now())
    except Refused as error:
        return _form(request, wanted, error.message, status=403)
    limits.forget(SIGN_IN_AS, person)
    return welcome(request, stay, wanted)


@router.get(f"{SIGN_IN}/link")
def show_link(request: Request, secret: Secret = "") -> Response:
    """A button: mail programs open links on their own, and that must not use one up."""
    return page(request, "sign_in/link.html", secret=secret, problem="")


@router.post(f"{SIGN_IN}/link")
def use_link(request: Request, form: StrangerForm) -> Response:
    """Sign in by a link that works once."""
    try:
        with _house(request).ledger.write() as session:
            stay = sign_in_by_link(session, word(form, "secret")[:100], SystemClock().now())
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
