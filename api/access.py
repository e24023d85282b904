"""Who is calling: a person behind an API key, and what the key may be used for."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from api.limits import CHAT
from api.problems import Unauthorized
from graph.bootstrap import House
from graph.inbox import Inbox
from graph.seen import seen_by
from ledger.clock import SystemClock
from ledger.errors import Refused
from tools.authority import Decider
from tools.people import KEY_PREFIX, check_may_manage, key_in_force, note_key_used

_BEARER = HTTPBearer(auto_error=False, description="An API key: `ark_...`")


@dataclass(frozen=True, slots=True)
class Caller:
    """A signed-in person, working on the home.

    Attributes:
        house: The home as they see it: its ledger shows the accounts in their sight, to every
            read, and nothing of the others.
    """

    house: House
    person: Decider
    dispatch: Callable[[date], object] | None = None

    def inbox(self) -> Inbox:
        """The inbox as they see it."""
        return Inbox(self.house, self.house.deps(), self.person, self.dispatch)


def open_door(app: Any, secret: str, scope: str) -> Caller:
    """Who comes with a key, for doors that are no route of ours.

    Args:
        app: The application, which holds the house and the counters.
        secret: What was sent as bearer.
        scope: What the door needs.

    Raises:
        Unauthorized: The key opens nothing.
        Refused: It is not for this.
        TooMany: Its owner asks too often.
    """
    house: House = app.state.house
    found = None
    # A key ends by the real calendar, whatever date the books are played on.
    today = SystemClock().today()
    if secret.startswith(KEY_PREFIX):
        with house.ledger.read() as session:
            found = key_in_force(session, secret, today)
    if found is None:
        raise Unauthorized("send a key in force: `Authorization: Bearer ark_...`")
    if scope not in found.scopes:
        raise Refused(f"this key may {', '.join(sorted(found.scopes))}, not {scope}")
    decider = Decider.of(found.person)
    if scope == "admin":
        check_may_manage(decider)
    if scope == "metrics" and decider.sight.limited:
        raise Refused("figures of the whole book are for whoever sees every account")
    if scope == "chat":
        app.state.limits.take(CHAT, decider.person_id)
    if found.unnoted:
        with house.ledger.write() as session:
            note_key_used(session, found.key_id, today)
    return Caller(seen_by(house, decider.sight), decider, app.state.dispatch)


def _needs(scope: str) -> Callable[..., Caller]:
    def caller(
        request: Request,
        credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_BEARER)],
    ) -> Caller:
        return open_door(request.app, credentials.credentials if credentials else "", scope)

    return caller


Reader = Annotated[Caller, Depends(_needs("read"))]
Approver = Annotated[Caller, Depends(_needs("decide"))]
Chatter = Annotated[Caller, Depends(_needs("chat"))]
Meter = Annotated[Caller, Depends(_needs("metrics"))]
Manager = Annotated[Caller, Depends(_needs("admin"))]
