"""Who opened a page: a link in force, and whether this browser told the fact."""

import secrets
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import quote

from fastapi import Depends, Path, Request
from fastapi.responses import Response
from itsdangerous import BadSignature, URLSafeTimedSerializer

from api.limits import PORTAL_FROM, address_of, limits_of
from api.pages.access import check_same_site
from api.pages.render import is_secure
from api.portal.sentences import Sentences
from graph.portal import Portal
from ledger.errors import ArError, Refused
from tools.portal_links import Guest

FORM_LIFE = 12 * 3600
_GONE = "this link opens nothing (any more); ask us for a new one"
_STALE = "this form is out of date or not ours; open the page again and send it once more"


class GoneLink(ArError):
    """A link that is revoked, has ended or never was."""

    code = "not_found"
    status_code = 404


@dataclass(frozen=True, slots=True)
class Visit:
    """One look at a page.

    Attributes:
        proven: Whether this browser told the fact lately, or none is asked for.
        say: The sentences of the page.
    """

    portal: Portal
    guest: Guest
    token: str
    proven: bool
    say: Sentences

    @property
    def home(self) -> str:
        """The address of their page."""
        return f"/p/{quote(self.token, safe='')}"

    @property
    def cookie(self) -> str:
        """The name of what a browser remembers the fact by."""
        return f"told_{self.guest.link_id[-12:]}"

    def shown(self, number: str) -> str:
        """A number as this reader may see it: in full only once they told one."""
        if self.proven:
            return number
        return f"…{number[-3:]}" if len(number) > 3 else "…"

    def form_token(self, action: str) -> str:
        """What a form carries: made for this link, this action, once."""
        told = [self.guest.link_id, action, secrets.token_urlsafe(12)]
        return _signer(self.portal, "form").dumps(told)

    def nonce_of(self, action: str, token: str) -> str:
        """What makes a form one of its own.

        Raises:
            Refused: It is old, or was made for another link or action.
        """
        try:
            link_id, made_for, nonce = _signer(self.portal, "form").loads(token, max_age=FORM_LIFE)
        except (BadSignature, ValueError, TypeError):
            raise Refused(_STALE) from None
        if (link_id, made_for) != (self.guest.link_id, action):
            raise Refused(_STALE)
        return str(nonce)

    def remember_fact(self, request: Request, answer: Response) -> None:
        """Let this browser off the question for a while."""
        answer.set_cookie(
            self.cookie,
            str(_signer(self.portal, "told").dumps(self.guest.link_id)),
            max_age=self.portal.policy.proven_minutes * 60,
            path=self.home,
            httponly=True,
            samesite="lax",
            secure=is_secure(request),
        )


def visit(request: Request, token: Annotated[str, Path(max_length=100)]) -> Visit:
    """The visit a link leads to.

    Raises:
        GoneLink: It opens nothing.
        TooMany: Somebody looks too often from one address.
    """
    limits_of(request).take(PORTAL_FROM, address_of(request))
    portal = Portal(request.app.state.house)
    guest = portal.guest(token)
    if guest is None:
        raise GoneLink(_GONE)
    bare = Visit(portal, guest, token, True, Sentences(guest.language))
    told = request.cookies.get(bare.cookie, "")
    proven = not portal.policy.asks_fact or _told(portal, guest, told)
    return Visit(portal, guest, token, proven, bare.say)


def sender(request: Request, seen: Annotated[Visit, Depends(visit)]) -> Visit:
    """The visit behind a form, unless another site sent it.

    Raises:
        Refused: The browser says that it comes from elsewhere.
    """
    check_same_site(request)
    return seen


def needs_fact(seen: "Seen") -> Visit:
    """A visit that may see everything.

    Raises:
        NeedsFact: The fact comes first.
    """
    if not seen.proven:
        raise NeedsFact(seen.home)
    return seen


class NeedsFact(Exception):
    """The page asks for one more fact before it shows this."""

    def __init__(self, home: str) -> None:
        super().__init__(home)
        self.where = f"{home}/fact"


Seen = Annotated[Visit, Depends(visit)]
Sender = Annotated[Visit, Depends(sender)]
Proven = Annotated[Visit, Depends(needs_fact)]


def _told(portal: Portal, guest: Guest, told: str) -> bool:
    try:
        most = portal.policy.proven_minutes * 60
        return _signer(portal, "told").loads(told, max_age=most) == guest.link_id
    except BadSignature:
        return False


def _signer(portal: Portal, salt: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(portal.form_key, salt=salt)
