"""Read tools for what is contested or promised."""

from datetime import date, timedelta
from typing import Literal

from sqlalchemy import and_, case, or_, select

from ledger.money import Money
from ledger.queries.disputes import dispute_rows
from ledger.states import DisputeState, PromiseState
from ledger.tables.account import Account
from ledger.tables.case import Dispute, Promise
from tools.contract import AccountRef, Limit, MoneyOut, Result, ToolContext, read_tool
from tools.dispute_pipeline import PipelineLine, lines_of
from tools.outside_text import OutsideText, outside

_BROKEN_SHOWN_DAYS = 30


class DisputeLine(Result):
    """An open dispute and its clock.

    Attributes:
        level: Whether the account, an invoice or a part of one is disputed.
        stage: Nothing speaks for it yet, something does, or a resolution waits for a yes.
        priority: From 0 to 100, by value, age, relationship and deadline.
    """

    dispute_id: str
    account_number: str
    name: str
    invoice_number: str | None
    level: str
    reason: str
    stage: str
    priority: int
    opened_on: date
    days_open: int
    answer_by: date
    overdue: bool
    amount: MoneyOut | None
    owner: str
    quote: OutsideText


class Disputes(Result):
    """Open disputes, most urgent first."""

    as_of: date
    disputes: tuple[DisputeLine, ...]


class ListedPromise(Result):
    """A promise to pay (theirs) or to act (ours)."""

    promise_id: str
    account_number: str
    name: str
    direction: str
    kind: str
    state: str
    promised_on: date
    due_on: date
    amount: MoneyOut | None


class Promises(Result):
    """Promises by due date: pending ones, and those broken in the last 30 days."""

    as_of: date
    promises: tuple[ListedPromise, ...]


@read_tool()
def list_disputes(
    ctx: ToolContext, account: AccountRef | None = None, limit: Limit = 15
) -> Disputes:
    """List open disputes, most urgent first, with owner, stage and the date an answer is due.

    Args:
        ctx: Who asks, on which ledger.
        account: One account; left out, the whole book.
        limit: How many disputes to return.
    """
    where = [Dispute.state != DisputeState.RESOLVED]
    if account:
        where.append(Dispute.account_id == account)
    rows = dispute_rows(ctx.session, *where)
    quotes = {row[0].id: row[0].quote for row in rows}
    lines = lines_of(ctx.session, rows, ctx.policy, ctx.as_of)[:limit]
    shown = tuple(_dispute_line(line, quotes[line.id]) for line in lines)
    return Disputes(as_of=ctx.as_of, disputes=shown)


@read_tool()
def list_promises(
    ctx: ToolContext,
    account: AccountRef | None = None,
    due_within_days: int = 365,
    side: Literal["theirs", "ours"] | None = None,
    only: Literal["pending", "broken"] | None = None,
    limit: Limit = 15,
) -> Promises:
    """List promises by due date: pending ones both ways, and those recently broken.

    Args:
        ctx: Who asks, on which ledger.
        account: One account; left out, the whole book.
        due_within_days: Leave out what is due later than so many days from today.
        side: Only theirs to pay, or only ours to act.
        only: Only pending ones, or only those recently broken.
        limit: How many promises to return.
    """
    since = ctx.as_of - timedelta(days=_BROKEN_SHOWN_DAYS)
    last = ctx.as_of + timedelta(days=max(0, min(due_within_days, 3650)))
    pending, broken = Promise.state == PromiseState.PENDING, Promise.state == PromiseState.BROKEN
    lately = and_(broken, Promise.due_on >= since)
    states = {"pending": pending, "broken": lately, None: or_(pending, lately)}
    where = [states[only], Promise.due_on <= last]
    if account:
        where.append(Promise.account_id == account)
    if side:
        where.append(Promise.direction == side)
    rows = ctx.session.execute(
        select(Promise, Account.account_number, Account.name)
        .join(Account, Account.id == Promise.account_id)
        .where(*where)
        .order_by(case((pending, 0), else_=1), Promise.due_on, Promise.id)
        .limit(limit)
    ).all()
    return Promises(
        as_of=ctx.as_of,
        promises=tuple(_promise_line(promise, number, name) for promise, number, name in rows),
    )


def _dispute_line(line: PipelineLine, quote: str) -> DisputeLine:
    return DisputeLine(
        dispute_id=line.id,
        account_number=line.account_number,
        name=line.name,
        invoice_number=line.invoice_number,
        level=line.level,
        reason=line.reason,
        stage=line.stage,
        priority=line.priority,
        opened_on=line.opened_on,
        days_open=line.age_days,
        answer_by=line.answer_by,
        overdue=line.overdue,
        amount=line.amount,
        owner=line.owner,
        quote=outside(quote, "words of the customer", line.opened_on),
    )


def _promise_line(promise: Promise, number: str, name: str) -> ListedPromise:
    known = promise.amount_minor is not None and promise.currency
    return ListedPromise(
        promise_id=promise.id,
        account_number=number,
        name=name,
        direction=promise.direction,
        kind=promise.kind,
        state=promise.state,
        promised_on=promise.promised_on,
        due_on=promise.due_on,
        amount=Money(promise.amount_minor or 0, promise.currency or "") if known else None,
    )
