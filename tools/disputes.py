"""Read tools for what is contested or promised."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import and_, case, or_, select

from guardrails.business_days import add_business_days
from ledger.money import Money
from ledger.states import DisputeState, PromiseState
from ledger.tables.account import Account
from ledger.tables.case import Dispute, Promise
from ledger.tables.receivable import Invoice
from tools.contract import AccountRef, Limit, MoneyOut, Result, ToolContext, read_tool
from tools.outside_text import OutsideText, outside

_BROKEN_SHOWN_DAYS = 30


class DisputeLine(Result):
    """An open dispute and its clock."""

    dispute_id: str
    account_number: str
    name: str
    invoice_number: str | None
    reason: str
    opened_on: date
    days_open: int
    answer_by: date
    overdue: bool
    amount: MoneyOut | None
    owner: str | None
    quote: OutsideText


class Disputes(Result):
    """Open disputes, oldest first."""

    as_of: date
    disputes: tuple[DisputeLine, ...]


class PromiseLine(Result):
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
    promises: tuple[PromiseLine, ...]


@read_tool()
def list_disputes(
    ctx: ToolContext, account: AccountRef | None = None, limit: Limit = 15
) -> Disputes:
    """List open disputes, oldest first, with the date an answer is due.

    Args:
        ctx: Who asks, on which ledger.
        account: One account; left out, the whole book.
        limit: How many disputes to return.
    """
    where = [Dispute.state != DisputeState.RESOLVED]
    if account:
        where.append(Dispute.account_id == account)
    rows = ctx.session.execute(
        select(
            Dispute,
            Account.account_number,
            Account.name,
            Invoice.invoice_number,
            Invoice.open_minor,
            Invoice.currency,
        )
        .join(Account, Account.id == Dispute.account_id)
        .outerjoin(Invoice, Invoice.id == Dispute.invoice_id)
        .where(*where)
        .order_by(Dispute.opened_on, Dispute.id)
        .limit(limit)
    ).all()
    return Disputes(as_of=ctx.as_of, disputes=tuple(_dispute_line(row, ctx) for row in rows))


@read_tool()
def list_promises(
    ctx: ToolContext,
    account: AccountRef | None = None,
    due_within_days: int = 365,
    limit: Limit = 15,
) -> Promises:
    """List promises by due date: pending ones both ways, and those recently broken.

    Args:
        ctx: Who asks, on which ledger.
        account: One account; left out, the whole book.
        due_within_days: Leave out what is due later than so many days from today.
        limit: How many promises to return.
    """
    since = ctx.as_of - timedelta(days=_BROKEN_SHOWN_DAYS)
    last = ctx.as_of + timedelta(days=max(0, min(due_within_days, 3650)))
    pending, broken = Promise.state == PromiseState.PENDING, Promise.state == PromiseState.BROKEN
    where = [or_(pending, and_(broken, Promise.due_on >= since)), Promise.due_on <= last]
    if account:
        where.append(Promise.account_id == account)
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


def _dispute_line(row: Any, ctx: ToolContext) -> DisputeLine:
    dispute: Dispute = row[0]
    calendar, days = ctx.policy.company.calendar, ctx.policy.dispute.answer_within_days
    answer_by = add_business_days(calendar, dispute.opened_on, days)
    if dispute.amount_minor is not None and dispute.currency:
        amount = Money(dispute.amount_minor, dispute.currency)
    else:
        amount = Money(row[4], row[5]) if row[5] else None
    return DisputeLine(
        dispute_id=dispute.id,
        account_number=row[1],
        name=row[2],
        invoice_number=row[3],
        reason=dispute.reason,
        opened_on=dispute.opened_on,
        days_open=(ctx.as_of - dispute.opened_on).days,
        answer_by=answer_by,
        overdue=answer_by < ctx.as_of,
        amount=amount,
        owner=dispute.owner,
        quote=outside(dispute.quote, "words of the customer", dispute.opened_on),
    )


def _promise_line(promise: Promise, number: str, name: str) -> PromiseLine:
    known = promise.amount_minor is not None and promise.currency
    return PromiseLine(
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
