"""The reads of a snapshot that concern money: what is unapplied, came in lately, or went back."""

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import select
from sqlmodel import Session

from ledger.facts import ReceivedPayment, ReturnedPayment, UnappliedReceipt
from ledger.queries.grouping import BUDGET_DAYS, Rows, among, grouped
from ledger.tables.receivable import Receipt, ReceiptReturn

_RECEIPT = (
    Receipt.id,
    Receipt.receipt_number,
    Receipt.received_on,
    Receipt.unapplied_minor,
    Receipt.currency,
)


def read_receipts(session: Session, ids: Sequence[str]) -> Rows:
    """Money of accounts that is not applied."""
    rows = session.execute(
        select(Receipt.account_id, *_RECEIPT)
        .where(among(Receipt.account_id, ids), Receipt.unapplied_minor != 0)
        .order_by(Receipt.id)
    )
    return grouped(rows, lambda row: UnappliedReceipt(*row[1:]))


def read_payments(session: Session, as_of: date, ids: Sequence[str]) -> Rows:
    """Money of accounts that came in lately."""
    rows = session.execute(
        select(
            Receipt.account_id,
            Receipt.id,
            Receipt.receipt_number,
            Receipt.received_on,
            Receipt.amount_minor,
            Receipt.currency,
        )
        .where(
            among(Receipt.account_id, ids),
            Receipt.received_on > as_of - timedelta(days=BUDGET_DAYS),
            Receipt.received_on <= as_of,
        )
        .order_by(Receipt.id)
    )
    return grouped(rows, lambda row: ReceivedPayment(*row[1:]))


def read_returned(session: Session, as_of: date, ids: Sequence[str]) -> Rows:
    """Money of accounts that went back lately."""
    rows = session.execute(
        select(
            Receipt.account_id,
            Receipt.id,
            Receipt.receipt_number,
            ReceiptReturn.returned_on,
            ReceiptReturn.amount_minor,
            ReceiptReturn.currency,
            ReceiptReturn.reason,
        )
        .join(Receipt, Receipt.id == ReceiptReturn.receipt_id)
        .where(
            among(Receipt.account_id, ids),
            ReceiptReturn.returned_on > as_of - timedelta(days=BUDGET_DAYS),
            ReceiptReturn.returned_on <= as_of,
        )
        .order_by(ReceiptReturn.id)
    )
    return grouped(rows, lambda row: ReturnedPayment(*row[1:]))


def read_unidentified(session: Session, ids: Sequence[str]) -> tuple[UnappliedReceipt, ...]:
    """Receipts nobody is known to have sent."""
    if not ids:
        return ()
    rows = session.execute(
        select(*_RECEIPT)
        .where(among(Receipt.id, ids), Receipt.account_id.is_(None))
        .order_by(Receipt.id)
    )
    return tuple(UnappliedReceipt(*row) for row in rows)
