"""What each language's words do to the tone: the strategies of its list, and how words are cut."""

import functools
import re
import tomllib
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from guardrails.content.folding import fold
from guardrails.content.function_words import MET
from guardrails.content.pattern import Pattern, compile_pattern

LANGUAGES = ("en", "es", "fr", "de")
START = "<s>"
_TOKEN = re.compile(
    r"[a-z]+(?:'[a-z]+)*(?![^\W\d_])|[^\W\d_]+(?:'[^\W\d_]+)*|<url>|\n+|\d+|\.{2,}|[^\w\s]"
)
_LINK = re.compile(r"https?:\S+|www\.\S+")
_FOLDER = Path(str(resources.files("guardrails") / "tone" / "languages"))


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The lists of a language.

    Attributes:
        whole: What a word does wherever it stands.
        begun: What a word does that begins so.
        phrases: First two words to what must follow them, and what they then do.
        negating: Words that turn round the words after them.
        called: Patterns of violations by the word that calls them up.
        called_begun: The same by how the word begins.
    """

    whole: dict[str, list[int]]
    begun: dict[str, list[int]]
    phrases: dict[tuple[str, str], list[tuple[tuple[str, ...], int]]]
    negating: frozenset[str]
    called: dict[str, list[Pattern]]
    called_begun: dict[str, list[Pattern]]


def cut(folded: str) -> list[str]:
    """Cut a folded text into words, numbers, links, marks and line ends."""
    if "http" in folded or "www." in folded:
        folded = _LINK.sub(" <url> ", folded)
    return _TOKEN.findall(folded)


@functools.cache
def _read(language: str) -> dict[str, Any]:
    return tomllib.loads((_FOLDER / f"{language}.toml").read_text("utf-8"))


@functools.cache
def strategy_names() -> tuple[str, ...]:
    """The strategies, in the order their counts are kept; English has them all."""
    return tuple(_read("en")["strategies"])


@functools.cache
def lexicon_of(language: str) -> Lexicon:
    """Read the lists of a language."""
    said = _read(language)
    made = Lexicon({}, {}, {}, frozenset(said["strategies"]["negation"]), {}, {})
    for name, lines in said["strategies"].items():
        for line in lines:
            _take(made, line, strategy_names().index(name))
    for tag, lines in said["violations"].items():
        for line in lines:
            pattern = compile_pattern(tag, line, said.get("sets", {}), MET[language])
            for trigger in pattern.triggers:
                if trigger.endswith("*"):
                    made.called_begun.setdefault(trigger[:-1], []).append(pattern)
                else:
                    made.called.setdefault(trigger, []).append(pattern)
    return made


def _take(made: Lexicon, line: str, strategy: int) -> None:
    words = [START if each == "^" else each for each in cut(fold(line))]
    if words[-1] == "*":
        made.begun.setdefault(words[0], []).append(strategy)
    elif len(words) == 1:
        made.whole.setdefault(words[0], []).append(strategy)
    else:
        made.phrases.setdefault((words[0], words[1]), []).append((tuple(words[2:]), strategy))
