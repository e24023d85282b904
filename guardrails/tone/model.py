"""The trained part of the scores: tables of numbers, read once, no library of learning needed."""

import functools
import hashlib
import json
import math
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from guardrails.tone.grams import BUCKETS, buckets_of
from guardrails.tone.lexicon import LANGUAGES
from guardrails.tone.reading import Reading, measure_names
from guardrails.tone.vocabulary import Vocabulary

ARTIFACT = Path(str(resources.files("guardrails") / "tone" / "model.npz"))
_MIDDLE, _HALF_RANGE = 3.0, 2.0
# How far the drafts of letters, which one person judged, count against requests many people rated.
LETTER_SHARE = 0.5
_FARTHEST = 4.0  # standard deviations from the mean a measure may count for


class BadModel(RuntimeError):
    """The committed model is not the one its description was written for."""


@dataclass(frozen=True, slots=True)
class ToneModel:
    """What was learned; every array by measure, but `grams` by bucket.

    Attributes:
        grams: Courtesy of each bucket in a request, as small integers of `gram_scale`.
        centres: Mean of each measure where it was learned.
        spreads: Standard deviation of each measure there.
        lines: What a measure does to courtesy of a request, to courtesy of a letter, to how much
            a text is a letter, and to firmness; a row each.
        levels: What is added to each.
        slopes: With the offsets, turn courtesy and firmness into the scale from 1 to 5.
        offsets: See there.
        common: Hashes of words that are their own class.
        valences: Valence by hash of an English word.
    """

    grams: NDArray[np.int8]
    gram_scale: float
    centres: NDArray[np.float32]
    spreads: NDArray[np.float32]
    lines: NDArray[np.float32]
    levels: NDArray[np.float32]
    slopes: tuple[float, float]
    offsets: tuple[float, float]
    common: frozenset[int]
    valences: dict[int, float]

    def scores(self, reading: Reading) -> tuple[float, float]:
        """Courtesy and firmness of a text, each between 1 and 5."""
        measures = (reading.measures - self.centres) / self.spreads
        np.clip(measures, -_FARTHEST, _FARTHEST, out=measures)
        buckets, weights = buckets_of(reading.words, reading.classes, reading.folded)
        request, letter, likeness, firmness = (self.lines @ measures + self.levels).tolist()
        request += float(self.grams[buckets].astype(np.float32) @ weights) * self.gram_scale
        share = LETTER_SHARE / (1.0 + math.exp(-likeness))
        courtesy = (1.0 - share) * request + share * letter
        return self._on_scale(courtesy, 0), self._on_scale(firmness, 1)

    def _on_scale(self, raw: float, which: int) -> float:
        return _MIDDLE + _HALF_RANGE * math.tanh(self.slopes[which] * (raw + self.offsets[which]))


@functools.cache
def load_model() -> ToneModel:
    """Read the committed model.

    Raises:
        BadModel: The file is not the one described beside it, or of another shape.
    """
    return read_model(ARTIFACT)


def read_model(path: Path) -> ToneModel:
    """Read a model and check it against its description.

    Raises:
        BadModel: The file is not the one described beside it, or of another shape.
    """
    described = json.loads(path.with_suffix(".json").read_text("utf-8"))
    if hashlib.sha256(path.read_bytes()).hexdigest() != described["sha256"]:
        raise BadModel(f"{path.name} is not the file {path.stem}.json describes; train it again")
    with np.load(path, allow_pickle=False) as held:
        numbers = held["numbers"].tolist()
        made = ToneModel(
            grams=held["grams"],
            gram_scale=numbers[0],
            centres=held["centres"],
            spreads=held["spreads"],
            lines=held["lines"],
            levels=held["levels"],
            slopes=(numbers[1], numbers[2]),
            offsets=(numbers[3], numbers[4]),
            common=frozenset(held["common"].tolist()),
            valences=dict(
                zip(held["felt"].tolist(), (held["valences"] / 10).tolist(), strict=True)
            ),
        )
    if made.grams.shape != (BUCKETS,) or made.lines.shape != (4, len(measure_names())):
        raise BadModel(f"{path.name} was trained for other lists of words; train it again")
    return made


@functools.cache
def vocabulary_of(language: str) -> Vocabulary:
    """The words of a language, with what the model knows of them."""
    model = load_model()
    known = language if language in LANGUAGES else "en"
    return Vocabulary(known, model.common, model.valences if known == "en" else {})
