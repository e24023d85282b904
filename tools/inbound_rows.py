"""What came in as rows of the books, and how they are built from a message and whose it is."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from adapters.inbound_mail.message import Authentic, IncomingMessage, MessageKind
from ledger.ids import make_id
from ledger.postings_inbound import Row
from policies.schema import Policy
from tools.inbound_bounces import ACTOR, concerned
from tools.inbound_links import Link

_SHOWN_RECIPIENTS = 500


@dataclass(frozen=True, slots=True)
class Intake:
    """On whose policy, under which key and when messages are taken in."""

    policy: Policy
    reply_key: bytes
    as_of: date
    now: datetime

    def day_of(self, instant: datetime) -> date:
        """The date at our seat, which never lies after the business date."""
        zone = ZoneInfo(self.policy.company.time_zone)
        return min(instant.astimezone(zone).date(), self.as_of)


@dataclass(frozen=True, slots=True)
class NewMessage:
    """A message not in the books yet: its id, whose it is, and why its sender is doubted."""

    inbound_id: str
    message: IncomingMessage
    link: Link
    state: str
    doubts: tuple[str, ...]


def inbound_row(known: NewMessage, intake: Intake) -> Row:
    """The row of a message; a bounce names the contact whose address it is about."""
    message, link = known.message, known.link
    contact_id = link.contact_id
    if message.kind is MessageKind.BOUNCE:
        contact_id = link.sent.contact_id if link.sent and concerned(message, link.sent) else None
    return {
        "id": known.inbound_id,
        "source_key": message.source_key,
        "channel": message.channel,
        "carrier": message.carrier,
        "kind": message.kind.value,
        "message_id": message.message_id,
        "in_reply_to": message.references[0] if message.references else "",
        "sender": message.sender,
        "sender_name": message.sender_name,
        "recipient": ", ".join(message.recipients)[:_SHOWN_RECIPIENTS],
        "subject": message.subject,
        "body": message.body,
        "received_at": message.received_at,
        "received_on": intake.day_of(message.received_at),
        "authentic": Authentic.FAIL.value if known.doubts else message.authentic.value,
        "account_id": link.account_id,
        "contact_id": contact_id,
        "linked_by": link.linked_by,
        "outbox_id": link.sent.outbox_id if link.sent else None,
        "state": known.state,
        "read_by": ACTOR if known.state == "read" else "",
    }


def message_row(row: Row) -> Row:
    """The entry in the history of an account; it wants an answer where a person wrote."""
    return {
        "id": make_id("msg", row["id"]),
        "account_id": row["account_id"],
        "direction": "in",
        "channel": row["channel"],
        "purpose": "",
        "stage": 0,
        "currency": None,
        "sent_on": row["received_on"],
        "sent_at": row["received_at"],
        "outbox_id": None,
        "subject": row["subject"],
        "body": row["body"],
        "answered": row["kind"] == MessageKind.AUTO_REPLY,
        "invoice_ids": "",
        "inbound_id": row["id"],
    }


def file_rows(known: NewMessage) -> list[Row]:
    """The rows of a message's files, in their order in it."""
    return [
        {
            "id": f"{make_id('att', known.inbound_id)}_{place:02d}",
            "inbound_id": known.inbound_id,
            "name": file.name,
            "media_type": file.media_type,
            "size": file.size,
            "file_digest": file.file_digest,
            "body": file.text,
            "not_read_because": file.not_read_because,
        }
        for place, file in enumerate(known.message.files, start=1)
    ]
