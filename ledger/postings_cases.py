"""Customer state: holds, limits, opt-outs, answers and what a person is to do.

Only tools/ imports this. A write takes a session, never commits, and clears the account's next
action date.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import select, update
from sqlmodel import Session

from ledger.errors import NotFound
from ledger.ids import make_id
from ledger.journal import insert_new, touch
from ledger.tables.account import Account, Contact, Hold
from ledger.tables.work import CallTask, Message


def place_hold(session: Session, row: dict[str, Any]) -> str:
    """Place a hold once per account, invoice, reason and day; one lifted that day stands again."""
    row = row | {
        "id": make_id("hld", row["account_id"], row["invoice_id"], row["reason"], row["placed_on"])
    }
    if insert_new(session, Hold, [row]) == 0:
        again = {"ends_on": row["ends_on"], "lifted_at": None, "lifted_by": None}
        _revive(session, Hold, row["id"], **again)
    touch(session, {row["account_id"]})
    return row["id"]


def release_hold(session: Session, hold_id: str, lifted_by: str, lifted_at: datetime) -> None:
    """Lift a hold.

    Raises:
        NotFound: No such hold.
    """
    hold = _get(session, Hold, hold_id)
    hold.lifted_by, hold.lifted_at = lifted_by, lifted_at
    session.flush()
    touch(session, {hold.account_id})


def set_credit_limit(session: Session, account_id: str, limit_minor: int, currency: str) -> None:
    """Set the limit, in minor units of the account's currency."""
    account = _get(session, Account, account_id)
    account.credit_limit_minor, account.currency = limit_minor, currency
    session.flush()
    touch(session, {account_id})


def set_credit_hold(session: Session, account_id: str, on: bool) -> None:
    """Put an account on credit hold or take it off."""
    _get(session, Account, account_id).credit_hold = on
    session.flush()
    touch(session, {account_id})


def add_call_task(session: Session, row: dict[str, Any]) -> str:
    """Give a person something to do, once per account, kind and summary."""
    row = row | {
        "id": make_id("tsk", row["account_id"], row["kind"], row["summary"], row["due_on"])
    }
    insert_new(session, CallTask, [row])
    return row["id"]


def mark_answered(session: Session, account_id: str, on: date) -> None:
    """The customer's open messages have been answered."""
    session.execute(
        update(Message)
        .where(Message.account_id == account_id, Message.direction == "in", Message.sent_on <= on)
        .values(answered=True)
    )
    touch(session, {account_id})


def owe_answer(session: Session, account_id: str) -> None:
    """An answer was taken back before it left: the customer's newest message waits for one."""
    newest = (
        select(Message.id)
        .where(Message.account_id == account_id, Message.direction == "in")
        .order_by(Message.sent_on.desc(), Message.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    session.execute(update(Message).where(Message.id == newest).values(answered=False))
    touch(session, {account_id})


def mark_message_answered(session: Session, inbound_id: str) -> None:
    """No answer is owed to one message of a customer any more."""
    named = update(Message).where(Message.inbound_id == inbound_id).values(answered=True)
    account_id = session.scalar(named.returning(Message.account_id))
    if account_id:
        touch(session, {account_id})


def settle_message(session: Session, message_id: str) -> bool:
    """One message of a customer was answered elsewhere; False where none was owed any more."""
    owed = Message.direction == "in", Message.answered.is_(False)
    named = update(Message).where(Message.id == message_id, *owed).values(answered=True)
    account_id = session.scalar(named.returning(Message.account_id))
    if account_id:
        touch(session, {account_id})
    return account_id is not None


def opt_out(session: Session, contact_id: str) -> None:
    """A contact asked us to stop; always obeyed."""
    contact = _get(session, Contact, contact_id)
    contact.opted_out = True
    session.flush()
    touch(session, {contact.account_id})


def _revive(session: Session, table: Any, row_id: str, **values: Any) -> None:
    """Bring a row that had ended back into force."""
    row = _get(session, table, row_id)
    for name, value in values.items():
        setattr(row, name, value)
    session.flush()


def _get(session: Session, table: Any, row_id: str) -> Any:
    row = session.get(table, row_id)
    if row is None:
        raise NotFound(f"no {table.__name__.lower()} {row_id}")
    return row
