"""Fits the linear heads to examples: one label against the rest, weighted by rarity."""

from collections import Counter
from collections.abc import Sequence

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from engines.reading.linear import FIRST, Head, with_zeros
from evals.inbound.examples import LABELS, WHOLE, Example

SEED = 20261122
_LEAST = 2
_STRENGTH = {"message": 1.0, "sentence": 1.0, "date": 1.0, "amount": 1.0, "document": 1.0}
_SECOND_STRENGTH = {"intents": 0.3, "day": 1.0, "human": 0.2}
_KEPT = {
    "message": 30_000,
    "sentence": 12_000,
    "date": 12_000,
    "amount": 12_000,
    "document": 12_000,
}
_FEWEST = 3  # examples of a label below which nothing can be learned


def fit_first(examples: Sequence[Example]) -> dict[str, Head]:
    """Train the heads that see words, without limits."""
    return {
        name: _fit_head(name, [each for each in examples if each.head == name]) for name in FIRST
    }


def fit_second(name: str, rows: Sequence[Example]) -> Head:
    """Train a head that sees what the first ones found; rare labels weigh no more than others."""
    features = sorted({each for row in rows for each in row.features})
    values = np.array([[row.features.get(each, 0.0) for each in features] for row in rows])
    labels = LABELS[name]
    weights = np.zeros((len(features), len(labels)), dtype=np.float32)
    bias = np.full(len(labels), -6.0, dtype=np.float32)
    for column, label in enumerate(labels):
        holds = np.array([label in each.labels for each in rows])
        if _FEWEST <= holds.sum() < len(rows):
            model = LogisticRegression(
                C=_SECOND_STRENGTH[name], solver="newton-cholesky", tol=1e-6
            ).fit(values, holds)
            weights[:, column] = model.coef_[0]
            bias[column] = model.intercept_[0]
    places = {each: at for at, each in enumerate(features)}
    return Head(labels, places, with_zeros(weights.astype(np.float16).astype(np.float32)), bias, {})


def _fit_head(name: str, rows: Sequence[Example]) -> Head:
    values, features, rarity = _tabulate(rows)
    labels = LABELS[name]
    groups = np.unique([each.case for each in rows], return_inverse=True)[1]
    weights = np.zeros((len(features), len(labels)))
    bias = np.full(len(labels), -6.0)
    for column, label in enumerate(labels):
        holds = np.array([label in each.labels for each in rows])
        told = np.array([label not in each.untold for each in rows])
        if holds.sum() < _FEWEST:
            continue
        model = _fit_label(values, holds, told, _STRENGTH[name])
        if name == "sentence" and label in WHOLE:
            told = holds_here(model.decision_function(values), holds, groups)
            model = _fit_label(values, holds, told, _STRENGTH[name])
        weights[:, column] = model.coef_[0] * rarity
        bias[column] = np.ravel(model.intercept_)[0]
    kept = np.sort(np.argsort(-np.abs(weights).max(axis=1), kind="stable")[: _KEPT[name]])
    return Head(
        labels=labels,
        places={features[at]: place for place, at in enumerate(kept)},
        weights=with_zeros(weights[kept].astype(np.float16).astype(np.float32)),
        bias=bias.astype(np.float32),
        thresholds={},
    )


def _fit_label(
    values: sp.csr_matrix, holds: NDArray[np.bool_], told: NDArray[np.bool_], strength: float
) -> LogisticRegression:
    return LogisticRegression(
        C=strength,
        solver="liblinear",
        dual=True,  # the same answer many times sooner: far more features than rows
        tol=0.05,
        max_iter=120,
        class_weight=_balance(holds[told]),
        random_state=SEED,
    ).fit(values[told], holds[told])


def holds_here(
    sums: NDArray[np.float64], holds: NDArray[np.bool_], groups: NDArray[np.intp]
) -> NDArray[np.bool_]:
    """Which sentences tell of a label of their whole message.

    Where the message lacks it, all do; where it has it, only those that a first model finds
    likely, and the likeliest in any case: the others may be about something else.
    """
    best = np.full(groups.max() + 1, -np.inf)
    np.maximum.at(best, groups, sums)
    return ~holds | (sums > 0) | (sums >= best[groups])


def _balance(holds: NDArray[np.bool_]) -> dict[bool, float]:
    """Rare labels weigh more, by the root of how rare they are."""
    share = holds.mean()
    return {True: float(np.sqrt((1 - share) / share)), False: 1.0}


def _tabulate(rows: Sequence[Example]) -> tuple[sp.csr_matrix, list[str], NDArray[np.float64]]:
    held = Counter(each for row in rows for each in row.features)
    features = sorted(each for each, n in held.items() if n >= _LEAST and "\n" not in each)
    rarity = np.array([np.log((1 + len(rows)) / (1 + held[each])) + 0.5 for each in features])
    places = {each: at for at, each in enumerate(features)}
    lines, columns, data = [], [], []
    for at, row in enumerate(rows):
        for each, value in row.features.items():
            if each in places:
                lines.append(at)
                columns.append(places[each])
                data.append(value)
    matrix = sp.csr_matrix((data, (lines, columns)), shape=(len(rows), len(features)))
    return (matrix @ sp.diags(rarity)).tocsr(), features, rarity
