"""Orders that are not billed yet, as the newest export tells them."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from operator import attrgetter
from typing import Any, NamedTuple

from sqlalchemy import ScalarSelect, func, select
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


class ListedOrder(NamedTuple):
    """An order as the export lists it."""

    order_id: str
    account_id: str
    order_number: str
    po_number: str | None
    currency: str
    amount_minor: int
    delivered_on: date | None
    invoice_on: date | None


class Billed(NamedTuple):
    """An invoice since the export, and the number of an order that it names, ours or theirs."""

    account_id: str
    names: str
    currency: str
    amount_minor: int


def orders_to_bill(session: Session) -> list[OrderRow]:
    """Orders of the newest export, each less what invoices that name it have billed since."""
    terms = func.coalesce(SalesOrder.terms_days, Account.terms_days)
    left = _left(session)
    rows = session.execute(
        select(
            SalesOrder.id,
            SalesOrder.account_id,
            SalesOrder.currency,
            Account.segment,
            SalesOrder.invoice_on,
            SalesOrder.delivered_on,
            terms,
        )
        .join(Account, Account.id == SalesOrder.account_id)
        .where(*_listed())
        .order_by(SalesOrder.account_id, SalesOrder.id)
    )
    return [OrderRow(*row[:4], left[row[0]], *row[4:]) for row in rows if left[row[0]]]


def ordered(
    session: Session, as_of: date, accounts: Sequence[str] | None = None
) -> dict[tuple[str, str], tuple[int, int]]:
    """(delivered and not billed, still to be delivered) by account and currency."""
    left = _left(session, accounts)
    rows = session.execute(
        select(
            SalesOrder.id, SalesOrder.account_id, SalesOrder.currency, SalesOrder.delivered_on
        ).where(*_listed(accounts))
    )
    found: dict[tuple[str, str], tuple[int, int]] = {}
    for order_id, account_id, currency, delivered_on in rows:
        if not left[order_id]:
            continue
        delivered, to_come = found.get((account_id, currency), (0, 0))
        if delivered_on is not None and delivered_on <= as_of:
            delivered += left[order_id]
        else:
            to_come += left[order_id]
        found[account_id, currency] = delivered, to_come
    return found


def listed_on(session: Session) -> date | None:
    """Day of the newest export of orders, with any in it or none; None where none was taken in."""
    days = select(_newest().label("day")).union_all(
        select(Feed.read_through).where(Feed.name == FEED)
    )
    return session.scalar(select(func.max(days.subquery().c.day)))


def _newest() -> ScalarSelect[Any]:
    return select(func.max(SalesOrder.listed_on)).scalar_subquery()


def left_to_bill(orders: Iterable[ListedOrder], billed: Sequence[Billed]) -> dict[str, int]:
    """What is left of each order once every invoice is used up, each cent of it once.

    An invoice bills the order it names by our number; only what is left of it then goes to orders
    of a customer's number it names, oldest first, since orders may share one.
    """
    oldest = sorted(orders, key=_age)
    left = {order.order_id: order.amount_minor for order in oldest}
    unused = [each.amount_minor for each in billed]
    for number_of in (attrgetter("order_number"), attrgetter("po_number")):
        named: dict[tuple[str, str], list[ListedOrder]] = defaultdict(list)
        for order in oldest:
            named[order.account_id, number_of(order)].append(order)
        for place, each in enumerate(billed):
            meant = named.get((each.account_id, each.names), [])
            unused[place] = _use(unused[place], each.currency, meant, left)
    return left


def _use(amount: int, currency: str, meant: list[ListedOrder], left: dict[str, int]) -> int:
    """Lower what is left of orders by an invoice, and say how much of it is not used.

    An invoice in a currency that none of them has tells nothing of how much is left, so it ends
    the oldest.
    """
    same = [order.order_id for order in meant if order.currency == currency]
    for order_id in same:
        taken = max(0, min(amount, left[order_id]))
        left[order_id] -= taken
        amount -= taken
    standing = [order.order_id for order in meant if left[order.order_id]]
    if same or not standing or amount <= 0:
        return amount
    left[standing[0]] = 0
    return 0


def _age(order: ListedOrder) -> tuple[date, date, int, str]:
    """Delivered first, then first to be billed; a shorter number is the older one."""
    delivered, invoice = order.delivered_on or date.max, order.invoice_on or date.max
    return delivered, invoice, len(order.order_number), order.order_number


def _left(session: Session, accounts: Sequence[str] | None = None) -> dict[str, int]:
    """What is left of each order of the newest export, by its id; 0 where it is billed.

    An export lists the rest as it is on its day, so what was billed on that day is out of it
    already: only invoices of later days count. The other way round, a rest would be lowered twice
    by one invoice, and that cash would be missing from the forecast until the next export.
    """
    orders = session.execute(
        select(
            SalesOrder.id,
            SalesOrder.account_id,
            SalesOrder.order_number,
            SalesOrder.po_number,
            SalesOrder.currency,
            SalesOrder.amount_minor,
            SalesOrder.delivered_on,
            SalesOrder.invoice_on,
        ).where(*_listed(accounts))
    )
    billed = session.execute(
        select(Invoice.account_id, Invoice.po_number, Invoice.currency, Invoice.amount_minor)
        .where(
            Invoice.account_id.in_(select(SalesOrder.account_id).where(*_listed(accounts))),
            Invoice.issued_on > _newest(),
            Invoice.po_number.is_not(None),
        )
        .order_by(Invoice.issued_on, Invoice.id)
    )
    return left_to_bill([ListedOrder(*row) for row in orders], [Billed(*row) for row in billed])


def _listed(accounts: Sequence[str] | None = None) -> list[Any]:
    known = [SalesOrder.listed_on == _newest(), SalesOrder.amount_minor > 0]
    return known if accounts is None else [*known, SalesOrder.account_id.in_(accounts)]
