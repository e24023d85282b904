"""One message on its way out, and what every way of handing one over can do."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from adapters.outgoing.refusals import Refusal


@dataclass(frozen=True, slots=True)
class AttachedFile:
    """A document that goes with a mail; its media type is one a tool makes, such as text/html."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class OutgoingMessage:
    """One message as the dispatcher hands it over: only what its permit covers.

    Attributes:
        sent_at: The instant of the attempt, which is the date the message bears.
        answers: The Message-ID of what the customer wrote, where this answers it.
        automatic: Why no person has seen it (RFC 3834): auto-generated, auto-replied, or nothing.
        unsubscribe: Where it may be stopped: mail addresses and links, best last.
    """

    outbox_id: str
    message_id: str
    sender: str
    sender_name: str
    reply_to: str
    recipient: str
    cc: tuple[str, ...]
    subject: str
    body: str
    sent_at: datetime
    channel: str = "email"
    language: str = "en"
    answers: str = ""
    automatic: str = ""
    unsubscribe: tuple[str, ...] = ()
    attachments: tuple[AttachedFile, ...] = ()


class ChannelPort(Protocol):
    """A way to hand over messages."""

    plays_the_day: bool
    """True where nothing really leaves, so a night may deliver at any hour of its date."""

    def deliver(self, messages: Sequence[OutgoingMessage]) -> dict[str, Refusal]:
        """Hand over messages; returns a refusal by outbox id for those not accepted."""
        ...

    def was_delivered(self, message: OutgoingMessage) -> bool | None:
        """Whether a message was handed over before a crash; None where that cannot be known."""
        ...

    def delivered(self) -> dict[str, list[Path]]:
        """Files of what was handed over, by outbox id; empty where the books are all there is."""
        ...

    def content(self, message: OutgoingMessage) -> bytes:
        """What such a file holds."""
        ...
