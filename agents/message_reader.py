"""Who opens what customers wrote: a reader without tools, whose answer is claims, nothing else."""

import functools
from importlib import resources

from engines.reading.message import InboundText
from engines.reading.model import Reading
from engines.reading.read import read_message
from ledger.ids import digest
from ledger.tables.inbound import Inbound


@functools.cache
def reader_version() -> str:
    """What the words were read with: a digest of the word lists and the trained weights."""
    parts = sorted(
        (part.name, part.read_bytes())
        for part in resources.files("engines.reading").iterdir()
        if part.is_file() and not part.name.endswith(".py")
    )
    return digest(b"\x1f".join(name.encode() + b"\x1f" + data for name, data in parts))[:12]


def read_inbound(row: Inbound, calendar: str) -> Reading:
    """Read one message by rules and the trained classifier.

    Args:
        row: The message as it was taken in.
        calendar: Country code of the business calendar that relative dates count in.
    """
    message = InboundText(
        subject=row.subject,
        body=row.body,
        received=row.received_at,
        sender=row.sender,
        carrier=row.carrier,
    )
    return read_message(message, calendar=calendar)
