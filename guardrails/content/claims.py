"""Which claim classes and elements the words of a sentence carry, by the lexicon of its language.

A lexicon is a TOML file per language: named sets, harmless wordings (blotted out first), and the
patterns of each class. All are compiled when a language is first met.
"""

import functools
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from guardrails.content.function_words import COMMON
from guardrails.content.languages import SUPPORTED
from guardrails.content.pattern import Pattern, compile_pattern

_FOLDER = Path(__file__).with_name("lexicon")
ELEMENT, PAST = "element.", "past."
_HARMLESS = "harmless"
_BLOT = "\x1f"
_LONGEST_STEM = 14


@dataclass(frozen=True, slots=True)
class Match:
    """Words of a sentence that a pattern found."""

    label: str
    start: int
    end: int


class Lexicon:
    """The patterns of one language, called up by the words of a sentence."""

    def __init__(self, patterns: tuple[Pattern, ...]) -> None:
        self.patterns = patterns
        self._words: dict[str, list[int]] = {}
        self._stems: dict[str, list[int]] = {}
        for at, pattern in enumerate(patterns):
            for trigger in pattern.triggers:
                table = self._stems if trigger.endswith("*") else self._words
                table.setdefault(trigger.rstrip("*"), []).append(at)
        self.called_by = functools.lru_cache(maxsize=50_000)(self._called_by)

    def _called_by(self, word: str) -> tuple[int, ...]:
        found = list(self._words.get(word, ()))
        for end in range(3, min(len(word), _LONGEST_STEM) + 1):
            found += self._stems.get(word[:end], ())
        return tuple(found)

    def find(self, folded: str, words: list[str]) -> Iterator[Match]:
        """Find what a folded sentence says; a class at most once.

        Args:
            folded: The sentence, folded and with names blotted out.
            words: Its words.
        """
        called: set[int] = set()
        for word in words:
            called.update(self.called_by(word))
        if not called:
            return
        seen: set[str] = set()
        # Harmless wordings stand before the claims, so they are blotted out first.
        for at in sorted(called):
            pattern = self.patterns[at]
            if pattern.label == _HARMLESS:
                folded = _blot_all(pattern, folded)
            elif pattern.label not in seen:
                match = pattern.find(folded)
                if match:
                    seen.add(pattern.label)
                    yield Match(pattern.label, match.start(), match.end())


@functools.cache
def lexicon_of(language: str) -> Lexicon:
    """The lexicon of a supported language, compiled once."""
    path = _FOLDER / f"{language}.toml"
    with path.open("rb") as file:
        data = tomllib.load(file)
    return Lexicon(tuple(_patterns(data, COMMON[language])))


def is_lexicon_word(word: str) -> bool:
    """Whether a small word calls up a pattern of any language loaded so far."""
    return any(lexicon_of(each).called_by(word) for each in SUPPORTED)


def _patterns(data: Mapping[str, object], common: frozenset[str]) -> Iterator[Pattern]:
    sets = {name: " ".join(str(each).split()) for name, each in _table(data, "sets").items()}
    # An element may lie in a harmless wording ("from a debt collector"), so it is looked for first.
    for label, lines in _table(data, "elements").items():
        yield from _lines(f"{ELEMENT}{label}", str(lines), sets, common)
    yield from _lines(_HARMLESS, str(data.get(_HARMLESS, "")), sets, common)
    for label, lines in _table(data, "past").items():
        yield from _lines(f"{PAST}{label}", str(lines), sets, common)
    for label, lines in _table(data, "claims").items():
        yield from _lines(label, str(lines), sets, common)


def _table(data: Mapping[str, object], name: str) -> Mapping[str, object]:
    table = data.get(name, {})
    return table if isinstance(table, dict) else {}


def _lines(
    label: str, lines: str, sets: Mapping[str, str], common: frozenset[str]
) -> Iterator[Pattern]:
    for line in lines.splitlines():
        stripped = line.strip()
        if stripped and not stripped.startswith("#"):
            yield compile_pattern(label, stripped, sets, common)


def _blot_all(pattern: Pattern, folded: str) -> str:
    match = pattern.find(folded)
    if match is None:
        return folded
    return pattern.positive[0].sub(lambda each: _BLOT * len(each[0]), folded)
