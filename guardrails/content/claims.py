"""Which claim classes and elements the words of a sentence carry, by the lexicon of its language.

A lexicon is a TOML file per language: named sets, harmless wordings (blotted out first), frames
that make a sentence innocent (answers, thanks, requests) unless something in it presses, and the
patterns of each class. All are compiled when a language is first met.
"""

import functools
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from guardrails.content.function_words import MET
from guardrails.content.languages import SUPPORTED
from guardrails.content.pattern import LONGEST_STEM, Pattern, compile_pattern

_FOLDER = Path(__file__).with_name("lexicon")
ELEMENT, PAST = "element.", "past."
_HARMLESS = "harmless"
_FRAME = "frame."
_INNOCENT, _PRESSING = f"{_FRAME}innocent", f"{_FRAME}pressing"
# In an innocent sentence the subject of these is only mentioned; the others hurt by their words.
_SPOKEN = frozenset(
    (
        *("profanity", "insult_or_sarcasm", "guilt_pressure", "human_persona"),
        *("protected_trait", "marketing", "sensitive_data"),
    )
)
_BLOT = "\x1f"
# So many needs of a pattern are looked up before it is tried.
_NEEDS = 3


@dataclass(frozen=True, slots=True)
class Match:
    """Words of a sentence that a pattern found, and its line in the lexicon of a language."""

    label: str
    start: int
    end: int
    line: str
    language: str


class Lexicon:
    """The patterns of one language, called up by the words of a sentence."""

    def __init__(self, patterns: tuple[Pattern, ...], language: str) -> None:
        self.patterns = patterns
        self.language = language
        # For each of the first needs of the patterns: which patterns, as bits, a key satisfies.
        self._satisfied: list[dict[str, int]] = [{} for _ in range(_NEEDS)]
        self._without_need = [0] * _NEEDS
        for at, pattern in enumerate(patterns):
            for place, table in enumerate(self._satisfied):
                if place >= len(pattern.needs):
                    self._without_need[place] |= 1 << at
                    continue
                for key in pattern.needs[place]:
                    table[key] = table.get(key, 0) | 1 << at
        self.bits_of = functools.lru_cache(maxsize=50_000)(self._bits_of)

    def is_word(self, word: str) -> bool:
        """Whether a small word calls up a pattern."""
        bits = self.bits_of(word)
        return bits is not None and bool(bits[0])

    def _bits_of(self, word: str) -> tuple[int, ...] | None:
        """The patterns whose needs the word satisfies, need by need; nothing for most words."""
        stems = (f"{word[:end]}*" for end in range(3, min(len(word), LONGEST_STEM) + 1))
        keys = (word, *stems)
        bits = []
        for table in self._satisfied:
            found = 0
            for key in keys:
                found |= table.get(key, 0)
            bits.append(found)
        return tuple(bits) if any(bits) else None

    def _called_by(self, words: Sequence[str]) -> Iterator[Pattern]:
        """The patterns all of whose needs the words satisfy, in their order."""
        first, second, third = 0, self._without_need[1], self._without_need[2]
        for word in words:
            bits = self.bits_of(word)
            if bits is not None:
                first |= bits[0]
                second |= bits[1]
                third |= bits[2]
        called = first & second & third
        while called:
            lowest = called & -called
            yield self.patterns[lowest.bit_length() - 1]
            called ^= lowest

    def find(self, folded: str, words: Sequence[str]) -> Iterator[Match]:
        """Find what a folded sentence says; a class at most once.

        Args:
            folded: The sentence, folded and with names blotted out.
            words: Its words.
        """
        seen: set[str] = set()
        # Harmless wordings and frames stand before the claims, so they are met first.
        for pattern in self._called_by(words):
            if pattern.label == _HARMLESS:
                folded = _blot_all(pattern, folded)
            elif pattern.label not in seen and not _is_excused(pattern.label, seen):
                match = pattern.find(folded)
                if match:
                    seen.add(pattern.label)
                    if not pattern.label.startswith(_FRAME):
                        start, end = match.span()
                        yield Match(pattern.label, start, end, pattern.line, self.language)


@functools.cache
def lexicon_of(language: str) -> Lexicon:
    """The lexicon of a supported language, compiled once."""
    path = _FOLDER / f"{language}.toml"
    with path.open("rb") as file:
        data = tomllib.load(file)
    return Lexicon(tuple(_patterns(data, MET[language])), language)


def is_lexicon_word(word: str) -> bool:
    """Whether a small word calls up a pattern of any language loaded so far."""
    return any(lexicon_of(each).is_word(word) for each in SUPPORTED)


def _patterns(data: Mapping[str, object], common: Mapping[str, float]) -> Iterator[Pattern]:
    sets = {name: " ".join(str(each).split()) for name, each in _table(data, "sets").items()}
    # An element may lie in a harmless wording ("from a debt collector"), so it is looked for first.
    for label, lines in _table(data, "elements").items():
        yield from _lines(f"{ELEMENT}{label}", str(lines), sets, common)
    yield from _lines(_HARMLESS, str(data.get(_HARMLESS, "")), sets, common)
    for label, lines in _table(data, "frames").items():
        yield from _lines(f"{_FRAME}{label}", str(lines), sets, common)
    for label, lines in _table(data, "past").items():
        yield from _lines(f"{PAST}{label}", str(lines), sets, common)
    for label, lines in _table(data, "claims").items():
        yield from _lines(label, str(lines), sets, common)


def _table(data: Mapping[str, object], name: str) -> Mapping[str, object]:
    table = data.get(name, {})
    return table if isinstance(table, dict) else {}


def _lines(
    label: str, lines: str, sets: Mapping[str, str], common: Mapping[str, float]
) -> Iterator[Pattern]:
    for line in lines.splitlines():
        stripped = line.strip()
        if stripped and not stripped.startswith("#"):
            yield compile_pattern(label, stripped, sets, common)


def _is_excused(label: str, seen: set[str]) -> bool:
    """Whether an innocent sentence that does not press only mentions what the label is about."""
    if _INNOCENT not in seen or _PRESSING in seen:
        return False
    return label not in _SPOKEN and not label.startswith((_FRAME, PAST))


def _blot_all(pattern: Pattern, folded: str) -> str:
    match = pattern.find(folded)
    if match is None:
        return folded
    return pattern.positive[0].sub(lambda each: _BLOT * len(each[0]), folded)
