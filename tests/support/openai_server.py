"""A chat-completions endpoint on the loopback interface that answers what a test scripts.

A real server on a real socket, so that the real client is exercised: `server.script(...)` queues
replies for the next requests, `server.always(...)` answers every other one. A reply may also be a
function of the request body, which is how a hostile or a role-playing model is written.
"""

import asyncio
import json
import socket
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
import uvicorn
from fastapi import FastAPI, Request, Response
from fastapi.responses import StreamingResponse


@dataclass(frozen=True)
class Reply:
    """What one request is answered with.

    Attributes:
        message: The assistant message of a completion; None sends `body` instead.
        raw_body: Sent as it is when there is no message.
        usage: Tokens in and out; None reports none.
        delay_s: Silence before the first byte.
        cut_after: Break the connection after this many streamed events, or right after half
            of an unstreamed body.
        unfinished: A stream ends in good order, but without a finish reason.
    """

    message: dict[str, Any] | None = None
    raw_body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    finish_reason: str = "stop"
    usage: tuple[int, int] | None = (11, 7)
    delay_s: float = 0.0
    cut_after: int | None = None
    unfinished: bool = False


Script = Reply | Callable[[dict[str, Any]], Reply]


def text(content: str, **changes: Any) -> Reply:
    """An answer in words."""
    return Reply(message={"role": "assistant", "content": content}, **changes)


def tool_calls(*calls: tuple[str, dict[str, Any] | str], **changes: Any) -> Reply:
    """Calls of tools, each a name with its arguments; a string is sent as it is."""
    called = [
        {
            "id": f"call_{place}",
            "type": "function",
            "function": {"name": name, "arguments": args if isinstance(args, str) else _json(args)},
        }
        for place, (name, args) in enumerate(calls)
    ]
    message = {"role": "assistant", "content": None, "tool_calls": called}
    return Reply(message=message, finish_reason="tool_calls", **changes)


def structured(value: dict[str, Any]) -> Callable[[dict[str, Any]], Reply]:
    """The value, in the way the request asks for: as JSON text, or by the tool it must call."""

    def answer(request: dict[str, Any]) -> Reply:
        if "response_format" in request:
            return text(_json(value))
        return tool_calls((request["tool_choice"]["function"]["name"], value))

    return answer


def refused(status: int, message: str = "scripted", code: str | None = None) -> Reply:
    """An error status with the protocol's error body."""
    error = {"message": message, "type": "scripted", "param": None, "code": code}
    return Reply(status=status, raw_body=_json({"error": error}).encode())


def rate_limited(retry_after: str | None) -> Reply:
    """429, with the wait the endpoint asks for."""
    headers = {} if retry_after is None else {"retry-after": retry_after}
    return replace(refused(429), headers=headers)


def slow(delay_s: float) -> Reply:
    """A good answer that comes too late."""
    return text("late", delay_s=delay_s)


def malformed_body() -> Reply:
    """A body that announces JSON and is not."""
    return Reply(raw_body=b'{"id": "x", "choices": [')


def empty_choices() -> Reply:
    """A completion without a choice."""
    return Reply(raw_body=_json({"id": "x", "object": "chat.completion", "choices": []}).encode())


def cut_stream(content: str = "half of a sentence", after: int = 2) -> Reply:
    """The connection breaks in the middle of the answer."""
    return text(content, cut_after=after)


class OpenAIServer:
    """The endpoint: where it is, what it was asked, what it will say."""

    def __init__(self) -> None:
        self.base_url = ""
        self._lock = threading.Lock()
        self.reset()

    def reset(self) -> None:
        """Forget the script and the record."""
        self.requests: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self._queue: list[Script] = []
        self._always: Script = refused(418, "the script of this test is over")

    def script(self, *replies: Script) -> None:
        """Answer the next requests with these, in order."""
        self._queue.extend(replies)

    def always(self, reply: Script) -> None:
        """Answer every request the script does not cover with this."""
        self._always = reply

    def take(self, request: dict[str, Any], headers: dict[str, str]) -> Reply:
        """Record a request and choose its reply."""
        with self._lock:
            self.requests.append(request)
            self.headers.append(headers)
            chosen = self._queue.pop(0) if self._queue else self._always
        return chosen if isinstance(chosen, Reply) else chosen(request)


def build_app(server: OpenAIServer) -> FastAPI:
    """The wire side of the endpoint."""
    app = FastAPI()

    @app.post("/v1/chat/completions")
    async def complete(request: Request) -> Response:
        body = await request.json()
        reply = server.take(body, dict(request.headers))
        await asyncio.sleep(reply.delay_s)
        if reply.message is None:
            return Response(reply.raw_body, reply.status, reply.headers, "application/json")
        if body.get("stream"):
            with_usage = body.get("stream_options", {}).get("include_usage", False)
            events = [_json(event) for event in _events(reply, body["model"], with_usage)]
            return StreamingResponse(_send(events, reply), media_type="text/event-stream")
        whole = _json(_completion(reply, body["model"]))
        if reply.cut_after is not None:
            return StreamingResponse(_half(whole), media_type="application/json")
        return Response(whole, reply.status, reply.headers, "application/json")

    return app


class ScriptedCutError(ConnectionResetError):
    """Raised inside a response so that the server drops the connection."""


async def _half(whole: str) -> AsyncIterator[str]:
    yield whole[: len(whole) // 2]
    raise ScriptedCutError


async def _send(events: list[str], reply: Reply) -> AsyncIterator[str]:
    for place, event in enumerate(events):
        if place == reply.cut_after:
            raise ScriptedCutError
        yield f"data: {event}\n\n"
    if not reply.unfinished:
        yield "data: [DONE]\n\n"


def _completion(reply: Reply, model: str) -> dict[str, Any]:
    choice = {"index": 0, "message": reply.message, "finish_reason": reply.finish_reason}
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 0,
        "model": model,
        "choices": [choice],
        "usage": _usage(reply),
    }


def _usage(reply: Reply) -> dict[str, int] | None:
    if reply.usage is None:
        return None
    tokens_in, tokens_out = reply.usage
    return {
        "prompt_tokens": tokens_in,
        "completion_tokens": tokens_out,
        "total_tokens": tokens_in + tokens_out,
    }


def _events(reply: Reply, model: str, with_usage: bool) -> Iterator[dict[str, Any]]:
    head = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 0, "model": model}

    def event(delta: dict[str, Any], finish_reason: str | None = None) -> dict[str, Any]:
        choice = {"index": 0, "delta": delta, "finish_reason": finish_reason}
        return {**head, "choices": [choice]}

    assert reply.message is not None
    yield event({"role": "assistant", "content": ""})
    for piece in _fragments(reply.message.get("content") or ""):
        yield event({"content": piece})
    for place, call in enumerate(reply.message.get("tool_calls", [])):
        function = call["function"]
        opening = {"name": function["name"], "arguments": ""}
        yield event({"tool_calls": [{**call, "index": place, "function": opening}]})
        for piece in _fragments(function["arguments"]):
            yield event({"tool_calls": [{"index": place, "function": {"arguments": piece}}]})
    if not reply.unfinished:
        yield event({}, reply.finish_reason)
    if with_usage and reply.usage:
        yield {**head, "choices": [], "usage": _usage(reply)}


def _fragments(whole: str, size: int = 5) -> list[str]:
    return [whole[start : start + size] for start in range(0, len(whole), size)]


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


@contextmanager
def serving(server: OpenAIServer) -> Iterator[OpenAIServer]:
    """Serve on a free port of 127.0.0.1 until the block ends."""
    config = uvicorn.Config(
        build_app(server), log_config=None, log_level="critical", timeout_graceful_shutdown=1
    )
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server.base_url = f"http://127.0.0.1:{listener.getsockname()[1]}/v1"
        runner = uvicorn.Server(config)
        thread = threading.Thread(target=runner.run, args=([listener],), daemon=True)
        thread.start()
        try:
            yield server
        finally:
            runner.should_exit = True
            thread.join(timeout=5)


@pytest.fixture(scope="session")
def _openai_endpoint() -> Iterator[OpenAIServer]:
    with serving(OpenAIServer()) as server:
        yield server


@pytest.fixture
def openai_server(_openai_endpoint: OpenAIServer) -> OpenAIServer:
    """The loopback endpoint, with no script and an empty record."""
    _openai_endpoint.reset()
    return _openai_endpoint
