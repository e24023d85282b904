"""The assistant: one question, one answer; wishes to act wait in the inbox."""

from collections.abc import Iterator
from typing import Annotated, Literal

from fastapi import APIRouter, Header, Path, Query, Request, Response
from fastapi.responses import StreamingResponse
from fastapi.sse import ServerSentEvent
from pydantic import BaseModel, ConfigDict, Field

from agents.task import PERSON
from api.access import Caller, Chatter
from api.chat.events import error_event, events_of, last_seen
from api.chat.streams import DESCRIBED, answered, stream
from api.cursors import read_cursor, write_cursor
from api.idempotency import OnceOnly
from graph.conversation import MAX_QUESTION, Reply, ask
from graph.threads import Thread, ThreadLine, as_markdown, list_threads, read_thread
from ledger.errors import ArError, BadInput

router = APIRouter(prefix="/chat", tags=["chat"])
SessionName = Annotated[str, Path(pattern=r"^[A-Za-z0-9_.-]{1,60}$")]
BeforeLine = Annotated[
    int | None,
    Query(ge=1, lt=1 << 63, description="Lines before this one: `before` of the part you have."),
]


class ChatQuestion(BaseModel):
    """What a person wants to know or wants done."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: str = Field(min_length=1, max_length=MAX_QUESTION)


class ThreadList(BaseModel):
    """A page of conversations; `next` is the cursor of the one behind it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    threads: tuple[ThreadLine, ...]
    next: str | None


@router.get("")
def get_threads(
    caller: Chatter,
    words: Annotated[
        str | None, Query(max_length=120, description="Said in the conversation.")
    ] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 30,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
) -> ThreadList:
    """A page of your own conversations, the newest first; found by words where some are given."""
    key = read_cursor(cursor)
    if key is not None and not (key.isascii() and key.isdecimal() and len(key) <= 18):
        raise BadInput("this is not a cursor; take `next` of the page before")
    before = int(key) if key else None
    with caller.house.ledger.read() as session:
        found = list_threads(session, caller.person.person_id, words, limit + 1, before)
    shown = found[:limit]
    following = write_cursor(shown[-1].last) if len(found) > limit else None
    return ThreadList(threads=tuple(shown), next=following)


@router.get("/{session}")
def get_thread(session: SessionName, caller: Chatter, before: BeforeLine = None) -> Thread:
    """The newest lines of one of your conversations, oldest first, each answer with its blocks."""
    with caller.house.ledger.read() as reading:
        return read_thread(reading, caller.person.person_id, session, before=before)


@router.get(
    "/{session}/export",
    response_model=Thread,
    responses={200: {"content": {"text/markdown": {"schema": {"type": "string"}}}}},
)
def export_thread(
    session: SessionName,
    caller: Chatter,
    kind: Annotated[Literal["markdown", "json"], Query(alias="as")] = "markdown",
) -> Response:
    """One of your conversations as a file, from its first line on."""
    return exported(_thread(caller, session), caller, kind)


@router.post("/{session}/messages", response_model=Reply)
async def post_message(
    request: Request, session: SessionName, sent: ChatQuestion, caller: Chatter, once: OnceOnly
) -> Response:
    """Ask in a conversation; it is your own, nobody else's key reaches it."""

    def reply() -> Reply:
        return ask(caller.house, caller.person, session, sent.text)

    return await answered(request, lambda: once.answer(caller, reply))


@router.post("/{session}/stream", response_class=StreamingResponse, responses=DESCRIBED)
def post_stream(
    request: Request, session: SessionName, sent: ChatQuestion, caller: Chatter
) -> StreamingResponse:
    """Ask, and get the answer as events: token, block, citation, done; or error."""
    return stream(request, lambda: _answer(caller, session, sent.text, request.url.path))


@router.get("/{session}/events", response_class=StreamingResponse, responses=DESCRIBED)
def get_events(
    request: Request,
    session: SessionName,
    caller: Chatter,
    last_event_id: Annotated[
        str | None, Header(max_length=40, description="The newest event you have.")
    ] = None,
) -> StreamingResponse:
    """The events behind the last one you have: of its answer, and of later ones."""
    line, event = last_seen(last_event_id)
    return stream(request, lambda: _later(caller, session, line, event, request.url.path))


def _later(
    caller: Caller, session: str, line: int, event: int, where: str
) -> Iterator[ServerSentEvent]:
    try:
        thread = _thread(caller, session, max(0, line - 1))
    except ArError as error:
        yield error_event(error, where)
        return
    for each in thread.lines:
        if each.speaker != PERSON:
            yield from events_of(each, event if each.line == line else 0)


def _answer(caller: Caller, session: str, question: str, where: str) -> Iterator[ServerSentEvent]:
    """Answer a question as events; what goes wrong is an event too, for the head is out by then."""
    try:
        reply = ask(caller.house, caller.person, session, question)
        thread = _thread(caller, session, reply.line - 1)
    except ArError as error:
        yield error_event(error, where)
        return
    for line in thread.lines:
        if line.line == reply.line:
            yield from events_of(line)


def exported(thread: Thread, caller: Caller, kind: Literal["markdown", "json"]) -> Response:
    """A conversation as a file to keep."""
    if kind == "json":
        body, media, ending = thread.model_dump_json(indent=2), "application/json", "json"
    else:
        body, media, ending = as_markdown(thread, caller.person.name), "text/markdown", "md"
    name = f'attachment; filename="{thread.session}.{ending}"'
    return Response(body, media_type=media, headers={"Content-Disposition": name})


def _thread(caller: Caller, name: str, after: int = 0) -> Thread:
    """A conversation behind a line, whole."""
    with caller.house.ledger.read() as session:
        return read_thread(session, caller.person.person_id, name, after, limit=None)
