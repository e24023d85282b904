"""The node that passes a question to the role that answers it."""

from langgraph.runtime import Runtime

from agents.supervisor import choose_role
from graph.deps import Deps
from graph.state import ChatState


def supervise(state: ChatState, runtime: Runtime[Deps]) -> dict[str, str]:
    """Choose the role, where the person has not."""
    if asked := state.get("asked_role"):
        return {"role": asked}
    deps = runtime.context
    history = [(line[0], line[1]) for line in state["history"]]
    return {"role": choose_role(state["question"], history, deps.policy, deps.model).name}
