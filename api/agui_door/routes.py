"""AG-UI over our assistant: a run is a turn; a request that waits ends it as an interrupt.

What a client sends of earlier messages is not read: the conversation is kept here. A run that
resumes an interrupt decides the request as a person at the inbox would, so it needs a key that may
decide, and its owner may not be the one who asked.
"""

from collections.abc import AsyncIterator, Iterator
from typing import Annotated, Any

from ag_ui.core import (
    BaseEvent,
    CustomEvent,
    EventType,
    Interrupt,
    ResumeEntry,
    RunAgentInput,
    RunErrorEvent,
    RunFinishedEvent,
    RunFinishedInterruptOutcome,
    RunFinishedSuccessOutcome,
    RunStartedEvent,
    StepFinishedEvent,
    StepStartedEvent,
    TextMessageContentEvent,
    TextMessageEndEvent,
    TextMessageStartEvent,
    UserMessage,
)
from ag_ui.encoder import EventEncoder
from fastapi import APIRouter, Depends, Request
from fastapi.responses import StreamingResponse
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import ValidationError

from agents.answer_blocks import TextBlock
from api.access import Caller, Chatter, open_door
from api.chat.streams import pieces
from api.inbox.hitl import HitlResponse, as_hitl, decide
from api.problems import HEADERS
from graph.conversation import MAX_QUESTION, Reply, ask
from ledger.errors import ArError, BadInput
from ledger.ids import make_id

router = APIRouter(tags=["agui"])
_BEARER = HTTPBearer(auto_error=False)
_PIECE = 24
_MOST_RESUMED = 20


@router.post(
    "/agui",
    response_class=StreamingResponse,
    responses={200: {"content": {"text/event-stream": {}}}},
)
def run(
    request: Request,
    sent: RunAgentInput,
    caller: Chatter,
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_BEARER)],
) -> StreamingResponse:
    """Answer the newest message of the user, or decide the requests a run is resumed with."""
    encoder = EventEncoder()
    if sent.resume:
        # The scope is asked for here, because only a run that decides needs it.
        decider = open_door(request.app, credentials.credentials if credentials else "", "decide")
        events = _guarded(_resumed(sent, decider, sent.resume))
    else:
        events = _guarded(_answered(sent, caller))
    body = _pieces(request, sent, encoder, events)
    return StreamingResponse(body, media_type=encoder.get_content_type(), headers=HEADERS)


async def _pieces(
    request: Request, sent: RunAgentInput, encoder: EventEncoder, events: Iterator[BaseEvent]
) -> AsyncIterator[bytes]:
    """A run as it goes out: its start at once, the rest when its turn was taken."""
    started = RunStartedEvent(
        type=EventType.RUN_STARTED, thread_id=sent.thread_id, run_id=sent.run_id
    )
    yield encoder.encode(started).encode()
    async for piece in pieces(request, lambda: "".join(map(encoder.encode, events)).encode()):
        yield piece


def _guarded(events: Iterator[BaseEvent]) -> Iterator[BaseEvent]:
    """A run to its end, or to what went wrong."""
    try:
        yield from events
    except ArError as error:
        yield RunErrorEvent(type=EventType.RUN_ERROR, message=error.message, code=error.code)


def _answered(sent: RunAgentInput, caller: Caller) -> Iterator[BaseEvent]:
    newest = next((each for each in reversed(sent.messages) if isinstance(each, UserMessage)), None)
    question = _text(newest) if newest is not None and newest is sent.messages[-1] else ""
    if not question.strip():
        raise BadInput("the newest message is the user's, in words")
    # Threads of clients are long random names; ours are short.
    session = make_id("agui", sent.thread_id)
    reply = ask(caller.house, caller.person, session, question[: MAX_QUESTION + 1])
    yield from _work(reply)
    yield from _words(str(reply.line), reply.answer)
    for block in reply.blocks:
        if not isinstance(block, TextBlock):
            value = block.model_dump(mode="json")
            yield CustomEvent(type=EventType.CUSTOM, name=f"dunwell.{block.kind}", value=value)
    yield _finished(sent, caller, reply)


def _text(message: UserMessage) -> str:
    if isinstance(message.content, str):
        return message.content
    return "\n".join(str(part.text) for part in message.content if getattr(part, "text", None))


def _work(reply: Reply) -> Iterator[BaseEvent]:
    """What was looked up, as steps; what the tools said stays in the house."""
    for tool in dict.fromkeys(reply.looked_up):
        yield StepStartedEvent(type=EventType.STEP_STARTED, step_name=tool)
        yield StepFinishedEvent(type=EventType.STEP_FINISHED, step_name=tool)


def _words(key: str, text: str) -> Iterator[BaseEvent]:
    yield TextMessageStartEvent(type=EventType.TEXT_MESSAGE_START, message_id=key, role="assistant")
    for start in range(0, len(text), _PIECE):
        yield TextMessageContentEvent(
            type=EventType.TEXT_MESSAGE_CONTENT, message_id=key, delta=text[start : start + _PIECE]
        )
    yield TextMessageEndEvent(type=EventType.TEXT_MESSAGE_END, message_id=key)


def _finished(sent: RunAgentInput, caller: Caller, reply: Reply) -> BaseEvent:
    waiting = [_interrupt(caller, each) for each in reply.proposal_ids]
    outcome: Any = RunFinishedSuccessOutcome(type="success")
    if waiting:
        outcome = RunFinishedInterruptOutcome(type="interrupt", interrupts=waiting)
    return RunFinishedEvent(
        type=EventType.RUN_FINISHED, thread_id=sent.thread_id, run_id=sent.run_id, outcome=outcome
    )


def _interrupt(caller: Caller, proposal_id: str) -> Interrupt:
    """A request that waits for a colleague, with what may be said to it."""
    card = caller.inbox().show(proposal_id)
    return Interrupt(
        id=proposal_id,
        reason="approval",
        message=f"{card.action_words} A colleague decides; its author never does.",
        response_schema=HitlResponse.model_json_schema(),
        expires_at=card.expires_on.isoformat(),
        metadata={
            "request": as_hitl(card).model_dump(mode="json"),
            "page": f"/desk/inbox/{proposal_id}",
        },
    )


def _resumed(
    sent: RunAgentInput, caller: Caller, entries: list[ResumeEntry]
) -> Iterator[BaseEvent]:
    """Decide each request and tell each outcome; a run in which none went through is an error."""
    if len(entries) > _MOST_RESUMED:
        raise BadInput(f"resume {_MOST_RESUMED} requests at most in one run")
    told, failed = [], []
    for entry in entries:
        try:
            told.append(_outcome(caller, entry))
        except ArError as error:
            failed.append(error)
            told.append(f"{entry.interrupt_id}: not done ({error.code}): {error.message}")
    yield from _words(f"decided-{sent.run_id}", "\n".join(told))
    if len(failed) == len(entries):
        raise failed[0]
    yield RunFinishedEvent(
        type=EventType.RUN_FINISHED,
        thread_id=sent.thread_id,
        run_id=sent.run_id,
        outcome=RunFinishedSuccessOutcome(type="success"),
    )


def _outcome(caller: Caller, entry: ResumeEntry) -> str:
    """Decide one request; what is cancelled goes on waiting."""
    if entry.status == "cancelled":
        return f"{entry.interrupt_id} goes on waiting."
    done = decide(caller.inbox(), entry.interrupt_id, _decision(entry.payload))
    return f"{done.proposal_id}: {done.says} {done.happened}".strip()


def _decision(payload: Any) -> HitlResponse:
    """What a client answers an interrupt with.

    Raises:
        BadInput: It is not in the shape the interrupt asked for.
    """
    try:
        return HitlResponse.model_validate(payload)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(map(str, first["loc"])) or "payload"
        raise BadInput(f"{where}: {first['msg']}") from None
