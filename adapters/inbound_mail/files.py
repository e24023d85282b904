"""Attachments: text, tables, workbooks and the text of PDFs; of anything else only the name."""

import hashlib
import re
from dataclasses import dataclass, field

from adapters.inbound_mail.forwarded import FORWARDED_MAIL
from adapters.inbound_mail.headers import decoded_bytes
from adapters.inbound_mail.message import IncomingFile, Limits, storable
from adapters.inbound_mail.pages import page_words
from adapters.inbound_mail.pdf_text import PdfReader
from adapters.inbound_mail.sheet_text import is_sheet

_READ_AS_TEXT = (".txt", ".csv", ".tsv", ".edi", ".log", ".md", ".text")
_READ_AS_PAGE = (".html", ".htm")
_NEVER = {
    ".vcf": "contact cards are not opened",
    ".ics": "calendar entries are not opened",
    ".zip": "archives are not opened",
    ".eml": "forwarded mails are not opened",
}
_OPENINGS: tuple[tuple[bytes, str], ...] = (
    (b"BEGIN:VCARD", "contact cards are not opened"),
    (b"BEGIN:VCALENDAR", "calendar entries are not opened"),
    (b"PK\x03\x04", "archives and office files are not opened"),
    (b"\x1f\x8b", "archives are not opened"),
    (b"7z\xbc\xaf\x27\x1c", "archives are not opened"),
    (b"Rar!", "archives are not opened"),
    (b"\xd0\xcf\x11\xe0", "office files are not opened"),
    (b"MZ", "programs are not opened"),
    (b"\x7fELF", "programs are not opened"),
)
_NAME_SIGNS = re.compile(r"[\x00-\x1f\x7f/\\]+")


@dataclass
class FileReader:
    """Reads the attachments of one message within its limits."""

    limits: Limits
    pdfs: PdfReader
    found: list[IncomingFile] = field(default_factory=list)
    read: int = 0
    more: int = 0

    def take(self, name: str, media_type: str, data: bytes, charset: str | None) -> None:
        """Read or list one attachment."""
        if len(self.found) >= self.limits.listed_files:
            self.more += 1
            return
        text, why_not = self._text(name.lower(), media_type, data, charset)
        self.found.append(
            IncomingFile(
                name=_NAME_SIGNS.sub("_", name)[:200] or "unnamed",
                media_type=storable(media_type[:100], 100),
                size=len(data),
                file_digest=hashlib.sha256(data).hexdigest(),
                text=storable(text, self.limits.text_characters),
                not_read_because=why_not,
            )
        )

    def list_only(self, name: str, media_type: str, data: bytes, why_not: str) -> None:
        """Name a file that is not opened."""
        told = hashlib.sha256(data).hexdigest()
        listed = _NAME_SIGNS.sub("_", name)[:200]
        self.found.append(IncomingFile(listed, media_type, len(data), told, "", why_not))

    def add_forwarded(self, name: str, words: str) -> None:
        """Keep what a mail inside the mail says, as one of the files that are read."""
        if len(self.found) >= self.limits.listed_files:
            self.more += 1
        elif self.read >= self.limits.read_files:
            why = f"only {self.limits.read_files} attachments of a message are read"
            self.list_only(name, FORWARDED_MAIL, words.encode("utf-8", "replace"), why)
        else:
            self.read += 1
            self.add_words(_NAME_SIGNS.sub("_", name)[:200], FORWARDED_MAIL, words)

    def add_words(self, name: str, media_type: str, words: str) -> None:
        """Keep words of the message itself beside what a reader is shown."""
        data = words.encode("utf-8", "replace")
        told = hashlib.sha256(data).hexdigest()
        text = storable(words, self.limits.text_characters)
        self.found.append(IncomingFile(name, media_type, len(data), told, text))

    def all(self) -> tuple[IncomingFile, ...]:
        """Everything found, with a line for what was not even listed."""
        if not self.more:
            return tuple(self.found)
        why = f"{self.more} more attachments than are listed"
        return (*self.found, IncomingFile(f"{self.more} more", "", 0, "", "", why))

    def _text(
        self, name: str, media_type: str, data: bytes, charset: str | None
    ) -> tuple[str, str]:
        """The text of a file, and why there is none."""
        why_not = self._refusal(name, media_type, data)
        if why_not:
            return "", why_not
        self.read += 1
        if b"%PDF-" in data[:1024]:
            return self.pdfs.text(data)
        if is_sheet(name, media_type, data):
            return self.pdfs.table(data)
        text = decoded_bytes(data, charset)
        if media_type == "text/html" or name.endswith(_READ_AS_PAGE):
            words = page_words(text)
            return f"{words.shown}\n{words.hidden}".strip(), ""
        return text, ""

    def _refusal(self, name: str, media_type: str, data: bytes) -> str:
        """Why a file is not opened; what it is counts, not what it says it is."""
        sheet = is_sheet(name, media_type, data)
        if not sheet and (why := _never_opened(name, media_type, data)):
            return why
        if not data:
            return "it is empty"
        if len(data) > self.limits.file_bytes:
            return f"it is larger than {self.limits.file_bytes // 1_000_000} MB"
        if self.read >= self.limits.read_files:
            return f"only {self.limits.read_files} attachments of a message are read"
        is_text = media_type.startswith("text/") or name.endswith((*_READ_AS_TEXT, *_READ_AS_PAGE))
        if sheet or b"%PDF-" in data[:1024] or (is_text and b"\x00" not in data[:4096]):
            return ""
        return f"a file of type {media_type or 'unknown'} is not read"


def _never_opened(name: str, media_type: str, data: bytes) -> str:
    """Why nothing of this kind is opened, whatever its size."""
    head = data[:64].lstrip()
    for opening, why in _OPENINGS:
        if head.startswith(opening):
            return why
    if media_type in ("text/calendar", "text/vcard", "text/x-vcard"):
        return "contact cards and calendar entries are not opened"
    return next((why for ending, why in _NEVER.items() if name.endswith(ending)), "")
