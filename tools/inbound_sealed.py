"""Messages of the books with their words sealed, for a reader to open."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session

from guardrails.untrusted import Untrusted
from ledger.queries import inbound as reads
from ledger.tables.inbound import Attachment, Inbound


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a message: a file, or words that a reader of the message is not shown."""

    name: str
    media_type: str
    text: Untrusted
    not_read_because: str


@dataclass(frozen=True, slots=True)
class Incoming:
    """A message of the books as a reader gets it: what we know of it, and its words sealed.

    Attributes:
        account_id: Whose it is; None where nobody knows.
        sender: The address or number it claims to come from.
    """

    inbound_id: str
    account_id: str | None
    contact_id: str | None
    channel: str
    carrier: str
    kind: str
    sender: str
    sender_name: str
    recipient: str
    received_at: datetime
    received_on: date
    authentic: str
    state: str
    subject: Untrusted
    body: Untrusted
    parts: tuple[Part, ...] = ()


def incoming(session: Session, inbound_ids: Collection[str]) -> list[Incoming]:
    """Messages with their words sealed, oldest first; only a reader opens them."""
    files = reads.attachment_rows(session, inbound_ids)
    return [_sealed(row, files.get(row.id, ())) for row in reads.inbound_rows(session, inbound_ids)]


def _sealed(row: Inbound, files: Sequence[Attachment]) -> Incoming:
    return Incoming(
        inbound_id=row.id,
        account_id=row.account_id,
        contact_id=row.contact_id,
        channel=row.channel,
        carrier=row.carrier,
        kind=row.kind,
        sender=row.sender,
        sender_name=row.sender_name,
        recipient=row.recipient,
        received_at=row.received_at,
        received_on=row.received_on,
        authentic=row.authentic,
        state=row.state,
        subject=Untrusted(row.subject, "subject"),
        body=Untrusted(row.body, "body"),
        parts=tuple(
            Part(f.name, f.media_type, Untrusted(f.body, f"file {f.id}"), f.not_read_because)
            for f in files
        ),
    )
