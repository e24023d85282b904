"""One sentence made ready for the checks, and what the lexicon finds in it."""

import functools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from guardrails.content import languages
from guardrails.content.claims import ELEMENT, Match, lexicon_of
from guardrails.content.classifier import classify
from guardrails.content.folding import fold, words_of
from guardrails.content.protected import KnownNames, known_names, protect
from guardrails.content.report import Part
from guardrails.content.sentences import Sentence, split_sentences

# A long name and a number hold apart the words beside them, however long they are.
_BLOTS = re.compile("\x1f{6,}")
_NUMBERS = re.compile(r"\d+(?:[.,]\d+)+|\d{3,}")
_DIGITS = str.maketrans("123456789", "000000000")
_KEPT = 30_000


@dataclass(frozen=True, slots=True)
class Reading:
    """One sentence made ready.

    Attributes:
        folded: The sentence, folded and with names blotted out.
        mould: The folded sentence with its numbers made nought and its blots of one length: the
            same in every letter of one template, so that what is known of it is remembered.
        words: Its words.
        language: Nothing where it is too short to have one.
    """

    sentence: Sentence
    folded: str
    mould: str
    words: tuple[str, ...]
    language: str | None


def read_part(text: str, part: Part, known: KnownNames | None) -> Iterator[Reading]:
    """Cut a part of a message into sentences made ready; `known` names are no evidence."""
    if not text.strip():
        return
    folded = fold(protect(text, known))
    for sentence in split_sentences(text, part):
        piece = folded[sentence.start : sentence.start + len(sentence.text)]
        mould = _mould_of(piece)
        words, language = _known_of(mould, sentence.text)
        yield Reading(sentence, piece, mould, words, language)


def _mould_of(folded: str) -> str:
    mould = _BLOTS.sub("\x1f" * 6, folded) if "\x1f" in folded else folded
    return _NUMBERS.sub(_nought, mould)


def _nought(match: re.Match[str]) -> str:
    """A number of which only the shape is left; its words are as many as before."""
    number = match[0]
    return "000" if number.isdigit() else number.translate(_DIGITS)


# The words and the language of moulds already met.
_MOULDS: dict[str, tuple[tuple[str, ...], str | None]] = {}


def _known_of(mould: str, text: str) -> tuple[tuple[str, ...], str | None]:
    known = _MOULDS.get(mould)
    if known is None:
        words = tuple(words_of(mould))
        known = words, languages.language_of(text, words)
        if len(_MOULDS) >= _KEPT:
            _MOULDS.clear()
        _MOULDS[mould] = known
    return known


def matches_of(reading: Reading, main: str) -> Iterator[Match]:
    """Search a sentence in its own language, or the message's and English, or in every one."""
    matches = _matches_in_mould(reading.mould, reading.words, reading.language, main)
    if all(match.label.startswith(ELEMENT) for match in matches):
        return iter(matches)
    # A claim is wanted with its place in the sentence as written.
    return _search(reading.folded, reading.words, reading.language, main)


def classes_of(reading: Reading) -> tuple[str, ...]:
    """The claim classes that the wording of a whole sentence carries; remembered by its mould."""
    return _classify_mould(reading.mould)


_classify_mould = functools.lru_cache(maxsize=_KEPT)(classify)


@functools.lru_cache(maxsize=_KEPT)
def _matches_in_mould(
    mould: str, words: tuple[str, ...], own: str | None, main: str
) -> tuple[Match, ...]:
    return tuple(_search(mould, words, own, main))


def _search(folded: str, words: Sequence[str], own: str | None, main: str) -> Iterator[Match]:
    if own in languages.SUPPORTED and main in languages.SUPPORTED:
        wanted = (own,)
    elif main in languages.SUPPORTED:
        wanted = tuple(dict.fromkeys((main, "en")))
    else:
        wanted = languages.SUPPORTED
    for language in wanted:
        yield from lexicon_of(language).find(folded, words)


def read_sentences(subject: str, body: str, names: Sequence[str]) -> list[Reading]:
    """Every sentence of a message, its subject first."""
    known = known_names(names)
    return [*read_part(subject, "subject", known), *read_part(body, "body", known)]


def language_among(readings: Sequence[Reading]) -> str:
    """The language most words of a message are in; `und` where no sentence has one."""
    return languages.main_language(
        (each.language, len(each.words)) for each in readings if each.language
    )
