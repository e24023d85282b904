"""Measures a text: how often it uses each strategy, what it looks like, how its words feel."""

import functools
import math
import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from guardrails.content.folding import fold
from guardrails.content.pattern import Pattern
from guardrails.tone.lexicon import cut, strategy_names
from guardrails.tone.vocabulary import Vocabulary

_TURNED = np.float32(-0.74)  # a negated word keeps part of its valence (Hutto & Gilbert, 2014)
_REACH = 3  # words a negation reaches
_USUAL = 20.0  # words of the requests the scores were learned from, about
_NUMBERS = re.compile(r"\d+")
_CAPITALS = re.compile(r"[A-ZÀ-ÖØ-Þ]{3,}")
LOOKS = (
    "length", "sentences", "sentence_length", "numbers", "exclamations", "shouted_marks",
    "questions", "doubled_questions", "trailing_dots", "quotes", "capitals", "links", "code",
    "addressed", "small_start", "brackets",
)  # fmt: skip
_ASKING = ("please", "could_you", "can_you", "soft_ask", "deadline", "late", "demand")
FEELINGS = ("good", "bad", "best", "worst", "sum", "first_half", "second_half", "bad_words")


@dataclass(frozen=True, slots=True)
class Reading:
    """A text as the scores see it.

    Attributes:
        folded: The text in small letters without accents, as long as it was.
        words: One hash a word, sentence starts included.
        classes: One hash a word class.
        measures: Strategies, looks and feelings as numbers, in the order of `measure_names`.
        patterns: Patterns of violations that a word of the text calls up.
        capitals: Words, or parts of words, in capitals.
        asks: Whether it asks a question, asks for something, or says what is due.
    """

    folded: str
    words: NDArray[np.uint32]
    classes: NDArray[np.uint32]
    measures: NDArray[np.float32]
    patterns: tuple[Pattern, ...]
    capitals: int
    asks: bool


def measure_names() -> tuple[str, ...]:
    """What the measures are called."""
    return (*strategy_names(), *LOOKS, *FEELINGS)


@functools.cache
def _asking() -> NDArray[np.intp]:
    names = strategy_names()
    return np.array([names.index(each) for each in _ASKING], dtype=np.intp)


def read_text(text: str, vocabulary: Vocabulary) -> Reading:
    """Cut a text into words and measure it."""
    folded = fold(text)
    rows = vocabulary.rows(cut(folded))
    codes = vocabulary.codes[rows].view(np.uint32)
    counts = vocabulary.strategies[rows].sum(axis=0)
    for strategy in vocabulary.phrases(rows, codes[0::2]):
        counts[strategy] += 1
    asks = "?" in text or bool(counts[_asking()].any())
    # A longer text is measured as one of the usual length would be.
    counts *= min(1.0, (_USUAL / len(rows)) ** 0.5)
    capitals = len(_CAPITALS.findall(text))
    looks = _looks(text, rows, vocabulary, capitals)
    feelings = _feelings(rows, vocabulary)
    return Reading(
        folded=folded,
        words=codes[0::2],
        classes=codes[1::2],
        measures=np.concatenate((np.log1p(counts), np.array(looks + feelings, dtype=np.float32))),
        patterns=vocabulary.patterns(rows),
        capitals=capitals,
        asks=asks,
    )


def _looks(text: str, rows: NDArray[np.intp], vocabulary: Vocabulary, capitals: int) -> list[float]:
    count, log = text.count, math.log1p
    size = len(rows)
    sentences = max(1, int(np.count_nonzero(rows == vocabulary.start)) - 1)
    numbers = len(_NUMBERS.findall(text))
    marks, questions = count("!"), count("?")
    return [
        math.log(size),
        math.log(sentences),
        min(size / sentences, 60.0) / 10,
        log(numbers),
        log(marks),
        log(count("!!")) if marks else 0.0,
        log(questions),
        log(count("??") + count("?!") + count("!?")) if questions else 0.0,
        log(count("...") + count("…")),
        log(count('"') + count("“") + count("«")),
        log(capitals),
        log(count("<url>") + count("http")),
        log(count("`")),
        log(count("@")),
        1.0 if text[:1].islower() else 0.0,
        log(count("(") + count(":)") + count(";)")),
    ]


def _feelings(rows: NDArray[np.intp], vocabulary: Vocabulary) -> list[float]:
    valences = vocabulary.valences[rows]
    if not valences.any():
        return [0.0] * len(FEELINGS)
    negates = vocabulary.negates[rows]
    if negates.any():
        turned = np.zeros(len(rows), dtype=np.bool_)
        for apart in range(1, min(_REACH + 1, len(rows))):
            turned[apart:] |= negates[:-apart]
        valences[turned] *= _TURNED
    good = float(valences[valences > 0].sum())
    bad_ones = valences[valences < 0]
    bad = float(bad_ones.sum())
    first = float(valences[: len(rows) // 2].sum())
    root = len(rows) ** 0.5
    return [
        good / root,
        bad / root,
        float(valences.max()),
        float(valences.min()),
        (good + bad) / root,
        first / root,
        (good + bad - first) / root,
        math.log1p(len(bad_ones)),
    ]
