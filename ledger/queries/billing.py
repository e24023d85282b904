"""Set-based reads that find billing errors in invoices before they are due."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import Session

from ledger.states import ApplicationKind, DisputeState
from ledger.tables.account import Account, ContractNote
from ledger.tables.case import Dispute
from ledger.tables.receivable import Application, Invoice
from ledger.tables.work import Audit

FOUND = "billing_error_found"
"""What the journal holds once an invoice was put before billing."""

_COLUMNS = (
    Invoice.id,
    Invoice.account_id,
    Invoice.invoice_number,
    Invoice.due_on,
    Invoice.po_number,
    Invoice.amount_minor,
    Invoice.currency,
)


def _ahead(as_of: date, days: int) -> list[Any]:
    """Open invoices due soon that nobody disputes and billing was not told of yet."""
    disputed = select(Dispute.id).where(
        Dispute.invoice_id == Invoice.id, Dispute.state != DisputeState.RESOLVED
    )
    told = select(Audit.seq).where(Audit.subject_id == Invoice.id, Audit.kind == FOUND)
    return [
        Invoice.open_minor > 0,
        Invoice.due_on >= as_of,
        Invoice.due_on <= as_of + timedelta(days=days),
        ~told.exists(),
        ~disputed.exists(),
    ]


def without_order_number(
    session: Session, as_of: date, ahead_days: int, history_days: int, least: int, percent: int
) -> list[Any]:
    """Invoices without an order number at accounts whose other invoices carry one.

    Rows: the invoice, how many others there are, how many carry one, and whether a contract note
    speaks of an order number.
    """
    other = aliased(Invoice)
    habit = (
        select(
            other.account_id,
            func.count().label("others"),
            func.count(other.po_number).label("numbered"),
        )
        .where(
            other.issued_on > as_of - timedelta(days=history_days),
            other.account_id.in_(
                select(Invoice.account_id).where(
                    *_ahead(as_of, ahead_days), Invoice.po_number.is_(None)
                )
            ),
        )
        .group_by(other.account_id)
        .subquery()
    )
    noted = (
        select(ContractNote.id)
        .where(
            ContractNote.account_id == Invoice.account_id,
            or_(
                func.lower(ContractNote.body).contains("purchase order"),
                func.lower(ContractNote.body).contains("po number"),
                func.lower(ContractNote.body).contains("bestellnummer"),
            ),
        )
        .exists()
    )
    usual = and_(habit.c.numbered >= least, 100 * habit.c.numbered >= percent * habit.c.others)
    query = (
        select(*_COLUMNS, habit.c.others, habit.c.numbered, noted.label("noted"))
        .join(habit, habit.c.account_id == Invoice.account_id)
        .where(*_ahead(as_of, ahead_days), Invoice.po_number.is_(None), or_(usual, noted))
    )
    return list(session.execute(query.order_by(Invoice.id)))


def order_of_another(session: Session, as_of: date, ahead_days: int) -> list[Any]:
    """Invoices whose order number only a relative of the account has had before.

    Rows: the invoice and the account number of the relative: parent, child or sister.
    """
    own, theirs, other, before = (
        aliased(Account),
        aliased(Account),
        aliased(Invoice),
        aliased(Invoice),
    )
    related = or_(
        theirs.parent_id == own.id,
        theirs.id == own.parent_id,
        and_(theirs.parent_id == own.parent_id, own.parent_id.is_not(None)),
    )
    ours = (
        select(before.id)
        .where(
            before.account_id == Invoice.account_id,
            before.po_number == Invoice.po_number,
            before.id != Invoice.id,
        )
        .exists()
    )
    query = (
        select(*_COLUMNS, func.min(theirs.account_number).label("relative"))
        .join(own, own.id == Invoice.account_id)
        .join(theirs, related)
        .join(
            other,
            and_(
                other.account_id == theirs.id,
                other.po_number == Invoice.po_number,
                other.issued_on < Invoice.issued_on,
            ),
        )
        .where(*_ahead(as_of, ahead_days), Invoice.po_number.is_not(None), ~ours)
        .group_by(*_COLUMNS)
    )
    return list(session.execute(query.order_by(Invoice.id)))


def billed_twice(session: Session, as_of: date, ahead_days: int, within_days: int) -> list[Any]:
    """Invoices that repeat order number and amount of an earlier one of the account.

    One that was credited is no bill any more: the later one corrects it. Rows: the invoice, the
    number of the earlier one, and the dates of both.
    """
    first = aliased(Invoice)
    credited = (
        select(Application.id)
        .where(Application.invoice_id == first.id, Application.kind == ApplicationKind.CREDIT)
        .exists()
    )
    query = (
        select(
            *_COLUMNS,
            first.invoice_number.label("first"),
            first.issued_on.label("first_on"),
            Invoice.issued_on,
        )
        .join(
            first,
            and_(
                first.account_id == Invoice.account_id,
                first.po_number == Invoice.po_number,
                first.amount_minor == Invoice.amount_minor,
                first.currency == Invoice.currency,
                first.id != Invoice.id,
                or_(
                    first.issued_on < Invoice.issued_on,
                    and_(first.issued_on == Invoice.issued_on, first.id < Invoice.id),
                ),
            ),
        )
        .where(*_ahead(as_of, ahead_days), Invoice.po_number.is_not(None), ~credited)
    )
    rows = session.execute(query.order_by(Invoice.id, first.issued_on.desc(), first.id))
    return [row for row in rows if (row.issued_on - row.first_on).days <= within_days]


def off_the_series(session: Session, as_of: date, ahead_days: int, least: int) -> list[Any]:
    """Invoices that differ from the one amount every earlier one of the same order had.

    Rows: the invoice, that amount, and how many had it.
    """
    earlier = aliased(Invoice)
    series = (
        select(
            *_COLUMNS,
            func.min(earlier.amount_minor).label("usual_minor"),
            func.max(earlier.amount_minor).label("most_minor"),
            func.count().label("earlier"),
        )
        .join(
            earlier,
            and_(
                earlier.account_id == Invoice.account_id,
                earlier.po_number == Invoice.po_number,
                earlier.currency == Invoice.currency,
                earlier.issued_on < Invoice.issued_on,
            ),
        )
        .where(*_ahead(as_of, ahead_days), Invoice.po_number.is_not(None))
        .group_by(*_COLUMNS)
        .having(
            func.count() >= least,
            func.min(earlier.amount_minor) == func.max(earlier.amount_minor),
            func.min(earlier.amount_minor) != Invoice.amount_minor,
        )
    )
    return list(session.execute(series.order_by(Invoice.id)))
