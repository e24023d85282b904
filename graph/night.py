"""The night: one node a phase, checkpointed between phases. Books before letters, no loop back."""

from collections.abc import Callable
from typing import Any, TypedDict

from langgraph.graph import END, START, StateGraph

PHASES = (
    "intake",
    "cash",
    "disputes",
    "credit",
    "collections",
    "forecast",
    "dispatch",
    "report",
)


class NightState(TypedDict, total=False):
    """Which run it is, and the phase that ended last."""

    run_id: str
    done: str


def build_night_graph(phases: dict[str, Callable[[], None]], checkpointer: Any) -> Any:
    """Compile the graph of a night.

    Args:
        phases: What each phase does, by its name; each may be repeated without harm.
        checkpointer: A LangGraph checkpoint saver.
    """
    graph = StateGraph(NightState)
    for name in PHASES:
        graph.add_node(name, _node(name, phases[name]))
    for before, after in zip((START, *PHASES), (*PHASES, END), strict=True):
        graph.add_edge(before, after)
    return graph.compile(checkpointer=checkpointer)


def _node(name: str, work: Callable[[], None]) -> Callable[[NightState], NightState]:
    def phase(_state: NightState) -> NightState:
        work()
        return {"done": name}

    return phase
