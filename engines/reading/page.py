"""A message laid out for reading: own words, sentences, and every date, amount and number."""

import re
from collections.abc import Container
from dataclasses import dataclass
from typing import TypeVar

from engines.reading.amounts import AmountMention, find_amounts
from engines.reading.dates import Anchor, DateMention, find_dates
from engines.reading.documents import DocumentMention, find_documents
from engines.reading.folding import fold, without_long_words
from engines.reading.lexicon import Hit, find_concepts
from engines.reading.message import InboundText
from engines.reading.model import Part
from engines.reading.quotes import own_words
from engines.reading.sentences import Sentence, split_sentences

_LONGEST_SUBJECT = 600
_REPLY = re.compile(
    r"^(?:\s*(?:re|aw|antw|wg|fw|fwd|tr|rv|rif|odp|sv|vs|r|res|enc|ref)\s?(?:\[\d+\])?:)+", re.I
)
# Who writes of dollars without a sign of another country counts months first.
_AMERICAN = re.compile(
    r"\b(?:usd|ach|check no|check #|zip|inc\.|llc|net 30|ein|w-9|us\$)|(?<![a-z])\$\d", re.I
)
_BRITISH = re.compile(r"£|€|\b(?:gbp|eur|ltd|plc|cheque|bacs|vat|iban|cad|aud|nzd)\b", re.I)
_CLEAR_DATE = re.compile(r"(?<![\d/])(\d{1,2})/(\d{1,2})(?:/(?:20)?\d\d)?(?![\d/])")

_M = TypeVar("_M", DateMention, AmountMention, DocumentMention)


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence with what stands in it; places count from the start of its part."""

    sentence: Sentence
    hits: tuple[Hit, ...]
    dates: tuple[DateMention, ...]
    amounts: tuple[AmountMention, ...]
    documents: tuple[DocumentMention, ...]

    @property
    def concepts(self) -> frozenset[str]:
        """The concepts of the sentence."""
        return frozenset(each.concept for each in self.hits)


@dataclass(frozen=True, slots=True, eq=False)
class Page:
    """A message laid out; each is only like itself, so that what is seen of it can be kept.

    Attributes:
        subject: The subject without the marks of replies, in place.
        own: The own words of the body, in place.
        lines: Sentences of the subject, then of the body.
        invoices: Numbers that are invoices by their cue or because the ledger knows them.
    """

    message: InboundText
    subject: str
    own: str
    lines: tuple[Line, ...]
    invoices: frozenset[str]


def lay_out(
    message: InboundText,
    *,
    calendar: str,
    known_invoices: Container[str] | None = None,
    day_first: bool | None = None,
) -> Page:
    """Lay a message out.

    Args:
        message: What arrived.
        calendar: Country code of the business calendar.
        known_invoices: Numbers of invoices the ledger knows of, if it was asked.
        day_first: Whether 3/4 is the third of April; guessed from the words where not given.
    """
    subject = without_long_words(_without_reply(message.subject[:_LONGEST_SUBJECT]))
    own = own_words(message.body)
    if day_first is None:
        day_first = _counts_days_first(f"{subject}\n{own}")
    anchor = Anchor(message.received_on, calendar, day_first)
    lines = [
        *_lines_of(subject, message.subject, "subject", anchor),
        *_lines_of(own, message.body, "body", anchor),
    ]
    return Page(message, subject, own, tuple(lines), _invoices(lines, known_invoices))


def _without_reply(subject: str) -> str:
    return _REPLY.sub(lambda each: " " * len(each.group()), subject)


def _counts_days_first(text: str) -> bool:
    for match in _CLEAR_DATE.finditer(text):
        one, two = int(match[1]), int(match[2])
        if 12 < one <= 31 and two <= 12:
            return True
        if 12 < two <= 31 and one <= 12:
            return False
    return not _AMERICAN.search(text) or bool(_BRITISH.search(text))


def _lines_of(text: str, written: str, part: Part, anchor: Anchor) -> list[Line]:
    folded = fold(text)
    dates = find_dates(folded, anchor)
    days = [(each.start, each.end) for each in dates]
    documents = find_documents(text, folded, days)
    numbered = [(each.start, each.end) for each in documents if each.cue or each.shape != "bare"]
    amounts = find_amounts(folded, [*days, *numbered])
    money = [(each.start, each.end) for each in amounts if each.sure]
    documents = [
        each
        for each in documents
        if not any(each.start < end and start < each.end for start, end in money)
    ]
    return [
        Line(
            sentence,
            tuple(find_concepts(sentence.tokens)),
            _inside(dates, sentence),
            _inside(amounts, sentence),
            _inside(documents, sentence),
        )
        for sentence in split_sentences(text, part, written)
    ]


def _inside(mentions: list[_M], sentence: Sentence) -> tuple[_M, ...]:
    return tuple(each for each in mentions if sentence.start <= each.start < sentence.end)


def _invoices(lines: list[Line], known: Container[str] | None) -> frozenset[str]:
    found = set()
    for line in lines:
        for each in line.documents:
            named = each.cue == "invoice" or each.number[:3].upper() == "INV"
            if (
                named
                or (not each.cue and each.shape == "prefixed")
                or (known is not None and each.number in known)
            ):
                found.add(each.number.upper())
    return frozenset(found)
