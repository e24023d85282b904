"""The events of an answer on the wire: in one piece once it is there, signs of life until then.

All events of an answer are made from what was kept, so none is ready before the others. Handing
them over one at a time through a thread each cost more than the answer itself, and made it wait
behind everybody else's questions between any two of its words.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterable
from typing import Any

from fastapi.responses import StreamingResponse
from fastapi.sse import KEEPALIVE_COMMENT, ServerSentEvent, format_sse_event
from starlette.concurrency import run_in_threadpool

SECONDS_BETWEEN_SIGNS = 15.0
_KIND = "text/event-stream"
_TEXT: dict[str, Any] = {"type": "string"}
_EVENT = {"type": "object", "properties": {"data": _TEXT, "event": _TEXT, "id": _TEXT}}
DESCRIBED: dict[int | str, dict[str, Any]] = {200: {"content": {_KIND: {"itemSchema": _EVENT}}}}
"""What a route that streams says of its answer."""


def stream(answer: Callable[[], Iterable[ServerSentEvent]]) -> StreamingResponse:
    """Answer with events; who asks is kept waiting by comments, as the field's clients expect.

    Args:
        answer: Makes the events, in a thread. It is carried through even if nobody listens.
    """
    unbuffered = {"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}
    return StreamingResponse(_pieces(answer), media_type=_KIND, headers=unbuffered)


async def _pieces(answer: Callable[[], Iterable[ServerSentEvent]]) -> AsyncIterator[bytes]:
    answering = asyncio.ensure_future(run_in_threadpool(_written, answer))
    while not (await asyncio.wait({answering}, timeout=SECONDS_BETWEEN_SIGNS))[0]:
        yield KEEPALIVE_COMMENT
    yield answering.result()


def _written(answer: Callable[[], Iterable[ServerSentEvent]]) -> bytes:
    return b"".join(
        format_sse_event(data_str=json.dumps(each.data), event=each.event, id=each.id)
        for each in answer()
    )
