"""The topologies, for tools that draw them. Running one needs a home, which bootstrap opens."""

from typing import Any

from graph.case import build_case_graph
from graph.chat import build_chat_graph


def case() -> Any:
    """The graph of a case."""
    return build_case_graph(None)


def chat() -> Any:
    """The graph of a turn of a conversation."""
    return build_chat_graph(None)
