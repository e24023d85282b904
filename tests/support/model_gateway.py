"""A gateway to the loopback endpoint, its account of calls, and what the tests ask it."""

import time
from collections.abc import Callable, Iterator

import pytest
from langchain_core.messages import HumanMessage
from pydantic import BaseModel, Field

from agents.chat_model import ChatGateway
from agents.model_settings import ModelSettings
from agents.usage import Usage
from tests.support.openai_server import OpenAIServer

KEY = "k3y-of-the-house-0042"
ASK = [HumanMessage("Which open items are overdue?")]
LIST_OPEN_ITEMS = {
    "type": "function",
    "function": {
        "name": "list_open_items",
        "description": "Open items of an account.",
        "parameters": {
            "type": "object",
            "properties": {"account": {"type": "string"}},
            "required": ["account"],
        },
    },
}
WAYS = ["json_schema", "function_calling"]


class PromiseClaim(BaseModel):
    """A promise to pay read from a reply."""

    amount_minor: int
    quote: str = Field(min_length=3)


class Stopwatch:
    """A monotonic clock that a test turns by hand."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


Gateway = Callable[..., ChatGateway]


@pytest.fixture
def usages() -> list[Usage]:
    return []


@pytest.fixture
def gateway(openai_server: OpenAIServer, usages: list[Usage]) -> Iterator[Gateway]:
    def build(*, monotonic=time.perf_counter, sleep=time.sleep, **settings) -> ChatGateway:
        chosen = {"timeout_s": 5.0, "backoff_s": 0.0, **settings}
        return ChatGateway(
            ModelSettings(
                model="house-model", base_url=openai_server.base_url, api_key=KEY, **chosen
            ),
            on_usage=usages.append,
            monotonic=monotonic,
            sleep=sleep,
        )

    return build
