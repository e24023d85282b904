"""Nights in real processes that are killed with SIGKILL, and started again.

`python -m tests.support.crash` is a process that has everything imported and forks a child for each
night it is asked for, so that thirty crashes cost seconds. A child dies by its own SIGKILL at a
counted effect (SQL statement, commit, file, checkpoint) or at a named call, or from outside.
"""

import importlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

CONFLICT = 3
# Statements the first night compiled, so that each child need not.
_COMPILED: dict[Any, Any] = {}


@dataclass(frozen=True)
class Ended:
    """How a night's process ended: by which signal, with which code, after how many effects."""

    signal: int
    code: int
    effects: int
    seconds: float

    @property
    def killed(self) -> bool:
        """Whether it died by SIGKILL."""
        return self.signal == signal.SIGKILL


class Nights:
    """Starts nights in processes of their own."""

    def __init__(self, server: subprocess.Popen[str]) -> None:
        self._server = server

    def run(self, home: Path, url: str | None, as_of: date, **how: Any) -> Ended:
        """Run one night.

        Args:
            home: The home's folder.
            url: Its database, where it is not embedded.
            as_of: The date.
            how: `effect=n` dies at the n-th effect; `call="module:name"` with `nth=n` dies before
                the n-th call, or after it with `after=True`; `seconds=s` is killed from outside.
        """
        return self.run_together(home, url, as_of, 1, **how)[0]

    def run_together(
        self, home: Path, url: str | None, as_of: date, count: int, **how: Any
    ) -> list[Ended]:
        """Run the same night in several processes that start at the same instant."""
        order = {"home": str(home), "url": url, "as_of": as_of.isoformat(), "count": count, **how}
        self._server.stdin.write(json.dumps(order) + "\n")
        self._server.stdin.flush()
        answer = self._server.stdout.readline()
        assert answer, "the process that starts nights has died; its errors are above"
        return [Ended(**each) for each in json.loads(answer)]

    def finish(self, home: Path, url: str | None, as_of: date) -> Ended:
        """Run a night until it ends; a server may need a moment to see that a client died."""
        for _attempt in range(100):
            ended = self.run(home, url, as_of)
            if ended.code != CONFLICT:
                return ended
            time.sleep(0.05)
        raise AssertionError("the lock of a dead night was never freed")


@contextmanager
def started_nights(warm_home: Path, as_of: date) -> Iterator[Nights]:
    """The process that forks nights.

    Args:
        warm_home: An embedded home whose night it runs first, so that everything is loaded.
        as_of: The date of that night.
    """
    root = Path(__file__).parents[2]
    command = [sys.executable, "-m", "tests.support.crash", str(warm_home), as_of.isoformat()]
    with subprocess.Popen(
        command, cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as server:
        try:
            assert server.stdout.readline() == "ready\n"
            yield Nights(server)
        finally:
            server.stdin.close()
            server.wait(timeout=30)


def main() -> None:
    """Serve orders from standard input, one JSON line each."""
    _night(Path(sys.argv[1]), None, date.fromisoformat(sys.argv[2]))
    _tell("ready")
    for line in sys.stdin:
        _tell(json.dumps(_serve(json.loads(line))))


def _tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _serve(order: dict[str, Any]) -> list[dict[str, Any]]:
    gate_out, gate_in = os.pipe()
    children = []
    for _ in range(order["count"]):
        tally_out, tally_in = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(gate_in)
            os.read(gate_out, 1)  # ends when the parent closes its side: all start at once
            os._exit(_child(order, tally_in))
        os.close(tally_in)
        children.append((pid, tally_out))
    os.close(gate_out)
    os.close(gate_in)
    started = time.perf_counter()
    if "seconds" in order:
        time.sleep(order["seconds"])
        for pid, _tally in children:
            os.kill(pid, signal.SIGKILL)
    return [_ended(pid, tally, started) for pid, tally in children]


def _ended(pid: int, tally: int, started: float) -> dict[str, Any]:
    _pid, status = os.waitpid(pid, 0)
    with os.fdopen(tally) as told:
        effects = told.read()
    return {
        "signal": os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0,
        "code": os.WEXITSTATUS(status) if os.WIFEXITED(status) else -1,
        "effects": int(effects or 0),
        "seconds": time.perf_counter() - started,
    }


def _child(order: dict[str, Any], tally: int) -> int:
    from ledger.errors import Conflict

    effects = _count_effects(order.get("effect"))
    if "call" in order:
        _die_at(order["call"], order.get("nth", 1), order.get("after", False))
    try:
        _night(Path(order["home"]), order["url"], date.fromisoformat(order["as_of"]))
    except Conflict:
        return CONFLICT
    except BaseException:  # noqa: BLE001 - a child tells everything and never returns
        import traceback

        traceback.print_exc()
        return 1
    os.write(tally, str(effects()).encode())
    return 0


def _night(home: Path, url: str | None, as_of: date) -> None:
    from batch import collections_pass, dispatch
    from batch.night import run_night
    from graph.bootstrap import open_house
    from graph.settings import Settings

    # Small batches, so that a small portfolio has several of everything.
    collections_pass.CHUNK, dispatch.BATCH = 40, 20
    house = open_house(settings=Settings(home=home, database_url=url))
    house.ledger.engine = house.ledger.engine.execution_options(compiled_cache=_COMPILED)
    try:
        run_night(house, as_of, lambda *_: None)
    finally:
        house.close()


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _count_effects(fatal: int | None) -> Callable[[], int]:
    """Count what changes the world outside the process; die at the fatal one."""
    from langgraph.checkpoint.postgres import PostgresSaver
    from langgraph.checkpoint.sqlite import SqliteSaver
    from sqlalchemy import Engine, event

    count = 0

    def tick(*_args: Any, **_kwargs: Any) -> None:
        nonlocal count
        count += 1
        if count == fatal:
            _die()

    for name in ("before_cursor_execute", "after_cursor_execute", "commit"):
        event.listen(Engine, name, tick)
    savers = [(saver, name) for saver in (SqliteSaver, PostgresSaver) for name in _SAVES]
    for owner, name in [*savers, (Path, "rename"), (Path, "write_bytes"), (os, "sync")]:
        _wrap(owner, name, before=tick, after=tick)
    return lambda: count


_SAVES = ("put", "put_writes", "delete_thread")


def _die_at(call: str, nth: int, after: bool) -> None:
    module, _, path = call.partition(":")
    *owners, name = path.split(".")
    owner: Any = importlib.import_module(module)
    for part in owners:
        owner = getattr(owner, part)
    calls = 0

    def count() -> None:
        nonlocal calls
        calls += 1
        if calls == nth:
            _die()

    nothing = lambda: None  # noqa: E731
    _wrap(owner, name, before=nothing if after else count, after=count if after else nothing)


def _wrap(owner: Any, name: str, before: Callable[[], None], after: Callable[[], None]) -> None:
    inner = getattr(owner, name)

    def wrapped(*args: Any, **kwargs: Any) -> Any:
        before()
        done = inner(*args, **kwargs)
        after()
        return done

    setattr(owner, name, wrapped)


if __name__ == "__main__":
    main()
