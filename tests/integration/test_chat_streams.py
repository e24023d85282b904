"""Answers on the wire: whole, in the order of asking, and with signs of life while they take."""

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event, Lock

from fastapi import FastAPI, Request
from fastapi.sse import KEEPALIVE_COMMENT, ServerSentEvent

from api.chat.streams import COMPUTED_AT_ONCE, WAITED_AT_ONCE, stream
from graph.settings import Settings

_PATIENCE = 20


class _House:
    """As much of a home as a stream asks for."""

    def __init__(self, model: str | None) -> None:
        self.settings = Settings(home=Path("home"), model=model)


def _request(model: str | None = None) -> Request:
    app = FastAPI()
    app.state.house = _House(model)
    return Request({"type": "http", "app": app})


async def _sent(
    request: Request, answer: Callable[[], Iterator[ServerSentEvent]], seconds: float = _PATIENCE
) -> list[bytes]:
    pieces = stream(request, answer, seconds).body_iterator
    return [bytes(piece) async for piece in pieces if not isinstance(piece, str)]


class _Crowd:
    """Answers that note how many are made at once, and wait until as many are as may be."""

    def __init__(self, awaited: int) -> None:
        self.awaited, self.now, self.most = awaited, 0, 0
        self.begun: list[int] = []
        self._lock, self._enough = Lock(), Event()

    def answer(self, place: int) -> Iterator[ServerSentEvent]:
        with self._lock:
            self.now += 1
            self.begun.append(place)
            self.most = max(self.most, self.now)
            if self.now >= self.awaited:
                self._enough.set()
        self._enough.wait(_PATIENCE)
        with self._lock:
            self.now -= 1
        yield ServerSentEvent(event="done", data=place)


def _crowd(model: str | None, asked: int, awaited: int) -> _Crowd:
    crowd, request = _Crowd(awaited), _request(model)

    async def ask_all() -> None:
        await asyncio.gather(*(_sent(request, lambda n=n: crowd.answer(n)) for n in range(asked)))

    asyncio.run(ask_all())
    return crowd


class TestStream:
    """What a client reads."""

    def test_answer__comes_whole_in_one_piece(self) -> None:
        def answer() -> Iterator[ServerSentEvent]:
            yield ServerSentEvent(event="token", data={"text": "zwölf\n"}, id="3-1")
            yield ServerSentEvent(event="done", data={"line": 3}, id="3-2")

        assert asyncio.run(_sent(_request(), answer)) == [
            b'event: token\ndata: {"text": "zw\\u00f6lf\\n"}\nid: 3-1\n\n'
            b'event: done\ndata: {"line": 3}\nid: 3-2\n\n'
        ]

    def test_answer_that_takes_long__is_announced_by_signs_of_life(self) -> None:
        thought = Event()

        def answer() -> Iterator[ServerSentEvent]:
            thought.wait(_PATIENCE)
            yield ServerSentEvent(event="done", data={})

        async def listen() -> list[bytes]:
            got: list[bytes] = []
            async for piece in stream(_request(), answer, 0.01).body_iterator:
                got.append(bytes(piece) if not isinstance(piece, str) else piece.encode())
                if len(got) == 3:
                    thought.set()
            return got

        *signs, last = asyncio.run(listen())
        assert set(signs) == {KEEPALIVE_COMMENT}
        assert last.startswith(b"event: done")


class TestPlaces:
    """How many answers are made at once."""

    def test_embedded_model__computes_few_at_once_in_the_order_of_asking(self) -> None:
        crowd = _crowd(None, asked=12, awaited=COMPUTED_AT_ONCE)
        assert crowd.most == COMPUTED_AT_ONCE
        assert set(crowd.begun[:COMPUTED_AT_ONCE]) == set(range(COMPUTED_AT_ONCE))

    def test_model_elsewhere__is_waited_for_by_many_at_once(self) -> None:
        crowd = _crowd("a-model", asked=WAITED_AT_ONCE, awaited=WAITED_AT_ONCE)
        assert crowd.most == WAITED_AT_ONCE
