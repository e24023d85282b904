"""Outgoing mail. The embedded default writes a Maildir that any mail program opens."""

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from email.charset import QP, Charset
from email.header import Header
from email.mime.text import MIMEText
from email.policy import Compat32
from email.utils import format_datetime, formataddr
from pathlib import Path
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class OutgoingMail:
    """One message as the dispatcher hands it over: only what its permit covers."""

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


class MailPort(Protocol):
    """A way to hand over mail."""

    plays_the_day: bool
    """True where nothing really leaves, so a night may deliver at any hour of its date."""

    def deliver(self, mails: Sequence[OutgoingMail]) -> dict[str, str]:
        """Hand over mails; returns an error by outbox id for those not accepted."""
        ...

    def was_delivered(self, outbox_id: str) -> bool | None:
        """Whether a mail was handed over before a crash; None where that cannot be known."""
        ...

    def delivered(self) -> dict[str, list[Path]] | None:
        """Files of what was handed over, by outbox id; None where nothing is kept."""
        ...


_WRITERS = 2


class MaildirMail:
    """Files in a Maildir. The file name is the outbox id, so a second delivery is the same file."""

    plays_the_day = True

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for part in ("tmp", "new", "cur"):
            (folder / part).mkdir(parents=True, exist_ok=True)

    def deliver(self, mails: Sequence[OutgoingMail]) -> dict[str, str]:
        """Write all to tmp, make them durable at once, then move each into new."""
        written, failed = [], {}
        with ThreadPoolExecutor(_WRITERS) as pool:  # creating files is waiting, not computing
            for mail, error in zip(mails, pool.map(self._write, mails), strict=True):
                if error:
                    failed[mail.outbox_id] = error
                else:
                    written.append(_file_name(mail.outbox_id))
            if written:
                os.sync()  # one flush for the batch; one per file costs a millisecond each
            list(pool.map(self._move_to_new, written))
        return failed

    def _write(self, mail: OutgoingMail) -> str:
        """Write one mail to tmp; returns what went wrong, or nothing."""
        try:
            (self.folder / "tmp" / _file_name(mail.outbox_id)).write_bytes(mail_bytes(mail))
        except (OSError, ValueError) as error:
            return f"not written: {error}"
        return ""

    def _move_to_new(self, name: str) -> None:
        (self.folder / "tmp" / name).rename(self.folder / "new" / name)

    def was_delivered(self, outbox_id: str) -> bool | None:
        """Look in new, and in cur where a mail program moves what was read."""
        name = _file_name(outbox_id)
        return (self.folder / "new" / name).exists() or any(
            True for _path in (self.folder / "cur").glob(f"{name}*")
        )

    def delivered(self) -> dict[str, list[Path]]:
        """Every file in new and cur, by the outbox id in its name."""
        found: dict[str, list[Path]] = {}
        for part in ("new", "cur"):
            for path in sorted((self.folder / part).iterdir()):
                found.setdefault(path.name.partition(".")[0], []).append(path)
        return found


def _file_name(outbox_id: str) -> str:
    return f"{outbox_id}.dunwell"


class _ShortHeaders(Compat32):
    """Writes a short ASCII header as it is; folding one costs more than all the rest."""

    def fold_binary(self, name: str, value: Any) -> bytes:
        """Fold only what needs it."""
        if isinstance(value, str) and len(name) + len(value) < 76 and value.isascii():
            return f"{name}: {value}{self.linesep}".encode("ascii")
        return super().fold_binary(name, value)


_POLICY = _ShortHeaders()
_UTF8 = Charset("utf-8")
_UTF8.body_encoding = QP  # readable in the file, unlike base64


def mail_bytes(mail: OutgoingMail) -> bytes:
    """The message as it goes over the wire.

    Built with the plain MIMEText: the newer EmailMessage takes four times as long, and a night
    writes tens of thousands.

    Raises:
        ValueError: A header holds a line break.
    """
    message = MIMEText(mail.body, "plain", _UTF8)
    headers = {
        "From": formataddr((mail.sender_name, mail.sender)),
        "To": mail.recipient,
        "Cc": ", ".join(mail.cc),
        "Reply-To": mail.reply_to,
        "Subject": mail.subject,
        "Date": format_datetime(mail.sent_at),
        "Message-ID": mail.message_id,
    }
    for name, value in headers.items():
        if "\n" in value or "\r" in value:
            raise ValueError(f"{name} holds a line break")
        if value:
            message[name] = value if value.isascii() else Header(value, "utf-8")
    return message.as_bytes(policy=_POLICY)
