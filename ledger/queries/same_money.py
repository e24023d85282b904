"""Receipts that another door may tell of again."""

from collections.abc import Collection
from datetime import date
from typing import Any

import orjson
from sqlalchemy import Row, select
from sqlmodel import Session

from ledger.states import ProposalState
from ledger.tables.account import Account
from ledger.tables.receivable import BankLine, Receipt, ReceiptReturn
from ledger.tables.work import Audit, Proposal

JOINED = "same_money_joined"
IN_DOUBT = "same_money_in_doubt"
_CHUNK = 500
_ASKED_ANEW = (ProposalState.EXPIRED.value, ProposalState.REFUSED.value)


def receipts_between(
    session: Session, first: date, last: date, amounts: Collection[int], of_bank: bool
) -> list[Row[Any]]:
    """Receipts of some days and amounts that a bank line tells of, or that none does.

    What went back is left out, and so is a receipt of the bank that another list told of already.
    """
    found: list[Row[Any]] = []
    ordered = sorted(amounts)
    joined = select(Audit.subject_id).where(Audit.kind == JOINED)
    for start in range(0, len(ordered), _CHUNK):
        query = (
            select(
                Receipt.id,
                Receipt.account_id,
                Receipt.receipt_number,
                Receipt.received_on,
                Receipt.amount_minor,
                Receipt.currency,
                Receipt.payer_name,
                Receipt.memo,
                BankLine.bank_ref,
                BankLine.customer_ref,
                Account.name.label("customer_name"),
            )
            .outerjoin(BankLine, BankLine.receipt_id == Receipt.id)
            .outerjoin(Account, Account.id == Receipt.account_id)
            .where(
                Receipt.received_on >= first,
                Receipt.received_on <= last,
                Receipt.amount_minor.in_(ordered[start : start + _CHUNK]),
                BankLine.id.is_not(None) if of_bank else BankLine.id.is_(None),
                Receipt.id.not_in(select(ReceiptReturn.receipt_id)),
            )
            .order_by(Receipt.received_on, Receipt.id)
        )
        if of_bank:
            query = query.where(Receipt.id.not_in(joined))
        found += session.execute(query)
    return found


def joined_numbers(session: Session, numbers: Collection[str]) -> dict[str, str]:
    """Receipts of the bank by the number another list told them under."""
    rows = session.execute(select(Audit.subject_id, Audit.payload).where(Audit.kind == JOINED))
    told = {orjson.loads(payload)["receipt_number"]: receipt for receipt, payload in rows}
    return {number: told[number] for number in numbers if number in told}


def receipts_in_doubt(session: Session) -> list[Row[Any]]:
    """Unapplied receipts that may be the same money as another."""
    return list(
        session.execute(
            select(
                Receipt.id,
                Receipt.account_id,
                Receipt.receipt_number,
                Receipt.received_on,
                Receipt.amount_minor,
                Receipt.unapplied_minor,
                Receipt.currency,
                Receipt.payer_name,
                Receipt.memo,
                BankLine.bank_ref,
                BankLine.customer_ref,
                Account.name.label("customer_name"),
            )
            .outerjoin(BankLine, BankLine.receipt_id == Receipt.id)
            .outerjoin(Account, Account.id == Receipt.account_id)
            .where(Receipt.hold_reason == IN_DOUBT, Receipt.unapplied_minor > 0)
            .order_by(Receipt.id)
        )
    )


def answers_about_doubles(session: Session) -> dict[str, str]:
    """State of the newest request to take a receipt off as the same money twice, by receipt."""
    rows = session.execute(
        select(Proposal.action, Proposal.state)
        .where(
            Proposal.action_type == "reverse_receipt",
            Proposal.action.contains("same_money_twice"),
            Proposal.state.not_in(_ASKED_ANEW),
        )
        .order_by(Proposal.created_at, Proposal.id)
    )
    return {orjson.loads(action)["receipt_id"]: state for action, state in rows}
