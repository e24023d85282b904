"""Read tools for what happened: the last night, what changed since the one before, agents' work."""

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import orjson
from sqlalchemy import func, select

from ledger.money import Money
from ledger.queries.report import cash_applied_on, run_before, run_on
from ledger.queries.work_metrics import work_tally
from ledger.states import Disposition, DisputeState, PromiseState
from ledger.tables.account import Account, Hold
from ledger.tables.case import Dispute, Promise
from ledger.tables.receivable import Invoice, Receipt
from ledger.tables.work import Audit, DispositionRow, Feed, Message, ModelCall, Proposal, Run
from tools.accounts import totals
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

_NAMED = 8
_AT_ONCE = 5000


class CashLine(Result):
    """Cash applied in one currency."""

    receipts: int
    invoices: int
    amount: MoneyOut


class FeedLine(Result):
    """How far a source has been read."""

    feed: str
    read_through: date
    days_old: int


class NightResult(Result):
    """What a night did: dispositions of accounts, messages, cash, requests, seconds."""

    run_id: str
    as_of: date
    state: str
    dispositions: dict[str, int]
    looked_at: int
    messages_sent: int
    cash: tuple[CashLine, ...]
    requests_made: int
    cases_failed: int
    seconds: float
    before: dict[str, int]
    before_as_of: date | None
    feeds: tuple[FeedLine, ...]


class ChangeLine(Result):
    """Things of one kind that are new: how many, how much, and the first few."""

    what: str
    count: int
    amounts: tuple[MoneyOut, ...] = ()
    named: tuple[str, ...] = ()


class Changes(Result):
    """What is new since a date, of an account or of the whole book."""

    account_number: str | None
    name: str | None
    since: date
    as_of: date
    changes: tuple[ChangeLine, ...]


class AgentLine(Result):
    """What one agent asked for, and what became of it."""

    role: str
    requests: int
    executed: int
    waiting: int
    rejected: int


class AgentsWork(Result):
    """What the agents did in some days: `_alone` is what no person decided."""

    first: date
    last: date
    messages: int
    messages_alone: int
    applications: int
    applications_alone: int
    requests: int
    agents: tuple[AgentLine, ...]
    tool_refusals: int
    model_calls: int
    model_tokens: int


@read_tool(Scope.BOOK)
def night_result(ctx: ToolContext, on: date | None = None) -> NightResult:
    """Read what a night did: how accounts stand, messages, cash, requests, and how fresh data is.

    Args:
        ctx: Who asks, on which ledger.
        on: The business date of the night; the newest if left out.
    """
    run = run_on(ctx.session, on) if on else _newest(ctx)
    if run is None:
        raise ToolRetry("no night has run" + (f" as of {on}" if on else " on this home yet"))
    counts = orjson.loads(run.counts)
    earlier = run_before(ctx.session, run.as_of)
    newest = _newest(ctx)
    # How far feeds are read is known as of now only, so it says nothing of an earlier night.
    is_newest = newest is not None and newest.id == run.id
    feeds = ctx.session.scalars(select(Feed).order_by(Feed.name)) if is_newest else ()
    requests = select(func.count()).select_from(Proposal).where(Proposal.run_id == run.id)
    return NightResult(
        run_id=run.id,
        as_of=run.as_of,
        state=run.state,
        dispositions=_dispositions(counts),
        looked_at=int(counts.get("collections", {}).get("looked_at", 0)),
        messages_sent=int(counts.get("dispatch", {}).get("sent", 0)),
        cash=tuple(
            CashLine(
                receipts=row.receipts,
                invoices=row.invoices,
                amount=Money(int(row.amount_minor), row.currency),
            )
            for row in cash_applied_on(ctx.session, run.as_of)
        ),
        requests_made=ctx.session.scalar(requests) or 0,
        cases_failed=int(counts.get("cases", {}).get("failed", 0)),
        seconds=round(run.seconds, 1),
        before=_dispositions(orjson.loads(earlier.counts)) if earlier else {},
        before_as_of=earlier.as_of if earlier else None,
        feeds=tuple(
            FeedLine(
                feed=feed.name,
                read_through=feed.read_through,
                days_old=(ctx.as_of - feed.read_through).days,
            )
            for feed in feeds
        ),
    )


def _newest(ctx: ToolContext) -> Run | None:
    newest = select(Run).where(Run.as_of <= ctx.as_of).order_by(Run.as_of.desc()).limit(1)
    return ctx.session.scalars(newest).first()


def _dispositions(counts: dict[str, Any]) -> dict[str, int]:
    """How many accounts stand at each disposition."""
    found = counts.get("dispositions", {})
    return {each.value: int(found.get(each.value, 0)) for each in Disposition}


@read_tool()
def what_changed(
    ctx: ToolContext, account: AccountRef | None = None, since: date | None = None
) -> Changes:
    """List what is new since the night before the last one: money, disputes, promises, mail, holds.

    Args:
        ctx: Who asks, on which ledger.
        account: One account; left out, the whole book.
        since: The date after which things count as new; that of the night before if left out.
    """
    after = since or _day_before(ctx)
    if after > ctx.as_of:
        raise ToolRetry(f"since is a date before {ctx.as_of}")
    facts = ctx.facts(account) if account else None
    found = (_new(ctx, account, after, *each) for each in _KINDS)
    changes = [each for each in (*found, _broken(ctx, account, after)) if each.count]
    changes += _decided(ctx, account, after)
    return Changes(
        account_number=facts.account_number if facts else None,
        name=facts.name if facts else None,
        since=after,
        as_of=ctx.as_of,
        changes=tuple(changes),
    )


def _day_before(ctx: ToolContext) -> date:
    run = _newest(ctx)
    earlier = run_before(ctx.session, run.as_of) if run else None
    return earlier.as_of if earlier else ctx.as_of - timedelta(days=1)


# What is new: its name, its table, its day, what it is called by, its amount and a condition.
_KINDS: tuple[tuple[str, Any, Any, Any, Any, Any], ...] = (
    ("invoices issued", Invoice, Invoice.issued_on, Invoice.invoice_number, "amount_minor", None),
    ("money received", Receipt, Receipt.received_on, Receipt.receipt_number, "amount_minor", None),
    ("disputes opened", Dispute, Dispute.opened_on, Dispute.reason, None, None),
    (
        "disputes resolved",
        Dispute,
        Dispute.resolved_on,
        Dispute.resolution,
        None,
        Dispute.state == DisputeState.RESOLVED,
    ),
    (
        "promises to pay",
        Promise,
        Promise.promised_on,
        Promise.kind,
        "amount_minor",
        Promise.direction == "theirs",
    ),
    ("holds placed", Hold, Hold.placed_on, Hold.reason, None, None),
    ("messages from customers", Message, Message.sent_on, Message.subject, None, "in"),
    ("messages to customers", Message, Message.sent_on, Message.purpose, None, "out"),
)


def _new(
    ctx: ToolContext,
    account: str | None,
    after: date,
    what: str,
    table: Any,
    day: Any,
    label: Any,
    amount: str | None,
    condition: Any,
) -> ChangeLine:
    where = [day > after, day <= ctx.as_of]
    if account:
        where.append(table.account_id == account)
    if isinstance(condition, str):
        where.append(table.direction == condition)
    elif condition is not None:
        where.append(condition)
    count = ctx.session.scalar(select(func.count()).select_from(table).where(*where)) or 0
    sums: list[tuple[str, int]] = []
    if amount and count:
        column = getattr(table, amount)
        rows = ctx.session.execute(
            select(table.currency, func.sum(column))
            .where(*where, column.is_not(None), table.currency.is_not(None))
            .group_by(table.currency)
        )
        sums = [(row[0], int(row[1])) for row in rows]
    named = _named(ctx, account, where, table, label) if count else ()
    return ChangeLine(what=what, count=count, amounts=totals(sums), named=named)


def _broken(ctx: ToolContext, account: str | None, after: date) -> ChangeLine:
    """Promises found broken since: by the date of the night that settled them, not their own."""
    kept = ctx.session.scalars(select(Run.counts).where(Run.as_of > after, Run.as_of <= ctx.as_of))
    settled: set[str] = set()
    for counts in kept:
        settled.update(orjson.loads(counts).get("cash", {}).get("promises", ()))
    ids = sorted(settled)
    where = [Promise.state == PromiseState.BROKEN, Promise.direction == "theirs"]
    if account:
        where.append(Promise.account_id == account)
    query = select(Promise, Account.account_number).join(Account).where(*where)
    rows = [
        row
        for start in range(0, len(ids), _AT_ONCE)
        for row in ctx.session.execute(query.where(Promise.id.in_(ids[start : start + _AT_ONCE])))
    ]
    sums = [
        (row.currency, row.amount_minor)
        for row, _number in rows
        if row.currency and row.amount_minor is not None
    ]
    named = sorted({row.kind if account else number for row, number in rows})
    return ChangeLine(
        what="promises broken",
        count=len(rows),
        amounts=totals(sums),
        named=tuple(named[:_NAMED]),
    )


def _named(
    ctx: ToolContext, account: str | None, where: list[Any], table: Any, label: Any
) -> tuple[str, ...]:
    """The first few: what they are called, or whose they are where the whole book is asked for."""
    column = label if account else Account.account_number
    query = select(column)
    if not account:
        query = query.select_from(table).join(Account, Account.id == table.account_id)
    elif table is Message:
        return ()
    rows = ctx.session.scalars(query.where(*where).distinct().order_by(column).limit(_NAMED))
    return tuple(str(row) for row in rows if row)


def _decided(ctx: ToolContext, account: str | None, after: date) -> list[ChangeLine]:
    """How nights decided since, by disposition."""
    where = [Run.as_of > after, Run.as_of <= ctx.as_of]
    if account:
        where.append(DispositionRow.account_id == account)
    rows = ctx.session.execute(
        select(DispositionRow.kind, func.count())
        .join(Run, Run.id == DispositionRow.run_id)
        .where(*where)
        .group_by(DispositionRow.kind)
        .order_by(DispositionRow.kind)
    )
    return [
        ChangeLine(what=f"decided: {kind.replace('_', ' ')}", count=count) for kind, count in rows
    ]


@read_tool(Scope.BOOK)
def agents_work(ctx: ToolContext, days: Limit = 1) -> AgentsWork:
    """Read what the agents did: messages and cash without a person, requests, refusals, model use.

    Args:
        ctx: Who asks, on which ledger.
        days: How many days back, today included.
    """
    first = ctx.as_of - timedelta(days=days - 1)
    tally = work_tally(ctx.session, first, ctx.as_of)
    since = datetime.combine(first, time.min, UTC)
    until = datetime.combine(ctx.as_of + timedelta(days=1), time.min, UTC)
    refused = ctx.session.scalar(
        select(func.count())
        .select_from(Audit)
        .where(Audit.kind == "tool_refused", Audit.at >= since, Audit.at < until)
    )
    tokens = func.sum(ModelCall.input_tokens + ModelCall.output_tokens)
    used = ctx.session.execute(
        select(func.count(), func.coalesce(tokens, 0)).where(
            ModelCall.called_at >= since, ModelCall.called_at < until
        )
    ).one()
    return AgentsWork(
        first=first,
        last=ctx.as_of,
        messages=tally.sent,
        messages_alone=tally.sent_alone,
        applications=tally.applied,
        applications_alone=tally.applied_alone,
        requests=tally.cases,
        agents=_agents(ctx, first),
        tool_refusals=refused or 0,
        model_calls=int(used[0]),
        model_tokens=int(used[1]),
    )


def _agents(ctx: ToolContext, first: date) -> tuple[AgentLine, ...]:
    rows = ctx.session.execute(
        select(Proposal.role, Proposal.state, func.count())
        .where(Proposal.created_on >= first, Proposal.created_on <= ctx.as_of)
        .group_by(Proposal.role, Proposal.state)
    ).all()
    by_role: dict[str, Counter[str]] = {}
    for role, state, count in rows:
        by_role.setdefault(role, Counter())[state] += count
    return tuple(
        AgentLine(
            role=role,
            requests=states.total(),
            executed=states["executed"],
            waiting=states["pending"] + states["snoozed"] + states["question"],
            rejected=states["rejected"] + states["refused"],
        )
        for role, states in sorted(by_role.items())
    )
