"""Orders that are not billed yet, as the newest export tells them."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import case, func, or_, select
from sqlmodel import Session

from ledger.tables.account import Account
from ledger.tables.order import SalesOrder
from ledger.tables.receivable import Invoice


class OrderRow(NamedTuple):
    """What is to be billed of an order; terms are its own or the account's."""

    order_id: str
    account_id: str
    currency: str
    segment: str
    amount_minor: int
    invoice_on: date | None
    delivered_on: date | None
    terms_days: int | None


def orders_to_bill(session: Session) -> list[OrderRow]:
    """Orders of the newest export, less those an invoice has named since."""
    terms = func.coalesce(SalesOrder.terms_days, Account.terms_days)
    rows = session.execute(
        select(
            SalesOrder.id,
            SalesOrder.account_id,
            SalesOrder.currency,
            Account.segment,
            SalesOrder.amount_minor,
            SalesOrder.invoice_on,
            SalesOrder.delivered_on,
            terms,
        )
        .join(Account, Account.id == SalesOrder.account_id)
        .where(*_to_bill())
        .order_by(SalesOrder.account_id, SalesOrder.id)
    )
    return [OrderRow(*row) for row in rows]


def ordered(
    session: Session, as_of: date, accounts: Sequence[str] | None = None
) -> dict[tuple[str, str], tuple[int, int]]:
    """(delivered and not billed, still to be delivered) by account and currency."""
    is_delivered = SalesOrder.delivered_on <= as_of
    rows = session.execute(
        select(
            SalesOrder.account_id,
            SalesOrder.currency,
            func.sum(case((is_delivered, SalesOrder.amount_minor), else_=0)),
            func.sum(case((is_delivered, 0), else_=SalesOrder.amount_minor)),
        )
        .where(*_to_bill(), *([] if accounts is None else [SalesOrder.account_id.in_(accounts)]))
        .group_by(SalesOrder.account_id, SalesOrder.currency)
    )
    return {(row[0], row[1]): (int(row[2]), int(row[3])) for row in rows}


def listed_on(session: Session) -> date | None:
    """Day of the newest export of orders; None where none was ever taken in."""
    return session.scalar(select(func.max(SalesOrder.listed_on)))


def _to_bill() -> tuple:
    newest = select(func.max(SalesOrder.listed_on)).scalar_subquery()
    billed = (
        select(Invoice.id)
        .where(
            Invoice.account_id == SalesOrder.account_id,
            Invoice.issued_on >= SalesOrder.listed_on,
            or_(
                Invoice.po_number == SalesOrder.order_number,
                Invoice.po_number == SalesOrder.po_number,
            ),
        )
        .exists()
    )
    return SalesOrder.listed_on == newest, SalesOrder.amount_minor > 0, ~billed
