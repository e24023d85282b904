"""Reads of money that waits and may be accounts': for snapshots, for lists of work, for people."""

from collections.abc import Sequence
from typing import Any

import orjson
from sqlalchemy import or_, select
from sqlmodel import Session

from ledger.facts import CandidateReceipt
from ledger.queries.grouping import Rows, among, grouped
from ledger.states import OPEN_PROPOSAL_STATES, ProposalState
from ledger.tables.account import Account
from ledger.tables.receivable import Receipt, ReceiptCandidate
from ledger.tables.work import Proposal

_ASKS = OPEN_PROPOSAL_STATES | {ProposalState.DECIDED}
_RECEIPT = (
    Receipt.id,
    Receipt.receipt_number,
    Receipt.received_on,
    Receipt.unapplied_minor,
    Receipt.currency,
)
_MAY_BE_THEIRS = (
    ReceiptCandidate.denied.is_(False),
    Receipt.unapplied_minor > 0,
    # What is known to be theirs, in the currency they owe, is their unapplied cash.
    or_(
        Receipt.account_id.is_distinct_from(ReceiptCandidate.account_id),
        Receipt.currency != ReceiptCandidate.currency,
    ),
)
"""Candidates, joined with their receipts, for whom money waits that is not known to be theirs."""


def read_suggested(session: Session, ids: Sequence[str]) -> Rows:
    """Money that may be accounts': of nobody, of another account, or in another currency."""
    rows = session.execute(
        select(ReceiptCandidate.account_id, *_RECEIPT, ReceiptCandidate.currency)
        .join(Receipt, Receipt.id == ReceiptCandidate.receipt_id)
        .where(among(ReceiptCandidate.account_id, ids), *_MAY_BE_THEIRS)
        .order_by(Receipt.id, ReceiptCandidate.currency)
    )
    return grouped(rows, lambda row: CandidateReceipt(*row[1:]))


def money_that_waits(session: Session) -> list[tuple[str, str, int | None]]:
    """(account, currency it may pay, minor units of it) of all money that may be somebody's.

    The amount is None where the money is in another currency.
    """
    rows = session.execute(
        select(
            ReceiptCandidate.account_id,
            ReceiptCandidate.currency,
            Receipt.unapplied_minor,
            Receipt.currency,
        )
        .join(Receipt, Receipt.id == ReceiptCandidate.receipt_id)
        .where(*_MAY_BE_THEIRS)
        .order_by(ReceiptCandidate.account_id, Receipt.id)
    )
    return [
        (account, owed, minor if currency == owed else None)
        for account, owed, minor, currency in rows
    ]


def waiting_for(session: Session, *where: Any) -> list[tuple[Receipt, Account, str]]:
    """(receipt, account it may belong to, currency it may pay), oldest money first.

    Args:
        session: A read transaction.
        where: Further conditions on receipts and accounts.
    """
    rows = session.execute(
        select(Receipt, Account, ReceiptCandidate.currency)
        .join(ReceiptCandidate, ReceiptCandidate.receipt_id == Receipt.id)
        .join(Account, Account.id == ReceiptCandidate.account_id)
        .where(*_MAY_BE_THEIRS, *where)
        .order_by(Receipt.received_on, Receipt.id, Account.account_number)
    )
    return [(row[0], row[1], row[2]) for row in rows]


def asked_about(session: Session) -> dict[str, str]:
    """The requests that wait to apply receipts, by the receipt."""
    rows = session.execute(
        select(Proposal.id, Proposal.action).where(
            Proposal.action_type == "apply_receipt", Proposal.state.in_(sorted(_ASKS))
        )
    )
    return {orjson.loads(row[1])["receipt_id"]: row[0] for row in rows}
