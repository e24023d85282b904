"""The node that judges what a role asks for, before anything is written."""

from typing import Any

from langgraph.runtime import Runtime

from agents.supervisor import ROLES
from graph.deps import Deps
from graph.nodes.prepare import facts_of
from graph.state import CaseState
from guardrails.verdict import Deny, explain
from ledger.actions import Escalate, parse_action
from tools.proposals import judge_action


def guard(state: CaseState, runtime: Runtime[Deps]) -> dict[str, Any]:
    """Drop what the role may not ask for; where nothing is left that may be done, hand over.

    What the gate denies stays on the list, so that its refusal is recorded where it is written.
    """
    deps, spec = runtime.context, ROLES[state["role"]]
    facts = facts_of(state, deps)
    asked = [parse_action(each) for each in state["actions"]]
    own = [
        action
        for action in asked
        if action.type in spec.action_types and action.account_id == facts.account_id
    ]
    verdicts = [judge_action(action, facts, deps.policy, deps.now)[0] for action in own]
    if all(isinstance(verdict, Deny) for verdict in verdicts):
        refusals = " ".join(explain(verdict) for verdict in verdicts)
        summary = f"Nothing {spec.name} asked for may be done. {refusals} {state['explanation']}"
        own.append(
            Escalate(account_id=facts.account_id, to_role=spec.hand_to, summary=summary[:2000])
        )
    return {"actions": [action.model_dump(mode="json") for action in own]}
