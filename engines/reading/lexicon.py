"""Concepts of the trade in the words of several languages, found token by token.

A pattern is words in a row: `pay*` any ending, `a|b` either, `..` up to three words between. The
listing is `lexicon.toml`.
"""

import functools
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from engines.reading.sentences import Token

LEXICON = Path(__file__).with_name("lexicon.toml")
_GAP = 3
_KEY = 3


class Hit(NamedTuple):
    """A concept, the first of its tokens and the one after its last."""

    concept: str
    first: int
    last: int


class _Word(NamedTuple):
    whole: frozenset[str]
    stems: tuple[str, ...]

    def fits(self, word: str) -> bool:
        return word in self.whole or bool(self.stems and word.startswith(self.stems))


class _Pattern(NamedTuple):
    concept: str
    words: tuple[_Word, ...]
    gaps: tuple[bool, ...]  # whether others may stand before this word


def find_concepts(tokens: Sequence[Token]) -> list[Hit]:
    """Every concept that stands in a sentence, in the order of the words."""
    words = [each.word for each in tokens]
    hits = []
    for at, word in enumerate(words):
        for pattern in _starting_with(word):
            last = _end_of(pattern, words, at)
            if last:
                hits.append(Hit(pattern.concept, at, last))
    return hits


@functools.lru_cache(maxsize=20_000)
def _starting_with(word: str) -> tuple[_Pattern, ...]:
    listed = _listing()
    found = [*listed.get(word[:_KEY], ()), *listed.get(word[:2] + "*", ())]
    return tuple(each for each in found if each.words[0].fits(word))


def _end_of(pattern: _Pattern, words: list[str], at: int) -> int:
    """The place after the last word of a pattern that starts here; 0 where it does not fit."""
    place = at + 1
    for word, gap in zip(pattern.words[1:], pattern.gaps[1:], strict=True):
        reach = min(place + (_GAP + 1 if gap else 1), len(words))
        place = next((each + 1 for each in range(place, reach) if word.fits(words[each])), 0)
        if not place:
            return 0
    return place


@functools.cache
def _listing() -> dict[str, tuple[_Pattern, ...]]:
    """Patterns by how their first word starts."""
    data: dict[str, list[str]] = tomllib.loads(LEXICON.read_text(encoding="utf-8"))
    listed: dict[str, list[_Pattern]] = {}
    for concept, lines in data.items():
        for line in lines:
            for each in line.split(","):
                pattern = _read_pattern(concept, each.split())
                for key in _keys_of(pattern.words[0]):
                    listed.setdefault(key, []).append(pattern)
    return {key: tuple(dict.fromkeys(patterns)) for key, patterns in listed.items()}


def _keys_of(word: _Word) -> set[str]:
    keys = {each[:_KEY] for each in word.whole}
    return keys | {stem[:_KEY] if len(stem) >= _KEY else stem[:2] + "*" for stem in word.stems}


def _read_pattern(concept: str, pieces: Sequence[str]) -> _Pattern:
    words: list[_Word] = []
    gaps: list[bool] = []
    gap = False
    for piece in pieces:
        if piece == "..":
            gap = True
            continue
        options = piece.split("|")
        words.append(
            _Word(
                frozenset(each for each in options if not each.endswith("*")),
                tuple(each[:-1] for each in options if each.endswith("*")),
            )
        )
        gaps.append(gap)
        gap = False
    return _Pattern(concept, tuple(words), tuple(gaps))
