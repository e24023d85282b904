"""What the trained part of the content checks sees of a sentence.

A feature is a string with its kind in front: `w` one to three words in a row, `c` a piece of a
word, `t` a topic, `p` two topics that meet, `q` a concept, `y` a concept and a topic that meet,
`s` a run of its build (small words as they are, other words as their topic), `l` its length and
marks. Topics say what is talked about, concepts what is said, in any of the four languages.
Training and reading share this page, so that both see the same.
"""

import functools
import re
import tomllib
from collections.abc import Sequence
from itertools import combinations, pairwise
from pathlib import Path
from typing import NamedTuple

TOPICS = Path(__file__).with_name("topics.toml")
CONCEPTS = Path(__file__).with_name("concepts.toml")
NUMBER, NAME = "0", "@"
_MARKS = frozenset("!?%€$£#0@<>")
_TOKEN = re.compile(r"\x1f[\x1f ]*|\d(?:[\d.,:/'-]*\d)?|[^\W\d_]+|[!?%€$£#]")
_LONGEST_STEM = 14
_PIECES = (3, 4, 5)
_LONGEST_STEP = 6


def tokens_of(folded: str) -> tuple[str, ...]:
    """The words and telling marks of a folded sentence; a number is "0" and a name is "@"."""
    return tuple(map(_token, _TOKEN.findall(folded)))


def _token(piece: str) -> str:
    first = piece[0]
    if first == "\x1f":
        return NAME
    return NUMBER if first.isdigit() else piece


def pieces_of(word: str) -> list[str]:
    """The pieces of one word, its borders marked."""
    if len(word) < _PIECES[0]:
        return []
    marked = f" {word} "
    return [
        "c" + marked[at : at + size] for size in _PIECES for at in range(len(marked) - size + 1)
    ]


def runs_of(tokens: Sequence[str]) -> list[str]:
    """One to three words in a row, the borders of the sentence marked."""
    return ["w" + each for each in tokens] + longer_runs_of(tokens)


def longer_runs_of(tokens: Sequence[str]) -> list[str]:
    """Two and three words in a row, the borders of the sentence marked."""
    marked = ["<", *tokens, ">"]
    found = [f"w{one} {two}" for one, two in pairwise(marked)]
    found += [
        f"w{one} {two} {three}"
        for one, two, three in zip(marked, marked[1:], marked[2:], strict=False)
    ]
    return found


def build_of(shapes: Sequence[str]) -> list[str]:
    """Two to four shapes of words in a row, the borders of the sentence marked."""
    marked = ["<", *shapes, ">"]
    after, later = marked[1:], marked[2:]
    found = [f"s{one} {two}" for one, two in pairwise(marked)]
    found += [
        f"s{one} {two} {three}" for one, two, three in zip(marked, after, later, strict=False)
    ]
    found += [
        f"s{one} {two} {three} {four}"
        for one, two, three, four in zip(marked, after, later, marked[3:], strict=False)
    ]
    return found


def shape_of(word: str, small: frozenset[str]) -> str:
    """What a word is in the build of a sentence: itself, its first topic, or a dash.

    Args:
        word: A word or mark.
        small: The words that stand for themselves.
    """
    if word in small or word in _MARKS:
        return word
    topics = topics_of(word)
    return topics[0].upper() if topics else "_"


def pairs_of(topics: Sequence[str]) -> list[str]:
    """Every two topics that meet, each pair once; the topics sorted."""
    return [f"p{one} {two}" for one, two in combinations(topics, 2)]


def crossed_of(concepts: Sequence[str], topics: Sequence[str]) -> list[str]:
    """Every concept with every topic it meets."""
    return [f"y{one} {two}" for one in concepts for two in topics]


def look_of(tokens: Sequence[str]) -> list[str]:
    """How long a sentence is and which marks it holds."""
    found = [
        f"llong{min(len(tokens) // 4, _LONGEST_STEP)}",
        f"lnumbers{min(tokens.count(NUMBER), 2)}",
        f"lnames{min(tokens.count(NAME), 2)}",
    ]
    return found + [f"l{mark}" for mark in "?!" if mark in tokens]


@functools.lru_cache(maxsize=50_000)
def topics_of(word: str) -> tuple[str, ...]:
    """The topics of one word of any language, sorted."""
    return _listed_for(word, _listing(TOPICS))


@functools.lru_cache(maxsize=50_000)
def concepts_of(word: str) -> tuple[str, ...]:
    """The concepts of one word of any language, sorted."""
    return _listed_for(word, _listing(CONCEPTS))


class _Listing(NamedTuple):
    """The titles that whole words, stems and inner pieces stand under."""

    whole: dict[str, list[str]]
    stems: dict[str, list[str]]
    inner: tuple[tuple[str, str], ...]


def _listed_for(word: str, listing: _Listing) -> tuple[str, ...]:
    found = set(listing.whole.get(word, ()))
    for end in range(3, min(len(word), _LONGEST_STEM) + 1):
        found.update(listing.stems.get(word[:end], ()))
    found.update(title for piece, title in listing.inner if piece in word)
    return tuple(sorted(found))


@functools.cache
def _listing(path: Path) -> _Listing:
    data: dict[str, str] = tomllib.loads(path.read_text(encoding="utf-8"))
    whole: dict[str, list[str]] = {}
    stems: dict[str, list[str]] = {}
    inner: list[tuple[str, str]] = []
    for title, listed in data.items():
        for word in listed.split():
            if word.startswith("*"):
                inner.append((word.strip("*"), title))
            elif word.endswith("*"):
                stems.setdefault(word[:-1], []).append(title)
            else:
                whole.setdefault(word, []).append(title)
    return _Listing(whole, stems, tuple(inner))
