"""The node in which a role works: reads with its tools, and says what it asks for."""

from dataclasses import asdict
from typing import Any

from langgraph.runtime import Runtime

from agents.content_check import with_claims
from agents.loop import run_role
from agents.occasions import Occasion
from agents.supervisor import ROLES
from agents.task import case_task
from graph.deps import Deps
from graph.nodes.prepare import facts_of
from graph.state import CaseState
from ledger.identities import Identity
from tools.contract import CASE_SCOPES, ToolContext


def agent(state: CaseState, runtime: Runtime[Deps]) -> dict[str, Any]:
    """Run the role's loop over the case, in one read transaction; nothing is judged yet."""
    deps, spec = runtime.context, ROLES[state["role"]]
    facts = facts_of(state, deps)
    task = case_task(facts, [Occasion(**each) for each in state["occasions"]])
    with deps.ledger.read(as_=Identity.AGENT) as session:
        ctx = ToolContext(
            session=session,
            actor=spec.name,
            role=spec.name,
            as_of=deps.as_of,
            now=deps.now,
            policy=deps.policy,
            account_id=facts.account_id,
            scopes=CASE_SCOPES,
            action_types=spec.action_types,
            snapshots={facts.account_id: facts},
        )
        result = run_role(spec, ctx, task, deps.model)
    asked = with_claims(result.actions, deps.policy, deps.model)
    return {
        "actions": [action.model_dump(mode="json") for action in asked],
        "calls": [asdict(call) for call in result.calls],
        "explanation": result.explanation,
        "prompt": result.prompt,
    }
