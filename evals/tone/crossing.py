"""Cross-validation: no text is scored by a model that has seen it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import spearmanr
from sklearn.model_selection import KFold

from evals.tone.corpora import Draft, Rated
from evals.tone.learning import (
    Learned,
    Measured,
    Measurer,
    by_rank,
    common_words,
    felt_words,
    learn_courtesy,
    of_draft,
    texts_of,
)

TRAINED = ("wiki", "stack_exchange")
_FOLDS = 5
_SEED = 0


@dataclass(frozen=True, slots=True)
class Corpora:
    """Everything the model learns from, as numbers.

    Attributes:
        scores: Human score of each text, by corpus.
        rated: The rated texts, corpus after corpus.
        ranks: What is learned of each.
        domains: Index in `TRAINED` of each.
    """

    scores: dict[str, NDArray[np.float64]]
    rated: Measured
    ranks: NDArray[np.float64]
    domains: NDArray[np.intp]
    drafts: Sequence[Draft]
    measured_drafts: Measured
    draft_ranks: NDArray[np.float64]
    common: frozenset[int]
    felt: dict[int, float]


def gather(rated: Mapping[str, Sequence[Rated]], drafts: Sequence[Draft]) -> Corpora:
    """Measure the rated corpora and the drafts."""
    texts = [each.text for name in TRAINED for each in rated[name]]
    scores = {name: np.array([each.score for each in rated[name]]) for name in TRAINED}
    common, felt = common_words(texts), felt_words()
    measurer = Measurer(common, felt)
    return Corpora(
        scores=scores,
        rated=measurer.measure(texts, ["en"] * len(texts)),
        ranks=np.concatenate([by_rank(scores[name]) for name in TRAINED]),
        domains=np.repeat(np.arange(len(TRAINED)), [len(rated[name]) for name in TRAINED]),
        drafts=drafts,
        measured_drafts=measurer.measure(*texts_of(drafts)),
        draft_ranks=of_draft(np.array([each.courtesy for each in drafts], dtype=np.float64)),
        common=common,
        felt=felt,
    )


def teach(
    corpora: Corpora,
    rated_rows: NDArray[np.intp] | None = None,
    draft_rows: NDArray[np.intp] | None = None,
) -> Learned:
    """Learn courtesy from some rows, or from all."""
    rows = np.arange(len(corpora.ranks)) if rated_rows is None else rated_rows
    own = np.arange(len(corpora.draft_ranks)) if draft_rows is None else draft_rows
    return learn_courtesy(
        corpora.rated.take(rows),
        corpora.ranks[rows],
        corpora.measured_drafts.take(own),
        corpora.draft_ranks[own],
    )


def fold_rows(count: int) -> list[tuple[NDArray[np.intp], NDArray[np.intp]]]:
    """Rows to learn from and rows to score, once for each fold."""
    folds = KFold(_FOLDS, shuffle=True, random_state=_SEED)
    return list(folds.split(np.zeros(count)))


def held_out_courtesy(corpora: Corpora) -> NDArray[np.float64]:
    """Courtesy of every rated text by a model that has not seen it."""
    found = np.zeros(len(corpora.ranks))
    for train_rows, test_rows in fold_rows(len(found)):
        part = teach(corpora, rated_rows=train_rows)
        found[test_rows] = part.predict(corpora.rated.take(test_rows))
    return found


def cross_validate(corpora: Corpora) -> dict[str, float]:
    """Spearman's rho of held-out courtesy with the human scores, by corpus."""
    found = held_out_courtesy(corpora)
    scores = np.concatenate([corpora.scores[name] for name in TRAINED])
    return {
        name: round(float(spearmanr(found[rows], scores[rows]).statistic), 4)
        for index, name in enumerate(TRAINED)
        for rows in [corpora.domains == index]
    }
