"""Who looks at a page: a person whose browser is signed in, or an invitation to sign in.

`visitor.house.ledger` already shows only the accounts that the visitor sees (ledger.sight), so a
page need not filter; records of the whole book show nothing there to whoever sees a part.
"""

from dataclasses import dataclass
from typing import Annotated
from urllib.parse import quote, urlsplit

from fastapi import Depends, Request
from itsdangerous import BadSignature, URLSafeTimedSerializer

from api.access import Caller
from graph.bootstrap import House
from graph.seen import seen_by
from ledger.clock import SystemClock
from ledger.errors import Refused
from tools.authority import Decider
from tools.sign_in import is_stale, note_seen, stay_in_force

COOKIE = "dunwell_desk"
SIGN_IN = "/desk/sign-in"
_FORM_LIFE = 12 * 3600
_SAME = {"same-origin", "none"}
_STALE = "this page is out of date or not ours; open it again and send it once more"


class NeedsSignIn(Exception):
    """Nobody is signed in; the page they wanted comes after."""

    def __init__(self, wanted: str) -> None:
        super().__init__(wanted)
        self.where = f"{SIGN_IN}?next={quote(wanted, safe='')}"


@dataclass(frozen=True, slots=True)
class Visitor(Caller):
    """A person at a page.

    Attributes:
        sign_in_id: The stay of their browser.
        form_key: Signs the forms of this stay; another browser's form is not taken.
    """

    sign_in_id: str = ""
    form_key: str = ""

    def form_token(self) -> str:
        """What a form of this person carries."""
        return _signer(self.form_key).dumps(self.sign_in_id)


def signed_in(request: Request) -> Visitor:
    """The person behind the cookie.

    Raises:
        NeedsSignIn: There is none.
    """
    house: House = request.app.state.house
    secret = request.cookies.get(COOKIE, "")
    now = SystemClock().now()
    with house.ledger.read() as session:
        found = stay_in_force(session, secret, now) if secret else None
    if found is None:
        raise NeedsSignIn(_wanted(request))
    person, stay = found
    if is_stale(stay, now):
        with house.ledger.write() as session:
            note_seen(session, stay.id, now)
    who = Decider.of(person)
    return Visitor(seen_by(house, who.sight), who, request.app.state.dispatch, stay.id, secret)


def _wanted(request: Request) -> str:
    """Where to go after signing in: the page itself, never something that acts."""
    if request.method != "GET":
        return "/desk"
    return request.url.path + (f"?{request.url.query}" if request.url.query else "")


SignedIn = Annotated[Visitor, Depends(signed_in)]


def check_same_site(request: Request) -> None:
    """Refuse what another site sends.

    Raises:
        Refused: The browser says that the request comes from elsewhere.
    """
    told, origin = (request.headers.get(name) for name in ("sec-fetch-site", "origin"))
    if told is not None and told not in _SAME:
        raise Refused(_STALE)
    # A browser too old to say where it comes from still names the origin of a form.
    if told is None and origin is not None and urlsplit(origin).netloc != request.url.netloc:
        raise Refused(_STALE)


def check_form(request: Request, visitor: Visitor, token: str) -> None:
    """Refuse a form that was not made for this browser.

    Raises:
        Refused: Another site sent it, or its token is missing, old, or somebody else's.
    """
    check_same_site(request)
    try:
        made_for = _signer(visitor.form_key).loads(token, max_age=_FORM_LIFE)
    except BadSignature:
        raise Refused(_STALE) from None
    if made_for != visitor.sign_in_id:
        raise Refused(_STALE)


def _signer(key: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(key, salt="form")
