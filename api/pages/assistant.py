"""The assistant as a page: ask, read answers made of blocks, find and keep conversations."""

import secrets
from collections.abc import Iterator
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import RedirectResponse, Response, StreamingResponse
from fastapi.sse import ServerSentEvent

from agents.answer_blocks import ChartBlock, Citation
from api.chat.advice import advice_for
from api.chat.events import error_event, events_of
from api.chat.routes import BeforeLine, exported
from api.chat.streams import answered, stream
from api.cursors import read_cursor, write_cursor
from api.limits import CHAT
from api.pages.access import SignedIn, Visitor
from api.pages.charts import Band, band
from api.pages.forms import Sent, word
from api.pages.render import fragment, page
from graph.conversation import ask
from graph.threads import RETENTION, Line, Thread, list_threads, read_thread
from ledger.errors import ArError, BadInput, NotFound
from ledger.tables.account import Account
from tools.account_names import find_account

router = APIRouter(prefix="/desk/assistant", include_in_schema=False)
Name = Annotated[str, Path(pattern=r"^[A-Za-z0-9_.-]{1,60}$")]
_PAGE = 20
CHIPS = (
    "Who should I work today, and why?",
    "What changed since yesterday?",
    "What waits for me?",
    "Which promises are due this week?",
    "Which holds are in force, and why?",
    "What is unapplied?",
    "What are DSO, CEI and ADD?",
    "How did the last night go?",
)
"""Questions that need no account; the manual shows the others."""
ABOUT = (
    'Tell me the story of "{}"',
    'What is the next action for "{}"?',
    'May I call "{}" now?',
    'Why was "{}" routed here?',
    'Which plan options are there for "{}"?',
    'Show the payment history of "{}"',
    'What is the credit standing of "{}", and why?',
    'Draft a reminder for "{}"',
)
"""The same about one account."""
_PLACES = {"account": "accounts", "proposal": "inbox", "dispute": "disputes"}


@router.get("")
def start(
    request: Request,
    visitor: SignedIn,
    words: Annotated[str, Query(max_length=120)] = "",
    cursor: Annotated[str, Query(max_length=200)] = "",
    text: Annotated[str, Query(max_length=4000)] = "",
    account: Annotated[str, Query(max_length=120)] = "",
) -> Response:
    """A new conversation, beside those there are; about an account where one is given."""
    about = _about(visitor, account) if account else None
    return _shown(request, visitor, None, words, cursor, text, about=about)


@router.post("")
async def send(request: Request, visitor: SignedIn, form: Sent) -> Response:
    """Ask, and show the conversation; without script this is all there is."""
    return await answered(request, lambda: _sent(request, visitor, form))


def _sent(request: Request, visitor: Visitor, form: Sent) -> Response:
    session, question = _asked(form)
    request.app.state.limits.take(CHAT, visitor.person.person_id)
    try:
        reply = ask(visitor.house, visitor.person, session, question)
    except BadInput as error:
        return _shown(request, visitor, None, problem=error.message, text=question, status=422)
    return RedirectResponse(f"/desk/assistant/{session}#line-{reply.line}", 303)


@router.post("/stream", response_class=StreamingResponse)
def send_stream(request: Request, visitor: SignedIn, form: Sent) -> StreamingResponse:
    """Ask, and get the answer piece by piece; the last piece is how the page shows both lines."""
    return stream(request, lambda: _answer(request, visitor, form))


def _answer(request: Request, visitor: Visitor, form: Sent) -> Iterator[ServerSentEvent]:
    try:
        session, question = _asked(form)
        request.app.state.limits.take(CHAT, visitor.person.person_id)
        reply = ask(visitor.house, visitor.person, session, question)
        thread = _thread(visitor, session, reply.line - 2)
    except ArError as error:
        yield error_event(error, request.url.path)
        return
    yield from (each for each in events_of(thread.lines[-1]) if each.event == "token")
    shown = fragment(request, "assistant/lines.html", visitor, **_look(), lines=thread.lines[-2:])
    yield ServerSentEvent(event="shown", data={"html": bytes(shown.body).decode()})
    yield ServerSentEvent(event="done", data={"session": session, "line": reply.line})


@router.get("/advice")
def advice(
    request: Request, visitor: SignedIn, account: Annotated[str, Query(max_length=120)] = ""
) -> Response:
    """What helps while a customer is on the telephone."""
    found, problem = None, ""
    if account.strip():
        try:
            found = advice_for(visitor, account.strip())
        except NotFound as error:
            problem = error.message
    return page(
        request,
        "assistant/advice.html",
        visitor,
        status=404 if problem else 200,
        advice=found,
        account=account,
        problem=problem,
    )


@router.get("/{session}")
def show(
    request: Request,
    session: Name,
    visitor: SignedIn,
    words: Annotated[str, Query(max_length=120)] = "",
    cursor: Annotated[str, Query(max_length=200)] = "",
    before: BeforeLine = None,
) -> Response:
    """A conversation of theirs: its newest lines, or the newest before a line."""
    thread = _thread(visitor, session, before=before)
    return _shown(request, visitor, thread, words, cursor, newer=before is not None)


@router.get("/{session}/export")
def export(
    session: Name,
    visitor: SignedIn,
    kind: Annotated[Literal["markdown", "json"], Query(alias="as")] = "markdown",
) -> Response:
    """A conversation as a file, from its first line on."""
    return exported(_thread(visitor, session, limit=None), visitor, kind)


def _asked(form: Sent) -> tuple[str, str]:
    """Which conversation, and the question: typed, or the one of a button.

    Raises:
        BadInput: There is no usable name.
    """
    name = word(form, "session") or f"desk-{secrets.token_hex(4)}"
    if len(name) > 60 or not name.replace("-", "").replace("_", "").replace(".", "").isalnum():
        raise BadInput("this conversation has no usable name; start a new one")
    return name, word(form, "text") or word(form, "chip")


def _about(visitor: Visitor, named: str) -> Account:
    with visitor.house.ledger.read() as session:
        found = session.get_one(Account, find_account(session, named))
        session.expunge(found)
        return found


def _thread(visitor: Visitor, name: str, after: int = 0, **part: int | None) -> Thread:
    with visitor.house.ledger.read() as session:
        return read_thread(session, visitor.person.person_id, name, after, **part)


def _shown(
    request: Request,
    visitor: Visitor,
    thread: Thread | None,
    words: str = "",
    cursor: str = "",
    text: str = "",
    problem: str = "",
    status: int = 200,
    about: Account | None = None,
    newer: bool = False,
) -> Response:
    key = read_cursor(cursor or None)
    before = int(key) if key and key.isascii() and key.isdecimal() and len(key) < 18 else None
    with visitor.house.ledger.read() as session:
        found = list_threads(session, visitor.person.person_id, words, _PAGE + 1, before)
    lines: tuple[Line, ...] = thread.lines if thread else ()
    return page(
        request,
        "assistant/page.html",
        visitor,
        status=status,
        thread=thread,
        lines=lines,
        newer=newer,
        threads=found[:_PAGE],
        following=write_cursor(found[_PAGE - 1].last) if len(found) > _PAGE else "",
        words=words,
        text=text,
        problem=problem,
        chips=[each.format(about.account_number) for each in ABOUT] if about else CHIPS,
        about=about,
        retention=RETENTION,
        session=thread.session if thread else f"desk-{secrets.token_hex(4)}",
        **_look(),
    )


def _look() -> dict[str, Any]:
    """How blocks are drawn."""
    return {"band_of": _band, "place_of": _place}


def _band(block: ChartBlock) -> Band | None:
    """The line of a chart with its band."""
    middle, low, high = (
        [float(getattr(point, name) or point.value) for point in block.points]
        for name in ("value", "low", "high")
    )
    return band(middle, low, high, [point.label for point in block.points])


def _place(citation: Citation) -> str:
    """The page of the row a figure stands on; empty where it has none."""
    place = _PLACES.get(citation.kind)
    return f"/desk/{place}/{citation.id}" if place and citation.id else ""
