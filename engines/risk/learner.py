"""Gradient-boosted trees over the rows: one for the curve, one each for late and later than 7."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engines.risk.thresholds import Lesson

Reals = NDArray[np.float64]

_MANY_ROWS = 150_000
_LEAST_OF_A_KIND = 30
_TREES_AT_ONCE = 50
"""So many trees stay close to the processor while all rows pass them; a row alone passes all."""


@dataclass(frozen=True, slots=True)
class Trees:
    """Fitted trees, as LightGBM writes them; the text is all an artifact needs.

    Attributes:
        text: The model in LightGBM's own words.
        booster: The same, ready to use.
        threads: Cores used to answer.
    """

    text: str
    booster: Any
    threads: int

    @classmethod
    def read(cls, text: str, threads: int = 1) -> "Trees":
        """Make trees ready again."""
        from lightgbm import Booster

        return cls(text, Booster(model_str=text), threads)

    @property
    def names(self) -> tuple[str, ...]:
        """Of the columns it was learnt from."""
        return tuple(self.booster.feature_name())

    def chance(self, rows: NDArray[np.float32]) -> Reals:
        """Probability of each row."""
        if not len(rows):
            return np.zeros(0)
        score = np.zeros(len(rows))
        for first in range(0, self.booster.num_trees(), _TREES_AT_ONCE):
            score += self.booster.predict(
                rows,
                start_iteration=first,
                num_iteration=_TREES_AT_ONCE,
                raw_score=True,
                num_threads=self.threads,
            )
        return np.asarray(1 / (1 + np.exp(-score)))


def learn_curve(lesson: Lesson, seed: int, threads: int) -> Trees | None:
    """Learn P(paid by the day), or nothing where too little was seen."""
    many = len(lesson.rows) >= _MANY_ROWS
    shape = {"num_leaves": 63, "learning_rate": 0.06, "min_data_in_leaf": 100}
    few = {"num_leaves": 15, "learning_rate": 0.04, "min_data_in_leaf": 200}
    return _learn(lesson, shape if many else few, 350 if many else 300, seed, threads)


def learn_anchor(lesson: Lesson, seed: int, threads: int) -> Trees | None:
    """Learn whether an item will be late, asked as the one question it is."""
    many = len(lesson.rows) >= _MANY_ROWS // 8
    shape = {"num_leaves": 31, "learning_rate": 0.02, "min_data_in_leaf": 40}
    few = {"num_leaves": 15, "learning_rate": 0.03, "min_data_in_leaf": 40}
    return _learn(lesson, shape if many else few, 400 if many else 200, seed, threads)


def _learn(
    lesson: Lesson, shape: dict[str, float], rounds: int, seed: int, threads: int
) -> Trees | None:
    kinds = int(lesson.paid.sum()), int((~lesson.paid).sum())
    if min(kinds) < _LEAST_OF_A_KIND:
        return None
    from lightgbm import Dataset, train

    settings = shape | {
        "objective": "binary",
        "feature_fraction": 0.4,
        "bagging_fraction": 0.7,
        "bagging_freq": 1,
        "lambda_l2": 10.0,
        "max_bin": 127,
        "num_threads": threads,
        "seed": seed,
        "deterministic": True,
        "force_row_wise": True,
        "verbose": -1,
    }
    data = Dataset(
        lesson.rows,
        lesson.paid.astype(np.float32),
        weight=lesson.weight,
        feature_name=list(lesson.names),
    )
    booster = train(settings, data, rounds)
    return Trees(booster.model_to_string(), booster, threads)
