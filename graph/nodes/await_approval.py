"""The node that asks a person. It does nothing else, because it runs again on resume."""

from typing import Any

from langgraph.types import interrupt


def await_approval(state: dict[str, Any]) -> dict[str, Any]:
    """Pause until somebody has decided the proposal; the ledger row is the authority."""
    answer = interrupt({"proposal_id": state["proposal_id"]})
    return {"decision_id": answer["decision_id"]}
