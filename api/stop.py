"""The link by which a reader of our mail stops it with one press (RFC 8058).

It needs no key: the link is sealed, and all it does is stop. Whoever presses it twice is answered
alike, and a wrong link is told nothing.
"""

from typing import Annotated

from fastapi import APIRouter, Path, Request
from pydantic import BaseModel, ConfigDict

from ledger.errors import NotFound
from ledger.identities import Identity
from tools.stop_contact import obey_link

router = APIRouter(include_in_schema=False)


class Stopped(BaseModel):
    """Nothing more will be sent to the address the letter went to."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    stopped: bool = True


@router.post("/stop/{token}")
def stop(token: Annotated[str, Path(max_length=200)], request: Request) -> Stopped:
    """Stop the contact of one letter."""
    house = request.app.state.house
    with house.ledger.write(as_=Identity.POSTER) as session:
        known = obey_link(session, token, house.reply_key, house.system_clock.now())
    if not known:
        raise NotFound("this link is not one of ours; write to us instead")
    return Stopped()
