"""One turn of a conversation: listen -> supervise -> consult -> answer.

A conversation has its own thread and never pauses: what it asks for waits as requests.
"""

from typing import Any

from langgraph.graph import END, START, StateGraph

from graph.deps import Deps
from graph.nodes.answer import answer
from graph.nodes.consult import consult
from graph.nodes.listen import listen
from graph.nodes.supervise import supervise
from graph.state import ChatState


def build_chat_graph(checkpointer: Any) -> Any:
    """Compile the graph of a turn.

    Args:
        checkpointer: A LangGraph checkpoint saver; the thread is `chat:{user}:{session}`.
    """
    graph = StateGraph(ChatState, context_schema=Deps)
    graph.add_node("listen", listen)
    graph.add_node("supervise", supervise)
    graph.add_node("consult", consult)
    graph.add_node("answer", answer)
    graph.add_edge(START, "listen")
    graph.add_edge("listen", "supervise")
    graph.add_edge("supervise", "consult")
    graph.add_edge("consult", "answer")
    graph.add_edge("answer", END)
    return graph.compile(checkpointer=checkpointer)


def thread_of(user: str, session: str) -> str:
    """Thread id of a person's conversation."""
    return f"chat:{user}:{session}"
