"""Signing in and out of the pages."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from api.pages.access import COOKIE, SIGN_IN, SignedIn, check_same_site
from api.pages.forms import Sent, word
from api.pages.render import is_secure, page
from graph.bootstrap import House
from ledger.clock import SystemClock
from ledger.errors import Refused
from tools.sign_in import LONGEST_STAY, Stay, sign_in_by_link, sign_in_by_password, sign_out

router = APIRouter(include_in_schema=False)
Secret = Annotated[str, Query(max_length=100)]


@router.get(SIGN_IN)
def show_form(request: Request, next: Annotated[str, Query(max_length=500)] = "/desk") -> Response:  # noqa: A002 - the word browsers see
    """The form for name and password."""
    return page(request, "sign_in/form.html", wanted=_ours(next), problem="")


@router.post(SIGN_IN)
async def sign_in(request: Request) -> Response:
    """Sign in by name and password."""
    check_same_site(request)
    form = await request.form(max_fields=10)
    wanted = _ours(word(form, "next", "/desk"))
    try:
        with _house(request).ledger.write() as session:
            stay = sign_in_by_password(
                session, word(form, "person"), str(form.get("password", "")), SystemClock().now()
            )
    except Refused as error:
        return page(request, "sign_in/form.html", status=403, wanted=wanted, problem=error.message)
    return _welcome(request, stay, wanted)


@router.get(f"{SIGN_IN}/link")
def show_link(request: Request, secret: Secret = "") -> Response:
    """A button: mail programs open links on their own, and that must not use one up."""
    return page(request, "sign_in/link.html", secret=secret, problem="")


@router.post(f"{SIGN_IN}/link")
async def use_link(request: Request) -> Response:
    """Sign in by a link that works once."""
    check_same_site(request)
    form = await request.form(max_fields=10)
    try:
        with _house(request).ledger.write() as session:
            stay = sign_in_by_link(session, word(form, "secret"), SystemClock().now())
    except Refused as error:
        return page(request, "sign_in/link.html", status=403, secret="", problem=error.message)
    return _welcome(request, stay, "/desk")


@router.post("/desk/sign-out")
def leave(visitor: SignedIn, _form: Sent) -> Response:
    """Sign this browser out."""
    with visitor.house.ledger.write() as session:
        person_id = visitor.person.person_id
        sign_out(session, person_id, visitor.sign_in_id, person_id, SystemClock().now())
    answer = RedirectResponse(SIGN_IN, 303)
    answer.delete_cookie(COOKIE, path="/desk")
    return answer


def _welcome(request: Request, stay: Stay, wanted: str) -> Response:
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


def _ours(wanted: str) -> str:
    """Only ever a page of the desk, so that signing in leads nowhere else."""
    clean = wanted == "/desk" or wanted.startswith(("/desk/", "/desk?"))
    return wanted if clean and "\\" not in wanted and "//" not in wanted else "/desk"


def _house(request: Request) -> House:
    return request.app.state.house
