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
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from guardrails.content.features import (
    build_of,
    concepts_of,
    longer_runs_of,
    look_of,
    pieces_of,
    runs_of,
    shape_of,
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
_FEWEST_TOKENS = 2
_ALSO = 0.35
# Rules let a person approve these. Where the class is unclear, one that is blocked is named too.
_APPROVABLE = frozenset(
    ("discount_offer", "plan_commitment", "service_suspension", "waiver_or_credit")
)
_CLEAR = 0.5


class _Word(NamedTuple):
    """What one word brings to a sentence.

    Attributes:
        own: Its weight.
        pieces: The weights of its pieces, added up.
        number: How many pieces it has.
        shape: What it is in the build of a sentence.
    """

    own: float
    pieces: float
    number: int
    topics: tuple[str, ...]
    concepts: tuple[str, ...]
    shape: str


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
    _pairs: dict[tuple[str, str], float] = field(init=False, repr=False)
    _crossed: dict[tuple[str, str], float] = field(init=False, repr=False)
    _words: dict[str, _Word] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        weights = dict(zip(self.places, self.anything, strict=True))
        object.__setattr__(self, "_weights", weights)
        object.__setattr__(self, "_pairs", _by_two(weights, "p"))
        object.__setattr__(self, "_crossed", _by_two(weights, "y"))
        object.__setattr__(self, "_words", {})

    def claims_of(self, tokens: tuple[str, ...]) -> tuple[str, ...]:
        """The classes a sentence is reported for; none below the threshold."""
        if len(tokens) < _FEWEST_TOKENS or self.score(tokens) < self.threshold:
            return ()
        return self.likeliest(tokens)

    def score(self, tokens: tuple[str, ...]) -> float:
        """How surely a sentence claims something.

        The sum over all its features, each kind damped by how many of it there are; what belongs
        to one word alone is looked up once a word.
        """
        remembered = self._words
        words = [remembered.get(each) or self._word(each) for each in tokens]
        topics = sorted({topic for word in words for topic in word.topics})
        concepts = {concept for word in words for concept in word.concepts}
        get, get_pair = self._weights.get, self._pairs.get
        runs = longer_runs_of(tokens)
        build = build_of([word.shape for word in words])
        total = self.bias + sum([get(each, 0.0) for each in look_of(tokens)])
        if tokens:
            own = sum([word.own for word in words])
            run = own + sum([get(each, 0.0) for each in runs])
            total += run / (len(tokens) + len(runs)) ** DAMPING
        total += sum([get(each, 0.0) for each in build]) / len(build) ** DAMPING
        if topics:
            total += sum([get("t" + each, 0.0) for each in topics]) / len(topics) ** DAMPING
        if len(topics) > 1:
            pairs = [get_pair(each, 0.0) for each in combinations(topics, 2)]
            total += sum(pairs) / len(pairs) ** DAMPING
        if concepts:
            own = sum([get("q" + each, 0.0) for each in concepts])
            total += own / len(concepts) ** DAMPING
            total += self._meetings(concepts, topics)
        number = sum([word.number for word in words])
        if number:
            total += sum([word.pieces for word in words]) / number**DAMPING
        return total

    def _meetings(self, concepts: set[str], topics: list[str]) -> float:
        """What concepts and topics that meet bring to a sentence."""
        if not topics:
            return 0.0
        get = self._crossed.get
        crossed = [get((one, two), 0.0) for one in concepts for two in topics]
        return sum(crossed) / len(crossed) ** DAMPING

    def _word(self, word: str) -> _Word:
        """What one word brings by itself; remembered."""
        get, pieces = self._weights.get, pieces_of(word)
        found = _Word(
            own=get("w" + word, 0.0),
            pieces=sum([get(each, 0.0) for each in pieces]),
            number=len(pieces),
            topics=topics_of(word),
            concepts=concepts_of(word),
            shape=shape_of(word, self.small),
        )
        if len(self._words) < _WORDS_KEPT:
            self._words[word] = found
        return found

    def likeliest(self, tokens: tuple[str, ...]) -> tuple[str, ...]:
        """The class a claiming sentence most likely carries, and another nearly as likely.

        Where the likeliest may be approved but holds no half of all likelihood, the likeliest
        class that is blocked stands second.
        """
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
        if _APPROVABLE.issuperset(found) and _CLEAR * shares.sum() > 1.0:
            worst = next(each for each in order if self.classes[each] not in _APPROVABLE)
            found[1:] = [self.classes[worst]]
        return tuple(found)


def _by_two(weights: dict[str, float], kind: str) -> dict[tuple[str, str], float]:
    """The weights of a kind of features that are made of two, by the two."""
    parts = {each: each[1:].split(" ") for each in weights if each[0] == kind}
    return {(one, two): weights[each] for each, (one, two) in parts.items()}


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
