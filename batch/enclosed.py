"""The documents that go with messages of the outbox."""

from collections.abc import Sequence
from typing import Any

import orjson
from sqlalchemy import select
from sqlmodel import Session

from adapters.outgoing.message import AttachedFile
from ledger.ids import digest
from ledger.tables.inbound import Document
from tools.letters import letter_digest

Enclosed = dict[str, tuple[AttachedFile, ...]]


def enclosed(session: Session, rows: Sequence[Any]) -> Enclosed:
    """Documents by outbox id; nothing is read where no message has any.

    A document of another account, or whose bytes are not those it was made with, is left out: then
    the message is incomplete and `is_complete` says so.
    """
    named = {row.id: orjson.loads(row.attachments) for row in rows if row.attachments != "[]"}
    if not named:
        return {}
    ids = sorted({each for every in named.values() for each in every})
    documents = {
        each.id: each for each in session.scalars(select(Document).where(Document.id.in_(ids)))
    }
    account_of = {row.id: row.account_id for row in rows}
    return {
        outbox_id: tuple(
            AttachedFile(found.name, found.media_type, found.content)
            for found in (documents.get(each) for each in every)
            if found is not None
            and found.account_id == account_of[outbox_id]
            and found.file_digest == digest(found.content)
        )
        for outbox_id, every in named.items()
    }


def is_complete(row: Any, files: Enclosed) -> bool:
    """Whether every document a message names is there, whole, and of its account."""
    if row.attachments == "[]":
        return True
    return len(files.get(row.id, ())) == len(orjson.loads(row.attachments))


def sealed(row: Any, files: Sequence[AttachedFile]) -> str:
    """The digest of a message as it would leave with these files."""
    copies = tuple(row.cc.split(",")) if row.cc else ()
    seals = tuple((file.name, file.media_type, digest(file.content)) for file in files)
    return letter_digest(row.channel, row.recipient, copies, row.subject, row.body, seals)
