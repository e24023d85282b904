"""One sentence made ready for the checks, and what the lexicon finds in it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from guardrails.content import languages
from guardrails.content.claims import ELEMENT, Match, lexicon_of
from guardrails.content.folding import fold, words_of
from guardrails.content.protected import names_pattern, protect
from guardrails.content.report import Part
from guardrails.content.sentences import Sentence, split_sentences


@dataclass(frozen=True, slots=True)
class Reading:
    """One sentence made ready: folded with names blotted out, its words and its language."""

    sentence: Sentence
    folded: str
    words: list[str]
    language: str | None


def read_part(text: str, part: Part, known: re.Pattern[str] | None) -> Iterator[Reading]:
    """Cut a part of a message into sentences made ready; `known` names are no evidence."""
    if not text.strip():
        return
    folded = fold(protect(text, known))
    for sentence in split_sentences(text, part):
        piece = folded[sentence.start : sentence.start + len(sentence.text)]
        words = words_of(piece)
        yield Reading(sentence, piece, words, languages.language_of(sentence.text, words))


def matches_of(reading: Reading, main: str) -> Iterator[Match]:
    """Search a sentence in its own language, or the message's and English, or in every one.

    An element counts only in the language of the message: its reader must be able to read it.
    """
    own = reading.language
    if own in languages.SUPPORTED and main in languages.SUPPORTED:
        wanted = (own,)
    elif main in languages.SUPPORTED:
        wanted = tuple(dict.fromkeys((main, "en")))
    else:
        wanted = languages.SUPPORTED
    for language in wanted:
        for match in lexicon_of(language).find(reading.folded, reading.words):
            if language == main or not match.label.startswith(ELEMENT):
                yield match


def read_sentences(subject: str, body: str, names: Sequence[str]) -> list[Reading]:
    """Every sentence of a message, its subject first."""
    known = names_pattern(names)
    return [*read_part(subject, "subject", known), *read_part(body, "body", known)]


def language_among(readings: Sequence[Reading]) -> str:
    """The language most words of a message are in; `und` where no sentence has one."""
    return languages.main_language(
        (each.language, len(each.words)) for each in readings if each.language
    )
