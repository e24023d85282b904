"""Invoices and the day each was paid, as the postings told it at the start of a past day."""

from collections.abc import Iterable
from datetime import date
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import BigInteger, case, cast, func, select
from sqlmodel import Session

from ledger.queries.cash_history import ROWS_AT_ONCE, KnownInvoice
from ledger.states import ApplicationKind
from ledger.tables.receivable import Application, Invoice, Receipt


def invoices_known_before(session: Session, as_of: date) -> list[KnownInvoice]:
    """Every invoice issued before a day, cleared on the day of the cash that left nothing to pay.

    Cash counts from the day it was received, anything else from the day it was posted. An invoice
    settled without cash was never paid and is left out; one that was part paid is open.
    """
    settled = {
        invoice_id: list(days)
        for invoice_id, days in groupby(_applied_by_day(session, as_of), key=itemgetter(0))
    }
    invoices = session.execute(
        select(
            Invoice.id,
            Invoice.account_id,
            Invoice.amount_minor,
            Invoice.currency,
            Invoice.issued_on,
            Invoice.due_on,
        )
        .where(Invoice.amount_minor > 0, Invoice.issued_on < as_of)
        .order_by(Invoice.issued_on, Invoice.id)
        .execution_options(yield_per=ROWS_AT_ONCE)
    )
    found = []
    for row in invoices:
        is_open, cleared_on = _cleared(row.amount_minor, settled.get(row.id, ()))
        if is_open or cleared_on is not None:
            found.append(KnownInvoice(*row, cleared_on))
    return found


def _cleared(amount: int, days: Iterable[Any]) -> tuple[bool, date | None]:
    """Whether it is open, and the last day on which cash came to what was still open."""
    paid, cleared_on = 0, None
    for _invoice, day, applied, cash in days:
        if cash > 0 and paid < amount:
            cleared_on = day
        paid += applied
    return (True, None) if paid < amount else (False, cleared_on)


def _applied_by_day(session: Session, as_of: date) -> Iterable[Any]:
    """(invoice, day, applied, of that in cash), a correction counting on the day it corrects."""
    cash = Application.kind == ApplicationKind.CASH
    day = case(
        (cash, func.coalesce(Receipt.received_on, Application.applied_on)),
        else_=Application.applied_on,
    )
    applied = cast(func.sum(Application.amount_minor), BigInteger)
    of_cash = cast(func.sum(case((cash, Application.amount_minor), else_=0)), BigInteger)
    return session.execute(
        select(Application.invoice_id, day, applied, of_cash)
        .outerjoin(Receipt, Receipt.id == Application.receipt_id)
        .where(Application.applied_on < as_of)
        .group_by(Application.invoice_id, day)
        .order_by(Application.invoice_id, day)
        .execution_options(yield_per=ROWS_AT_ONCE)
    )
