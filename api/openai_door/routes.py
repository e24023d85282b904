"""OpenAI's chat API over our agents: a model is an agent, a turn is the newest words of the user.

The conversation is ours and kept here, so a client must say which one it is; what it sends of
earlier turns is not read. Tool calls stay in the house. An approval is a link in the text, and no
message here can give one.
"""

import re
from collections.abc import Callable, Coroutine, Iterator
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Header, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, StreamingResponse
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException

from agents.answer_blocks import TextBlock
from agents.supervisor import ROLES
from api.access import Chatter
from api.chat.streams import answered
from api.openai_door.shapes import (
    ChatCompletion,
    Choice,
    Completion,
    ErrorAnswer,
    ErrorDetail,
    Model,
    Models,
    Said,
    Usage,
    chunk,
    usage,
)
from api.problems import HEADERS, TooMany
from graph.conversation import Busy, Reply, ask
from graph.threads import block_markdown
from ledger.clock import SystemClock
from ledger.errors import ArError, BadInput, NotFound
from ledger.ids import make_id

_ASSISTANT = "dunwell-assistant"
AGENTS: dict[str, str | None] = {
    _ASSISTANT: None,
    **{f"dunwell-{name.replace('_', '-')}": name for name in ROLES},
}
_NAME = re.compile(r"[A-Za-z0-9_.-]{1,60}")
_PIECE = re.compile(r"\S+\s*|\s+")
_WORDS_A_CHUNK = 4
_TYPES = {
    401: "authentication_error",
    403: "permission_error",
    409: "conflict_error",
    429: "rate_limit_error",
}


class _Route(APIRoute):
    """Answers errors in the shape clients of this API read."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Wrap the handler, the finding of the key included."""
        inner = super().get_route_handler()

        async def handle(request: Request) -> Response:
            try:
                return await inner(request)
            except ArError as error:
                return _problem(error)
            except HTTPException as error:
                return _fault(error.status_code, str(error.detail), "invalid_request_error", None)
            except RequestValidationError as error:
                first = error.errors()[0]
                where = ".".join(str(part) for part in first["loc"][1:])
                return _fault(400, first["msg"], "invalid_request_error", where or None)

        return handle


router = APIRouter(
    prefix="/v1",
    tags=["openai"],
    route_class=_Route,
    responses={"4XX": {"model": ErrorAnswer, "description": "A problem with the request"}},
)


def _problem(error: ArError) -> Response:
    status = 400 if error.status_code == 422 else error.status_code
    kind = _TYPES.get(status, "invalid_request_error")
    headers = {"Retry-After": "1"} if isinstance(error, Busy) else {}
    if isinstance(error, TooMany):
        headers["Retry-After"] = str(error.retry_after)
    return _fault(status, error.message, kind, None, error.code, headers)


def _fault(
    status: int,
    message: str,
    kind: str,
    param: str | None,
    code: str | None = None,
    headers: dict[str, str] | None = None,
) -> Response:
    told = ErrorAnswer(error=ErrorDetail(message=message, type=kind, param=param, code=code))
    return JSONResponse(told.model_dump(), status, HEADERS | (headers or {}))


@router.get("/models")
def list_models(caller: Chatter) -> Models:  # noqa: ARG001 - the key opens the list
    """The agents: the assistant, which chooses who answers, and each role."""
    return Models(data=[Model(id=name) for name in AGENTS])


@router.get("/models/{model}")
def get_model(model: str, caller: Chatter) -> Model:  # noqa: ARG001 - the key opens the list
    """One agent."""
    _role_of(model)
    return Model(id=model)


@router.post(
    "/chat/completions",
    response_model=ChatCompletion,
    responses={200: {"content": {"text/event-stream": {}}}},
)
async def create_completion(
    request: Request,
    sent: Completion,
    caller: Chatter,
    thread: Annotated[
        str | None, Header(alias="X-Dunwell-Thread", description="Which conversation it is.")
    ] = None,
) -> Response:
    """Answer the newest message of the user, in a conversation that is kept here."""
    role = _role_of(sent.model)
    question, session = sent.question, _session(thread, sent.user)
    reply = await answered(
        request, lambda: ask(caller.house, caller.person, session, question, role)
    )
    content = _content(reply, str(request.base_url))
    # A client orders by the real time, whatever date the books are played on.
    at = int(SystemClock().now().timestamp())
    key = f"chatcmpl-{reply.line}"
    used = usage(question, content)
    if sent.stream:
        extra = used if sent.stream_options and sent.stream_options.include_usage else None
        stream = _chunks(key, sent.model, at, reply, content, extra)
        return StreamingResponse(stream, media_type="text/event-stream", headers=HEADERS)
    said = Said(
        content=content,
        reasoning_content=_work(reply),
        dunwell={"blocks": [block.model_dump(mode="json") for block in reply.blocks]},
    )
    answer = ChatCompletion(
        id=key, created=at, model=sent.model, choices=[Choice(message=said)], usage=used
    )
    return JSONResponse(answer.model_dump(mode="json"), headers=HEADERS)


def _role_of(model: str) -> str | None:
    if model not in AGENTS:
        raise NotFound(f"no agent is called {model[:120]!r}; there are {', '.join(AGENTS)}")
    return AGENTS[model]


def _session(header: str | None, user: str | None) -> str:
    """Which of the key's conversations is meant; nobody else's can be.

    Raises:
        BadInput: Neither names one.
    """
    if header is not None:
        if not _NAME.fullmatch(header):
            raise BadInput("X-Dunwell-Thread is letters, digits, dots, hyphens; at most 60")
        return header
    if not user:
        raise BadInput(
            "say which conversation this is: the header X-Dunwell-Thread, or the field user"
        )
    return user if _NAME.fullmatch(user) else make_id("user", user)


def _content(reply: Reply, base: str) -> str:
    """The answer as Markdown: its words, its tables and drafts, links to what waits."""
    parts = [reply.answer]
    for block in reply.blocks:
        if not isinstance(block, TextBlock) and block.kind != "inbox_link":
            parts += block_markdown(block)
    parts += [f"{base}desk/inbox/{each}" for each in reply.proposal_ids]
    return "\n\n".join(parts)


def _work(reply: Reply) -> str:
    """What was looked up, for clients that show it beside the answer."""
    tools = ", ".join(dict.fromkeys(reply.looked_up)) or "nothing"
    return f"{reply.role.replace('_', ' ')} looked up: {tools}"


def _chunks(
    key: str, model: str, at: int, reply: Reply, content: str, used: Usage | None
) -> Iterator[bytes]:
    """The answer in pieces; its figures were checked before the first one left."""
    deltas: list[dict[str, Any]] = [{"role": "assistant", "reasoning_content": _work(reply)}]
    pieces = _PIECE.findall(content)
    for start in range(0, len(pieces), _WORDS_A_CHUNK):
        deltas.append({"content": "".join(pieces[start : start + _WORDS_A_CHUNK])})
    for delta in deltas:
        yield _event(chunk(key, model, at, delta))
    yield _event(chunk(key, model, at, {}, "stop"))
    if used is not None:
        yield _event(chunk(key, model, at, None) | {"usage": used.model_dump()})
    yield b"data: [DONE]\n\n"


def _event(value: dict[str, Any]) -> bytes:
    return b"data: " + orjson.dumps(value) + b"\n\n"
