"""What became of claims: the books prove or refute them, or their time runs out. Only tools/."""

from datetime import date
from typing import Any

from sqlalchemy import select, update
from sqlmodel import Session

from ledger.states import DisputeState
from ledger.tables.case import Dispute
from ledger.tables.inbound import Claim
from ledger.tables.receivable import Invoice

_ABOUT_PAYMENT = ("already_paid", "promise_to_pay")
_REFUSED = ("deny", "withdrawn")


def settle_claims(session: Session, as_of: date) -> int:
    """Confirm, refute or expire claims by what the books hold now; returns how many moved.

    A claim of payment is confirmed by a settled invoice, a dispute by its resolution; one whose
    pause has ended without either is expired, and counts when the same is claimed again.
    """
    settled = select(Invoice.id).where(Invoice.id == Claim.invoice_id, Invoice.open_minor == 0)
    resolved = select(Dispute.id).where(
        Dispute.claim_id == Claim.id, Dispute.state == DisputeState.RESOLVED
    )
    refused = Dispute.resolution.in_(_REFUSED)
    moves: tuple[tuple[str, str, Any], ...] = (
        ("confirmed", "ledger", Claim.kind.in_(_ABOUT_PAYMENT) & settled.exists()),
        ("refuted", "resolution", resolved.where(refused).exists()),
        ("confirmed", "resolution", resolved.where(~refused).exists()),
        ("expired", "calendar", Claim.pauses_until < as_of),
    )
    return sum(_move(session, state, by, where, as_of) for state, by, where in moves)


def _move(session: Session, state: str, by: str, where: Any, as_of: date) -> int:
    return session.execute(
        update(Claim)
        .where(Claim.state == "claimed", where)
        .values(state=state, settled_on=as_of, settled_by=by)
        .execution_options(synchronize_session=False)
    ).rowcount
