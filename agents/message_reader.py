"""Who opens what customers wrote: a reader without tools, whose answer is claims, nothing else."""

import functools
from importlib import resources

from agents.chat_model import ChatPort
from agents.model_reading import add_claims
from engines.reading.message import InboundText
from engines.reading.model import Reading
from engines.reading.read import read_message
from ledger.ids import digest
from ledger.tables.inbound import Inbound
from policies.schema import Policy


@functools.cache
def reader_version() -> str:
    """What the words were read with: a digest of the word lists and the trained weights."""
    parts = sorted(
        (part.name, part.read_bytes())
        for part in resources.files("engines.reading").iterdir()
        if part.is_file() and not part.name.endswith(".py")
    )
    return digest(b"\x1f".join(name.encode() + b"\x1f" + data for name, data in parts))[:12]


def read_inbound(row: Inbound, policy: Policy, model: ChatPort | None = None) -> Reading:
    """Read one message by the trained reader, and by a model beside it where one is configured.

    Args:
        row: The message as it was taken in.
        policy: Its calendar is what relative dates count in.
        model: A configured model; never the offline one, which cannot read.
    """
    calendar = policy.company.calendar
    message = InboundText(
        subject=row.subject,
        body=row.body,
        received=row.received_at,
        sender=row.sender,
        carrier=row.carrier,
    )
    reading = read_message(message, calendar=calendar)
    return add_claims(reading, message, policy, model, calendar) if model else reading
