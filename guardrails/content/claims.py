"""Which claim classes and elements the words of a sentence carry, by the lexicon of its language.

A lexicon is a TOML file per language: named sets, harmless wordings (blotted out first), and the
patterns of each class. All are compiled when a language is first met.
"""

import functools
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from guardrails.content.function_words import MET
from guardrails.content.languages import SUPPORTED
from guardrails.content.pattern import LONGEST_STEM, Pattern, compile_pattern

_FOLDER = Path(__file__).with_name("lexicon")
ELEMENT, PAST = "element.", "past."
_HARMLESS = "harmless"
_BLOT = "\x1f"


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
        self._called: dict[str, list[int]] = {}
        for at, pattern in enumerate(patterns):
            for trigger in pattern.triggers:
                self._called.setdefault(trigger, []).append(at)
        self._needed = frozenset().union(*(need for each in patterns for need in each.needs))
        self.keys_of = functools.lru_cache(maxsize=50_000)(self._keys_of)

    def is_word(self, word: str) -> bool:
        """Whether a small word calls up a pattern."""
        return any(key in self._called for key in self.keys_of(word))

    def _keys_of(self, word: str) -> tuple[str, ...]:
        """The word and the beginnings of it that a pattern needs."""
        stems = (f"{word[:end]}*" for end in range(3, min(len(word), LONGEST_STEM) + 1))
        return tuple(key for key in (word, *stems) if key in self._needed)

    def find(self, folded: str, words: list[str]) -> Iterator[Match]:
        """Find what a folded sentence says; a class at most once.

        Args:
            folded: The sentence, folded and with names blotted out.
            words: Its words.
        """
        keys: set[str] = set()
        for word in words:
            keys.update(self.keys_of(word))
        called = {at for key in keys for at in self._called.get(key, ())}
        seen: set[str] = set()
        # Harmless wordings stand before the claims, so they are blotted out first.
        for at in sorted(called):
            pattern = self.patterns[at]
            if not _has_all(keys, pattern.needs):
                continue
            if pattern.label == _HARMLESS:
                folded = _blot_all(pattern, folded)
            elif pattern.label not in seen:
                match = pattern.find(folded)
                if match:
                    seen.add(pattern.label)
                    yield Match(pattern.label, match.start(), match.end())


def _has_all(keys: set[str], needs: tuple[frozenset[str], ...]) -> bool:
    for need in needs:  # noqa: SIM110 - a plain loop is twice as fast here as any()
        if keys.isdisjoint(need):
            return False
    return True


@functools.cache
def lexicon_of(language: str) -> Lexicon:
    """The lexicon of a supported language, compiled once."""
    path = _FOLDER / f"{language}.toml"
    with path.open("rb") as file:
        data = tomllib.load(file)
    return Lexicon(tuple(_patterns(data, MET[language])))


def is_lexicon_word(word: str) -> bool:
    """Whether a small word calls up a pattern of any language loaded so far."""
    return any(lexicon_of(each).is_word(word) for each in SUPPORTED)


def _patterns(data: Mapping[str, object], common: Mapping[str, float]) -> Iterator[Pattern]:
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
    label: str, lines: str, sets: Mapping[str, str], common: Mapping[str, float]
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
