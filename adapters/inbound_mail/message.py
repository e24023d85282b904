"""One message from outside as it was taken apart, before anybody knows whose it is."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from ledger.ids import digest


class MessageKind(StrEnum):
    """Who wrote it: a person, their machine, or a mail server about a mail of ours."""

    MESSAGE = "message"
    AUTO_REPLY = "auto_reply"
    BOUNCE = "bounce"


class Authentic(StrEnum):
    """What our own mail server found out about the sender."""

    PASS = "pass"  # noqa: S105 - a verdict, not a password
    FAIL = "fail"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Limits:
    """What a message may hold before the rest of it is only listed.

    Attributes:
        message_bytes: A larger mail is known by its header alone.
        parts: Parts of a mail; more is a bomb, and the mail is kept as plain text.
        depth: How deep parts may be nested.
        listed_files: Attachments that are listed; of more only the number is told.
        read_files: Attachments whose text is read.
        file_bytes: Size up to which an attachment is read.
        text_characters: Text kept of a body or an attachment.
        pdf_pages: Pages read of a PDF.
        pdf_seconds: Time for one PDF; a reader that takes longer is stopped.
        pdf_memory_bytes: Memory of that reader.
    """

    message_bytes: int = 30_000_000
    parts: int = 200
    depth: int = 20
    listed_files: int = 50
    read_files: int = 20
    file_bytes: int = 10_000_000
    text_characters: int = 200_000
    pdf_pages: int = 60
    pdf_seconds: float = 10.0
    pdf_memory_bytes: int = 1_000_000_000


@dataclass(frozen=True, slots=True)
class IncomingFile:
    """A file that came with a message, or words of the message itself that nobody was shown.

    Attributes:
        text: What was read of it; empty where `not_read_because` says why not.
        size: Bytes as they came.
    """

    name: str
    media_type: str
    size: int
    file_digest: str
    text: str = ""
    not_read_because: str = ""


HIDDEN_TEXT = "text/x-hidden"
"""Media type of words of the message that a mail program does not show."""
OTHER_VERSION = "text/x-other-version"
"""Media type of the marked-up version of a mail, where it says something else."""


@dataclass(frozen=True, slots=True)
class FailedAddress:
    """An address that a delivery report is about.

    Attributes:
        status: The status of RFC 3463, such as 5.1.1, where one was given.
        failed: Whether the mail was given up; otherwise it is still being tried.
        dead: Whether the address will never work.
    """

    address: str
    status: str
    failed: bool
    dead: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class IncomingMessage:
    """A message from outside.

    Attributes:
        references: Message-IDs it answers, the nearest first.
        recipients: Addresses it was sent to, as the header and our server name them.
        source_digest: Digest of what it says, for telling two messages of one Message-ID apart.
        received_at: When it was written, if that can be true; else when it arrived.
        failed_addresses: What a bounce reports.
        account_id: Whose it is, where the way it came proves that (a link to their page).
        contact_id: Whom that way belongs to.
        doubts: Why the sender may not be who it says, as sentences.
    """

    channel: str = "email"
    carrier: str = "email"
    kind: MessageKind = MessageKind.MESSAGE
    message_id: str = ""
    references: tuple[str, ...] = ()
    sender: str = ""
    sender_name: str = ""
    recipients: tuple[str, ...] = ()
    subject: str = ""
    body: str = ""
    received_at: datetime
    authentic: Authentic = Authentic.NONE
    files: tuple[IncomingFile, ...] = ()
    failed_addresses: tuple[FailedAddress, ...] = ()
    account_id: str | None = None
    contact_id: str | None = None
    doubts: tuple[str, ...] = field(default=())

    @property
    def source_digest(self) -> str:
        """Digest of sender, words and files: the same in whatever folder it is found."""
        told = (self.sender, self.subject, self.body, *(each.file_digest for each in self.files))
        return digest("\x1f".join(told).encode("utf-8", "surrogatepass"))

    @property
    def source_key(self) -> str:
        """What makes it the same message wherever it is found again.

        The Message-ID alone would let anybody who knows one keep another message out.
        """
        named = self.message_id or f"{self.channel}:{self.received_at.isoformat()}"
        return f"{named} {self.source_digest}"


def storable(text: str, most: int) -> str:
    """Text as every database keeps it: no NUL, no half characters, one kind of line end."""
    cut = text[: most + 1]
    clean = cut.encode("utf-8", "replace").decode("utf-8").replace("\x00", "")
    clean = clean.replace("\r\n", "\n").replace("\r", "\n")
    return clean if len(text) <= most else f"{clean[:most]}\n[cut: it was longer]"
