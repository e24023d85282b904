"""The reads of a snapshot that concern money: what is unapplied, came in lately, or went back."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import orjson
from sqlalchemy import select
from sqlmodel import Session

from ledger.facts import ReceivedPayment, ReturnedPayment, UnappliedReceipt
from ledger.queries.grouping import BUDGET_DAYS, Rows, among, grouped
from ledger.states import OPEN_PROPOSAL_STATES
from ledger.tables.account import Account
from ledger.tables.receivable import Invoice, Receipt, ReceiptReturn
from ledger.tables.work import Proposal

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


def read_suggested(session: Session, ids: Sequence[str]) -> Rows:
    """Money of nobody, or of another account, that a waiting request would set against accounts.

    A request stands on one account and may name invoices of its family: each of those accounts is
    one it may belong to.
    """
    named = _named_by_requests(session, _families(session, ids))
    if not named:
        return {}
    rows = session.execute(
        select(Receipt.account_id, *_RECEIPT)
        .where(among(Receipt.id, sorted(named)), Receipt.unapplied_minor != 0)
        .order_by(Receipt.id)
    ).all()
    pairs = [(account, *row[1:]) for row in rows for account in named[row[1]] if account != row[0]]
    wanted = set(ids)
    return grouped(
        (pair for pair in pairs if pair[0] in wanted), lambda row: UnappliedReceipt(*row[1:])
    )


def _families(session: Session, ids: Sequence[str]) -> set[str]:
    """Accounts with their parents, brothers and children."""
    above = {parent for (parent,) in session.execute(_parents(ids)) if parent}
    near = session.scalars(select(Account.id).where(among(Account.parent_id, [*ids, *above])))
    return {*ids, *above, *near}


def _parents(ids: Sequence[str]) -> Any:
    known = (among(Account.id, ids), Account.parent_id.is_not(None))
    return select(Account.parent_id).where(*known).distinct()


def _named_by_requests(session: Session, ids: set[str]) -> dict[str, list[str]]:
    """Accounts by receipt: those the waiting requests on accounts stand on or name invoices of."""
    asked = session.execute(
        select(Proposal.account_id, Proposal.action).where(
            among(Proposal.account_id, sorted(ids)),
            Proposal.action_type == "apply_receipt",
            Proposal.state.in_(sorted(OPEN_PROPOSAL_STATES)),
        )
    ).all()
    actions = [(account, action) for account, said in asked if (action := _cash_of(said))]
    invoices = {part["invoice_id"] for _account, each in actions for part in each["allocations"]}
    owned = select(Invoice.id, Invoice.account_id).where(among(Invoice.id, sorted(invoices)))
    owners = {row[0]: row[1] for row in session.execute(owned)} if invoices else {}
    named: dict[str, set[str]] = {}
    for account, each in actions:
        theirs = {owners[part["invoice_id"]] for part in each["allocations"]}
        named.setdefault(each["receipt_id"], set()).update({account, *theirs})
    return {receipt: sorted(accounts) for receipt, accounts in named.items()}


def _cash_of(said: str) -> dict[str, Any] | None:
    """The action of a request; None where it is not one that sets cash against invoices."""
    action = orjson.loads(said)
    return action if {"receipt_id", "allocations"} <= action.keys() else None


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
