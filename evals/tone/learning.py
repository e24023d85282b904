"""Learns courtesy and firmness. scikit-learn is needed here and nowhere at run time."""

import zlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from scipy.stats import rankdata
from sklearn.linear_model import LogisticRegression, Ridge

from evals.tone.corpora import Draft
from guardrails.content.folding import fold
from guardrails.tone.grams import BUCKETS, REGIONS, buckets_of
from guardrails.tone.lexicon import LANGUAGES, cut
from guardrails.tone.model import LETTER_SHARE, ToneModel
from guardrails.tone.reading import read_text
from guardrails.tone.score import detect
from guardrails.tone.vocabulary import Vocabulary

COMMON_WORDS = 300
_REGION_WEIGHTS = (1.0, 1.0, 0.7, 1.2)
_MEASURE_WEIGHT = 0.03
_ALPHA = 4.0
_DRAFT_WEIGHT = 2.0
_FIRMNESS_ALPHA = 60.0
_LETTER_ALPHA = 100.0
_LIKENESS_C = 0.1
_LIKENESS_WEIGHT = 3.0
_DRAFT_SCALE = 0.65  # one step of a draft's courtesy on the scale of the ranks
_RANK_SCALE = 2.6  # spreads ranks as far as the ratings are spread
_FARTHEST = 4.0
_FINEST = 127


@dataclass(frozen=True, slots=True)
class Measured:
    """Texts as numbers: a row of buckets and a row of measures each."""

    grams: sp.csr_matrix
    measures: NDArray[np.float32]

    def take(self, rows: NDArray[np.intp]) -> "Measured":
        """Some of the texts."""
        return Measured(self.grams[rows], self.measures[rows])


def common_words(texts: Sequence[str]) -> frozenset[int]:
    """Hashes of the words most texts use."""
    met = Counter(word for text in texts for word in set(cut(fold(text))) if word[0].isalpha())
    return frozenset(zlib.crc32(word.encode()) for word, _ in met.most_common(COMMON_WORDS))


def felt_words() -> dict[int, float]:
    """Valence of words by hash, from the lexicon of VADER (MIT licence)."""
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    lexicon = SentimentIntensityAnalyzer().lexicon
    words = {word: value for word, value in lexicon.items() if word.replace("'", "").isalpha()}
    return {zlib.crc32(word.encode()): round(value, 1) for word, value in words.items()}


class Measurer:
    """Turns texts into numbers as the run time does."""

    def __init__(self, common: frozenset[int], felt: dict[int, float]) -> None:
        self._vocabularies = {
            language: Vocabulary(language, common, felt if language == "en" else {})
            for language in LANGUAGES
        }

    def measure(self, texts: Sequence[str], languages: Sequence[str | None]) -> Measured:
        """Measure texts of known or unknown language."""
        indices, weights, ends, measures = [], [], [0], []
        for text, language in zip(texts, languages, strict=True):
            reading = read_text(text, self._vocabularies[language or detect(text)])
            buckets, weight = buckets_of(reading.words, reading.classes, reading.folded)
            indices.append(buckets.astype(np.int64))
            weights.append(weight)
            ends.append(ends[-1] + len(buckets))
            measures.append(reading.measures)
        grams = sp.csr_matrix(
            (np.concatenate(weights), np.concatenate(indices), ends), shape=(len(texts), BUCKETS)
        )
        return Measured(grams, np.array(measures))


def by_rank(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Ratings of one corpus as ranks around 0: what is learned is the order."""
    return (rankdata(scores) / len(scores) - 0.5) * _RANK_SCALE


def of_draft(courtesy: NDArray[np.float64]) -> NDArray[np.float64]:
    """Courtesy from 1 to 5 on the scale of the ranks."""
    return (courtesy - 3.0) * _DRAFT_SCALE


@dataclass(frozen=True, slots=True)
class Learned:
    """Weights in double precision, before they are stored.

    Attributes:
        grams: Courtesy of each bucket, from people's ratings of requests.
        lines: What each measure does to courtesy of a request, to courtesy of a letter, and to
            how much a text is a letter; a row each.
        levels: What is added to each.
    """

    grams: NDArray[np.float64]
    centres: NDArray[np.float64]
    spreads: NDArray[np.float64]
    lines: NDArray[np.float64]
    levels: NDArray[np.float64]

    def predict(self, texts: Measured) -> NDArray[np.float64]:
        """Courtesy on the scale of the ranks."""
        standard = standardized(texts.measures, self.centres, self.spreads)
        request, letter, likeness = (standard @ self.lines.T + self.levels).T
        share = LETTER_SHARE / (1.0 + np.exp(-likeness))
        return (1.0 - share) * (request + texts.grams @ self.grams) + share * letter


def standardized(
    measures: NDArray[np.float32], centres: NDArray[np.float64], spreads: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Measures in standard deviations from the mean, none too far."""
    return np.clip((measures - centres) / spreads, -_FARTHEST, _FARTHEST)


def learn_courtesy(
    rated: Measured,
    ranks: NDArray[np.float64],
    drafts: Measured,
    draft_ranks: NDArray[np.float64],
) -> Learned:
    """Two ridge regressions, mixed by how much a text is a letter rather than a request.

    Of requests: on grams weighted by how rare they are, and on the measures. Of letters: on the
    measures of the drafts alone, which are too few for more.
    """
    met = np.bincount(rated.grams.indices, minlength=BUCKETS)
    rarity = np.where(met > 1, np.log((1 + len(ranks)) / (1 + met)) + 1, 0.0)
    rarity /= rarity.max()
    for start, end, weight in zip(REGIONS, REGIONS[1:], _REGION_WEIGHTS, strict=False):
        rarity[start:end] *= weight
    centres = rated.measures.mean(axis=0)
    spreads = np.maximum(rated.measures.std(axis=0), 1e-3)
    rows = [
        sp.hstack(
            [
                each.grams @ sp.diags(rarity),
                standardized(each.measures, centres, spreads) * _MEASURE_WEIGHT,
            ]
        )
        for each in (rated, drafts)
    ]
    weights = np.concatenate((np.ones(len(ranks)), np.full(len(draft_ranks), _DRAFT_WEIGHT)))
    fitted = Ridge(alpha=_ALPHA, solver="sparse_cg").fit(
        sp.vstack(rows).tocsr(), np.concatenate((ranks, draft_ranks)), sample_weight=weights
    )
    standard = [standardized(each.measures, centres, spreads) for each in (rated, drafts)]
    letter = Ridge(alpha=_LETTER_ALPHA).fit(standard[1], draft_ranks)
    likeness = LogisticRegression(C=_LIKENESS_C, max_iter=1000).fit(
        np.vstack(standard),
        np.repeat((0, 1), (len(ranks), len(draft_ranks))),
        sample_weight=np.repeat((1.0, _LIKENESS_WEIGHT), (len(ranks), len(draft_ranks))),
    )
    return Learned(
        grams=fitted.coef_[:BUCKETS] * rarity,
        centres=centres,
        spreads=spreads,
        lines=np.vstack(
            (fitted.coef_[BUCKETS:] * _MEASURE_WEIGHT, letter.coef_, likeness.coef_[0])
        ),
        levels=np.array([fitted.intercept_, letter.intercept_, likeness.intercept_[0]]),
    )


def learn_firmness(
    drafts: Measured, firmness: NDArray[np.float64], learned: Learned
) -> tuple[NDArray[np.float64], float]:
    """Ridge regression of firmness on the measures; weights and intercept around 3."""
    rows = standardized(drafts.measures, learned.centres, learned.spreads)
    fitted = Ridge(alpha=_FIRMNESS_ALPHA).fit(rows, firmness - 3.0)
    return fitted.coef_, float(fitted.intercept_)


def line_through(raw: NDArray[np.float64], wanted: NDArray[np.float64]) -> tuple[float, float]:
    """Slope and offset that turn raw values into the hyperbolic tangent of the wanted ones."""
    target = np.arctanh(np.clip((wanted - 3.0) / 2.0, -0.9, 0.9))
    slope, level = np.polyfit(raw, target, 1)
    return float(slope), float(level / slope)


def stored(
    learned: Learned,
    firm: tuple[NDArray[np.float64], float],
    lines: tuple[tuple[float, float], tuple[float, float]],
    common: frozenset[int],
    felt: dict[int, float],
) -> ToneModel:
    """The model as it is stored: the gram weights as small integers."""
    scale = float(np.abs(learned.grams).max()) / _FINEST
    return ToneModel(
        grams=np.round(learned.grams / scale).astype(np.int8),
        gram_scale=scale,
        centres=learned.centres.astype(np.float32),
        spreads=learned.spreads.astype(np.float32),
        lines=np.vstack((learned.lines, firm[0])).astype(np.float32),
        levels=np.append(learned.levels, firm[1]).astype(np.float32),
        slopes=(lines[0][0], lines[1][0]),
        offsets=(lines[0][1], lines[1][1]),
        common=common,
        valences=felt,
    )


def texts_of(drafts: Sequence[Draft]) -> tuple[list[str], list[str | None]]:
    """Texts and languages of drafts."""
    return [each.text for each in drafts], [each.language for each in drafts]
