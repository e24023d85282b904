"""Tasks for people: a list of the open ones, saying what came of one, giving one to a colleague.

Closing a task is a person's own work on the book. What came of it is kept in their words, as a call
or a note, so that it stands on the account's story and counts as the callback that was promised.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from sqlalchemy import func, or_, select, update
from sqlmodel import Session

from ledger.errors import BadInput, Conflict, NotFound
from ledger.journal import audit, touch
from ledger.tables.account import Account
from ledger.tables.work import CallTask
from policies.schema import Policy
from tools.account_pages import name_of, shown_text
from tools.assist_notes import keep_note, own_words
from tools.authority import Decider
from tools.colleagues import taker
from tools.contract import NoteDown, Result

OPEN = "open"
Outcome = Literal["done", "dropped"]
_MAX_SUMMARY = 500


class OpenTask(Result):
    """A task for a person; `summary` may quote a customer."""

    task_id: str
    account_id: str
    account_number: str
    name: str
    kind: str
    due_on: date
    days_overdue: int
    assignee: str | None
    summary: str


class OpenTasks(Result):
    """Open tasks by due date, and how many there are in all."""

    tasks: tuple[OpenTask, ...]
    count: int


@dataclass(frozen=True, slots=True)
class TaskFilter:
    """Which open tasks are meant.

    Attributes:
        account_id: Of one account.
        due_by: Due on this date or before.
        mine: Given to this person or one of their roles, or to nobody yet.
    """

    account_id: str | None = None
    due_by: date | None = None
    mine: Decider | None = None

    def where(self) -> list[Any]:
        """The conditions on tasks."""
        found: list[Any] = [CallTask.state == OPEN]
        if self.account_id:
            found.append(CallTask.account_id == self.account_id)
        if self.due_by:
            found.append(CallTask.due_on <= self.due_by)
        if self.mine:
            takes = (self.mine.person_id, *self.mine.roles)
            found.append(or_(CallTask.assignee.is_(None), CallTask.assignee.in_(takes)))
        return found


def open_tasks(session: Session, as_of: date, wanted: TaskFilter, limit: int) -> OpenTasks:
    """Open tasks, the earliest due first."""
    where = wanted.where()
    rows = session.execute(
        select(CallTask, Account.account_number, Account.name)
        .join(Account, Account.id == CallTask.account_id)
        .where(*where)
        .order_by(CallTask.due_on, CallTask.id)
        .limit(limit)
    )
    return OpenTasks(
        tasks=tuple(_line(*row, as_of) for row in rows),
        count=session.scalar(select(func.count()).select_from(CallTask).where(*where)) or 0,
    )


def _line(task: CallTask, number: str, name: str, as_of: date) -> OpenTask:
    return OpenTask(
        task_id=task.id,
        account_id=task.account_id,
        account_number=number,
        name=name_of(name),
        kind=task.kind,
        due_on=task.due_on,
        days_overdue=max(0, (as_of - task.due_on).days),
        assignee=task.assignee,
        summary=shown_text(task.summary, _MAX_SUMMARY),
    )


def close_task(
    session: Session,
    task_id: str,
    person: Decider,
    outcome: Outcome,
    words: str,
    policy: Policy,
    on: date,
    now: datetime,
) -> CallTask:
    """Say that a task is done, or not needed any more, and what came of it.

    A call that was made is kept as a call, everything else as a note.

    Raises:
        Refused: The person only reads.
        NotFound: No such task among the accounts they see.
        BadInput: They do not say what came of it.
        Conflict: It is closed already.
    """
    person.check_may_decide(policy)
    task = _task(session, task_id)
    said = own_words(words, "say what came of it")
    closed = session.execute(
        update(CallTask).where(CallTask.id == task_id, CallTask.state == OPEN).values(state=outcome)
    )
    if closed.rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict(f"task {task_id} is {_stands(session, task_id)} already")
    called = outcome == "done" and task.kind == "call"
    note = NoteDown(task.account_id, "call" if called else "note", said)
    note_id = keep_note(session, note, person.person_id, on, now)
    touch(session, {task.account_id})
    told = {"account": task.account_id, "note": note_id}
    audit(session, now, f"task_{outcome}", task_id, person.person_id, **told)
    return task


def give_task(
    session: Session,
    task_id: str,
    person: Decider,
    assignee: str,
    policy: Policy,
    now: datetime,
) -> CallTask:
    """Give a task to a colleague who works accounts and sees this one.

    Raises:
        Refused: The person, or the colleague, only reads.
        NotFound: No such task among the accounts they see.
        BadInput: Nobody is called so, or they do not see the account.
        Conflict: It is closed already.
    """
    person.check_may_decide(policy)
    task = _task(session, task_id)
    _check_takes(session, task, assignee, policy)
    given = session.execute(
        update(CallTask)
        .where(CallTask.id == task_id, CallTask.state == OPEN)
        .values(assignee=assignee)
    )
    if given.rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict(f"task {task_id} is {_stands(session, task_id)} already")
    told = {"account": task.account_id, "assignee": assignee}
    audit(session, now, "task_assigned", task_id, person.person_id, **told)
    return task


def _check_takes(session: Session, task: CallTask, assignee: str, policy: Policy) -> None:
    colleague = taker(session, assignee, policy)
    if not colleague.sight.covers(session.get_one(Account, task.account_id)):
        raise BadInput(f"{colleague.name} does not see this account; give it to somebody who does")


def _task(session: Session, task_id: str) -> CallTask:
    task = session.get(CallTask, task_id)
    if task is None:
        raise NotFound(f"no task {task_id}; `dunwell tasks list` shows the open ones")
    return task


def _stands(session: Session, task_id: str) -> str:
    return session.scalar(select(CallTask.state).where(CallTask.id == task_id)) or "gone"
