"""Who is calling: a person behind an API key, and what the key may be used for."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from api.limits import CHAT, limits_of
from api.problems import Unauthorized
from graph.bootstrap import House
from graph.inbox import Inbox
from graph.seen import seen_by
from ledger.clock import SystemClock
from ledger.errors import Refused
from tools.authority import Decider
from tools.people import KEY_PREFIX, key_in_force

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


def _needs(scope: str) -> Callable[..., Caller]:
    def caller(
        request: Request,
        credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_BEARER)],
    ) -> Caller:
        house: House = request.app.state.house
        secret = credentials.credentials if credentials else ""
        found = None
        if secret.startswith(KEY_PREFIX):
            # A key ends by the real calendar, whatever date the books are played on.
            with house.ledger.read() as session:
                found = key_in_force(session, secret, SystemClock().today())
        if found is None:
            raise Unauthorized("send a key in force: `Authorization: Bearer ark_...`")
        person, scopes = found
        if scope not in scopes:
            raise Refused(f"this key may {', '.join(sorted(scopes))}, not {scope}")
        if scope == "chat":
            limits_of(request).take(CHAT, person.id)
        decider = Decider.of(person)
        return Caller(seen_by(house, decider.sight), decider, request.app.state.dispatch)

    return caller


Reader = Annotated[Caller, Depends(_needs("read"))]
Approver = Annotated[Caller, Depends(_needs("decide"))]
Chatter = Annotated[Caller, Depends(_needs("chat"))]
