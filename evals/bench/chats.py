"""What the assistant takes when many ask at once: real chats over HTTP on the offline model.

A server in a process of its own, clients in another; the same chats one after the other stand
beside, so that what the crowd costs shows. Every answer is read to its end and must be one.
"""

import multiprocessing
import socket
import statistics
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Barrier
from typing import Any

from sqlalchemy import select

from batch.night import run_night
from evals.bench.databases import own_database, servers
from evals.bench.frame import BenchOptions, Measured, apart
from evals.worlds.home import AS_OF, build_home, reopen
from evals.worlds.mix import ONE_IN_TEN
from graph.bootstrap import House
from ledger.clock import SystemClock
from ledger.tables.account import Account
from tools.people import create_key, save_person

CHATS, ALONE = 50, 10
QUESTIONS = (
    "who should I work today, and why?",
    "what does {number} owe?",
    "what happened with {number}?",
    "which promises are due?",
    "what waits for approval?",
)
_ASKER, _OPERATOR = "asker", "bench"
_PATIENCE = 120


@dataclass(frozen=True, slots=True)
class Chatted:
    """Milliseconds of the answers of some chats, from the question on.

    Attributes:
        first: To the first event.
        end: To the last byte.
    """

    first: tuple[float, ...]
    end: tuple[float, ...]


def bench_chats(options: BenchOptions) -> Iterator[Measured]:
    """Chats at once beside the same chats one at a time, on each database there is."""
    accounts = options.sizes[0]
    for number, server in enumerate(servers()):
        database = "PostgreSQL" if server else "SQLite"
        options.tell(f"asking in {CHATS} chats at once, on {accounts:,} accounts and {database}")
        home = options.folder / f"chats{number}"
        told = apart(chat_at_once, home, accounts, options.seed, CHATS, ALONE, server)
        yield from _beside(f"{accounts:,} accounts, {database}, {CHATS} chats at once", *told)


def _beside(case: str, crowd: Chatted, alone: Chatted) -> Iterator[Measured]:
    beside = "the same chats one at a time"
    how = (
        f"{len(QUESTIONS)} questions a chat, each behind the answer before, through the API on the "
        f"loopback, offline model, one server process; beside it {ALONE} such chats"
    )
    for what, many, one in (
        ("answer p95, to its end", crowd.end, alone.end),
        ("answer p95, to its first event", crowd.first, alone.first),
    ):
        yield Measured("chats", case, what, "ms", p95(many), how, "", beside, p95(one))
    middle = statistics.median(crowd.end), statistics.median(alone.end)
    yield Measured(
        "chats", case, "answer median, to its end", "ms", middle[0], how, "", beside, middle[1]
    )


def p95(times: Sequence[float]) -> float:
    """The time that one in twenty exceeds."""
    return statistics.quantiles(times, n=20)[18]


def chat_at_once(
    home: Path, accounts: int, seed: int, chats: int, alone: int, server: str | None = None
) -> tuple[Chatted, Chatted]:
    """Build a home, run its night, serve it, and chat: all at once, and one after the other."""
    with own_database(server) as url:
        build_home(home, ONE_IN_TEN, accounts, seed, url)
        key, numbers = _prepare(reopen(home, url))
        named = [numbers[place % len(numbers)] for place in range(chats + alone + 1)]
        with _served(home, url) as base:
            _chat(base, key, "warm", named[-1], None)
            one_by_one = [
                _chat(base, key, f"alone{n}", named[chats + n], None) for n in range(alone)
            ]
            together = Barrier(chats)
            with ThreadPoolExecutor(chats) as pool:
                crowd = list(
                    pool.map(
                        lambda n: _chat(base, key, f"crowd{n}", named[n], together), range(chats)
                    )
                )
    return _joined(crowd), _joined(one_by_one)


def _prepare(house: House) -> tuple[str, list[str]]:
    """Run a night; a key that may chat, and the numbers of the accounts."""
    try:
        run_night(house, AS_OF, lambda *_: None)
        now = SystemClock().now()
        with house.ledger.write() as session:
            save_person(session, _ASKER, "Bench", ("collector",), house.policy, _OPERATOR, now)
            key = create_key(session, _ASKER, ("read", "chat"), 1, _OPERATOR, now).secret
            numbers = session.scalars(select(Account.account_number).order_by(Account.id)).all()
    finally:
        house.close()
    return key, list(numbers)


def _joined(chats: list[list[tuple[float, float]]]) -> Chatted:
    first, end = zip(*(answer for chat in chats for answer in chat), strict=True)
    return Chatted(first, end)


def _chat(
    base: str, key: str, session: str, number: str, together: Barrier | None
) -> list[tuple[float, float]]:
    """One chat: milliseconds to the first event and to the end of each answer."""
    from httpx2 import Client

    headers = {"Authorization": f"Bearer {key}"}
    with Client(base_url=base, headers=headers, timeout=_PATIENCE, trust_env=False) as client:
        client.get("/health")  # the connection is there before the clock runs
        if together is not None:
            together.wait()
        texts = [each.format(number=number) for each in QUESTIONS]
        return [_ask(client, session, text) for text in texts]


def _ask(client: Any, session: str, text: str) -> tuple[float, float]:
    started = time.perf_counter()
    said, first = bytearray(), 0.0
    with client.stream("POST", f"/chat/{session}/stream", json={"text": text}) as answer:
        for piece in answer.iter_bytes():
            first = first or time.perf_counter() - started
            said += piece
    took = time.perf_counter() - started
    if answer.status_code != 200 or b"event: done" not in said:
        raise RuntimeError(f"no answer to {text!r}: status {answer.status_code} {said[:200]!r}")
    return first * 1000, took * 1000


@contextmanager
def _served(home: Path, url: str | None) -> Iterator[str]:
    """The home behind a server in a process of its own; yields its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    context = multiprocessing.get_context("spawn")
    server = context.Process(target=_serve, args=(home, url, port), daemon=True)
    server.start()
    try:
        _wait(port)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.join(20)


def _serve(home: Path, url: str | None, port: int) -> None:
    import structlog
    import uvicorn

    from api.app import create_app
    from api.limits import Limits

    # A server writes a line a request; standard output belongs to the figures.
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory())
    app = create_app(reopen(home, url), limits=Limits(counts=False))
    uvicorn.run(app, host="127.0.0.1", port=port, log_config=None, access_log=False)


def _wait(port: int) -> None:
    until = time.monotonic() + _PATIENCE
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)
