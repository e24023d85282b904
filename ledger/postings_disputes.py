"""Disputes on the books: opened, proved, resolved with what that gives, and opened again.

Only tools/ imports this. A write takes a session and never commits. What a resolution takes off an
invoice is an application whose cause begins with the dispute, so that it can be taken back.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from ledger.errors import Conflict, NotFound
from ledger.ids import make_id
from ledger.journal import insert_new, touch
from ledger.postings import apply_to_invoices, reverse_application
from ledger.states import ApplicationKind, DisputeState
from ledger.tables.case import Dispute, DisputeEvidence
from ledger.tables.receivable import Application, CreditMemo, Invoice


@dataclass(frozen=True, slots=True)
class DisputeTerms:
    """How a dispute is worked: who answers until when, and how much of the invoice it is about."""

    owner: str | None = None
    answer_by: date | None = None
    amount_minor: int | None = None
    currency: str | None = None
    claim_id: str | None = None


@dataclass(frozen=True, slots=True)
class Resolved:
    """How a dispute ends.

    Attributes:
        invoice_id: The invoice something is taken off, with its amount in minor units.
        cause: What the resolution is traced to, once for each time a dispute is resolved.
    """

    resolution: str
    on: date
    by: str
    cause: str
    invoice_id: str | None = None
    amount_minor: int = 0


_KINDS = {
    "write_off": ApplicationKind.WRITE_OFF,
    "allow_discount": ApplicationKind.DISCOUNT,
}


def open_dispute(
    session: Session,
    account_id: str,
    invoice_id: str | None,
    reason: str,
    opened_on: date,
    quote: str,
    terms: DisputeTerms | None = None,
) -> str:
    """Open a dispute; told again while it is open, it is the same one.

    What differs is the claim or, without one, the words. One that was resolved stays so, and the
    same words again open another.
    """
    terms = terms or DisputeTerms()
    whole = "account" if invoice_id is None else "invoice"
    told = (account_id, invoice_id, reason, opened_on, terms.claim_id or quote)
    row_id, known = _unresolved(session, told)
    if known:
        return row_id
    row = {
        "id": row_id,
        "account_id": account_id,
        "invoice_id": invoice_id,
        "reason": reason,
        "opened_on": opened_on,
        "quote": quote,
        "state": DisputeState.OPEN.value,
        "level": whole if terms.amount_minor is None else "amount",
        "owner": terms.owner,
        "answer_by": terms.answer_by,
        "amount_minor": terms.amount_minor,
        "currency": terms.currency,
        "claim_id": terms.claim_id,
    }
    insert_new(session, Dispute, [row])
    touch(session, {account_id})
    return row_id


def _unresolved(session: Session, told: tuple[object, ...]) -> tuple[str, bool]:
    """The id of what is told, and whether such a dispute is open under it."""
    turn = 0
    while True:
        row_id = make_id("dsp", *told, *((turn,) if turn else ()))
        found = session.get(Dispute, row_id)
        if found is None or found.state != DisputeState.RESOLVED:
            return row_id, found is not None
        turn += 1


def add_evidence(session: Session, row: dict[str, Any]) -> str:
    """Keep something that speaks for or against a dispute, once.

    Raises:
        NotFound: No such dispute.
    """
    dispute = _get(session, row["dispute_id"])
    key = make_id("evd", dispute.id, row["kind"], row["source"], row["body"], row["noted_on"])
    insert_new(session, DisputeEvidence, [row | {"id": key}])
    return key


def resolve_dispute(session: Session, dispute_id: str, end: Resolved) -> None:
    """Close a dispute and take off the invoice what the resolution gives.

    Raises:
        NotFound: No such dispute or invoice.
        Conflict: Less than that is open.
    """
    dispute = _get(session, dispute_id)
    if end.amount_minor and end.invoice_id:
        _take_off(session, dispute, end, end.invoice_id)
    dispute.state = DisputeState.RESOLVED
    dispute.resolution, dispute.resolved_on = end.resolution, end.on
    dispute.resolved_by, dispute.resolved_minor = end.by, end.amount_minor
    session.flush()
    touch(session, {dispute.account_id})


def reopen_dispute(session: Session, dispute_id: str, on: date) -> int:
    """Open a resolved dispute again and charge back what it took off; returns minor units.

    A write-off or discount is reversed. A credit memo was issued to the customer and stays used:
    an adjustment of the opposite sign charges it back.

    Raises:
        NotFound: No such dispute.
    """
    dispute = _get(session, dispute_id)
    charged = 0
    for row in _taken_off(session, dispute_id):
        cause = f"undone:{row.id}"
        if row.kind == ApplicationKind.CREDIT:
            part = [(row.invoice_id, -row.amount_minor)]
            made = apply_to_invoices(session, ApplicationKind.ADJUSTMENT, None, part, on, cause)
        else:
            made = [reverse_application(session, row.id, on, cause)]
        charged += row.amount_minor if made else 0
    _revive(dispute)
    session.flush()
    touch(session, {dispute.account_id})
    return charged


def _taken_off(session: Session, dispute_id: str) -> list[Application]:
    """What earlier resolutions took off and nothing has reversed."""
    undone = select(Application.reverses_id).where(Application.reverses_id.is_not(None))
    rows = session.scalars(
        select(Application)
        .where(
            Application.cause.startswith(_cause(dispute_id, ""), autoescape=True),
            Application.reverses_id.is_(None),
            Application.id.not_in(undone),
        )
        .order_by(Application.id)
    )
    return list(rows)


def _take_off(session: Session, dispute: Dispute, end: Resolved, invoice_id: str) -> None:
    cause, part = _cause(dispute.id, end.cause), [(invoice_id, end.amount_minor)]
    kind = _KINDS.get(end.resolution)
    if kind is not None:
        apply_to_invoices(session, kind, None, part, end.on, cause)
    else:
        memo = _issue_credit(session, dispute, end, invoice_id)
        apply_to_invoices(session, ApplicationKind.CREDIT, memo, part, end.on, cause)
    invoice = session.get(Invoice, invoice_id)
    dispute.currency = invoice.currency if invoice else dispute.currency


def _issue_credit(session: Session, dispute: Dispute, end: Resolved, invoice_id: str) -> str:
    """A credit memo over what the resolution gives, issued on its day."""
    invoice = session.get(Invoice, invoice_id)
    if invoice is None:
        raise NotFound(f"no invoice {invoice_id}")
    memo_id = make_id("crd", dispute.id, end.cause)
    row = {
        "id": memo_id,
        "account_id": invoice.account_id,
        "credit_number": f"CM-{memo_id.removeprefix('crd_')[:10].upper()}",
        "issued_on": end.on,
        "amount_minor": end.amount_minor,
        "currency": invoice.currency,
        "unapplied_minor": end.amount_minor,
        "invoice_number": invoice.invoice_number,
    }
    if insert_new(session, CreditMemo, [row]) == 0:
        raise Conflict(f"the credit of dispute {dispute.id} is issued already")
    return memo_id


def _cause(dispute_id: str, cause: str) -> str:
    return f"dispute:{dispute_id}:{cause}"


def _revive(dispute: Dispute) -> None:
    dispute.state, dispute.resolution = DisputeState.OPEN, None
    dispute.resolved_on, dispute.resolved_by, dispute.resolved_minor = None, "", None


def _get(session: Session, dispute_id: str) -> Dispute:
    row = session.get(Dispute, dispute_id)
    if row is None:
        raise NotFound(f"no dispute {dispute_id}")
    return row


def set_terms(session: Session, dispute_id: str, owner: str | None, answer_by: date) -> None:
    """Start the clock of a dispute that came without one, such as one of the accounting system.

    Raises:
        NotFound: No such dispute.
    """
    dispute = _get(session, dispute_id)
    dispute.owner = dispute.owner or owner
    dispute.answer_by = dispute.answer_by or answer_by
    session.flush()
    touch(session, {dispute.account_id})
