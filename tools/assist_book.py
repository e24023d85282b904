"""Read tools over the whole book: metrics and aging of any date, the largest overdue, the holds."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, or_, select

from engines.metrics import BUCKETS, CurrencyMetrics, summary
from ledger.balances import MetricInputs
from ledger.money import Money
from ledger.queries.as_of import metric_inputs
from ledger.states import ProposalState
from ledger.tables.account import Account, Hold
from ledger.tables.receivable import CreditMemo, Invoice
from ledger.tables.work import CallTask, Person, Proposal
from tools.accounts import totals
from tools.approvals import WaitingApprovals, is_waiting, waiting_line
from tools.contract import (
    AccountRef,
    Limit,
    MoneyOut,
    Result,
    Scope,
    ToolContext,
    ToolRetry,
    read_tool,
)
from tools.dispute_pipeline import Pipeline, pipeline

_EARLIEST = date(2000, 1, 1)


class BookLine(Result):
    """The book of one currency: days for `dso` to `add`, percent for `cei` and the two rates."""

    currency: str
    open: MoneyOut
    overdue: MoneyOut
    buckets: dict[str, MoneyOut]
    unapplied_cash: MoneyOut
    open_credits: MoneyOut
    sales: MoneyOut
    dso: float | None
    bpdso: float | None
    add: float | None
    cei: float | None
    kept_percent: float | None
    disputed_percent: float | None


class BookMetrics(Result):
    """Receivables and their ratios, a line a currency, for the days that end on `as_of`."""

    as_of: date
    period_days: int
    lines: tuple[BookLine, ...]


class OverdueLine(Result):
    """What an account owes past due in one currency."""

    account_id: str
    account_number: str
    name: str
    overdue: MoneyOut
    oldest_days_past_due: int
    items: int


class TopOverdue(Result):
    """The largest overdue balances, with complete totals of the book."""

    as_of: date
    accounts: tuple[OverdueLine, ...]
    overdue_accounts: int
    overdue: tuple[MoneyOut, ...]


class HoldLine(Result):
    """A hold in force: why, since when, until when, and who may lift it."""

    hold_id: str
    account_number: str
    name: str
    reason: str
    invoice_number: str | None
    placed_on: date
    placed_by: str
    ends_on: date | None
    lift_role: str


class Holds(Result):
    """Holds in force, newest first."""

    as_of: date
    holds: tuple[HoldLine, ...]
    count: int


class CreditLine(Result):
    """A credit memo that is open."""

    credit_id: str
    credit_number: str
    account_number: str
    name: str
    issued_on: date
    open: MoneyOut


class OpenCredits(Result):
    """Open credit memos, largest first, with complete totals."""

    credits: tuple[CreditLine, ...]
    count: int
    totals: tuple[MoneyOut, ...]


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


@read_tool(Scope.BOOK)
def book_metrics(ctx: ToolContext, on: date | None = None) -> BookMetrics:
    """Read the aging, DSO, best possible DSO, ADD, CEI, kept and disputed rates of the book.

    Args:
        ctx: Who asks, on which ledger.
        on: The date the books are read as of; today if left out.
    """
    day = on or ctx.as_of
    if not _EARLIEST <= day <= ctx.as_of:
        raise ToolRetry(f"on is a date up to {ctx.as_of}")
    inputs: MetricInputs = metric_inputs(ctx.session, day)
    found = summary(inputs)
    return BookMetrics(
        as_of=day,
        period_days=found.period_days,
        lines=tuple(_book_line(each) for each in found.currencies),
    )


def _book_line(line: CurrencyMetrics) -> BookLine:
    def amount(minor: int) -> Money:
        return Money(minor, line.currency)

    aging = line.aging
    return BookLine(
        currency=line.currency,
        open=amount(aging.open_minor),
        overdue=amount(aging.overdue_minor),
        buckets={n: amount(m) for n, m in zip(BUCKETS, aging.buckets, strict=True)},
        unapplied_cash=amount(aging.unapplied_cash_minor),
        open_credits=amount(aging.unapplied_credit_minor),
        sales=amount(line.sales_minor),
        dso=_rounded(line.dso),
        bpdso=_rounded(line.bpdso),
        add=_rounded(line.add),
        cei=_rounded(line.cei),
        kept_percent=_percent(line.promises.by_count),
        disputed_percent=_percent(line.dispute_rate),
    )


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 1)


def _percent(share: float | None) -> float | None:
    return None if share is None else round(share * 100, 1)


@read_tool(Scope.BOOK)
def top_overdue(ctx: ToolContext, limit: Limit = 10) -> TopOverdue:
    """List the accounts with the largest overdue balance; totals cover the whole book.

    Balances of several currencies are compared by the high-value threshold of each.
    """
    where = [Invoice.open_minor > 0, Invoice.due_on < ctx.as_of]
    rows = ctx.session.execute(
        select(
            Invoice.account_id,
            Account.account_number,
            Account.name,
            Invoice.currency,
            func.sum(Invoice.open_minor).label("minor"),
            func.min(Invoice.due_on).label("oldest"),
            func.count().label("items"),
        )
        .join(Account, Account.id == Invoice.account_id)
        .where(*where)
        .group_by(Invoice.account_id, Account.account_number, Account.name, Invoice.currency)
    ).all()
    units = ctx.policy.high_value_minor
    ranked = sorted(rows, key=lambda r: (-int(r.minor) / units.get(r.currency, 1), r.account_id))
    return TopOverdue(
        as_of=ctx.as_of,
        accounts=tuple(
            OverdueLine(
                account_id=row.account_id,
                account_number=row.account_number,
                name=row.name,
                overdue=Money(int(row.minor), row.currency),
                oldest_days_past_due=(ctx.as_of - row.oldest).days,
                items=row.items,
            )
            for row in ranked[:limit]
        ),
        overdue_accounts=len({row.account_id for row in rows}),
        overdue=totals([(row.currency, int(row.minor)) for row in rows]),
    )


@read_tool()
def list_holds(ctx: ToolContext, account: AccountRef | None = None, limit: Limit = 15) -> Holds:
    """List holds in force with their reason, their end, and who may lift them.

    Args:
        ctx: Who asks, on which ledger.
        account: One account; left out, the whole book.
        limit: How many holds to return.
    """
    in_force = or_(Hold.ends_on.is_(None), Hold.ends_on >= ctx.as_of)
    where: list[Any] = [Hold.lifted_at.is_(None), in_force]
    if account:
        where.append(Hold.account_id == account)
    rows = ctx.session.execute(
        select(Hold, Account.account_number, Account.name, Invoice.invoice_number)
        .join(Account, Account.id == Hold.account_id)
        .outerjoin(Invoice, Invoice.id == Hold.invoice_id)
        .where(*where)
        .order_by(Hold.placed_on.desc(), Hold.id)
        .limit(limit)
    ).all()
    return Holds(
        as_of=ctx.as_of,
        count=_count(ctx, Hold, where),
        holds=tuple(
            HoldLine(
                hold_id=hold.id,
                account_number=number,
                name=name,
                reason=hold.reason,
                invoice_number=invoice,
                placed_on=hold.placed_on,
                placed_by=hold.placed_by,
                ends_on=hold.ends_on,
                lift_role=hold.lift_role,
            )
            for hold, number, name, invoice in rows
        ),
    )


@read_tool()
def list_credits(
    ctx: ToolContext, account: AccountRef | None = None, limit: Limit = 15
) -> OpenCredits:
    """List open credit memos, largest first; totals cover all of them.

    Args:
        ctx: Who asks, on which ledger.
        account: One account; left out, the whole book.
        limit: How many credit memos to return.
    """
    where: list[Any] = [CreditMemo.unapplied_minor > 0]
    if account:
        where.append(CreditMemo.account_id == account)
    rows = ctx.session.execute(
        select(CreditMemo, Account.account_number, Account.name)
        .join(Account, Account.id == CreditMemo.account_id)
        .where(*where)
        .order_by(CreditMemo.unapplied_minor.desc(), CreditMemo.id)
        .limit(limit)
    ).all()
    sums = ctx.session.execute(
        select(CreditMemo.currency, func.sum(CreditMemo.unapplied_minor))
        .where(*where)
        .group_by(CreditMemo.currency)
    ).all()
    return OpenCredits(
        count=_count(ctx, CreditMemo, where),
        totals=totals([(row[0], int(row[1])) for row in sums]),
        credits=tuple(
            CreditLine(
                credit_id=memo.id,
                credit_number=memo.credit_number,
                account_number=number,
                name=name,
                issued_on=memo.issued_on,
                open=Money(memo.unapplied_minor, memo.currency),
            )
            for memo, number, name in rows
        ),
    )


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
        count=_count(ctx, CallTask, where),
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
def dispute_pipeline(ctx: ToolContext, limit: Limit = 5) -> Pipeline:
    """Read the dispute pipeline: how many stand at each stage and reason, and the most urgent."""
    return pipeline(ctx.session, ctx.policy, ctx.as_of, limit=limit)


@read_tool(Scope.BOOK)
def waits_for_me(ctx: ToolContext, limit: Limit = 10) -> WaitingApprovals:
    """List the requests the asking person may decide: given to them, or one of their roles.

    What they asked for themselves is left out, because an author never approves.
    """
    person = ctx.session.get(Person, ctx.actor)
    held = tuple(role for role in (person.roles if person else "").split(",") if role)
    roles = sorted(ctx.policy.approval.roles_of(held))
    needed = [_needs(role) for role in roles]
    where = [
        is_waiting(),
        Proposal.state != ProposalState.SNOOZED.value,
        Proposal.author != ctx.actor,
        or_(Proposal.assignee == ctx.actor, *needed),
    ]
    rows = ctx.session.execute(
        select(Proposal, Account.account_number, Account.name)
        .join(Account, Account.id == Proposal.account_id)
        .where(*where)
        .order_by(Proposal.priority_minor.desc(), Proposal.id)
        .limit(limit)
    ).all()
    return WaitingApprovals(
        as_of=ctx.as_of,
        count=_count(ctx, Proposal, where),
        requests=tuple(waiting_line(row[0], row[1], row[2], ctx.as_of) for row in rows),
    )


def _needs(role: str) -> Any:
    """Whether a role stands in one of the sets a proposal needs."""
    padded = func.replace("|" + Proposal.approver_roles + "|", ";", "|")
    return padded.contains(f"|{role}|", autoescape=True)


def _count(ctx: ToolContext, table: Any, where: Iterable[Any]) -> int:
    return ctx.session.scalar(select(func.count()).select_from(table).where(*where)) or 0
