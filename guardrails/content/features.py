"""What the trained part of the content checks sees of a sentence: words, pieces of words, topics.

A feature is a string with its kind in front: `w` one to three words in a row, `c` a piece of a
word, `t` a topic, `p` two topics that meet in the sentence. Training and reading share this page,
so that both see the same.
"""

import functools
import re
import tomllib
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

KINDS = "wctp"
NUMBER, NAME = "0", "@"
_TOKEN = re.compile(r"\x1f+|\d(?:[\d.,:/'-]*\d)?|[^\W\d_]+|[!?%€$£#]")
_TOPICS = Path(__file__).with_name("topics.toml")
_LONGEST_STEM = 14
_PIECES = (3, 4, 5)


def tokens_of(folded: str) -> tuple[str, ...]:
    """The words and telling marks of a folded sentence; a number is "0" and a name is "@"."""
    return tuple(map(_token, _TOKEN.findall(folded)))


def _token(piece: str) -> str:
    first = piece[0]
    if first == "\x1f":
        return NAME
    return NUMBER if first.isdigit() else piece


def pieces_of(word: str) -> tuple[str, ...]:
    """The pieces of one word, its borders marked."""
    if len(word) < _PIECES[0]:
        return ()
    marked = f" {word} "
    return tuple(
        "c" + marked[at : at + size]
        for size in _PIECES
        for at in range(len(marked) - size + 1)
    )


def runs_of(tokens: tuple[str, ...]) -> Iterator[str]:
    """One to three words in a row."""
    marked = ("<", *tokens, ">")
    for token in tokens:
        yield "w" + token
    for first, second in zip(marked, marked[1:], strict=False):
        yield f"w{first} {second}"
    for first, second, third in zip(marked, marked[1:], marked[2:], strict=False):
        yield f"w{first} {second} {third}"


def pairs_of(topics: list[str]) -> Iterator[str]:
    """Every two topics that meet, each pair once."""
    for first, second in combinations(sorted(topics), 2):
        yield f"p{first} {second}"


@functools.lru_cache(maxsize=50_000)
def topics_of(word: str) -> tuple[str, ...]:
    """The topics of one word of any language, by the longest of its stems."""
    whole, stems, inner = _topics()
    found = set(whole.get(word, ()))
    for end in range(3, min(len(word), _LONGEST_STEM) + 1):
        found.update(stems.get(word[:end], ()))
    for piece, topic in inner:
        if piece in word:
            found.add(topic)
    return tuple(sorted(found))


@functools.cache
def _topics() -> tuple[
    dict[str, list[str]], dict[str, list[str]], tuple[tuple[str, str], ...]
]:
    with _TOPICS.open("rb") as file:
        data: dict[str, str] = tomllib.load(file)
    whole: dict[str, list[str]] = {}
    stems: dict[str, list[str]] = {}
    inner: list[tuple[str, str]] = []
    for topic, listed in data.items():
        for word in listed.split():
            if word.startswith("*"):
                inner.append((word.strip("*"), topic))
            elif word.endswith("*"):
                stems.setdefault(word[:-1], []).append(topic)
            else:
                whole.setdefault(word, []).append(topic)
    return whole, stems, tuple(inner)
