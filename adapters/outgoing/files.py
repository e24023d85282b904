"""Channels whose default is a folder: text messages as JSON, letters as pages to print."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from html import escape
from pathlib import Path

import orjson

from adapters.outgoing.message import OutgoingMessage
from adapters.outgoing.refusals import Refusal
from adapters.outgoing.spool import Spool


class FileDrop(ABC):
    """A file a message. The file name is the outbox id, so a second delivery is the same file."""

    plays_the_day = True

    def __init__(self, spool: Spool) -> None:
        self.spool = spool

    def deliver(self, messages: Sequence[OutgoingMessage]) -> dict[str, Refusal]:
        """Write all, make them durable at once, then move each to where it is picked up."""
        failed = self.spool.begin(messages, self.content)
        self.spool.keep(m.outbox_id for m in messages if m.outbox_id not in failed)
        return failed

    def was_delivered(self, message: OutgoingMessage) -> bool | None:
        """Moving a file is handing it over, so this is always known."""
        return self.spool.was_kept(message.outbox_id)

    def delivered(self) -> dict[str, list[Path]]:
        """Every file that was handed over."""
        return self.spool.files()

    @abstractmethod
    def content(self, message: OutgoingMessage) -> bytes:
        """The bytes of its file."""


class SmsFiles(FileDrop):
    """Text messages for whatever sends them: it moves what it took into `taken`."""

    def __init__(self, folder: Path) -> None:
        super().__init__(Spool(folder, ".json", begun=".begun", kept=".", taken="taken"))

    def content(self, message: OutgoingMessage) -> bytes:
        """Number, words, and the id under which a second sending can be told."""
        return text_message(message)


class PrintFiles(FileDrop):
    """Letters to print and post: whoever printed one moves it into `printed`."""

    def __init__(self, folder: Path) -> None:
        super().__init__(Spool(folder, ".html", begun=".begun", kept=".", taken="printed"))

    def content(self, message: OutgoingMessage) -> bytes:
        """The letter as a page."""
        return printed_page(message)


def text_message(message: OutgoingMessage) -> bytes:
    """A text message as JSON."""
    told = {
        "id": message.outbox_id,
        "to": message.recipient,
        "sender": message.sender_name,
        "language": message.language,
        "body": message.body,
        "sent_at": message.sent_at.isoformat(),
    }
    return orjson.dumps(told, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


_PAGE = """<!doctype html>
<html lang="{language}">
<meta charset="utf-8">
<title>{subject}</title>
<style>
@page {{ size: A4; margin: 25mm 20mm; }}
body {{ font: 11pt/1.45 serif; max-width: 170mm; }}
address {{ font-style: normal; white-space: pre-line; margin-bottom: 12mm; }}
h1 {{ font-size: 12pt; }}
p.words {{ white-space: pre-wrap; }}
</style>
<address>{recipient}</address>
<p>{sender}<br>{date}</p>
<h1>{subject}</h1>
<p class="words">{body}</p>
</html>
"""


def printed_page(message: OutgoingMessage) -> bytes:
    """A letter as a page that prints on one format and holds nothing from elsewhere."""
    page = _PAGE.format(
        language=escape(message.language),
        subject=escape(message.subject),
        recipient=escape("\n".join(part.strip() for part in message.recipient.split("|"))),
        sender=escape(message.sender_name),
        date=message.sent_at.date().isoformat(),
        body=escape(message.body.strip()),
    )
    return page.encode()


class PortalMessages:
    """Messages the customer reads in the portal: the row of the outbox is the message."""

    plays_the_day = True

    def deliver(self, messages: Sequence[OutgoingMessage]) -> dict[str, Refusal]:  # noqa: ARG002
        """Nothing leaves the house: what was sent is shown."""
        return {}

    def was_delivered(self, message: OutgoingMessage) -> bool | None:  # noqa: ARG002
        """Nothing can be lost on the way."""
        return True

    def delivered(self) -> dict[str, list[Path]]:
        """There are no files."""
        return {}

    def content(self, message: OutgoingMessage) -> bytes:
        """The words as they are shown."""
        return message.body.encode()
