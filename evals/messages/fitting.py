"""Fits the two linear steps of the classifier to labelled sentences."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from evals.messages.rows import LabelledSentence
from guardrails.content.classifier import DAMPING, Classifier
from guardrails.content.features import (
    build_of,
    concepts_of,
    crossed_of,
    look_of,
    pairs_of,
    pieces_of,
    runs_of,
    shape_of,
    topics_of,
)

SEED = 20261121
_SMALL_WORDS = 400
_LEAST_SENTENCES = 2
_STRENGTH_ANYTHING = 0.03
_STRENGTH_WHICH = 1.0
_DOUBTFUL = 0.05
_OF_MESSAGE = 3.0
_LOG_RATIO = 3.0
_KEPT_ANYTHING = 100_000
_KEPT_WHICH = 26_000
_NAMES_CLASS = ("w", "c", "t")
Tokens = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Table:
    """Sentences by features, and how rare each feature is."""

    values: sp.csr_matrix
    features: list[str]
    rarity: NDArray[np.float64]


def fit(sentences: Sequence[LabelledSentence], threshold: float = 0.0) -> Classifier:
    """Train a classifier.

    Args:
        sentences: Claiming and harmless ones.
        threshold: From which sum on a sentence is reported.
    """
    small = _small_words([each.tokens for each in sentences])
    table = _tabulate([each.tokens for each in sentences], small)
    weights, bias = _fit_anything(sentences, table.values)
    anything = weights * table.rarity
    classes, which, which_bias = _fit_which(sentences, table)
    order = _kept(table.features, anything, which)
    head = min(_KEPT_WHICH, len(order))
    return Classifier(
        classes=classes,
        small=small,
        places={table.features[at]: place for place, at in enumerate(order)},
        anything=[float(np.float16(anything[at])) for at in order],
        bias=bias,
        which=which[order[:head]].astype(np.float16).astype(np.float32),
        which_bias=which_bias.astype(np.float32),
        threshold=threshold,
    )


def _fit_anything(
    sentences: Sequence[LabelledSentence], values: sp.csr_matrix
) -> tuple[NDArray[np.float64], float]:
    """Whether a sentence claims anything: two linear models, each blind where the other sees.

    One weighs the features as they are, the other as they differ between claiming and harmless
    sentences (Wang and Manning 2012); their sum is linear again. Single sentences claim more
    often than those of messages do, so where a sentence is from is a feature while training.
    """
    claiming = np.array([bool(each.claims) for each in sentences])
    doubtful = np.array([each.doubtful for each in sentences])
    trust = np.where(doubtful, _DOUBTFUL, 1.0)
    origin = np.array([0.0 if each.single else _OF_MESSAGE for each in sentences])
    ratios = _log_ratios(values[~doubtful], claiming[~doubtful])
    weights, bias = np.zeros(len(ratios)), 0.0
    for ratio, balance in ((np.ones_like(ratios), "balanced"), (ratios, None)):
        scaled = (values @ sp.diags(ratio)).tocsr()
        model = LogisticRegression(
            C=_STRENGTH_ANYTHING, solver="liblinear", class_weight=balance, random_state=SEED
        ).fit(sp.hstack([scaled, origin[:, None]]).tocsr(), claiming, sample_weight=trust)
        own, of_message = model.coef_[0][:-1], float(model.coef_[0][-1]) * _OF_MESSAGE
        spread = float(np.std(scaled @ own))
        weights += own * ratio / spread
        bias += (float(model.intercept_[0]) + of_message) / spread
    return weights, bias


def _log_ratios(values: sp.csr_matrix, claiming: NDArray[np.bool_]) -> NDArray[np.float64]:
    """How much more often claiming sentences have a feature than harmless ones, as a log."""
    present = sp.csr_matrix(values > 0, dtype=float)
    more = 1.0 + np.asarray(present[claiming].sum(axis=0)).ravel()
    less = 1.0 + np.asarray(present[~claiming].sum(axis=0)).ravel()
    return np.clip(np.log((more / more.sum()) / (less / less.sum())), -_LOG_RATIO, _LOG_RATIO)


def _fit_which(
    sentences: Sequence[LabelledSentence], table: _Table
) -> tuple[tuple[str, ...], NDArray[np.float64], NDArray[np.float64]]:
    """One class against the others, among the claiming sentences only."""
    classes = tuple(sorted({claim for each in sentences for claim in each.claims}))
    rows = [at for at, each in enumerate(sentences) if each.claims]
    named = np.array([each[0] in _NAMES_CLASS for each in table.features])
    values = (table.values[rows] @ sp.diags(named.astype(float))).tocsr()
    which = np.zeros((len(table.features), len(classes)))
    bias = np.zeros(len(classes))
    for column, claim in enumerate(classes):
        carries = np.array([claim in sentences[at].claims for at in rows])
        model = LogisticRegression(
            C=_STRENGTH_WHICH, solver="liblinear", class_weight="balanced", random_state=SEED
        ).fit(values, carries)
        which[:, column] = model.coef_[0] * table.rarity * named
        bias[column] = model.intercept_[0]
    return classes, which, bias


def _kept(
    features: list[str], anything: NDArray[np.float64], which: NDArray[np.float64]
) -> list[int]:
    """The rows worth keeping: first those that tell classes apart, then those that tell claims."""
    telling = np.abs(which).max(axis=1)
    head = np.argsort(-telling, kind="stable")[:_KEPT_WHICH]
    taken = set(head.tolist())
    rest = [at for at in np.argsort(-np.abs(anything), kind="stable").tolist() if at not in taken]
    kept = [*sorted(taken), *sorted(rest[: max(_KEPT_ANYTHING - len(taken), 0)])]
    return [at for at in kept if "\n" not in features[at]]


def _small_words(sentences: Sequence[Tokens]) -> frozenset[str]:
    """The commonest words that carry no topic."""
    counts = Counter(token for each in sentences for token in set(each) if not topics_of(token))
    ranked = sorted(counts.items(), key=lambda each: (-each[1], each[0]))
    return frozenset(word for word, _count in ranked[:_SMALL_WORDS])


def kinds_of(small: frozenset[str]) -> tuple[Callable[[Tokens], list[str]], ...]:
    """The kinds of features that are damped by how many of them a sentence has."""

    def topics(tokens: Tokens) -> list[str]:
        return sorted({topic for each in tokens for topic in topics_of(each)})

    def concepts(tokens: Tokens) -> list[str]:
        return sorted({concept for each in tokens for concept in concepts_of(each)})

    return (
        runs_of,
        lambda tokens: build_of([shape_of(each, small) for each in tokens]),
        lambda tokens: ["t" + each for each in topics(tokens)],
        lambda tokens: pairs_of(topics(tokens)),
        lambda tokens: ["q" + each for each in concepts(tokens)],
        lambda tokens: crossed_of(concepts(tokens), topics(tokens)),
        lambda tokens: [piece for each in tokens for piece in pieces_of(each)],
    )


def _tabulate(sentences: Sequence[Tokens], small: frozenset[str]) -> _Table:
    """Count the features of each sentence, damped by kind and weighted by rarity."""
    counted: list[dict[str, float]] = []
    held: Counter[str] = Counter()
    kinds = kinds_of(small)
    for tokens in sentences:
        values: dict[str, float] = dict.fromkeys(look_of(tokens), 1.0)
        for kind in kinds:
            features = kind(tokens)
            share = 1 / max(len(features), 1) ** DAMPING
            for each in features:
                values[each] = values.get(each, 0.0) + share
        counted.append(values)
        held.update(values.keys())
    features = sorted(each for each, number in held.items() if number >= _LEAST_SENTENCES)
    rarity = np.array([np.log((1 + len(sentences)) / (1 + held[each])) + 1 for each in features])
    places = {each: at for at, each in enumerate(features)}
    rows, columns, data = [], [], []
    for row, values in enumerate(counted):
        for each, value in values.items():
            if each in places:
                rows.append(row)
                columns.append(places[each])
                data.append(value)
    matrix = sp.csr_matrix((data, (rows, columns)), shape=(len(sentences), len(features)))
    return _Table((matrix @ sp.diags(rarity)).tocsr(), features, rarity)
