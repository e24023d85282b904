"""The node in which a role answers a colleague with read tools, and notes wishes to act."""

from dataclasses import asdict
from typing import Any

from langgraph.runtime import Runtime

from agents.content_check import with_claims
from agents.loop import run_role
from agents.supervisor import ROLES
from agents.task import question_task
from graph.deps import Deps
from graph.state import ChatState
from ledger.identities import Identity
from tools.contract import CHAT_SCOPES, Scope, ToolContext
from tools.outside_text import clean_text


def consult(state: ChatState, runtime: Runtime[Deps]) -> dict[str, Any]:
    """Run the role's loop over the question, in one read transaction."""
    deps, spec = runtime.context, ROLES[state["role"]]
    scopes = CHAT_SCOPES if state.get("may_ask", True) else CHAT_SCOPES - {Scope.PROPOSE}
    question = clean_text(state["question"])
    task = question_task(question, [(line[0], line[1]) for line in state["history"]])
    with deps.ledger.read(as_=Identity.AGENT) as session:
        ctx = ToolContext(
            session=session,
            actor=state["user"],
            role=spec.name,
            as_of=deps.as_of,
            now=deps.now,
            policy=deps.policy,
            scopes=frozenset(scopes),
            action_types=spec.action_types,
            open_knowledge=deps.open_knowledge,
            question=question,
        )
        result = run_role(spec, ctx, task, deps.model)
    wishes = with_claims(result.actions, deps.policy, deps.model)
    return {
        "answer": result.explanation,
        "wishes": [action.model_dump(mode="json") for action in wishes],
        "calls": [asdict(call) for call in result.calls],
        "found": [list(each) for each in result.found],
        "notes": [asdict(note) for note in ctx.noted],
    }
