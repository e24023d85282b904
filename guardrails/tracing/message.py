"""Which statements of a message are no fact, whoever wrote it and whatever is known."""

import re
from collections.abc import Iterable

from guardrails.formats import LANGUAGES
from guardrails.tracing.close_reading import read_closely
from guardrails.tracing.facts import Known
from guardrails.tracing.matching import Matcher
from guardrails.tracing.report import Stated, Untraced
from guardrails.tracing.stated import in_parts, read_statements
from guardrails.tracing.words import FULL_WEEKDAYS

_WEEKDAY = re.compile(rf"(?<!\w)(?:{'|'.join(FULL_WEEKDAYS)})(?!\w)", re.IGNORECASE)

# The kinds of `matches_ledger` in the packs, and the findings that make each of them false.
_BREAKS = {
    "amount": frozenset({"amount", "fee"}),
    "currency": frozenset({"currency"}),
    "total": frozenset({"total", "count"}),
    "invoice_ref": frozenset({"invoice_ref", "number"}),
    "date": frozenset({"date"}),
    "days_overdue": frozenset({"days_overdue"}),
    "deadline": frozenset({"deadline"}),
    "fee": frozenset({"fee"}),
}


def trace(
    subject: str, body: str, known: Known, language: str, *, strict: bool
) -> tuple[Untraced, ...]:
    """Find what a message states that is no known fact.

    Args:
        subject: Its subject line.
        body: Its body, in plain text.
        known: What it may state.
        language: The language of the message.
        strict: Whether every number must be a fact, as in a letter of the house, where nothing but
            facts fills the slots. People also write opening hours and street numbers, so in their
            texts only what reads as a statement counts: money, days, references, rates, addresses
            and bank details.

    Returns:
        Every finding in the order of the text; empty when all of it is traced.
    """
    if language not in LANGUAGES:
        return (Untraced(language, 0, "language", f"one of {', '.join(LANGUAGES)}"),)
    if not strict:
        return _in_parts(*_statements_untraced(subject, body, known, language))
    closely = read_closely(subject, body, known, known.company, language)
    return in_order([*closely, *said_in_words(subject, body, known, language)])


def stated_and_untraced(
    subject: str, body: str, known: Known, language: str
) -> tuple[tuple[Stated, ...], tuple[Untraced, ...]]:
    """What a message of people states, and what `trace` finds of it, read once."""
    reading = read_statements(subject, body, language, known)
    if language not in LANGUAGES:
        return in_parts(reading), trace(subject, body, known, language, strict=False)
    found = Matcher(known, reading).untraced()
    return in_parts(reading), _in_parts(reading.body_starts, found)


def said_in_words(subject: str, body: str, known: Known, language: str) -> tuple[Untraced, ...]:
    """The untraced statements that no digit gives away: "twelve hundred dollars", a weekday."""
    starts, found = _statements_untraced(subject, body, known, language)
    worded = [
        each
        for each in found
        if _WEEKDAY.search(each.span) or not any(char.isdigit() for char in each.span)
    ]
    return _in_parts(starts, worded)


def matches(untraced: Iterable[Untraced]) -> dict[str, bool]:
    """Whether every value of a kind in the message is the ledger's, for the rules that ask.

    Args:
        untraced: What `trace` found.
    """
    kinds = {each.kind for each in untraced}
    return {kind: kinds.isdisjoint(breaking) for kind, breaking in _BREAKS.items()}


def in_order(found: Iterable[Untraced]) -> tuple[Untraced, ...]:
    """Findings once each, in the order of the text."""
    return tuple(sorted(dict.fromkeys(found), key=lambda e: (e.part != "subject", e.start, e.kind)))


def _statements_untraced(
    subject: str, body: str, known: Known, language: str
) -> tuple[int, list[Untraced]]:
    reading = read_statements(subject, body, language, known)
    return reading.body_starts, Matcher(known, reading).untraced()


def _in_parts(starts: int, found: Iterable[Untraced]) -> tuple[Untraced, ...]:
    return tuple(
        Untraced(each.span, each.start, each.kind, each.expected, "subject")
        if each.start < starts
        else Untraced(each.span, each.start - starts, each.kind, each.expected)
        for each in found
    )
