"""Everything a message states as fact, typed and in the order of the text."""

import re
from collections.abc import Iterator
from datetime import date

from guardrails.tracing.addresses import find_accounts, find_addresses, find_phones
from guardrails.tracing.amounts import find_amounts
from guardrails.tracing.days import find_days, find_days_without_year, settle_days
from guardrails.tracing.facts import Known
from guardrails.tracing.instalments import find_instalments
from guardrails.tracing.lengths import find_lengths, find_named_days
from guardrails.tracing.people import find_companies, find_people
from guardrails.tracing.reading import Reading
from guardrails.tracing.references import find_counts, find_long_numbers, find_references
from guardrails.tracing.report import Stated

_LONGER_BEFORE = re.compile(r"(?:\w|\w[-/_])$")
_LONGER_AFTER = re.compile(r"\w|[-/_]\w")


def stated(subject: str, body: str, language: str, as_of: date) -> tuple[Stated, ...]:
    """Read every statement of fact out of a message.

    Args:
        subject: Its subject line.
        body: Its body, in plain text.
        language: Decides how digits are grouped and which word is a number; words of all our
            languages are read whatever it is.
        as_of: The day it leaves, from which "yesterday" and "by Friday" count.

    Returns:
        The statements in the order of the text; nothing is said yet about their truth.
    """
    return in_parts(read_statements(subject, body, language, Known(as_of)))


def read_statements(subject: str, body: str, language: str, known: Known) -> Reading:
    """Read a message; statements count their places from the start of the subject.

    Args:
        subject: Its subject line.
        body: Its body.
        language: Its language.
        known: Holds the day, and what is recognised as written whatever its form: our own lines
            and the references.
    """
    reading = Reading(subject, body, language, known.as_of)
    for line in (*known.company.lines, *known.company.plain):
        for start, end in _whole(reading, line.lower()):
            reading.cover(start, end)
    find_addresses(reading)
    find_companies(reading)
    find_people(reading)
    for reference in known.numbers:
        for start, end in _whole(reading, reference.lower()):
            reading.take("invoice_ref", reference, start, end)
    find_accounts(reading)
    find_days(reading)
    find_amounts(reading)
    find_references(reading)
    find_counts(reading)
    find_days_without_year(reading)
    settle_days(reading)
    find_lengths(reading)
    find_named_days(reading)
    find_instalments(reading)
    find_phones(reading)
    find_long_numbers(reading)
    reading.found.sort(key=lambda each: each.start)
    return reading


def _whole(reading: Reading, words: str) -> Iterator[tuple[int, int]]:
    """Where words stand that are no part of longer ones."""
    at = reading.low.find(words) if words else -1
    while at >= 0:
        end = at + len(words)
        if not _LONGER_BEFORE.search(reading.low, max(0, at - 2), at) and not _LONGER_AFTER.match(
            reading.low, end
        ):
            yield at, end
        at = reading.low.find(words, end)


def in_parts(reading: Reading) -> tuple[Stated, ...]:
    """The statements with the part they stand in, and their place in it."""
    starts = reading.body_starts
    return tuple(
        Stated(each.kind, each.value, each.span, each.start, "subject", each.role)
        if each.start < starts
        else Stated(each.kind, each.value, each.span, each.start - starts, each.part, each.role)
        for each in reading.found
    )
