"""Every word met, looked up once: a row of numbers a word, so that a text is read in bulk."""

import zlib
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from guardrails.content.pattern import Pattern
from guardrails.tone.lexicon import START, lexicon_of, strategy_names

_SHAPES = ("ing", "ed", "ly", "tion", "s")
_ENDS = frozenset(".!?")
# Words beyond these are seldom met twice; forgetting them keeps a long run small.
_MOST_WORDS = 30_000
_LONGEST = 6  # words of the longest phrase
_STEP = np.uint32(0x9E3779B1)


class Vocabulary(dict[str, int]):
    """The words of one language and the row of each; an unknown word gets one when first met.

    Attributes:
        texts: What stands for the word: `#` for digits, `<url>` for a link.
        codes: Its hash, and the hash of its class 32 bits higher.
        strategies: Which strategies it is.
        valences: How good or bad a thing it names, -4 to 4.
        negates: Whether it turns round what follows.
        calls: Whether it calls up a pattern of a violation.
    """

    def __init__(
        self, language: str, common: frozenset[int], valences: Mapping[int, float]
    ) -> None:
        super().__init__()
        self.language = language
        self._common = common
        self._felt = valences
        self._lexicon = lexicon_of(language)
        self._reserve()
        self.start = self[START]
        first, second = (
            np.array([zlib.crc32(pair[at].encode()) for pair in self._lexicon.phrases], np.uint32)
            for at in (0, 1)
        )
        self._pairs = np.zeros(1 << 16, dtype=np.bool_)
        self._pairs[_place(first, second)] = True

    def _reserve(self) -> None:
        self.texts: list[str] = []
        self._patterns: dict[int, list[Pattern]] = {}
        self.codes = np.zeros(_MOST_WORDS, dtype=np.uint64)
        # As the sums need them: turning them round for every text takes longer than adding up.
        self.strategies = np.zeros((_MOST_WORDS, len(strategy_names())), dtype=np.float32)
        self.valences = np.zeros(_MOST_WORDS, dtype=np.float32)
        self.negates = np.zeros(_MOST_WORDS, dtype=np.bool_)
        self.calls = np.zeros(_MOST_WORDS, dtype=np.bool_)

    def rows(self, tokens: list[str]) -> NDArray[np.intp]:
        """The rows of the words of a text, with a sentence start before every sentence."""
        if len(self) > _MOST_WORDS // 2:
            self._forget()
        found = [self.start]
        for token in tokens:
            found.append(self[token])
            if token in _ENDS:
                found.append(self.start)
        return np.array(found, dtype=np.intp)

    def phrases(self, rows: NDArray[np.intp], words: NDArray[np.uint32]) -> list[int]:
        """The strategies of the phrases in a text.

        Args:
            rows: The rows of its words.
            words: Their hashes.
        """
        found = []
        # The table says where a phrase may begin; the lists say whether it does.
        for at in self._pairs[_place(words[:-1], words[1:])].nonzero()[0].tolist():
            first, second, *follow = [self.texts[row] for row in rows[at : at + _LONGEST].tolist()]
            for rest, strategy in self._lexicon.phrases.get((first, second), ()):
                if tuple(follow[: len(rest)]) == rest:
                    found.append(strategy)
        return found

    def patterns(self, rows: NDArray[np.intp]) -> tuple[Pattern, ...]:
        """The patterns that a word of a text calls up, each once."""
        calling = rows[self.calls[rows]].tolist()
        called = {id(each): each for row in calling for each in self._patterns[row]}
        return tuple(called.values())

    def _called_by(self, text: str) -> list[Pattern]:
        lexicon, found = self._lexicon, []
        for piece in text.split("'"):  # patterns read an elided word as its own
            found += lexicon.called.get(piece, [])
            for stem in _beginnings(piece):
                found += lexicon.called_begun.get(stem, ())
        return found

    def _forget(self) -> None:
        self.clear()
        self.texts.clear()
        self._patterns.clear()
        for column in (self.strategies, self.valences, self.negates, self.calls):
            column[:] = 0
        self.start = self[START]

    def __missing__(self, token: str) -> int:
        row = len(self.texts)
        if row >= _MOST_WORDS:  # one text of that many new words; what is beyond counts as one
            return row - 1
        text = _standing_for(token)
        code = zlib.crc32(text.encode())
        kept = code in self._common or not text[0].isalpha()
        self.texts.append(text)
        self.codes[row] = code | (code if kept else zlib.crc32(_shape(text).encode())) << 32
        own = self._own_strategies(text)
        if own:
            self.strategies[row, list(own)] = 1
        self.valences[row] = self._felt.get(code, 0.0)
        self.negates[row] = text in self._lexicon.negating
        called = self._called_by(text)
        if called:
            self.calls[row] = True
            self._patterns[row] = called
        self[token] = row
        return row

    def _own_strategies(self, text: str) -> set[int]:
        found = set(self._lexicon.whole.get(text, ()))
        for stem in _beginnings(text):
            found.update(self._lexicon.begun.get(stem, ()))
        return found


def _beginnings(text: str) -> list[str]:
    return [text[:end] for end in range(1, len(text) + 1)]


def _place(first: NDArray[np.uint32], second: NDArray[np.uint32]) -> NDArray[np.uint32]:
    return (first * _STEP ^ second) >> np.uint32(16)


def _standing_for(token: str) -> str:
    if token[0].isdigit():
        return "#"
    if token[0] == "\n":
        return START
    return token


def _shape(word: str) -> str:
    for ending in _SHAPES:
        if word.endswith(ending) and len(word) > len(ending) + 2:
            return f"_{ending}"
    return "_"
