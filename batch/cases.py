"""The case edge: one exception worked by a role. A case that fails alone goes to a person."""

from datetime import timedelta

from batch.run import Night
from ledger.actions import CreateCallTask
from ledger.ids import make_id
from ledger.queries.account_facts import load_facts
from tools.proposals import submit


def work_case(night: Night, account_id: str, role: str, task: str) -> bool:
    """Run a role's loop over an account; returns whether the role came to an end.

    The thread is named after account, role, task and date: a rerun of the night finds it and
    never opens a second one.
    """
    case_id = make_id("cas", account_id, role, task)
    thread = f"case:{case_id}:{night.as_of.isoformat()}"
    config = {"configurable": {"thread_id": thread}}
    if night.house.checkpointer.get_tuple(config) is not None:
        return True
    try:
        night.house.case_graph.invoke(
            {
                "case_id": case_id,
                "account_id": account_id,
                "role": role,
                "task": task,
                "run_id": night.run_id,
            },
            config,
            context=night.deps,
            durability="exit" if night.house.settings.model is None else "async",
        )
    except Exception as error:  # noqa: BLE001 - the case edge: one case fails alone
        _leave_to_person(night, account_id, role, f"{type(error).__name__}: {error}")
        return False
    return True


def _leave_to_person(night: Night, account_id: str, role: str, what: str) -> None:
    """A case that failed is a task for a person."""
    task = CreateCallTask(
        account_id=account_id,
        kind="review",
        summary=f"The {role.replace('_', ' ')} could not prepare this case ({what})"[:500],
        due_on=night.as_of + timedelta(days=1),
    )
    night.add("cases", failed=1)
    with night.house.ledger.write() as session:
        facts = load_facts(session, night.as_of, [account_id])[account_id]
        submit(
            session,
            [task],
            author=role,
            role=role,
            facts=facts,
            policy=night.house.policy,
            now=night.now,
            run_id=night.run_id,
        )
