"""What the books note once a message was accepted: history, dunning levels, outbox state."""

from datetime import date
from typing import Any

from sqlalchemy import bindparam, update
from sqlmodel import Session

from ledger.postings import post_dunning, post_messages
from ledger.states import OutboxState
from ledger.tables.work import Outbox


def record_sent(session: Session, sent: list[dict[str, Any]], sent_on: date) -> None:
    """Record accepted messages. A stage moves here and nowhere else.

    Args:
        session: A write transaction.
        sent: Per message `outbox_id`, its `message` row, and `levels` by invoice id.
        sent_on: The business date.
    """
    if not sent:
        return
    post_messages(session, [entry["message"] for entry in sent])
    post_dunning(session, {k: v for entry in sent for k, v in entry["levels"].items()}, sent_on)
    table = Outbox.__table__
    session.connection().execute(
        update(table)
        .where(table.c.id == bindparam("b_id"))
        .values(state=OutboxState.SENT.value, sent_at=bindparam("b_at")),
        [{"b_id": entry["outbox_id"], "b_at": entry["message"]["sent_at"]} for entry in sent],
    )
