"""The words of a message: mail, web page or plain text, as rows of cells and lines."""

import email
import email.header
import email.utils
import re
from dataclasses import dataclass, field
from datetime import date
from email.message import Message
from html.parser import HTMLParser

from adapters.bank_files.values import decode_text

_MAIL = re.compile(
    r"\s*(?:From [^\r\n]*[\r\n]+|[A-Z][A-Za-z-]+:[^\r\n]*[\r\n]+(?:[ \t][^\r\n]*[\r\n]+)*)+",
    re.ASCII,
)
_MAIL_KEY = re.compile(r"^(?:From|Subject|MIME-Version|Received|Message-ID):", re.I | re.M)
_PAGE = re.compile(r"<(?:html|body|table|!doctype|div|p|br)\b", re.IGNORECASE)
_GAP = re.compile(r"\t+|\s{2,}|\s*\|\s*")
_BLOCKS = {"p", "div", "br", "tr", "li", "h1", "h2", "h3", "h4", "table", "body"}
_MOST_LINES = 200_000


@dataclass(slots=True)
class Words:
    """A message as read.

    Attributes:
        rows: Lines in order, each cut into the cells of a table or at wide gaps.
        sender: Who it says it is from; words, not proof.
        sent_on: Date of the mail in its own zone.
        left_out: Attachments that were not read.
    """

    rows: list[list[str]] = field(default_factory=list)
    sender: str = ""
    subject: str = ""
    sent_on: date | None = None
    left_out: list[str] = field(default_factory=list)


def is_mail(text: str) -> bool:
    """Whether a text opens with the header of a mail."""
    head = _MAIL.match(text[:8192])
    return head is not None and _MAIL_KEY.search(head[0]) is not None


def is_page(text: str) -> bool:
    """Whether a text is marked up as a web page."""
    return _PAGE.search(text[:4096]) is not None


def read_words(data: bytes, name: str) -> Words:
    """Take the rows out of a mail, a web page or a plain text."""
    text = decode_text(data, name)
    if not is_mail(text):
        return Words(rows=_rows_of_page(text) if is_page(text) else _rows_of_text(text))
    message = email.message_from_bytes(data)
    words = Words(
        sender=_header(message, "From"),
        subject=_header(message, "Subject"),
        sent_on=_sent_on(message),
    )
    plain: list[list[str]] = []
    marked: list[list[str]] = []
    for part in message.walk():
        if part.is_multipart():
            continue
        attached = part.get_filename()
        if attached or part.get_content_maintype() != "text":
            words.left_out.append(str(attached or part.get_content_type()))
            continue
        body = _body(part, name)
        if part.get_content_subtype() == "html":
            marked.extend(_rows_of_page(body))
        else:
            plain.extend(_rows_of_page(body) if is_page(body) else _rows_of_text(body))
    # A mail says the same twice; its tables are whole only in the marked-up version.
    words.rows = marked if any(len(row) > 2 for row in marked) or not plain else plain
    return words


def _header(message: Message, key: str) -> str:
    raw = message.get(key)
    try:
        decoded = str(email.header.make_header(email.header.decode_header(str(raw or ""))))
    except (LookupError, UnicodeError, ValueError):
        decoded = str(raw or "")
    return " ".join(decoded.split())


def _sent_on(message: Message) -> date | None:
    found = email.utils.parsedate(str(message.get("Date") or ""))
    try:
        return date(*found[:3]) if found else None
    except (ValueError, OverflowError):
        return None


def _body(part: Message, name: str) -> str:
    payload = part.get_payload(decode=True)
    data = payload if isinstance(payload, bytes) else b""
    try:
        return data.decode(part.get_content_charset() or "utf-8")
    except (LookupError, UnicodeError, ValueError):
        return decode_text(data, name)


def _rows_of_text(text: str) -> list[list[str]]:
    """Lines cut at bars, tabs and wide gaps; what is quoted was written by somebody else."""
    rows = []
    for line in text.splitlines()[:_MOST_LINES]:
        flat = line.strip().strip("|").strip()
        if flat and not flat.startswith(">"):
            rows.append([cell.strip() for cell in _GAP.split(flat)])
    return rows


def _rows_of_page(text: str) -> list[list[str]]:
    page = _Page()
    page.feed(text)
    page.close()
    return page.finished()


class _Page(HTMLParser):
    """Collects table rows, and the text around them line by line."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.rows: list[list[str]] = []
        self.words: list[str] = []
        self.row: list[str] | None = None
        self.in_cell = False
        self.hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        if tag in ("script", "style"):
            self.hidden += 1
        elif tag == "tr":
            self._end_row()
            self._end_line()
            self.row = []
        elif tag in ("td", "th"):
            self._end_cell()
            self.words.clear()
            self.in_cell = self.row is not None
        elif tag in _BLOCKS:
            self._end_line()

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style"):
            self.hidden = max(self.hidden - 1, 0)
        elif tag in ("td", "th"):
            self._end_cell()
        elif tag in ("tr", "table"):
            self._end_row()
        elif tag in _BLOCKS:
            self._end_line()

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.words.append(data)

    def _end_cell(self) -> None:
        if self.in_cell and self.row is not None:
            self.row.append(" ".join("".join(self.words).split()))
            self.words.clear()
        self.in_cell = False

    def _end_row(self) -> None:
        self._end_cell()
        if self.row is not None and any(self.row):
            self.rows.append(self.row)
        self.row = None

    def _end_line(self) -> None:
        """Outside a cell a block is a line; inside one it is only a space."""
        if self.in_cell:
            self.words.append(" ")
            return
        for line in "".join(self.words).splitlines():
            flat = " ".join(line.split())
            if flat and not flat.startswith(">"):
                self.rows.append([flat])
        self.words.clear()

    def finished(self) -> list[list[str]]:
        """All rows, also of a page that was cut off."""
        self._end_row()
        self._end_line()
        return self.rows
