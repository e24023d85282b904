"""Where messages come from: each batch is put away only after the books have it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from adapters.inbound_mail.message import IncomingMessage

BATCH = 200


@dataclass(frozen=True, slots=True)
class Found:
    """One message where it lies.

    Attributes:
        place: Path or UID, by which the source finds it again.
        closes: Whether its place may be put away with it: the last message of a file.
    """

    message: IncomingMessage
    place: str
    closes: bool = True


class MailSource(Protocol):
    """A folder, a mailbox, a drop of files."""

    refused: list[str]
    """What could not be read, a line each; it stays where it is."""

    def batches(self, now: datetime) -> Iterator[list[Found]]:
        """What has not been put away yet, a bounded number at a time."""
        ...

    def put_away(self, taken: Sequence[Found]) -> None:
        """The books have these: do not offer them again."""
        ...


def move(path: Path, target: Path) -> str:
    """Move a file that the books have; returns why it could not be, or nothing.

    One that stays is offered again, and the books know it.
    """
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        path.rename(target)
    except FileNotFoundError:
        return ""
    except OSError as error:
        return f"{path}: taken in and not put away: {error.strerror or type(error).__name__}"
    return ""


def in_batches(found: Iterator[Found]) -> Iterator[list[Found]]:
    """Messages in lists of a bounded length."""
    batch: list[Found] = []
    for each in found:
        batch.append(each)
        if len(batch) >= BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
