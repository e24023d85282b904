"""The trained part of the content checks: which claim classes a sentence carries by its wording.

Two steps, both linear: does the sentence claim anything at all, and if so, which class. The first
is a sum over a table of weights and decides; the second is asked only where the first says yes.
The model is made by `python -m evals.messages.train` and its figures stand beside it.
"""

from __future__ import annotations

import functools
import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from guardrails.content.features import (
    build_of,
    look_of,
    pairs_of,
    pieces_of,
    runs_of,
    tokens_of,
    topics_of,
)

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

ARTIFACT = Path(__file__).with_name("model.npz")
CARD = Path(__file__).with_name("model.json")
# A kind of features counts by how many of them a sentence has, to this power.
DAMPING = 0.3
_WORDS_KEPT = 100_000
_ALSO = 0.35


@dataclass(frozen=True)
class Classifier:
    """A trained model in memory.

    Attributes:
        classes: The claim classes, in the order of the columns.
        small: Words that stand for themselves in the build of a sentence.
        places: Each feature and its row.
        anything: Weight of each feature for "this sentence claims something".
        bias: Added to it.
        which: Weight of each of the first rows for each class.
        which_bias: Added to it.
        threshold: From this sum on a sentence is reported.
    """

    classes: tuple[str, ...]
    small: frozenset[str]
    places: dict[str, int]
    anything: list[float]
    bias: float
    which: NDArray[np.float32]
    which_bias: NDArray[np.float32]
    threshold: float
    _weights: dict[str, float] = field(init=False, repr=False)
    _words: dict[str, tuple[float, int]] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        weights = dict(zip(self.places, self.anything, strict=True))
        object.__setattr__(self, "_weights", weights)
        object.__setattr__(self, "_words", {})

    def claims_of(self, tokens: tuple[str, ...]) -> tuple[str, ...]:
        """The classes a sentence is reported for; none below the threshold."""
        if len(tokens) < 2 or self.score(tokens) < self.threshold:
            return ()
        return self.likeliest(tokens)

    def score(self, tokens: tuple[str, ...]) -> float:
        """How surely a sentence claims something, as log odds."""
        get = self._weights.get
        total = self.bias + sum(get(each, 0.0) for each in look_of(tokens))
        for features in self._kinds(tokens):
            if features:
                total += sum([get(each, 0.0) for each in features]) / len(features) ** DAMPING
        pieces, number = 0.0, 0
        for token in tokens:
            weight, count = self._words.get(token) or self._word(token)
            pieces += weight
            number += count
        return total + pieces / number**DAMPING if number else total

    def _kinds(self, tokens: tuple[str, ...]) -> tuple[list[str], ...]:
        topics = sorted({topic for each in tokens for topic in topics_of(each)})
        return (
            runs_of(tokens),
            build_of(tokens, self.small),
            ["t" + each for each in topics],
            pairs_of(topics),
        )

    def _word(self, word: str) -> tuple[float, int]:
        """The weight of the pieces of a word, and how many there are; remembered."""
        pieces = pieces_of(word)
        found = (sum(self._weights.get(each, 0.0) for each in pieces), len(pieces))
        if len(self._words) < _WORDS_KEPT:
            self._words[word] = found
        return found

    def likeliest(self, tokens: tuple[str, ...]) -> tuple[str, ...]:
        """The class a claiming sentence most likely carries, and another nearly as likely."""
        import numpy as np

        sums = self.which_bias.copy()
        topics = sorted({topic for each in tokens for topic in topics_of(each)})
        pieces = [piece for each in tokens for piece in pieces_of(each)]
        for features in (runs_of(tokens), ["t" + each for each in topics], pieces):
            rows = [self.places.get(each, len(self.which)) for each in features]
            held = [row for row in rows if row < len(self.which)]
            if held:
                sums += self.which[held].sum(axis=0) / len(features) ** DAMPING
        shares = np.exp(sums - sums.max())
        order = np.argsort(-shares, kind="stable")
        found = [self.classes[order[0]]]
        if shares[order[1]] >= _ALSO * shares[order[0]]:
            found.append(self.classes[order[1]])
        return tuple(found)


@functools.lru_cache(maxsize=50_000)
def _classify(tokens: tuple[str, ...]) -> tuple[str, ...]:
    return _loaded().claims_of(tokens)


def classify(folded: str) -> tuple[str, ...]:
    """Name the claim classes a folded sentence carries, its names blotted out.

    Returns:
        Mostly nothing; one class, or two where the second is nearly as likely.
    """
    return _classify(tokens_of(folded))


@functools.cache
def _loaded() -> Classifier:
    return load(ARTIFACT, CARD)


def load(artifact: Path, card: Path) -> Classifier:
    """Read a trained model.

    Raises:
        ValueError: The artifact is not the one its card describes.
    """
    import numpy as np

    told = json.loads(card.read_text(encoding="utf-8"))
    if hashlib.sha256(artifact.read_bytes()).hexdigest() != told["sha256"]:
        raise ValueError(f"{artifact.name} is not the model that {card.name} describes; train it")
    with np.load(artifact, allow_pickle=False) as held:
        features = held["features"].tobytes().decode("utf-8").split("\n")
        return Classifier(
            classes=tuple(told["classes"]),
            small=frozenset(told["small_words"]),
            places={each: at for at, each in enumerate(features)},
            anything=held["anything"].astype(np.float64).tolist(),
            bias=float(held["bias"][0]),
            which=held["which"].astype(np.float32),
            which_bias=held["which_bias"].astype(np.float32),
            threshold=float(told["threshold"]),
        )
