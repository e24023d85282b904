"""Messages of the books with their words sealed, for a reader to open."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlmodel import Session

from guardrails.untrusted import Untrusted
from ledger.queries import inbound as reads
from ledger.tables.inbound import Inbound


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a message: a file, or words that a reader of the message is not shown."""

    name: str
    media_type: str
    text: Untrusted
    not_read_because: str


@dataclass(frozen=True, slots=True)
class Incoming:
    """A message of the books as a reader gets it."""

    row: Inbound
    subject: Untrusted
    body: Untrusted
    parts: tuple[Part, ...]


def incoming(session: Session, inbound_ids: Collection[str]) -> list[Incoming]:
    """Messages with their words sealed, oldest first; only a reader opens them."""
    files = reads.attachment_rows(session, inbound_ids)
    return [
        Incoming(
            row=row,
            subject=Untrusted(row.subject, "subject"),
            body=Untrusted(row.body, "body"),
            parts=tuple(
                Part(f.name, f.media_type, Untrusted(f.body, f"file {f.id}"), f.not_read_because)
                for f in files.get(row.id, ())
            ),
        )
        for row in reads.inbound_rows(session, inbound_ids)
    ]
