"""Set-based reads for the dispute and credit phases."""

from datetime import date

from sqlalchemy import select
from sqlmodel import Session

from ledger.states import DisputeState, ProposalState
from ledger.tables.case import Dispute
from ledger.tables.work import Proposal


def disputes_to_prepare(session: Session, role: str) -> list[str]:
    """Accounts with an unresolved dispute that the role has not prepared since it was opened."""
    prepared = (
        select(Proposal.id)
        .where(
            Proposal.account_id == Dispute.account_id,
            Proposal.role == role,
            Proposal.created_on >= Dispute.opened_on,
            Proposal.state != ProposalState.EXPIRED,
        )
        .exists()
    )
    rows = session.scalars(
        select(Dispute.account_id)
        .where(Dispute.state != DisputeState.RESOLVED, ~prepared)
        .distinct()
        .order_by(Dispute.account_id)
    )
    return list(rows)


def recently_proposed(session: Session, action_type: str, since: date) -> set[str]:
    """Accounts for which such an action was proposed since a date, whatever came of it."""
    return set(
        session.scalars(
            select(Proposal.account_id).where(
                Proposal.action_type == action_type, Proposal.created_on >= since
            )
        )
    )
