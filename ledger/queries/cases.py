"""Set-based reads for the dispute and credit phases."""

from datetime import date
from typing import Any

from sqlalchemy import func, or_, select
from sqlmodel import Session

from ledger.states import DisputeState, ProposalState
from ledger.tables.account import Account
from ledger.tables.case import Dispute
from ledger.tables.order import SalesOrder
from ledger.tables.receivable import CreditMemo, Invoice, Receipt
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


def exposures(session: Session) -> list[Any]:
    """Exposure per account with a limit, in its limit's currency, in minor units.

    Rows: account_id, limit_minor, currency, exposure_minor, oldest_due_on. Exposure is open
    invoices less unapplied cash and open credits, so it is 0 or less, and `oldest_due_on` is None,
    for one that only has orders; accounts with neither, or on credit hold, are left out.
    """
    invoices = (
        select(
            Invoice.account_id,
            Invoice.currency,
            func.sum(Invoice.open_minor).label("open_minor"),
            func.min(Invoice.due_on).label("oldest_due_on"),
        )
        .where(Invoice.open_minor != 0)
        .group_by(Invoice.account_id, Invoice.currency)
        .subquery()
    )
    cash = _unapplied(Receipt)
    credit = _unapplied(CreditMemo)
    ordering = select(SalesOrder.account_id).where(SalesOrder.amount_minor > 0)
    owed = (
        func.coalesce(invoices.c.open_minor, 0)
        - func.coalesce(cash.c.unapplied_minor, 0)
        - func.coalesce(credit.c.unapplied_minor, 0)
    )
    return list(
        session.execute(
            select(
                Account.id.label("account_id"),
                Account.credit_limit_minor.label("limit_minor"),
                Account.currency,
                owed.label("exposure_minor"),
                invoices.c.oldest_due_on,
            )
            .outerjoin(
                invoices,
                (invoices.c.account_id == Account.id) & (invoices.c.currency == Account.currency),
            )
            .outerjoin(
                cash, (cash.c.account_id == Account.id) & (cash.c.currency == Account.currency)
            )
            .outerjoin(
                credit,
                (credit.c.account_id == Account.id) & (credit.c.currency == Account.currency),
            )
            .where(
                Account.credit_limit_minor.is_not(None),
                Account.credit_hold.is_(False),
                or_(invoices.c.account_id.is_not(None), Account.id.in_(ordering)),
            )
            .order_by(Account.id)
        )
    )


def _unapplied(table: Any) -> Any:
    return (
        select(
            table.account_id,
            table.currency,
            func.sum(table.unapplied_minor).label("unapplied_minor"),
        )
        .where(table.unapplied_minor != 0, table.account_id.is_not(None))
        .group_by(table.account_id, table.currency)
        .subquery()
    )


def recently_proposed(session: Session, action_type: str, since: date) -> set[str]:
    """Accounts for which such an action was proposed since a date, whatever came of it."""
    return set(
        session.scalars(
            select(Proposal.account_id).where(
                Proposal.action_type == action_type, Proposal.created_on >= since
            )
        )
    )
