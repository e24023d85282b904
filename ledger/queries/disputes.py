"""Set-based reads for the disputes desk: the pipeline, past ends, and what is overdue."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlalchemy.orm import aliased
from sqlmodel import Session

from ledger.states import OPEN_PROPOSAL_STATES, DisputeState
from ledger.tables.account import Account
from ledger.tables.case import Dispute, DisputeEvidence
from ledger.tables.inbound import Attachment, Claim
from ledger.tables.receivable import Application, Invoice
from ledger.tables.work import Audit, Proposal

OVERDUE, UNPROVEN = "dispute_overdue", "dispute_unproven"
"""What the journal holds once a dispute was put before a person again, and why."""
REOPENED = "dispute_reopened"
"""What the journal holds of a dispute whose resolution was taken back."""


def dispute_rows(session: Session, *where: ColumnElement[bool]) -> list[Any]:
    """Disputes with account, invoice, evidence count and whether a resolution waits for a yes."""
    return list(session.execute(_rows().where(*where)))


def _rows() -> Select[*tuple[Any, ...]]:
    evidence = (
        select(DisputeEvidence.dispute_id, func.count().label("count"))
        .group_by(DisputeEvidence.dispute_id)
        .subquery()
    )
    waits = (
        select(Proposal.id)
        .where(
            Proposal.account_id == Dispute.account_id,
            Proposal.action_type == "resolve_dispute",
            Proposal.state.in_(sorted(OPEN_PROPOSAL_STATES)),
            Proposal.action.contains(Dispute.id),
        )
        .exists()
    )
    return (
        select(
            Dispute,
            Account.account_number,
            Account.name,
            Account.segment,
            Account.strategic,
            Account.currency.label("account_currency"),
            Invoice.invoice_number,
            Invoice.open_minor,
            Invoice.currency.label("invoice_currency"),
            func.coalesce(evidence.c.count, 0).label("evidence"),
            waits.label("decision_waits"),
        )
        .join(Account, Account.id == Dispute.account_id)
        .outerjoin(Invoice, Invoice.id == Dispute.invoice_id)
        .outerjoin(evidence, evidence.c.dispute_id == Dispute.id)
        .order_by(Dispute.opened_on, Dispute.id)
    )


def evidence_of(session: Session, dispute_id: str) -> list[DisputeEvidence]:
    """What speaks for or against a dispute, oldest first."""
    query = select(DisputeEvidence).where(DisputeEvidence.dispute_id == dispute_id)
    return list(session.scalars(query.order_by(DisputeEvidence.noted_on, DisputeEvidence.id)))


def open_sum_of(session: Session, account_ids: Sequence[str]) -> dict[tuple[str, str], int]:
    """Open balance of accounts by account and currency, for disputes about a whole account."""
    rows = session.execute(
        select(Invoice.account_id, Invoice.currency, func.sum(Invoice.open_minor))
        .where(Invoice.account_id.in_(account_ids), Invoice.open_minor != 0)
        .group_by(Invoice.account_id, Invoice.currency)
    )
    return {(row[0], row[1]): int(row[2]) for row in rows}


def past_ends(session: Session, reason: str, *where: ColumnElement[bool]) -> dict[str, int]:
    """How resolved disputes of a reason ended, by resolution."""
    rows = session.execute(
        select(Dispute.resolution, func.count())
        .join(Account, Account.id == Dispute.account_id)
        .where(
            Dispute.reason == reason,
            Dispute.state == DisputeState.RESOLVED,
            Dispute.resolution.is_not(None),
            *where,
        )
        .group_by(Dispute.resolution)
    )
    return {row[0]: row[1] for row in rows}


def resolved_of_account(session: Session, account_id: str, limit: int) -> list[Dispute]:
    """The newest resolved disputes of an account."""
    query = (
        select(Dispute)
        .where(Dispute.account_id == account_id, Dispute.state == DisputeState.RESOLVED)
        .order_by(Dispute.resolved_on.desc(), Dispute.id)
        .limit(limit)
    )
    return list(session.scalars(query))


def resolved_disputes(session: Session, ids: Sequence[str]) -> dict[str, tuple[Dispute, str]]:
    """Resolved disputes of some ids, each with its account number."""
    rows = session.execute(
        select(Dispute, Account.account_number)
        .join(Account, Account.id == Dispute.account_id)
        .where(Dispute.id.in_(ids), Dispute.state == DisputeState.RESOLVED)
    )
    return {row[0].id: (row[0], row[1]) for row in rows}


def disputes_opened(session: Session, since: date, until: date) -> list[Any]:
    """Disputes opened in a period, and whether each came back: (dispute, came_back).

    One came back that was charged back, or that another dispute of the same invoice followed.
    """
    later = aliased(Dispute)
    followed = (
        select(later.id)
        .where(
            later.invoice_id == Dispute.invoice_id,
            later.id != Dispute.id,
            later.opened_on >= Dispute.resolved_on,
        )
        .exists()
    )
    reopened = (
        select(Audit.seq).where(Audit.subject_id == Dispute.id, Audit.kind == REOPENED).exists()
    )
    query = select(Dispute, (followed | reopened).label("came_back")).where(
        Dispute.opened_on >= since, Dispute.opened_on <= until
    )
    return list(session.execute(query.order_by(Dispute.opened_on, Dispute.id)))


def invoices_issued(session: Session, since: date, until: date) -> int:
    """How many invoices were issued in a period."""
    query = select(func.count()).where(Invoice.issued_on >= since, Invoice.issued_on <= until)
    return session.scalar(query) or 0


def not_said_yet(kind: str) -> ColumnElement[bool]:
    """Disputes the journal does not say that of since they were opened."""
    said = select(Audit.seq).where(Audit.subject_id == Dispute.id, Audit.kind == kind)
    return ~said.exists()


def overdue_disputes(session: Session, as_of: date) -> list[Any]:
    """Open disputes whose answer is overdue and that were not put before a person for it."""
    return dispute_rows(
        session,
        Dispute.state != DisputeState.RESOLVED,
        Dispute.answer_by < as_of,
        not_said_yet(OVERDUE),
    )


def unproven_disputes(session: Session, opened_before: date) -> list[Any]:
    """Open disputes of a message that nothing has spoken for, opened before a date."""
    proved = select(DisputeEvidence.id).where(DisputeEvidence.dispute_id == Dispute.id).exists()
    attached = (
        select(Attachment.id)
        .join(Claim, Claim.inbound_id == Attachment.inbound_id)
        .where(and_(Claim.id == Dispute.claim_id, Attachment.not_read_because == ""))
        .exists()
    )
    return dispute_rows(
        session,
        Dispute.state != DisputeState.RESOLVED,
        Dispute.claim_id.is_not(None),
        Dispute.opened_on < opened_before,
        ~proved,
        ~attached,
        not_said_yet(UNPROVEN),
    )


def taken_off(session: Session, dispute_id: str) -> list[Application]:
    """What resolutions of a dispute posted, and what was charged back, oldest first."""
    query = select(Application).where(
        Application.cause.startswith(f"dispute:{dispute_id}:", autoescape=True)
    )
    return list(session.scalars(query.order_by(Application.applied_on, Application.id)))
