"""Doors for other people's tools: the same conversations, requests and tools, in their shapes."""

from fastapi import FastAPI

from api.chat import advice
from api.openai_door import routes as openai_door


def add_doors(app: FastAPI) -> None:
    """Add every door whose library is installed."""
    app.include_router(advice.router)
    app.include_router(openai_door.router)
