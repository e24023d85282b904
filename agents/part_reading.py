"""What came with a message beside its own words: it may add caution, never a claim.

A file is written by anybody, and words that a mail program hides are written for software. So they
name invoices, raise the flag of injection and ask for a person; no promise and no payment is read
in them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from adapters.inbound_mail.forwarded import FORWARDED_MAIL
from adapters.inbound_mail.message import HIDDEN_TEXT, OTHER_VERSION
from engines.reading.model import Reading

_GRAVE = (
    "insolvency",
    "legal_threat",
    "hardship",
    "stop_contact",
    "bank_change_request",
    "phishing",
    "dispute",
    "data_request",
)
"""What a person should see although it stands in a file alone."""


_WHERE = {OTHER_VERSION: "another version of it", FORWARDED_MAIL: "a mail forwarded with it"}


@dataclass(frozen=True, slots=True)
class ReadPart:
    """A part of a message beside its own words, and what was read in it."""

    media_type: str
    reading: Reading


def add_parts(reading: Reading, parts: Sequence[ReadPart], *, left: int = 0) -> Reading:
    """The reading of a message with the caution that its parts call for.

    Args:
        reading: What its own words say.
        parts: What came beside them.
        left: How many further parts nobody read.
    """
    if not parts:
        return reading
    hidden = any(part.media_type == HIDDEN_TEXT for part in parts)
    why = [*reading.why_human, *_reasons(reading, parts)]
    why += [f"has {left} more files than are read"] if left else []
    numbers = [n for part in parts for n in part.reading.mentioned_invoices]
    return replace(
        reading,
        injection=reading.injection or hidden or any(part.reading.injection for part in parts),
        # What their own words name is what they speak of; a file may list everything there is.
        mentioned_invoices=reading.mentioned_invoices or tuple(dict.fromkeys(numbers)),
        needs_human=bool(why),
        why_human=tuple(dict.fromkeys(why)),
    )


def _reasons(reading: Reading, parts: Sequence[ReadPart]) -> list[str]:
    found = []
    for part in parts:
        if part.media_type == HIDDEN_TEXT:
            found.append("has words in it that no reader is shown")
            continue
        version = part.media_type == OTHER_VERSION
        where = _WHERE.get(part.media_type, "a file with it")
        grave = [each for each in part.reading.intents if each in _GRAVE]
        found += [f"{where} says {each}" for each in grave if each not in reading.intents]
        if part.reading.injection:
            found.append(f"{where} holds words meant for software")
        if version and _differs(reading, part.reading):
            found.append(f"{where} says something else")
    return found


def _differs(one: Reading, other: Reading) -> bool:
    """Whether two versions of a message claim different money, days or invoices."""

    def told(reading: Reading) -> tuple[object, ...]:
        promises = {(p.due_on, p.amount_minor) for p in reading.promises}
        return promises, set(reading.mentioned_invoices), set(reading.disputed_invoices)

    return told(one) != told(other)
