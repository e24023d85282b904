"""Where answers are made, and their events on the wire.

Every door makes its answers in the same few threads, which are not those of the pages: however
slow a model is and however many ask, a page never waits for one.

Events come in one piece once the answer is there; until then there are signs of life.

All of them are made from what was kept, so none is ready before the others. Handing
them over one at a time through a thread each cost more than the answer itself, and made it wait
behind everybody else's questions between any two of its words.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterable
from typing import Any, TypeVar

from anyio import CapacityLimiter, to_thread
from fastapi import FastAPI, Request
from fastapi.responses import StreamingResponse
from fastapi.sse import KEEPALIVE_COMMENT, ServerSentEvent, format_sse_event

SECONDS_BETWEEN_SIGNS = 15.0
# The embedded model only computes: more at once than this make each other slower, and hold the
# one writer while they do. A model elsewhere is waited for, which costs nothing.
COMPUTED_AT_ONCE, WAITED_AT_ONCE = 4, 64
Answer = TypeVar("Answer")
_KIND = "text/event-stream"
_TEXT: dict[str, Any] = {"type": "string"}
_EVENT = {"type": "object", "properties": {"data": _TEXT, "event": _TEXT, "id": _TEXT}}
DESCRIBED: dict[int | str, dict[str, Any]] = {200: {"content": {_KIND: {"itemSchema": _EVENT}}}}
"""What a route that streams says of its answer."""


async def answered(request: Request, answer: Callable[[], Answer]) -> Answer:
    """Make an answer in its turn, in a thread of the answers' own.

    Args:
        request: What is answered.
        answer: Makes it. It is carried through even if nobody listens any more.
    """
    return await to_thread.run_sync(answer, limiter=_places(request.app))


def stream(
    request: Request,
    answer: Callable[[], Iterable[ServerSentEvent]],
    seconds: float = SECONDS_BETWEEN_SIGNS,
) -> StreamingResponse:
    """Answer with events; who asks is kept waiting by comments, as the field's clients expect.

    Args:
        request: What is answered.
        answer: Makes the events, in a thread. It is carried through even if nobody listens.
        seconds: Between two signs of life.
    """
    unbuffered = {"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}
    body = pieces(request, lambda: _written(answer), seconds)
    return StreamingResponse(body, media_type=_KIND, headers=unbuffered)


async def pieces(
    request: Request, written: Callable[[], bytes], seconds: float = SECONDS_BETWEEN_SIGNS
) -> AsyncIterator[bytes]:
    """Signs of life, then the events as `written` makes them in its turn."""
    answering = asyncio.ensure_future(answered(request, written))
    while not (await asyncio.wait({answering}, timeout=seconds))[0]:
        yield KEEPALIVE_COMMENT
    yield answering.result()


def _places(app: FastAPI) -> CapacityLimiter:
    """Threads of the answers' own, given in the order of asking."""
    if not hasattr(app.state, "answering"):
        elsewhere = app.state.house.settings.model is not None
        app.state.answering = CapacityLimiter(WAITED_AT_ONCE if elsewhere else COMPUTED_AT_ONCE)
    return app.state.answering


def _written(answer: Callable[[], Iterable[ServerSentEvent]]) -> bytes:
    return b"".join(
        format_sse_event(data_str=json.dumps(each.data), event=each.event, id=each.id)
        for each in answer()
    )
