"""The assistant: one question, one answer; wishes to act wait in the inbox."""

from typing import Annotated

from fastapi import APIRouter, Path, Response
from pydantic import BaseModel, ConfigDict, Field

from api.access import Chatter
from api.idempotency import OnceOnly
from graph.conversation import MAX_QUESTION, Reply, ask

router = APIRouter(prefix="/chat", tags=["chat"])


class Question(BaseModel):
    """What a person wants to know or wants done."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: str = Field(min_length=1, max_length=MAX_QUESTION)


@router.post("/{session}/messages", response_model=Reply)
def post_message(
    session: Annotated[str, Path(pattern=r"^[A-Za-z0-9_.-]{1,60}$")],
    sent: Question,
    caller: Chatter,
    once: OnceOnly,
) -> Response:
    """Ask in a conversation; it is your own, nobody else's key reaches it."""
    return once.answer(caller, lambda: ask(caller.house, caller.person, session, sent.text))
