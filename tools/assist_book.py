"""Read tools over the whole book: metrics and aging of any date, the largest overdue, the holds."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import func, or_, select

from engines.metrics import BUCKETS, CurrencyMetrics, summary
from ledger.balances import MetricInputs
from ledger.money import Money
from ledger.queries.as_of import due_parts, metric_inputs
from ledger.tables.account import Account, Hold
from ledger.tables.receivable import CreditMemo, Invoice
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
from tools.dispute_pipeline import Pipeline, pipeline
from tools.priority import value_units

_EARLIEST = date(2000, 1, 1)


class BookLine(Result):
    """The book of one currency: ratios in days, rates in percent."""

    currency: str
    open: MoneyOut
    overdue: MoneyOut
    buckets: dict[str, MoneyOut]
    unapplied_cash: MoneyOut
    open_credits: MoneyOut
    sales: MoneyOut
    dso_ratio: float | None
    bpdso_ratio: float | None
    add_ratio: float | None
    cei_rate: float | None
    kept_rate: float | None
    disputed_rate: float | None


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
        dso_ratio=_rounded_ratio(line.dso),
        bpdso_ratio=_rounded_ratio(line.bpdso),
        add_ratio=_rounded_ratio(line.add),
        cei_rate=_rounded_ratio(line.cei),
        kept_rate=_percent_rate(line.promises.by_count),
        disputed_rate=_percent_rate(line.dispute_rate),
    )


def _rounded_ratio(ratio: float | None) -> float | None:
    return None if ratio is None else round(ratio, 1)


def _percent_rate(share: float | None) -> float | None:
    return None if share is None else round(share * 100, 1)


@read_tool(Scope.BOOK)
def top_overdue(ctx: ToolContext, limit: Limit = 10) -> TopOverdue:
    """List the accounts with the largest overdue balance; totals cover the whole book.

    Balances of several currencies are compared by the high-value threshold of each; a currency
    without one is measured by that of the company's own currency, at par.
    """
    part = due_parts(ctx.as_of, skip_settled=True).subquery()
    rows = ctx.session.execute(
        select(
            part.c.account_id,
            Account.account_number,
            Account.name,
            part.c.currency,
            func.sum(part.c.open_minor).label("minor"),
            func.min(part.c.due_on).label("oldest"),
            func.count(part.c.invoice_id.distinct()).label("items"),
        )
        .join(Account, Account.id == part.c.account_id)
        .where(part.c.open_minor > 0, part.c.due_on < ctx.as_of)
        .group_by(part.c.account_id, Account.account_number, Account.name, part.c.currency)
    ).all()
    units = value_units(ctx.policy, (row.currency for row in rows))
    ranked = sorted(rows, key=lambda r: (-int(r.minor) / units[r.currency], r.account_id))
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
        count=count_of(ctx, Hold, where),
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
        count=count_of(ctx, CreditMemo, where),
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


@read_tool(Scope.BOOK)
def dispute_pipeline(ctx: ToolContext, limit: Limit = 5) -> Pipeline:
    """Read the dispute pipeline: how many stand at each stage and reason, and the most urgent."""
    return pipeline(ctx.session, ctx.policy, ctx.as_of, limit=limit)


def count_of(ctx: ToolContext, table: Any, where: Iterable[Any]) -> int:
    """How many rows of a table fit."""
    return ctx.session.scalar(select(func.count()).select_from(table).where(*where)) or 0
