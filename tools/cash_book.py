"""Writes of the cash phase that need no judgement: reasons on receipts, states of promises."""

from sqlalchemy import select
from sqlmodel import Session

from ledger.postings import hold_receipt, settle_promises
from ledger.states import PromiseState
from ledger.tables.receivable import Receipt


def known_payers(session: Session, by_reason: dict[str, list[str]]) -> list[str]:
    """The accounts of receipts whose payer is known."""
    ids = sorted(receipt_id for found in by_reason.values() for receipt_id in found)
    payers = session.scalars(
        select(Receipt.account_id)
        .where(Receipt.id.in_(ids), Receipt.account_id.is_not(None))
        .distinct()
        .order_by(Receipt.account_id)
    )
    return [payer for payer in payers if payer]


def set_receipts_aside(session: Session, by_reason: dict[str, list[str]]) -> None:
    """Note why receipts wait."""
    for reason, receipt_ids in by_reason.items():
        hold_receipt(session, receipt_ids, reason)


def keep_promise_states(session: Session, states: dict[str, PromiseState]) -> None:
    """Promises become kept, partly kept or broken."""
    settle_promises(session, states)
