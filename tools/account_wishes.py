"""What a person asks for on an account by hand: to lift a hold, to write off what stays open.

It becomes an action like any other, and waits for a colleague like any other.
"""

from sqlalchemy import select
from sqlmodel import Session

from ledger.actions import ReleaseHold, WriteOff, read_action
from ledger.errors import BadInput, Conflict, NotFound
from ledger.journal import waiting_proposals
from ledger.tables.account import Hold
from ledger.tables.receivable import Invoice
from tools.assist_notes import own_words
from tools.dispute_wishes import invoice_of, minor_of

MAX_REASON = 500
_SAY_WHY = "say why, so that a colleague can decide"


def wish_to_lift(
    session: Session, account_id: str, hold_id: str | None, reason: str
) -> ReleaseHold:
    """An action that lifts a hold; of an account with one hold, that one.

    Raises:
        NotFound: No such hold is in force on the account.
        BadInput: No reason, or several holds and none is named.
        Conflict: It is asked for already.
    """
    found = {
        hold.id: hold.reason
        for hold in session.scalars(
            select(Hold)
            .where(Hold.account_id == account_id, Hold.lifted_at.is_(None))
            .order_by(Hold.placed_on, Hold.id)
        )
    }
    if hold_id is None and len(found) > 1:
        told = ", ".join(f"{key} ({why.replace('_', ' ')})" for key, why in found.items())
        raise BadInput(f"several holds are in force, say which with --hold: {told}")
    named = hold_id or next(iter(found), None)
    if named not in found:
        raise NotFound(f"the account has no hold {named or 'in force'}")
    said = own_words(reason, _SAY_WHY, MAX_REASON)
    action = ReleaseHold(account_id=account_id, hold_id=named, note=said)
    _check_not_asked(session, action)
    return action


def wish_to_write_off(
    session: Session, account_id: str, invoice: str, amount: str | None, reason: str
) -> WriteOff:
    """An action that writes off an invoice's open balance, or a part of it.

    Args:
        session: A read transaction.
        account_id: The account.
        invoice: Number of the invoice, or its id.
        amount: In the invoice's currency; left out, all that is open.
        reason: Why.

    Raises:
        NotFound: The account has no such invoice.
        BadInput: Not an amount, no reason, or nothing is open.
        Conflict: It is asked for already.
    """
    kept = session.get(Invoice, invoice)
    mine = kept if kept is not None and kept.account_id == account_id else None
    item = mine or invoice_of(session, account_id, invoice)
    minor = minor_of(amount, item.currency) or item.open_minor
    if not 0 < minor <= item.open_minor:
        raise BadInput(f"{item.invoice_number} has less open than that")
    said = own_words(reason, _SAY_WHY, MAX_REASON)
    action = WriteOff(account_id=account_id, invoice_id=item.id, amount_minor=minor, note=said)
    _check_not_asked(session, action)
    return action


def _check_not_asked(session: Session, action: ReleaseHold | WriteOff) -> None:
    about = "hold_id" if isinstance(action, ReleaseHold) else "invoice_id"
    for waiting in waiting_proposals(session, action.account_id):
        if waiting.action_type != action.type:
            continue
        if getattr(read_action(waiting.action), about) == getattr(action, about):
            raise Conflict(f"this is asked for already, as {waiting.id}; a colleague decides it")
