"""What a person says about a message that nobody could link."""

from datetime import datetime

from sqlmodel import Session

from adapters.inbound_mail.message import MessageKind
from ledger.errors import Conflict, NotFound
from ledger.journal import audit, insert_new, touch
from ledger.queries import inbound as reads
from ledger.tables.inbound import Inbound
from ledger.tables.work import Message
from tools.inbound_rows import message_row


def link_by_hand(
    session: Session, inbound_id: str, account_id: str, person_id: str, now: datetime
) -> None:
    """A person says whose a message is; it is read like any other from then on.

    Raises:
        NotFound: No such message.
        Conflict: It is linked already.
    """
    row = session.get(Inbound, inbound_id)
    if row is None:
        raise NotFound(f"no message {inbound_id}; `dunwell mail list` shows them")
    if row.account_id is not None:
        raise Conflict(f"message {inbound_id} belongs to {row.account_id} already")
    known = reads.contacts_by_email(session, [row.sender]).get(row.sender, ())
    is_bounce = row.kind == MessageKind.BOUNCE
    row.account_id, row.linked_by = account_id, "person"
    row.state = "new" if row.kind == MessageKind.MESSAGE else "read"
    row.contact_id = next((c.contact_id for c in known if c.account_id == account_id), None)
    session.add(row)
    session.flush()
    if not is_bounce:
        insert_new(session, Message, [message_row(row.model_dump())])
    touch(session, {account_id})
    audit(session, now, "mail_linked", inbound_id, person_id, account=account_id)


def set_aside(session: Session, inbound_id: str, person_id: str, now: datetime) -> None:
    """A person says that a message nobody could link is none of ours, such as advertising.

    Raises:
        NotFound: No such message.
        Conflict: It belongs to an account.
    """
    row = session.get(Inbound, inbound_id)
    if row is None:
        raise NotFound(f"no message {inbound_id}; `dunwell mail list` shows them")
    if row.account_id is not None:
        raise Conflict(f"message {inbound_id} belongs to {row.account_id}: it wants an answer")
    row.state = "set_aside"
    session.add(row)
    session.flush()
    audit(session, now, "mail_set_aside", inbound_id, person_id)
