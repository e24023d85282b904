"""What was said to somebody before they were to see less: put away, so it is not read again."""

from datetime import datetime

import orjson
from sqlalchemy import update
from sqlmodel import Session

from ledger.journal import audit
from ledger.sight import ALL, read_sight
from ledger.tables.work import ChatMessage, IdempotentRequest

_CONFLICT = 409
_SAYS = "this was done and answered before you saw less of the book; look at what came of it"


def is_narrower(person_id: str, before: str, after: str) -> bool:
    """Whether somebody stops seeing any account, or might."""
    if after in (before, ALL):
        return False
    was, will = (read_sight(person_id, sees) for sees in (before, after))
    return not (was.segments and set(was.segments) <= set(will.segments))


def put_away(session: Session, person_id: str, actor: str, now: datetime) -> None:
    """Hide a person's conversations and kept answers so far; nothing is done twice for that.

    A line stays under its thread, which names its person; only they no longer read it.
    """
    session.execute(
        update(ChatMessage).where(ChatMessage.person_id == person_id).values(person_id="")
    )
    told = {
        "type": "/problems/conflict",
        "title": "Somebody or something was first",
        "status": _CONFLICT,
        "detail": _SAYS,
    }
    session.execute(
        update(IdempotentRequest)
        .where(IdempotentRequest.person_id == person_id, IdempotentRequest.status.is_not(None))
        .values(status=_CONFLICT, answer=orjson.dumps(told).decode())
    )
    audit(session, now, "put_away", person_id, actor)
