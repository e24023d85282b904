"""Which mail of a customer a message answers, for the headers that thread it."""

from sqlalchemy import or_, select
from sqlmodel import Session

from ledger.actions import AnswerQuery, MessageAction
from ledger.tables.inbound import Inbound
from ledger.tables.work import Message


def mail_answered(session: Session, action: MessageAction) -> str:
    """The Message-ID of the customer's mail that a message answers; empty where there is none.

    An answer names what came in, or its entry in the message history.
    """
    if not isinstance(action, AnswerQuery) or not action.in_reply_to:
        return ""
    said = action.in_reply_to
    heard = select(Message.inbound_id).where(Message.id == said).scalar_subquery()
    theirs = select(Inbound.message_id).where(
        Inbound.account_id == action.account_id, or_(Inbound.id == said, Inbound.id == heard)
    )
    return session.scalars(theirs).first() or ""
