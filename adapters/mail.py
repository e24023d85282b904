"""Outgoing mail. The embedded default writes a Maildir that any mail program opens."""

from email.charset import QP, Charset
from email.encoders import encode_base64
from email.header import Header
from email.mime.base import MIMEBase
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.policy import Compat32
from email.utils import format_datetime, formataddr
from pathlib import Path
from typing import Any

from adapters.outgoing.files import FileDrop
from adapters.outgoing.message import OutgoingMessage
from adapters.outgoing.spool import Spool

MAIL_ENDING = ".dunwell"


class MaildirMail(FileDrop):
    """Files in a Maildir."""

    def __init__(self, folder: Path) -> None:
        super().__init__(Spool(folder, MAIL_ENDING))

    def content(self, message: OutgoingMessage) -> bytes:
        """The mail as it would go over the wire."""
        return mail_bytes(message)


_WHOLE = frozenset({"Reply-To", "Message-ID", "In-Reply-To", "References", "List-Unsubscribe"})


class _ShortHeaders(Compat32):
    """Writes a short ASCII header as it is; folding one costs more than all the rest."""

    def fold_binary(self, name: str, value: Any) -> bytes:
        """Fold only what needs it; an address or an id is never broken."""
        most = 900 if name in _WHOLE else 76
        if isinstance(value, str) and len(name) + len(value) < most and value.isascii():
            return f"{name}: {value}{self.linesep}".encode("ascii")
        return super().fold_binary(name, value)


_POLICY = _ShortHeaders()
_UTF8 = Charset("utf-8")
_UTF8.body_encoding = QP  # readable in the file, unlike base64
_ONE_CLICK = "List-Unsubscribe=One-Click"


def mail_bytes(mail: OutgoingMessage) -> bytes:
    """The message as it goes over the wire.

    Built with the plain MIMEText: the newer EmailMessage takes four times as long, and a night
    writes tens of thousands.

    Raises:
        ValueError: A header holds a line break.
    """
    message = _with_files(mail) if mail.attachments else MIMEText(mail.body, "plain", _UTF8)
    headers = {
        "From": formataddr((mail.sender_name, mail.sender)),
        "To": mail.recipient,
        "Cc": ", ".join(mail.cc),
        "Reply-To": mail.reply_to,
        "Subject": mail.subject,
        "Date": format_datetime(mail.sent_at),
        "Message-ID": mail.message_id,
        "In-Reply-To": mail.answers,
        "References": mail.answers,
        "Auto-Submitted": mail.automatic,
        "List-Unsubscribe": ", ".join(f"<{where}>" for where in mail.unsubscribe),
        # One click is a POST to a link (RFC 8058); an address alone has none.
        "List-Unsubscribe-Post": _ONE_CLICK if _has_link(mail.unsubscribe) else "",
    }
    for name, value in headers.items():
        if "\n" in value or "\r" in value:
            raise ValueError(f"{name} holds a line break")
        if value:
            message[name] = value if value.isascii() else Header(value, "utf-8")
    return message.as_bytes(policy=_POLICY)


def _with_files(mail: OutgoingMessage) -> MIMEMultipart:
    """The words and the documents; the line between them comes of the id, so that bytes repeat."""
    whole = MIMEMultipart("mixed", boundary=f"=_{mail.outbox_id}")
    whole.attach(MIMEText(mail.body, "plain", _UTF8))
    for file in mail.attachments:
        kind, _, sort = file.media_type.partition("/")
        part = MIMEBase(kind, sort or "octet-stream")
        part.set_payload(file.content)
        encode_base64(part)
        part.add_header("Content-Disposition", "attachment", filename=file.name)
        whole.attach(part)
    return whole


def _has_link(unsubscribe: tuple[str, ...]) -> bool:
    return any(where.startswith("https:") for where in unsubscribe)
