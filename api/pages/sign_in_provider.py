"""Signing in with the company's account: to the provider and back."""

import secrets
from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response
from itsdangerous import BadSignature, URLSafeTimedSerializer

from adapters.oidc import Begun, SignInProvider
from api.limits import SIGN_IN_PROVIDER, address_of, limits_of
from api.pages.access import SIGN_IN
from api.pages.render import is_secure
from api.pages.sign_in import came_from, ours, welcome
from ledger.clock import SystemClock
from ledger.errors import NotFound, Refused
from tools.sign_in_provider import sign_in_as_known

router = APIRouter(prefix=f"{SIGN_IN}/provider", include_in_schema=False)
BEGUN = "dunwell_sign_in"
_LIFE = 600
_AGAIN = "this sign-in was begun elsewhere or too long ago; begin again from the sign-in page"
Word = Annotated[str, Query(max_length=2000)]


@router.get("")
def begin(request: Request, next: Word = "/desk") -> Response:  # noqa: A002 - the word browsers see
    """To the provider."""
    limits_of(request).take(SIGN_IN_PROVIDER, address_of(request))
    begun = _provider(request).begin(_back(request))
    answer = RedirectResponse(begun.url, 303)
    answer.set_cookie(
        BEGUN,
        _signer(request).dumps(asdict(begun) | {"url": ours(next)}),
        max_age=_LIFE,
        path=f"{SIGN_IN}/provider",
        httponly=True,
        samesite="lax",
        secure=is_secure(request),
    )
    return answer


@router.get("/back")
def come_back(
    request: Request, code: Word = "", state: Word = "", error: Word = "", iss: Word = ""
) -> Response:
    """Back from the provider: whoever it names and we know is signed in."""
    limits_of(request).take(SIGN_IN_PROVIDER, address_of(request))
    provider, begun = _provider(request), _begun(request)
    if not secrets.compare_digest(begun.state.encode(), state.encode()) or error or not code:
        raise Refused(_AGAIN)
    known = provider.finish(begun, code, _back(request), iss)
    ledger = request.app.state.house.ledger
    stay = sign_in_as_known(ledger, known, SystemClock().now(), came_from(request))
    answer = welcome(request, stay, begun.url)
    answer.delete_cookie(BEGUN, path=f"{SIGN_IN}/provider")
    return answer


def _begun(request: Request) -> Begun:
    """What this browser was sent off with; `url` is where it wanted to go."""
    try:
        held = _signer(request).loads(request.cookies.get(BEGUN, ""), max_age=_LIFE)
    except BadSignature:
        raise Refused(_AGAIN) from None
    return Begun(**held)


def _provider(request: Request) -> SignInProvider:
    provider: SignInProvider | None = request.app.state.provider
    if provider is None:
        raise NotFound("no sign-in provider is set up here; see docs/howto/sign-in.md")
    return provider


def _back(request: Request) -> str:
    return f"{request.url.scheme}://{request.url.netloc}{SIGN_IN}/provider/back"


def _signer(request: Request) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(request.app.state.flash_key, salt="provider")
