"""The case edge: one exception worked by a role. A case that fails alone goes to a person."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from batch.run import Night
from ledger.actions import CreateCallTask
from ledger.facts import AccountFacts, unpack_facts
from ledger.identities import Identity
from ledger.ids import make_id
from ledger.queries.account_facts import load_facts
from ledger.states import Disposition
from ledger.tables.work import Audit, DispositionRow, Snapshot
from tools.collections_turn import take_turn
from tools.proposals import submit

# What the journal holds once a case came to its end, whichever way.
ENDINGS = ("case_worked", "create_call_task_executed")


def work_case(
    night: Night, account_id: str, role: str, task: str, facts: AccountFacts | None = None
) -> bool:
    """Run a role's loop over an account; returns whether the role came to an end.

    Facts that were just read spare the graph a second reading.
    The thread is named after account, role, task and date: a rerun of the night finds it and
    never opens a second one.
    """
    case_id = make_id("cas", account_id, role, task)
    thread = f"case:{case_id}:{night.as_of.isoformat()}"
    config = {"configurable": {"thread_id": thread}}
    begun = night.house.checkpointer.get_tuple(config) is not None
    if begun and not _stopped_midway(night, config):
        return True
    case = {
        "case_id": case_id,
        "account_id": account_id,
        "role": role,
        "task": task,
        "run_id": night.run_id,
        "facts": facts,
    }
    try:
        night.house.case_graph.invoke(
            None if begun else case,
            config,
            context=night.deps,
            durability="exit" if night.house.settings.model is None else "async",
        )
    except Exception as error:  # noqa: BLE001 - the case edge: one case fails alone
        _leave_to_person(night, account_id, role, f"{type(error).__name__}: {error}")
        return False
    return True


def _stopped_midway(night: Night, config: dict[str, Any]) -> bool:
    """Whether a crash stopped the role at work, rather than a question to a person."""
    state = night.house.case_graph.get_state(config)
    return bool(state.next) and not state.interrupts


def take_up_cases(night: Night) -> None:
    """Work the cases a crash left unopened: judged this night, and no role came to an end."""
    query = (
        select(DispositionRow.account_id, Snapshot.facts)
        .join(Snapshot, Snapshot.hash == DispositionRow.facts_hash)
        .where(
            DispositionRow.run_id == night.run_id,
            DispositionRow.kind.in_((Disposition.NEEDS_PERSON, Disposition.HELD)),
        )
        .order_by(DispositionRow.seq)
    )
    ended = select(Audit.subject_id, Audit.actor).where(
        Audit.at == night.now, Audit.kind.in_(ENDINGS)
    )
    with night.house.ledger.read() as session:
        judged = session.execute(query).all()
        worked = {tuple(row) for row in session.execute(ended)} if judged else set()
    for account_id, packed in judged:
        turn = take_turn(unpack_facts(packed), night.house.policy, night.now)
        if turn.prepared_by and (account_id, turn.prepared_by) not in worked:
            work_case(night, account_id, turn.prepared_by, turn.task)


def _leave_to_person(night: Night, account_id: str, role: str, what: str) -> None:
    """A case that failed is a task for a person."""
    task = CreateCallTask(
        account_id=account_id,
        kind="review",
        summary=f"The {role.replace('_', ' ')} could not prepare this case ({what})"[:500],
        due_on=night.as_of + timedelta(days=1),
    )
    night.add("cases", failed=1)
    with night.house.ledger.write(as_=Identity.POSTER) as session:
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
