"""Read tools for what waits for people: tasks, and the requests the asking person may decide."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import or_, select

from ledger.queries.inbox import needs_role
from ledger.tables.account import Account
from ledger.tables.work import CallTask, Person, Proposal
from tools.approvals import WaitingApprovals, waiting_approvals
from tools.assist_book import count_of
from tools.contract import AccountRef, Limit, Result, Scope, ToolContext, read_tool


class TaskLine(Result):
    """A task for a person."""

    task_id: str
    account_number: str
    name: str
    kind: str
    due_on: date
    days_overdue: int
    assignee: str | None
    summary: str


class Tasks(Result):
    """Open tasks by due date."""

    as_of: date
    tasks: tuple[TaskLine, ...]
    count: int


@read_tool()
def list_tasks(
    ctx: ToolContext,
    account: AccountRef | None = None,
    due_within_days: int = 365,
    limit: Limit = 15,
) -> Tasks:
    """List open tasks for people, the earliest due first.

    Args:
        ctx: Who asks, on which ledger.
        account: One account; left out, the whole book.
        due_within_days: Leave out what is due later than so many days from today.
        limit: How many tasks to return.
    """
    last = ctx.as_of + timedelta(days=max(0, min(due_within_days, 3650)))
    where: list[Any] = [CallTask.state == "open", CallTask.due_on <= last]
    if account:
        where.append(CallTask.account_id == account)
    rows = ctx.session.execute(
        select(CallTask, Account.account_number, Account.name)
        .join(Account, Account.id == CallTask.account_id)
        .where(*where)
        .order_by(CallTask.due_on, CallTask.id)
        .limit(limit)
    ).all()
    return Tasks(
        as_of=ctx.as_of,
        count=count_of(ctx, CallTask, where),
        tasks=tuple(
            TaskLine(
                task_id=task.id,
                account_number=number,
                name=name,
                kind=task.kind,
                due_on=task.due_on,
                days_overdue=max(0, (ctx.as_of - task.due_on).days),
                assignee=task.assignee,
                summary=task.summary[:300],
            )
            for task, number, name in rows
        ),
    )


@read_tool(Scope.BOOK)
def waits_for_me(ctx: ToolContext, limit: Limit = 10) -> WaitingApprovals:
    """List the requests the asking person may decide: given to them, or one of their roles.

    What they asked for themselves is left out, because an author never approves.
    """
    person = ctx.session.get(Person, ctx.actor)
    held = tuple(role for role in (person.roles if person else "").split(",") if role)
    roles = sorted(ctx.policy.approval.roles_of(held))
    mine = or_(Proposal.assignee == ctx.actor, *(needs_role(role) for role in roles))
    return waiting_approvals(ctx, limit, Proposal.author != ctx.actor, mine)
