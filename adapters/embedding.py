"""The embedded default for placing text in a vector space: signed hashing, no model, no download.

Words, neighbouring words and letter groups are hashed into a fixed number of places. It knows
nothing of meaning beyond spelling, but the same text always lands on the same spot, on any machine.
"""

import itertools
import re
import unicodedata
import zlib
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import numpy as np

DIMS = 512
_WORD = re.compile(r"\w+")
_WEIGHT_WORD, _WEIGHT_PAIR, _WEIGHT_LETTERS = 1.0, 0.5, 0.5

# Words that say nothing about the subject; without them a short question is mostly its subject.
_FILLERS = frozenset(
    re.split(
        r"\s+",
        """a about after all an and any are as at be been before but by can could did do does for
        from had has have how i if in is it its may me must my no not of on or our shall should so
        than that the their them there these they this those to up us was we were what when where
        which who whom whose why will with would you your
        das dem den der des die ein eine einer es ist mit und von zu
        au aux ce de du en est et la le les pour que qui sur un une
        con del el las los para por una y""",
    )
)


class Embedding(Protocol):
    """A way to place texts; `name` and `dims` are kept with an index built by it."""

    name: str

    @property
    def dims(self) -> int:
        """How many places a text has."""
        ...

    def embed(self, texts: Sequence[str]) -> "np.ndarray":
        """One row of length 1 for each text; a text without a word is a row of zeros."""
        ...


class HashingEmbedding:
    """Feature hashing with signs (Weinberger et al. 2009): collisions cancel out on average."""

    name = "signed-hashing-1"

    def __init__(self, dims: int = DIMS) -> None:
        self.dims = dims

    def embed(self, texts: Sequence[str]) -> "np.ndarray":
        """See `Embedding`."""
        import numpy as np

        rows = np.zeros((len(texts), self.dims), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            features = list(_features(content_words(text)))
            hashes = np.fromiter((zlib.crc32(name.encode()) for name, _ in features), np.uint32)
            weights = np.fromiter((weight for _, weight in features), np.float32)
            np.add.at(row, hashes % self.dims, np.where(hashes >> 31, weights, -weights))
        lengths = np.linalg.norm(rows, axis=1, keepdims=True)
        return rows / np.where(lengths == 0, 1, lengths)


def content_words(text: str) -> list[str]:
    """The words of a text without case, accents and fillers; all of them if all are fillers."""
    spread = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(sign for sign in spread if not unicodedata.combining(sign))
    words = _WORD.findall(plain)
    return [word for word in words if word not in _FILLERS] or words


def _features(words: Sequence[str]) -> Iterator[tuple[str, float]]:
    for word in words:
        yield f"w {word}", _WEIGHT_WORD
    for first, second in itertools.pairwise(words):
        yield f"p {first} {second}", _WEIGHT_PAIR
    for word in words:
        edged = f"<{word}>"
        for size in (3, 4):
            for start in range(len(edged) - size + 1):
                yield f"l {edged[start : start + size]}", _WEIGHT_LETTERS
