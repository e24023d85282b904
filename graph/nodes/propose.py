"""The node that submits what a role asks for, in one write transaction."""

from typing import Any

from langgraph.runtime import Runtime
from sqlalchemy import update

from graph.deps import Deps
from graph.state import CaseState
from ledger.actions import parse_action
from ledger.identities import Identity
from ledger.journal import audit
from ledger.queries.account_facts import load_facts
from ledger.tables.work import Proposal
from tools.proposals import submit

_WHY_CHARACTERS = 1000


def propose(state: CaseState, runtime: Runtime[Deps]) -> dict[str, Any]:
    """Judge again on facts read here; carry out, queue or refuse; note the thread that waits.

    Ids are made from content, so running this twice asks once. What comes of a reviewer's note is
    the reviewer's request: it always waits, for somebody else.
    """
    deps, role, account_id = runtime.context, state["role"], state["account_id"]
    noted_by = state.get("note_by")
    with deps.ledger.write(as_=Identity.POSTER) as session:
        facts = load_facts(session, deps.as_of, [account_id], state.get("receipt_ids", []))
        results = submit(
            session,
            [parse_action(each) for each in state["actions"]],
            author=noted_by or role,
            role=role,
            facts=facts[account_id],
            policy=deps.policy,
            now=deps.now,
            run_id=state.get("run_id"),
            why=state["explanation"][:_WHY_CHARACTERS],
            always_ask=noted_by is not None,
        )
        waiting = [each.proposal_id for each in results if each.proposal_id]
        if waiting:
            thread = runtime.execution_info.thread_id
            session.execute(
                update(Proposal)
                .where(Proposal.id.in_(waiting), Proposal.thread_id.is_(None))
                .values(thread_id=thread)
            )
        record_refusals(session, deps, account_id, role, state.get("calls", []))
        audit(
            session,
            deps.now,
            "case_worked",
            account_id,
            role,
            case=state.get("case_id", ""),
            prompt=state["prompt"],
            outcomes=[each.outcome for each in results],
        )
    done = [f"{each.action.type}: {each.outcome}" for each in results if not each.proposal_id]
    return {"waiting": waiting, "outcomes": done}


def record_refusals(
    session: Any, deps: Deps, subject_id: str, actor: str, calls: list[dict[str, str]]
) -> None:
    """Write the tool calls that were refused into the journal, with the rule."""
    for call in calls:
        if call["outcome"] == "refused":
            audit(
                session,
                deps.now,
                "tool_refused",
                subject_id,
                actor,
                tool=call["tool"],
                rule=call["detail"],
            )
