"""A request as a server hands it over to an application, without a network, and what it took."""

import asyncio
import time
from collections.abc import Callable, Sequence
from typing import Any

Took = tuple[float, float]
"""Milliseconds of a look: by the clock, and what this process computed."""


def look_times(app: Callable[..., Any], paths: Sequence[str], cookie: str = "") -> list[Took]:
    """Open each page.

    Raises:
        RuntimeError: One of them is no page.
    """
    found = []
    for path in paths:
        started, busy = time.perf_counter(), time.process_time()
        status = asyncio.run(_get(app, path, cookie))
        took = (time.perf_counter() - started) * 1000
        if status != 200:
            raise RuntimeError(f"a page answered {status}")
        found.append((took, (time.process_time() - busy) * 1000))
    return found


async def _get(app: Callable[..., Any], path: str, cookie: str) -> int:
    """One request; returns the status."""
    statuses: list[int] = []
    headers = [(b"host", b"pay.example")]
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "https",
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": b"",
        "headers": [*headers, (b"cookie", cookie.encode())] if cookie else headers,
        "client": ("127.0.0.1", 1),
        "server": ("pay.example", 443),
    }

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    await app(scope, receive, send)
    return statuses[0]
