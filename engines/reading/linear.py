"""The trained parts: linear heads over the features of a message and of what stands in it.

Made by `python -m evals.inbound.train`; scikit-learn trains, here is only a weighted sum.
"""

import functools
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from engines.reading.features import Features

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

ARTIFACT = Path(__file__).with_name("model.npz")
CARD = Path(__file__).with_name("model.json")
# The first see words; the second see what the first found.
FIRST = ("message", "sentence", "date", "amount", "document")
SECOND = ("intents", "day", "human")
HEADS = FIRST + SECOND


@dataclass(frozen=True, slots=True)
class Head:
    """One linear model with several yes-or-no labels.

    Attributes:
        places: Each feature and its row.
        weights: A row a feature, a column a label; below them a row of zeros for features that
            no training saw.
        thresholds: From which likelihood on a label counts.
    """

    labels: tuple[str, ...]
    places: Mapping[str, int]
    weights: "NDArray[np.float32]"
    bias: "NDArray[np.float32]"
    thresholds: Mapping[str, float]

    def likelihoods(self, features: Features) -> dict[str, float]:
        """How likely each label is, 0 to 1."""
        import numpy as np

        place = self.places.get
        rows = [place(each, -1) for each in features]
        values = np.fromiter(features.values(), dtype=np.float32, count=len(rows))
        sums = values @ self.weights[rows] + self.bias if rows else self.bias
        shares = 1 / (1 + np.exp(-np.clip(sums, -30, 30)))
        return dict(zip(self.labels, shares.tolist(), strict=True))

    def holds(self, label: str, likelihoods: Mapping[str, float]) -> bool:
        """Whether a label is likely enough to count."""
        return likelihoods[label] >= self.thresholds.get(label, 0.5)


Model = Mapping[str, Head]


def with_zeros(weights: "NDArray[np.float32]") -> "NDArray[np.float32]":
    """The weights with the row of zeros below them."""
    import numpy as np

    return np.vstack([weights, np.zeros((1, weights.shape[1]), dtype=weights.dtype)])


@functools.cache
def trained() -> Model:
    """The model that comes with the project."""
    return load(ARTIFACT, CARD)


def load(artifact: Path, card: Path) -> Model:
    """Read a trained model.

    Raises:
        ValueError: The artifact is not the one its card describes.
    """
    import numpy as np

    told = json.loads(card.read_text(encoding="utf-8"))
    if hashlib.sha256(artifact.read_bytes()).hexdigest() != told["sha256"]:
        raise ValueError(f"{artifact.name} is not the model that {card.name} describes; train it")
    heads = {}
    with np.load(artifact, allow_pickle=False) as held:
        for name, about in told["heads"].items():
            features = held[f"{name}_features"].tobytes().decode("utf-8").split("\n")
            heads[name] = Head(
                labels=tuple(about["labels"]),
                places={each: at for at, each in enumerate(features)},
                weights=with_zeros(held[f"{name}_weights"].astype(np.float32)),
                bias=held[f"{name}_bias"].astype(np.float32),
                thresholds=about["thresholds"],
            )
    return heads
