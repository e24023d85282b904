"""What came in, as rows of the books, and a stage that a late bounce takes back. Only tools/."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import bindparam, update
from sqlmodel import Session

from ledger.journal import add_rows, insert_new, touch
from ledger.tables.inbound import Attachment, Inbound
from ledger.tables.receivable import Invoice
from ledger.tables.work import Message

Row = dict[str, Any]


def post_inbound(
    session: Session,
    inbound: Sequence[Row],
    attachments: Sequence[Row],
    messages: Sequence[Row],
) -> None:
    """Keep messages from outside with their files, and an entry in the history of each account.

    Args:
        session: A write transaction.
        inbound: Rows that are not in the books yet.
        attachments: Their files.
        messages: Their entries; one that is there already is left alone.
    """
    add_rows(session, Inbound, list(inbound))
    add_rows(session, Attachment, list(attachments))
    insert_new(session, Message, list(messages))
    touch(session, {row["account_id"] for row in messages})


def mark_read(session: Session, inbound_ids: Collection[str], reader: str) -> None:
    """Note by which reader messages were read; what nobody could link stays so."""
    named = update(Inbound).where(Inbound.id.in_(sorted(inbound_ids)))
    session.execute(named.values(read_by=reader))
    session.execute(named.where(Inbound.state == "new").values(state="read"))


def put_dunning_back(session: Session, before: Mapping[str, tuple[int, date | None]]) -> None:
    """Put invoices to the level and date they had before a reminder that never arrived."""
    if not before:
        return
    table = Invoice.__table__
    session.connection().execute(
        update(table)
        .where(table.c.id == bindparam("b_id"))
        .values(dunning_level=bindparam("b_level"), dunned_on=bindparam("b_on")),
        [{"b_id": key, "b_level": level, "b_on": on} for key, (level, on) in before.items()],
    )
