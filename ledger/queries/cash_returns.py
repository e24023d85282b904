"""Lines of the bank that took money back and are not booked yet, and the receipts they may mean."""

from datetime import date
from typing import Any

import orjson
from sqlalchemy import Row, func, select
from sqlmodel import Session

from ledger.states import ProposalState
from ledger.tables.receivable import BankLine, Receipt, ReceiptReturn
from ledger.tables.work import Proposal

RETURN = "return"
# A request that came to nothing without a person's no is made again.
_ASKED_ANEW = (ProposalState.EXPIRED.value, ProposalState.REFUSED.value)


def open_returns(session: Session, since: date, through: date) -> list[BankLine]:
    """Returns of some days that no receipt carries, oldest first."""
    return list(
        session.scalars(
            select(BankLine)
            .outerjoin(ReceiptReturn, ReceiptReturn.bank_line_id == BankLine.id)
            .where(
                BankLine.kind == RETURN,
                BankLine.amount_minor < 0,
                BankLine.booked_on >= since,
                BankLine.booked_on <= through,
                ReceiptReturn.id.is_(None),
            )
            .order_by(BankLine.booked_on, BankLine.id)
        )
    )


def lines_asked_about(session: Session) -> set[str]:
    """Lines of the bank for which a return was asked for, and the answer stands or is awaited."""
    actions = session.scalars(
        select(Proposal.action).where(
            Proposal.action_type == "reverse_receipt", Proposal.state.not_in(_ASKED_ANEW)
        )
    )
    return {line for action in actions if (line := orjson.loads(action)["bank_line_id"])}


def receipts_that_may_return(
    session: Session, since: date, currencies: list[str], least_minor: int
) -> list[Row[Any]]:
    """Receipts with something left that has not gone back: `left`, payer and references."""
    back = (
        select(ReceiptReturn.receipt_id, func.sum(ReceiptReturn.amount_minor).label("minor"))
        .group_by(ReceiptReturn.receipt_id)
        .subquery()
    )
    left = Receipt.amount_minor - func.coalesce(back.c.minor, 0)
    return list(
        session.execute(
            select(
                Receipt.id,
                Receipt.account_id,
                Receipt.receipt_number,
                Receipt.received_on,
                Receipt.unapplied_minor,
                Receipt.amount_minor,
                left.label("left"),
                Receipt.currency,
                Receipt.payer_name,
                Receipt.memo,
                BankLine.payer_account,
                BankLine.bank_ref,
                BankLine.customer_ref,
            )
            .outerjoin(back, back.c.receipt_id == Receipt.id)
            .outerjoin(BankLine, BankLine.receipt_id == Receipt.id)
            .where(
                Receipt.received_on >= since,
                Receipt.currency.in_(currencies),
                left >= least_minor,
            )
            .order_by(Receipt.received_on, Receipt.id)
        )
    )
