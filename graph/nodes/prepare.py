"""The node that reads the account and finds why its case needs a role. Nothing to do ends here."""

from dataclasses import asdict
from typing import Any

from langgraph.runtime import Runtime

from agents.occasions import Occasion, find_occasions
from graph.deps import Deps
from graph.state import CaseState
from ledger.errors import NotFound
from ledger.facts import AccountFacts
from ledger.identities import Identity
from ledger.queries.account_facts import load_facts
from policies.schema import Policy
from tools.credit import exposure_of
from tools.exposure import credit_view

# Words a case may be opened with, and the occasion each stands for.
_TASKS = {
    "answer": ("customer_message", "the customer wrote and has no answer"),
    "past": ("past_last_stage", "the ladder has no further stage"),
}


def prepare(state: CaseState, runtime: Runtime[Deps]) -> dict[str, Any]:
    """Read one snapshot and the occasions of the case's role."""
    facts, policy = facts_of(state, runtime.context), runtime.context.policy
    with runtime.context.ledger.read(as_=Identity.AGENT) as session:
        exposed = exposure_of(session, facts)
    credit = credit_view(exposed, facts.credit_limit_minor, facts.as_of, policy.credit)
    found = find_occasions(facts, policy, credit)
    found = _of_role(found, facts, policy, state["role"], state.get("task", ""))
    if note := state.get("note"):
        found += (Occasion("follow_up", state["role"], f"a reviewer sent it back: {note}"),)
    return {"occasions": [asdict(each) for each in found], "facts": facts}


def facts_of(state: CaseState, deps: Deps) -> AccountFacts:
    """The snapshot the case works on: the one just read, or a new one after a restart.

    Raises:
        NotFound: There is no such account.
    """
    if facts := state.get("facts"):
        return facts
    account_id = state["account_id"]
    with deps.ledger.read(as_=Identity.AGENT) as session:
        found = load_facts(session, deps.as_of, [account_id], state.get("receipt_ids", []))
    if account_id not in found:
        raise NotFound(f"there is no account {account_id}")
    return found[account_id]


def _of_role(
    found: tuple[Occasion, ...], facts: AccountFacts, policy: Policy, role: str, task: str
) -> tuple[Occasion, ...]:
    """What the role has to prepare: nothing while a request of its own waits for a person.

    The task the case was opened with is only told where no occasion explains it.
    """
    if any(waiting.role == role for waiting in facts.proposals_waiting):
        return ()
    mine = tuple(each for each in found if each.role == role)
    if mine or not task:
        return mine
    kind, detail = _TASKS.get(task, ("follow_up", task.replace("_", " ")))
    rule = policy.approval.by_id.get(task)
    return (Occasion(kind, role, rule.says if rule else detail),)
