"""One proposal waiting for a person: await_approval -> commit."""

import operator
from typing import Annotated, Any, TypedDict

from langgraph.graph import END, START, StateGraph

from graph.deps import Deps
from graph.nodes.await_approval import await_approval
from graph.nodes.commit import commit


class ActionState(TypedDict, total=False):
    """Ids and small text only: a checkpoint is a paused program, never a record."""

    proposal_id: str
    decision_id: str
    outcomes: Annotated[list[str], operator.add]


def build_action_graph(checkpointer: Any) -> Any:
    """Compile the graph of a single proposal.

    Args:
        checkpointer: A LangGraph checkpoint saver.
    """
    graph = StateGraph(ActionState, context_schema=Deps)
    graph.add_node("await_approval", await_approval)
    graph.add_node("commit", commit)
    graph.add_edge(START, "await_approval")
    graph.add_edge("await_approval", "commit")
    graph.add_edge("commit", END)
    return graph.compile(checkpointer=checkpointer)
