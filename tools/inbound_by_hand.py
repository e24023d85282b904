"""What a person says about a message: whose it is, that it is nobody's, how it was answered."""

from datetime import date, datetime
from typing import Literal

from sqlalchemy import or_, select
from sqlmodel import Session

from adapters.inbound_mail.message import MessageKind
from ledger.errors import Conflict, NotFound
from ledger.journal import audit, insert_new, touch
from ledger.postings_cases import settle_message
from ledger.queries import inbound as reads
from ledger.tables.inbound import Inbound
from ledger.tables.work import Message
from policies.schema import Policy
from tools.account_pages import shown_text
from tools.assist_notes import keep_note, own_words
from tools.authority import Decider
from tools.contract import NoteDown, Result
from tools.inbound_rows import message_row

Way = Literal["phone", "mail", "other"]
_SHOWN = 20


class Unanswered(Result):
    """A message of a customer that waits for an answer, in their words."""

    message_id: str
    on: date
    channel: str
    subject: str
    words: str


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
        raise Conflict(
            f"message {inbound_id} belongs to {row.account_id}: it wants an answer; say how it "
            "was given with `dunwell mail answered`"
        )
    row.state = "set_aside"
    session.add(row)
    session.flush()
    audit(session, now, "mail_set_aside", inbound_id, person_id)


def unanswered(session: Session, account_id: str) -> list[Unanswered]:
    """The messages of an account that wait for an answer, oldest first."""
    rows = session.scalars(
        select(Message)
        .where(
            Message.account_id == account_id,
            Message.direction == "in",
            Message.answered.is_(False),
        )
        .order_by(Message.sent_on, Message.id)
        .limit(_SHOWN)
    )
    return [
        Unanswered(
            message_id=row.id,
            on=row.sent_on,
            channel=row.channel,
            subject=shown_text(row.subject, 200),
            words=shown_text(row.body),
        )
        for row in rows
    ]


def answered_outside(
    session: Session,
    message_id: str,
    person: Decider,
    way: Way,
    words: str,
    policy: Policy,
    on: date,
    now: datetime,
) -> str:
    """A person says that they answered a customer without us, and how; returns the account.

    What they say is kept in their words, as a call or a note.

    Args:
        session: An open write transaction.
        message_id: The message: its id as it came in, or in the account's history.
        person: Who answered.
        way: How.
        words: What was said.
        policy: The policy in force.
        on: The business date.
        now: The instant.

    Raises:
        Refused: The person only reads.
        NotFound: No such message among the accounts they see.
        BadInput: They do not say what was answered.
        Conflict: Nobody waits for an answer to it any more.
    """
    person.check_may_decide(policy)
    theirs = select(Message).where(
        Message.direction == "in", or_(Message.id == message_id, Message.inbound_id == message_id)
    )
    message = session.scalars(theirs).first()
    if message is None:
        raise NotFound(f"no message {message_id} of an account; `dunwell mail list` shows them")
    said = own_words(words, "say what you answered, so that colleagues know")
    if not settle_message(session, message.id):
        raise Conflict(f"message {message_id} is answered already")
    note = NoteDown(message.account_id, "call" if way == "phone" else "note", said)
    kept = keep_note(session, note, person.person_id, on, now)
    told = {"account": message.account_id, "way": way, "note": kept}
    audit(session, now, "mail_answered_outside", message.id, person.person_id, **told)
    return message.account_id
