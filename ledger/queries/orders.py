"""Orders that are not billed yet, as the newest export tells them."""

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ScalarSelect, and_, case, func, or_, select
from sqlmodel import Session

from ledger.tables.account import Account
from ledger.tables.order import SalesOrder
from ledger.tables.receivable import Invoice
from ledger.tables.work import Feed

FEED = "orders"
"""The source that exports of orders are read from."""


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
    """Orders of the newest export, each less what invoices that name it have billed since."""
    terms = func.coalesce(SalesOrder.terms_days, Account.terms_days)
    left, billed = _left()
    rows = session.execute(
        select(
            SalesOrder.id,
            SalesOrder.account_id,
            SalesOrder.currency,
            Account.segment,
            left,
            SalesOrder.invoice_on,
            SalesOrder.delivered_on,
            terms,
        )
        .join(Account, Account.id == SalesOrder.account_id)
        .outerjoin(billed, billed.c.order_id == SalesOrder.id)
        .where(SalesOrder.listed_on == _newest(), left > 0)
        .order_by(SalesOrder.account_id, SalesOrder.id)
    )
    return [OrderRow(*row[:4], int(row[4]), *row[5:]) for row in rows]


def ordered(
    session: Session, as_of: date, accounts: Sequence[str] | None = None
) -> dict[tuple[str, str], tuple[int, int]]:
    """(delivered and not billed, still to be delivered) by account and currency."""
    is_delivered = SalesOrder.delivered_on <= as_of
    left, billed = _left(accounts)
    rows = session.execute(
        select(
            SalesOrder.account_id,
            SalesOrder.currency,
            func.sum(case((is_delivered, left), else_=0)),
            func.sum(case((is_delivered, 0), else_=left)),
        )
        .outerjoin(billed, billed.c.order_id == SalesOrder.id)
        .where(SalesOrder.listed_on == _newest(), left > 0, *_of(accounts))
        .group_by(SalesOrder.account_id, SalesOrder.currency)
    )
    return {(row[0], row[1]): (int(row[2]), int(row[3])) for row in rows}


def listed_on(session: Session) -> date | None:
    """Day of the newest export of orders, with any in it or none; None where none was taken in."""
    days = select(_newest().label("day")).union_all(
        select(Feed.read_through).where(Feed.name == FEED)
    )
    return session.scalar(select(func.max(days.subquery().c.day)))


def _newest() -> ScalarSelect[Any]:
    return select(func.max(SalesOrder.listed_on)).scalar_subquery()


def _left(accounts: Sequence[str] | None = None) -> tuple[Any, Any]:
    """What is left of an order, and the sums it is found from, to be joined by the order.

    An invoice in another currency tells nothing of how much is left, so it ends its order.
    """
    same = Invoice.currency == SalesOrder.currency
    names_it = or_(
        Invoice.po_number == SalesOrder.order_number, Invoice.po_number == SalesOrder.po_number
    )
    billed = (
        select(
            SalesOrder.id.label("order_id"),
            func.sum(case((same, Invoice.amount_minor), else_=SalesOrder.amount_minor)).label(
                "billed_minor"
            ),
        )
        .join(
            Invoice,
            and_(
                Invoice.account_id == SalesOrder.account_id,
                Invoice.issued_on >= SalesOrder.listed_on,
                names_it,
            ),
        )
        .where(*_of(accounts))
        .group_by(SalesOrder.id)
        .subquery()
    )
    return SalesOrder.amount_minor - func.coalesce(billed.c.billed_minor, 0), billed


def _of(accounts: Sequence[str] | None) -> list[Any]:
    return [] if accounts is None else [SalesOrder.account_id.in_(accounts)]
