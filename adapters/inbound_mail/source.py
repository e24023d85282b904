"""Where messages come from: each batch is put away only after the books have it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
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
