"""Balances as of any date, from the postings themselves and never from a projection.

A document counts from its own date and an application from its `applied_on`. Each read is one
statement that groups in the database, so its answer grows with days and currencies, not invoices.
"""

from collections.abc import Generator, Sequence
from datetime import date, timedelta

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    Subquery,
    Table,
    and_,
    case,
    cast,
    func,
    or_,
    select,
    union_all,
)
from sqlmodel import Session

from ledger.balances import (
    DaySales,
    DisputedBalance,
    DueBalance,
    DueItem,
    LedgerTotals,
    MetricInputs,
    OurTally,
    PromiseTally,
)
from ledger.states import ApplicationKind, PromiseState
from ledger.tables.all_tables import metadata

invoice = metadata.tables["invoice"]
instalment = metadata.tables["instalment"]
application = metadata.tables["application"]
receipt = metadata.tables["receipt"]
receipt_return = metadata.tables["receipt_return"]
credit_memo = metadata.tables["credit_memo"]
dispute = metadata.tables["dispute"]
promise = metadata.tables["promise"]

Accounts = Sequence[str] | None
ROWS_AT_ONCE = 2000
COUNT_BACK_DAYS = 366
_MATURED = (PromiseState.KEPT, PromiseState.PARTLY_KEPT, PromiseState.BROKEN)
_SETTLED = {
    ApplicationKind.CASH: "cash_applied_minor",
    ApplicationKind.CREDIT: "credit_applied_minor",
    ApplicationKind.WRITE_OFF: "written_off_minor",
    ApplicationKind.ADJUSTMENT: "adjusted_minor",
    ApplicationKind.DISCOUNT: "adjusted_minor",
    ApplicationKind.FEE: "adjusted_minor",
    ApplicationKind.FX: "adjusted_minor",
}


def total(amount: ColumnElement[int]) -> ColumnElement[int]:
    """A sum of minor units as an integer (PostgreSQL adds BIGINTs up to a NUMERIC)."""
    return cast(func.coalesce(func.sum(amount), 0), BigInteger)


def open_items_as_of(
    session: Session, as_of: date, account_ids: Accounts = None
) -> Generator[DueItem]:
    """Stream what was open, by account and due date; an instalment is an item of its own."""
    due = due_parts(as_of, account_ids).subquery()
    query = (
        select(due)
        .where(due.c.open_minor != 0)
        .order_by(due.c.account_id, due.c.due_on, due.c.invoice_id)
        .execution_options(yield_per=ROWS_AT_ONCE)
    )
    with session.execute(query) as rows:
        for row in rows.mappings():
            yield DueItem(**row)


def aging_input_as_of(
    session: Session, as_of: date, account_ids: Accounts = None
) -> list[DueBalance]:
    """What was open per currency and due date, before unapplied cash and credits.

    Invoices settled for good by the date are left out unread: those closed now that nothing was
    applied to since. Should a kept balance be wrong, the sum differs from the control totals, which
    read every posting.
    """
    due = due_parts(as_of, account_ids, skip_settled=True).subquery()
    open_minor = total(due.c.open_minor)
    query = (
        select(due.c.currency, due.c.due_on, open_minor)
        .group_by(due.c.currency, due.c.due_on)
        .having(open_minor != 0)
        .order_by(due.c.currency, due.c.due_on)
    )
    return [DueBalance(*row) for row in session.execute(query)]


def billed_between(
    session: Session, first: date, last: date, account_ids: Accounts = None
) -> list[DaySales]:
    """Credit sales per currency and day of issue, both ends included, credit memos not netted."""
    query = (
        select(invoice.c.currency, invoice.c.issued_on, total(invoice.c.amount_minor))
        .where(invoice.c.issued_on.between(first, last), *_of(invoice, account_ids))
        .group_by(invoice.c.currency, invoice.c.issued_on)
        .order_by(invoice.c.currency, invoice.c.issued_on)
    )
    return [DaySales(*row) for row in session.execute(query)]


def totals_as_of(session: Session, as_of: date, account_ids: Accounts = None) -> list[LedgerTotals]:
    """Control totals per currency, unapplied and unidentified cash among them.

    Money that went back counts from its day. Cash counts with the account that sent it, also where
    it paid an invoice of its family.
    """
    unidentified = case((receipt.c.account_id.is_(None), receipt.c.amount_minor), else_=0)
    reads = {
        "invoiced_minor": _sum(invoice, invoice.c.issued_on, as_of, account_ids),
        "received_minor": _sum(receipt, receipt.c.received_on, as_of, account_ids),
        "unidentified_minor": _sum(
            receipt, receipt.c.received_on, as_of, account_ids, unidentified
        ),
        "returned_minor": _returned(as_of, account_ids),
        "credited_minor": _sum(credit_memo, credit_memo.c.issued_on, as_of, account_ids),
    }
    if account_ids is not None:
        reads["cash_elsewhere_minor"] = _cash_elsewhere(as_of, account_ids)
    found: dict[str, dict[str, int]] = {}
    for name, query in reads.items():
        for currency, minor in session.execute(query):
            found.setdefault(currency, {})[name] = minor
    settled = _sum(application, application.c.applied_on, as_of, account_ids)
    by_kind = settled.add_columns(application.c.kind).group_by(application.c.kind)
    for currency, minor, kind in session.execute(by_kind):
        sums = found.setdefault(currency, {})
        sums[_SETTLED[kind]] = sums.get(_SETTLED[kind], 0) + minor
    return [LedgerTotals(currency, **found[currency]) for currency in sorted(found)]


def _returned(as_of: date, account_ids: Accounts) -> Select:
    """What of the receipts had gone back."""
    return (
        select(receipt_return.c.currency, total(receipt_return.c.amount_minor))
        .join(receipt, receipt.c.id == receipt_return.c.receipt_id)
        .where(receipt_return.c.returned_on <= as_of, *_of(receipt, account_ids))
        .group_by(receipt_return.c.currency)
    )


def _cash_elsewhere(as_of: date, account_ids: Sequence[str]) -> Select:
    """Cash of the accounts on invoices of others, less cash of others on theirs."""
    given = case((receipt.c.account_id.in_(account_ids), application.c.amount_minor), else_=0)
    taken = case((application.c.account_id.in_(account_ids), application.c.amount_minor), else_=0)
    return (
        select(application.c.currency, total(given - taken))
        .join(receipt, receipt.c.id == application.c.receipt_id)
        .where(
            application.c.applied_on <= as_of,
            receipt.c.account_id != application.c.account_id,
            or_(receipt.c.account_id.in_(account_ids), application.c.account_id.in_(account_ids)),
        )
        .group_by(application.c.currency)
    )


def disputed_as_of(
    session: Session, as_of: date, account_ids: Accounts = None
) -> list[DisputedBalance]:
    """What was open per currency on disputed invoices.

    A dispute counts the whole open balance of its invoice; one without an invoice counts those of
    its account.
    """
    under_dispute = and_(
        dispute.c.opened_on <= as_of,
        or_(dispute.c.resolved_on.is_(None), dispute.c.resolved_on > as_of),
    )
    invoices = select(dispute.c.invoice_id).where(under_dispute, dispute.c.invoice_id.is_not(None))
    accounts = select(dispute.c.account_id).where(under_dispute, dispute.c.invoice_id.is_(None))
    applied = applied_to(as_of, account_ids)
    open_minor = invoice.c.amount_minor - func.coalesce(applied.c.minor, 0)
    query = (
        select(invoice.c.currency, total(open_minor))
        .outerjoin(applied, applied.c.invoice_id == invoice.c.id)
        .where(
            invoice.c.issued_on <= as_of,
            or_(invoice.c.id.in_(invoices), invoice.c.account_id.in_(accounts)),
            *_of(invoice, account_ids),
        )
        .group_by(invoice.c.currency)
        .order_by(invoice.c.currency)
    )
    return [DisputedBalance(*row) for row in session.execute(query)]


def promises_matured(
    session: Session, first: date, last: date, account_ids: Accounts = None
) -> list[PromiseTally]:
    """Promises to pay an amount that fell due in the period and were kept or broken.

    Pending, superseded and cancelled promises are left out, and so is a delay that names no
    amount. The outcome is the one recorded by now.
    """
    query = (
        select(promise.c.currency, promise.c.state, func.count(), total(promise.c.amount_minor))
        .where(
            promise.c.direction == "theirs",
            promise.c.state.in_(_MATURED),
            promise.c.amount_minor.is_not(None),
            promise.c.currency.is_not(None),
            promise.c.due_on.between(first, last),
            *_of(promise, account_ids),
        )
        .group_by(promise.c.currency, promise.c.state)
        .order_by(promise.c.currency, promise.c.state)
    )
    return [PromiseTally(*row) for row in session.execute(query)]


def ours_due(session: Session, first: date, last: date, account_ids: Accounts = None) -> OurTally:
    """Promises we made that fell due in the period, done by now or not; cancelled ones left out."""
    kept = promise.c.state == PromiseState.KEPT
    is_late = and_(kept, promise.c.kept_on > promise.c.due_on)
    is_open = and_(promise.c.state == PromiseState.PENDING, promise.c.due_on < last)
    in_time, late, overdue = session.execute(
        select(*(total(case((which, 1), else_=0)) for which in (kept, is_late, is_open))).where(
            promise.c.direction == "ours",
            promise.c.due_on.between(first, last),
            *_of(promise, account_ids),
        )
    ).one()
    return OurTally(in_time - late, late, overdue)


def metric_inputs(
    session: Session, as_of: date, period_days: int = 90, account_ids: Accounts = None
) -> MetricInputs:
    """Read all the metrics need for the period that ends on a date, within one transaction."""
    before = as_of - timedelta(days=period_days)
    first = before + timedelta(days=1)
    sales_from = as_of - timedelta(days=max(period_days, COUNT_BACK_DAYS) - 1)
    return MetricInputs(
        as_of=as_of,
        period_days=period_days,
        sales_from=sales_from,
        opening=tuple(aging_input_as_of(session, before, account_ids)),
        closing=tuple(aging_input_as_of(session, as_of, account_ids)),
        sales=tuple(billed_between(session, sales_from, as_of, account_ids)),
        totals=tuple(totals_as_of(session, as_of, account_ids)),
        promises=tuple(promises_matured(session, first, as_of, account_ids)),
        disputed=tuple(disputed_as_of(session, as_of, account_ids)),
        ours=ours_due(session, first, as_of, account_ids),
    )


def due_parts(as_of: date, account_ids: Accounts = None, skip_settled: bool = False) -> Select:
    """The statement behind aging: what was open of every invoice, by due date.

    Of an invoice in instalments the earliest part is settled first, and the last part carries what
    remains, so that the parts always sum to the invoice's open balance.
    """
    book = _book(as_of, account_ids, skip_settled)
    schedule = _schedule(as_of, account_ids)
    paid, balance = book.c.paid, book.c.amount_minor - book.c.paid
    left_through = case((schedule.c.is_last, balance), else_=_above_zero(schedule.c.through, paid))
    left_before = case((schedule.c.is_first, 0), else_=_above_zero(schedule.c.before, paid))
    return select(
        book.c.account_id,
        book.c.invoice_id,
        book.c.invoice_number,
        book.c.issued_on,
        func.coalesce(schedule.c.due_on, book.c.due_on).label("due_on"),
        case((schedule.c.invoice_id.is_(None), balance), else_=left_through - left_before)
        .cast(BigInteger)
        .label("open_minor"),
        book.c.currency,
    ).outerjoin(schedule, schedule.c.invoice_id == book.c.invoice_id)


def _book(as_of: date, account_ids: Accounts, skip_settled: bool) -> Subquery:
    """Invoices with what had been applied to each, looked up invoice by invoice.

    Without the settled ones it is put together of those open now and those touched since, each
    found by its index: one condition for both would read every invoice there ever was.
    """
    paid = (
        select(total(application.c.amount_minor))
        .where(application.c.invoice_id == invoice.c.id, application.c.applied_on <= as_of)
        .scalar_subquery()
    )
    query = select(
        invoice.c.account_id,
        invoice.c.id.label("invoice_id"),
        invoice.c.invoice_number,
        invoice.c.issued_on,
        invoice.c.due_on,
        invoice.c.amount_minor,
        invoice.c.currency,
        paid.label("paid"),
    ).where(invoice.c.issued_on <= as_of, *_of(invoice, account_ids))
    if not skip_settled:
        return query.subquery()
    later = select(application.c.invoice_id).where(application.c.applied_on > as_of)
    return union_all(
        query.where(invoice.c.open_minor != 0),
        query.where(invoice.c.open_minor == 0, invoice.c.id.in_(later)),
    ).subquery()


def applied_to(as_of: date, account_ids: Accounts = None) -> Subquery:
    """What had been applied to each invoice of the accounts."""
    return (
        select(application.c.invoice_id, total(application.c.amount_minor).label("minor"))
        .where(application.c.applied_on <= as_of, *_of_invoices(application, account_ids))
        .group_by(application.c.invoice_id)
        .subquery()
    )


def _schedule(as_of: date, account_ids: Accounts) -> Subquery:
    """Instalments in force, with the invoice's running total before and through each of them."""
    order = {
        "partition_by": instalment.c.invoice_id,
        "order_by": (instalment.c.due_on, instalment.c.number),
    }
    through = cast(func.sum(instalment.c.amount_minor).over(**order), BigInteger)
    parts = select(
        instalment.c.invoice_id,
        instalment.c.due_on,
        through.label("through"),
        (through - instalment.c.amount_minor).label("before"),
        func.lag(instalment.c.id).over(**order).is_(None).label("is_first"),
        func.lead(instalment.c.id).over(**order).is_(None).label("is_last"),
    )
    in_force = (
        or_(instalment.c.agreed_on.is_(None), instalment.c.agreed_on <= as_of),
        or_(instalment.c.ended_on.is_(None), instalment.c.ended_on > as_of),
    )
    return parts.where(*in_force, *_of_invoices(instalment, account_ids)).subquery()


def _above_zero(whole: ColumnElement[int], paid: ColumnElement[int]) -> ColumnElement[int]:
    return case((whole > paid, whole - paid), else_=0)


def _sum(
    table: Table,
    dated: ColumnElement[date],
    as_of: date,
    account_ids: Accounts,
    amount: ColumnElement[int] | None = None,
) -> Select:
    counted = table.c.amount_minor if amount is None else amount
    query = select(table.c.currency, total(counted)).where(dated <= as_of, *_of(table, account_ids))
    return query.group_by(table.c.currency)


def _of(table: Table, account_ids: Accounts) -> list[ColumnElement[bool]]:
    return [] if account_ids is None else [table.c.account_id.in_(account_ids)]


def _of_invoices(table: Table, account_ids: Accounts) -> list[ColumnElement[bool]]:
    """Rows of the accounts' invoices, found by the invoice so that one account costs little."""
    if account_ids is None:
        return []
    return [table.c.invoice_id.in_(select(invoice.c.id).where(*_of(invoice, account_ids)))]
