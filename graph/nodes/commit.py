"""The node that carries out what a person decided, after judging it again."""

from typing import Any

from langgraph.runtime import Runtime

from graph.deps import Deps
from ledger.identities import Identity
from tools.carry_out import carry_out
from tools.take_back import hold_message


def commit(state: dict[str, Any], runtime: Runtime[Deps]) -> dict[str, Any]:
    """Execute a decided proposal in one transaction; anything else is left as the ledger has it."""
    deps = runtime.context
    with deps.ledger.write(as_=Identity.POSTER) as session:
        outcome = carry_out(session, state["proposal_id"], deps.policy, deps.as_of, deps.now)
        if deps.held_until is not None:
            hold_message(session, state["proposal_id"], deps.held_until)
    return {"outcomes": [outcome]}
