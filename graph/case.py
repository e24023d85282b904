"""One exception: prepare -> agent -> guard -> propose -> (each request) await_approval -> commit.

A request waits in a subgraph of its own, so that one answer never waits for another.
"""

from typing import Any

from langgraph.graph import END, START, StateGraph
from langgraph.types import Send

from graph.action import build_action_graph
from graph.deps import Deps
from graph.nodes.agent import agent
from graph.nodes.guard import guard
from graph.nodes.prepare import prepare
from graph.nodes.propose import propose
from graph.state import CaseState


def build_case_graph(checkpointer: Any) -> Any:
    """Compile the graph of a case.

    Args:
        checkpointer: A LangGraph checkpoint saver; the thread is `case:{case_id}:{episode}`.
    """
    graph = StateGraph(CaseState, context_schema=Deps)
    graph.add_node("prepare", prepare)
    graph.add_node("agent", agent)
    graph.add_node("guard", guard)
    graph.add_node("propose", propose)
    graph.add_node("action", build_action_graph(None))
    graph.add_edge(START, "prepare")
    graph.add_conditional_edges("prepare", _work_to_do, ["agent", END])
    graph.add_edge("agent", "guard")
    graph.add_edge("guard", "propose")
    graph.add_conditional_edges("propose", _each_request, ["action", END])
    graph.add_edge("action", END)
    return graph.compile(checkpointer=checkpointer)


def _work_to_do(state: CaseState) -> str:
    return "agent" if state["occasions"] else END


def _each_request(state: CaseState) -> list[Send] | str:
    requests = [Send("action", {"proposal_id": each}) for each in state["waiting"]]
    return requests or END
