"""Doors for other people's tools: the same conversations, requests and tools, in their shapes."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.util import find_spec
from typing import Any

from fastapi import FastAPI
from starlette.routing import Route

from api.chat import advice
from api.inbox import hitl
from api.mcp_door.server import McpDoor
from api.openai_door import routes as openai_door


def add_doors(app: FastAPI) -> None:
    """Add every door whose library is installed."""
    app.include_router(advice.router)
    app.include_router(hitl.router)
    app.include_router(openai_door.router)
    if find_spec("mcp") is not None:
        _add_mcp(app)
    if find_spec("ag_ui") is not None:
        from api.agui_door import routes as agui_door

        app.include_router(agui_door.router)


def _add_mcp(app: FastAPI) -> None:
    door = McpDoor()
    app.router.routes.append(Route("/mcp", door, include_in_schema=False))
    inner = app.router.lifespan_context

    @asynccontextmanager
    async def lifespan(served: Any) -> AsyncIterator[Any]:
        async with door.opened(), inner(served) as state:
            yield state

    app.router.lifespan_context = lifespan
