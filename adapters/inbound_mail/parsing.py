"""A mail taken apart: header, words, attachments, and what kind of mail it is. It never raises.

The parser keeps headers as they came (`compat32`): the newer policies parse every address and date
on the way, and raise over broken ones.
"""

import re
from dataclasses import dataclass, field
from datetime import datetime
from email.message import Message
from email.parser import BytesHeaderParser, BytesParser
from email.policy import compat32

from adapters.inbound_mail.authenticity import authenticity
from adapters.inbound_mail.files import FileReader
from adapters.inbound_mail.forwarded import FORWARDED_MAIL, forwarded_words
from adapters.inbound_mail.headers import (
    BROKEN,
    addresses_in,
    decoded,
    decoded_bytes,
    header_text,
    ids_in,
    raw_headers,
    recipients_of,
    sent_at,
)
from adapters.inbound_mail.message import (
    HIDDEN_TEXT,
    OTHER_VERSION,
    Authentic,
    IncomingMessage,
    Limits,
    MessageKind,
    storable,
)
from adapters.inbound_mail.pages import page_words
from adapters.inbound_mail.pdf_text import PdfReader
from adapters.inbound_mail.reports import failures_in, kind_of, returned_ids
from ledger.ids import digest

_MOST_BOUNDARIES = 5_000
_HEADER_BYTES = 262_144
_HEADER_END = re.compile(rb"\r?\n\r?\n")
_WORD = re.compile(r"\w+")
_FEW_WORDS = 8
_REPORT_PARTS = ("message/delivery-status", "text/rfc822-headers")


@dataclass
class _Words:
    """The words of a mail: shown, hidden, and the version of them nobody needs unless it differs.

    Attributes:
        shown: What a reader of plain text sees, part by part.
        other: The same marked up, where a plain version was there.
    """

    shown: list[str] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)
    other: list[str] = field(default_factory=list)
    leaves: list[Message] = field(default_factory=list)
    too_deep: int = 0


class MailReader:
    """Takes mails apart; close it after the last.

    Args:
        our_server: The authserv-id our own server writes into Authentication-Results.
        limits: What a mail may hold.
    """

    def __init__(self, our_server: str | None = None, limits: Limits | None = None) -> None:
        self.our_server = our_server
        self.limits = limits or Limits()
        self.pdfs = PdfReader(self.limits)

    def __enter__(self) -> "MailReader":
        return self

    def __exit__(self, *_: object) -> None:
        self.pdfs.close()

    def read(self, data: bytes, arrived_at: datetime) -> IncomingMessage:
        """Take a mail apart, however broken.

        Args:
            data: The mail as it came.
            arrived_at: Aware, in UTC; bounds the date it bears.
        """
        files = FileReader(self.limits, self.pdfs)
        message, whole = self._parsed(data)
        words = _Words()
        if whole:
            self._collect(message, words, files)
        else:
            text = _HEADER_END.split(data[:_HEADER_BYTES], maxsplit=1)[1:]
            words.shown.extend(decoded_bytes(each, None) for each in text)
            why = "it is too large or too broken to be taken apart"
            files.list_only("the whole mail", "message/rfc822", data, why)
        return self._told(message, words, files, arrived_at)

    def _parsed(self, data: bytes) -> tuple[Message, bool]:
        """The parsed mail, and whether more than its header was parsed."""
        head = data[:_HEADER_BYTES]
        is_bomb = (
            len(data) > self.limits.message_bytes
            or data.count(b"\n--") > _MOST_BOUNDARIES
            or (len(data) > _HEADER_BYTES and not _HEADER_END.search(head))
        )
        if not is_bomb:
            try:
                return BytesParser(policy=compat32).parsebytes(data), True
            except BROKEN:
                pass
        try:
            return BytesHeaderParser(policy=compat32).parsebytes(head), False
        except BROKEN:
            return Message(), False

    def _told(
        self, message: Message, words: _Words, files: FileReader, arrived_at: datetime
    ) -> IncomingMessage:
        shown = "\n\n".join(each for each in words.shown if each.strip())
        body = storable(shown, self.limits.text_characters)
        self._keep_unshown(words, body, files)
        senders = addresses_in(raw_headers(message, "From"))
        name, sender = senders[0] if senders else ("", "")
        kind = kind_of(message, sender, words.leaves)
        references = ids_in(message, "In-Reply-To", "References")
        if kind is MessageKind.BOUNCE:
            references = tuple(dict.fromkeys((*returned_ids(words.leaves, body), *references)))
        authentic, doubts = authenticity(message, self.our_server, sender), ()
        if len({address for _name, address in senders}) > 1:
            authentic, doubts = Authentic.FAIL, ("it names several senders",)
        subject = header_text(message, "Subject")
        return IncomingMessage(
            carrier="bounce report" if kind is MessageKind.BOUNCE else "email",
            kind=kind,
            message_id=_own_id(message, sender, subject, body),
            references=references,
            sender=sender,
            sender_name=name[:200],
            recipients=recipients_of(message),
            subject=subject[:1000],
            body=body,
            received_at=sent_at(message, arrived_at),
            authentic=authentic,
            files=files.all(),
            failed_addresses=(
                failures_in(message, words.leaves) if kind is MessageKind.BOUNCE else ()
            ),
            doubts=doubts,
        )

    def _keep_unshown(self, words: _Words, body: str, files: FileReader) -> None:
        """Keep hidden words, and the marked-up version where it says something else."""
        if hidden := "\n".join(words.hidden).strip():
            files.add_words("words hidden in the message", HIDDEN_TEXT, hidden)
        other = "\n\n".join(words.other).strip()
        if other and _says_more(other, body):
            files.add_words("marked-up version of the message", OTHER_VERSION, other)
        if words.too_deep:
            files.more += words.too_deep

    def _collect(self, message: Message, words: _Words, files: FileReader) -> None:
        """Walk the parts without recursion: depth and number are bounded, not trusted."""
        waiting: list[tuple[Message, int, bool]] = [(message, 0, False)]
        seen = 0
        while waiting:
            part, depth, is_other = waiting.pop()
            seen += 1
            if seen > self.limits.parts or depth > self.limits.depth:
                words.too_deep += 1
                continue
            children = _children(part)
            if children is None:
                self._leaf(part, is_other, words, files)
                continue
            plain = _plain_choice(part, children)
            for child in reversed(children):
                other = is_other or (plain is not None and child is not plain)
                waiting.append((child, depth + 1, other))

    def _leaf(self, part: Message, is_other: bool, words: _Words, files: FileReader) -> None:
        """One part: words of the mail, or an attachment."""
        words.leaves.append(part)
        media_type = part.get_content_type()
        data, charset = _content(part)
        name = _file_name(part)
        if media_type == FORWARDED_MAIL:
            self._forwarded(part, name or "forwarded mail", files)
            return
        if media_type in _REPORT_PARTS:
            return
        if name or _is_attached(part) or media_type not in ("text/plain", "text/html"):
            files.take(name or media_type.replace("/", "."), media_type, data, charset)
            return
        text = decoded_bytes(data, charset)
        if media_type == "text/html":
            page = page_words(text)
            words.hidden.append(page.hidden)
            (words.other if is_other else words.shown).append(page.shown)
        elif not is_other:
            words.shown.append(text.strip("\r\n"))
        else:
            words.other.append(text)

    def _forwarded(self, part: Message, name: str, files: FileReader) -> None:
        """A mail inside the mail; a returned mail of ours in a bounce is one too."""
        try:
            words = forwarded_words(part, self.limits)
        except BROKEN:
            words = ""
        if words:
            files.add_forwarded(name, words)
        else:
            files.list_only(name, FORWARDED_MAIL, b"", "it is too broken to be taken apart")


def _children(part: Message) -> list[Message] | None:
    """The parts of a container; a mail inside a mail is a leaf."""
    if part.get_content_maintype() != "multipart" or not part.is_multipart():
        return None
    payload = part.get_payload()
    return [child for child in payload if isinstance(child, Message)]


def _plain_choice(part: Message, children: list[Message]) -> Message | None:
    """Of versions that say the same, the plain one, if it says anything."""
    if part.get_content_subtype() != "alternative":
        return None
    for child in children:
        if child.get_content_type() == "text/plain" and _content(child)[0].strip():
            return child
    return None


def _content(part: Message) -> tuple[bytes, str | None]:
    try:
        payload = part.get_payload(decode=True)
        charset = part.get_content_charset()
    except BROKEN:
        return b"", None
    return (payload if isinstance(payload, bytes) else b""), charset


def _file_name(part: Message) -> str:
    try:
        return decoded(str(part.get_filename() or ""))
    except BROKEN:
        return "unnamed"


def _is_attached(part: Message) -> bool:
    try:
        return part.get_content_disposition() == "attachment"
    except BROKEN:
        return True


def _own_id(message: Message, sender: str, subject: str, body: str) -> str:
    """Its Message-ID; one made of what it says, where it has none."""
    told = ids_in(message, "Message-ID")
    if told:
        return told[-1]
    written = "".join(raw_headers(message, "Date"))
    made = digest("\x1f".join((sender, subject, body, written)).encode("utf-8", "surrogatepass"))
    return f"<{made}@no-message-id.invalid>"


def _says_more(other: str, body: str) -> bool:
    """Whether a version holds more than a few words that the one shown does not."""
    more = set(_WORD.findall(other[:50_000].casefold())) - set(_WORD.findall(body.casefold()))
    words = {each for each in more if not each.startswith(("http", "www"))}
    return len(words) > _FEW_WORDS
