"""What people said to applications of cash, from the journal."""

from typing import Any

from sqlalchemy import Row, func, select
from sqlmodel import Session

from ledger.states import ProposalState
from ledger.tables.account import Account
from ledger.tables.receivable import BankLine, Receipt
from ledger.tables.work import Audit, Proposal

SUGGESTED = "receipt_suggested"
FORGOTTEN = "cash_memory_forgotten"
_SAID = ("proposal_approve", "proposal_reject")


def cash_answers(session: Session) -> list[Row[Any]]:
    """Decided applications in the order of the journal: seq, state, action, account number."""
    said = (
        select(Audit.subject_id, func.max(Audit.seq).label("seq"))
        .where(Audit.kind.in_(_SAID))
        .group_by(Audit.subject_id)
        .subquery()
    )
    return list(
        session.execute(
            select(said.c.seq, Proposal.state, Proposal.action, Account.account_number)
            .join(said, said.c.subject_id == Proposal.id)
            .join(Account, Account.id == Proposal.account_id)
            .where(
                Proposal.action_type == "apply_receipt",
                Proposal.state.in_((ProposalState.EXECUTED.value, ProposalState.REJECTED.value)),
            )
            .order_by(said.c.seq)
        )
    )


def payers_told(session: Session) -> dict[str, tuple[str, str]]:
    """Name and bank account of the payer, as told, of every receipt a person was asked about."""
    rows = session.execute(
        select(Receipt.id, Receipt.payer_name, BankLine.payer_account)
        .outerjoin(BankLine, BankLine.receipt_id == Receipt.id)
        .join(Audit, Audit.subject_id == Receipt.id)
        .where(Audit.kind == SUGGESTED)
    )
    return {receipt_id: (name, account or "") for receipt_id, name, account in rows}


def journal_of(session: Session, kind: str) -> list[Row[Any]]:
    """Records of a kind in their order: seq, subject_id, payload."""
    return list(
        session.execute(
            select(Audit.seq, Audit.subject_id, Audit.payload)
            .where(Audit.kind == kind)
            .order_by(Audit.seq)
        )
    )
