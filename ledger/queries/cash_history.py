"""Set-based reads for risk and forecast: invoices with the day their cash came, what is open."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Select, String, cast, func, or_, select
from sqlmodel import Session

from ledger.states import ApplicationKind, DisputeState, HoldReason
from ledger.tables.account import Account, Hold
from ledger.tables.case import Dispute
from ledger.tables.receivable import Application, CreditMemo, Invoice, Receipt, ReceiptReturn

ROWS_AT_ONCE = 5000
_OFTEN = (1, 3, 4, 5)  # columns of known invoices whose values come again and again
_STOPPED = (HoldReason.INSOLVENCY, HoldReason.DECEASED)


class KnownInvoice(NamedTuple):
    """An invoice and the day the last of its cash came; None while it is open."""

    invoice_id: str
    account_id: str
    amount_minor: int
    currency: str
    issued_on: date
    due_on: date
    cleared_on: date | None


class KnownColumns(NamedTuple):
    """Invoices as `KnownInvoice` has them, by column; days as ISO text, or as dates."""

    invoice_id: list[str]
    account_id: list[str]
    amount_minor: list[int]
    currency: list[str]
    issued_on: list[Any]
    due_on: list[Any]
    cleared_on: list[Any]


class OpenItemRow(NamedTuple):
    """What is still to come of an invoice."""

    invoice_id: str
    account_id: str
    currency: str
    segment: str
    amount_minor: int
    open_minor: int
    issued_on: date
    due_on: date
    entity: str = ""


def known_invoices(
    session: Session, as_of: date, days: int, accounts: Sequence[str] | None = None
) -> list[KnownInvoice]:
    """Invoices issued in the days before a date, and any still open, of some accounts or of all.

    One settled by credit, write-off or adjustment alone was never paid and is left out.
    """
    columns = known_columns(session, as_of, days, accounts)
    told: dict[str | None, date | None] = {None: None}
    for column in columns[4:]:
        told.update((day, date.fromisoformat(day)) for day in set(column) - told.keys())
    on = [[told[day] for day in column] for column in columns[4:]]
    return list(map(KnownInvoice, *columns[:4], *on))


def known_columns(
    session: Session, as_of: date, days: int, accounts: Sequence[str] | None = None
) -> KnownColumns:
    """The same invoices column by column, for reads of a whole book."""
    same: dict[Any, Any] = {}
    paid_on = _last_paid(session, as_of, accounts, same)
    found = KnownColumns([], [], [], [], [], [], [])
    query = _invoices(as_of, days, accounts).execution_options(yield_per=ROWS_AT_ONCE)
    for rows in session.execute(query).partitions():
        kept = [row for row in rows if row[6] > 0 or row[0] in paid_on]
        if not kept:
            continue
        *columns, left = zip(*kept, strict=True)
        for place, values in enumerate(columns):
            # One text each of accounts, currencies and days, which come again and again.
            found[place].extend(map(same.setdefault, values, values) if place in _OFTEN else values)
        found.cleared_on.extend(
            None if minor > 0 else paid_on[invoice]
            for invoice, minor in zip(columns[0], left, strict=True)
        )
    return found


def _invoices(as_of: date, days: int, accounts: Sequence[str] | None) -> Select[Any]:
    return (
        select(
            Invoice.id,
            Invoice.account_id,
            Invoice.amount_minor,
            Invoice.currency,
            cast(Invoice.issued_on, String),
            cast(Invoice.due_on, String),
            Invoice.open_minor,
        )
        .where(
            Invoice.amount_minor > 0,
            or_(Invoice.open_minor > 0, Invoice.issued_on >= as_of - timedelta(days=days)),
            *([] if accounts is None else [Invoice.account_id.in_(accounts)]),
        )
        .order_by(Invoice.issued_on, Invoice.id)
    )


def _last_paid(
    session: Session, as_of: date, accounts: Sequence[str] | None, same: dict[Any, Any]
) -> dict[str, str]:
    """The day the last cash on each invoice came, as ISO text.

    The newest is found here: grouping in the database sorts the whole table anew each time.
    """
    day = func.coalesce(Receipt.received_on, Application.applied_on)
    rows = session.execute(
        select(Application.invoice_id, cast(day, String))
        .outerjoin(Receipt, Receipt.id == Application.receipt_id)
        .where(
            Application.kind == ApplicationKind.CASH,
            Application.applied_on <= as_of,
            *([] if accounts is None else [Application.account_id.in_(accounts)]),
        )
        .execution_options(yield_per=ROWS_AT_ONCE)
    )
    found: dict[str, str] = {}
    for invoice, on in rows:
        if found.get(invoice, "") < on:
            found[invoice] = same.setdefault(on, on)
    return found


def open_items(session: Session) -> list[OpenItemRow]:
    """Every invoice with an open balance, with the segment of its account and who issued it."""
    rows = session.execute(
        select(
            Invoice.id,
            Invoice.account_id,
            Invoice.currency,
            Account.segment,
            Invoice.amount_minor,
            Invoice.open_minor,
            Invoice.issued_on,
            Invoice.due_on,
            func.coalesce(Invoice.entity, ""),
        )
        .join(Account, Account.id == Invoice.account_id)
        .where(Invoice.open_minor > 0)
        .order_by(Invoice.account_id, Invoice.due_on, Invoice.id)
        .execution_options(yield_per=ROWS_AT_ONCE)
    )
    return [OpenItemRow(*row) for row in rows]


def already_here(session: Session) -> dict[tuple[str, str], int]:
    """Unapplied cash and credits by account and currency: what is owed that nobody need send."""
    found: dict[tuple[str, str], int] = {}
    for table in (Receipt, CreditMemo):
        rows = session.execute(
            select(table.account_id, table.currency, func.sum(table.unapplied_minor))
            .where(table.unapplied_minor > 0, table.account_id.is_not(None))
            .group_by(table.account_id, table.currency)
        )
        for account_id, currency, minor in rows:
            key = str(account_id), currency
            found[key] = found.get(key, 0) + int(minor)
    return found


def disputes_open(session: Session) -> list[tuple[str, str | None, date]]:
    """(account id, invoice id where one is named, opened on) of disputes not resolved."""
    rows = session.execute(
        select(Dispute.account_id, Dispute.invoice_id, Dispute.opened_on)
        .where(Dispute.state != DisputeState.RESOLVED)
        .order_by(Dispute.account_id, Dispute.id)
    )
    return [(row[0], row[1], row[2]) for row in rows]


def dispute_days(session: Session, since: date) -> list[int]:
    """Days the disputes resolved since a date had taken."""
    rows = session.execute(
        select(Dispute.opened_on, Dispute.resolved_on).where(
            Dispute.state == DisputeState.RESOLVED,
            Dispute.resolved_on.is_not(None),
            Dispute.resolved_on >= since,
        )
    )
    return sorted((resolved - opened).days for opened, resolved in rows)


def accounts_stopped(session: Session, as_of: date) -> set[str]:
    """Accounts whose debts are no longer paid in the ordinary way: insolvent, or of the dead."""
    return {account for account, _, reason in holds_in_force(session, as_of) if reason in _STOPPED}


def holds_in_force(session: Session, as_of: date) -> list[tuple[str, str | None, str]]:
    """(account id, invoice id where it is about one, reason) of holds neither lifted nor over."""
    rows = session.execute(
        select(Hold.account_id, Hold.invoice_id, Hold.reason)
        .where(Hold.lifted_at.is_(None), or_(Hold.ends_on.is_(None), Hold.ends_on >= as_of))
        .order_by(Hold.account_id, Hold.id)
    )
    return [(row[0], row[1], row[2]) for row in rows]


def cash_received(session: Session, first: date, last: date) -> list[tuple[str, date, int]]:
    """(currency, day, minor units) of money received from one day to another, less what went back.

    Money that went back counts against its own day.
    """
    came = (
        select(Receipt.currency, Receipt.received_on, func.sum(Receipt.amount_minor))
        .where(Receipt.received_on.between(first, last))
        .group_by(Receipt.currency, Receipt.received_on)
    )
    went = (
        select(
            ReceiptReturn.currency, ReceiptReturn.returned_on, func.sum(ReceiptReturn.amount_minor)
        )
        .where(ReceiptReturn.returned_on.between(first, last))
        .group_by(ReceiptReturn.currency, ReceiptReturn.returned_on)
    )
    found = [(row[0], row[1], int(row[2])) for row in session.execute(came)]
    return found + [(row[0], row[1], -int(row[2])) for row in session.execute(went)]


def cash_on_invoices(session: Session, first: date, last: date) -> list[tuple[str, str, str, int]]:
    """(currency, day received, invoice issued on, minor units) of cash from one day to another.

    Days are ISO text. Not summed up: a database sorts all rows to do that, whoever asks need not.
    """
    day = func.coalesce(Receipt.received_on, Application.applied_on)
    rows = session.execute(
        select(
            Application.currency,
            cast(day, String),
            cast(Invoice.issued_on, String),
            Application.amount_minor,
        )
        .join(Invoice, Invoice.id == Application.invoice_id)
        .outerjoin(Receipt, Receipt.id == Application.receipt_id)
        .where(Application.kind == ApplicationKind.CASH, day.between(first, last))
    )
    return [(row[0], row[1], row[2], row[3]) for row in rows]
