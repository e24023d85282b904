"""Turns words and letters into numbered buckets, so that no vocabulary is ever stored."""

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Hashes = NDArray[np.uint32]

# Every kind of gram has its own region of the table, as large as it is varied.
_BITS = (18, 18, 17, 18)
WORDS_FROM, CLASSES_FROM, SKIPS_FROM, LETTERS_FROM, BUCKETS = (
    sum(1 << bits for bits in _BITS[:count]) for count in range(5)
)
REGIONS = (WORDS_FROM, CLASSES_FROM, SKIPS_FROM, LETTERS_FROM, BUCKETS)
_STARTS = np.array(REGIONS[1:4], dtype=np.uint32)

_STEP = np.uint32(0x9E3779B1)
_MIX = np.uint32(0x85EBCA6B)
_HALF = np.uint32(15)
_PLACES = [
    (np.uint32(32 - bits), np.uint32(start)) for bits, start in zip(_BITS, REGIONS, strict=False)
]
_LONGEST_WORDS, _LONGEST_CLASSES, _FARTHEST, _LONGEST_LETTERS = 3, 4, 3, 4


def buckets_of(words: Hashes, classes: Hashes, text: str) -> tuple[Hashes, NDArray[np.float32]]:
    """The buckets a text falls into, each once, and how much each weighs.

    Runs of up to 3 words, runs of up to 4 word classes, pairs of common words 2 or 3 apart, and
    runs of 3 or 4 letters. Every kind weighs one in all (its length is one), however long the text.

    Args:
        words: One hash a word.
        classes: One hash a word class; a common word is its own class.
        text: The text itself, for its letters.
    """
    letters = np.frombuffer(text.encode("utf-32-le"), dtype=np.uint32)
    kinds = (
        _runs(words, _LONGEST_WORDS),
        _runs(classes, _LONGEST_CLASSES),
        _pairs(np.where(words == classes, classes, np.uint32(0))),
        _runs(letters, _LONGEST_LETTERS)[2:],
    )
    every = np.concatenate([part for kind in kinds for part in kind])
    every *= _STEP
    every ^= every >> _HALF
    every *= _MIX
    end = 0
    for kind, (shift, start) in zip(kinds, _PLACES, strict=True):
        begin, end = end, end + sum(map(len, kind))
        region = every[begin:end]
        region >>= shift
        region += start
    return _distinct(every)


def _distinct(every: Hashes) -> tuple[Hashes, NDArray[np.float32]]:
    every.sort()
    first = np.empty(len(every), dtype=np.bool_)
    first[:1] = True
    np.not_equal(every[1:], every[:-1], out=first[1:])
    buckets = every[first]
    ends = (0, *np.searchsorted(buckets, _STARTS).tolist(), len(buckets))
    weights = np.empty(len(buckets), dtype=np.float32)
    for begin, end in pairwise(ends):
        weights[begin:end] = max(end - begin, 1) ** -0.5
    return buckets, weights


def _runs(hashes: Hashes, longest: int) -> list[Hashes]:
    run = hashes * _MIX
    found = [run]
    for length in range(1, longest):
        run = run[:-1] * _STEP
        run += hashes[length:]
        found.append(run)
    return found


def _pairs(common: Hashes) -> list[Hashes]:
    """Pairs of common words some places apart; words that are not common are 0."""
    found = []
    for apart in range(2, _FARTHEST + 1):
        left, right = common[:-apart], common[apart:]
        found.append((left * _STEP ^ right)[(left != 0) & (right != 0)])
    return found
