"""Train and measure the calibration of the matching engine on generated payments.

`python -m evals.matching.train` writes `engines/matching/calibration.json`. Weights come from one
range of seeds and the counts per pattern from another; the style of writing that the reported
figures use is in neither.
"""

import argparse
import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import brier_score_loss, roc_auc_score

from engines.matching.match import Judged, judge_all
from engines.matching.rules import MatchRules
from engines.matching.scoring import Calibration, features, probability
from evals.matching.mix import World, build_world

TARGET = Path(__file__).parents[2] / "engines" / "matching" / "calibration.json"
_TRAIN_FROM, _MEASURE_FROM = 10_000, 20_000
_SOURCES = ("ledger", "open", "synthetic")


def worlds(first: int, count: int, folder: Path | None) -> Iterator[World]:
    """Worlds of the style used for building, over every source there is."""
    for seed in range(first, first + count):
        for source in _SOURCES if folder else ("synthetic",):
            yield build_world(seed, 1600, 7500, "seen", folder, source)


def examples(
    world: World, judged: dict[str, Judged]
) -> Iterator[tuple[dict[str, float], int, str]]:
    """Describe each draft, and say whether its documents are the true ones."""
    for payment_id, each in judged.items():
        truth = world.truths[payment_id]
        for rank, draft in enumerate(each.decision.drafts[:3]):
            right = {part.doc_id for part in draft.parts} == set(truth.parts)
            described = features(each.case, each.decision, draft, rank)
            yield described, int(right), f"{draft.pattern}/{each.decision.standing}"


def _collect(
    first: int, count: int, folder: Path | None
) -> tuple[list[dict[str, float]], list[int], dict[str, list[int]]]:
    """Examples of some worlds; patterns are counted over what the rules would let post."""
    nobody_asked = MatchRules(least_probability=0.0, least_precision=0.0)
    described, labels, counts = [], [], defaultdict(lambda: [0, 0])
    for world in worlds(first, count, folder):
        _outcomes, judged = judge_all(
            world.book, world.payments, Calibration(0.0, {}, {}), nobody_asked
        )
        for one, right, _pattern in examples(world, judged):
            described.append(one)
            labels.append(right)
        for payment_id, each in judged.items():
            if each.decision.may_post:
                draft = each.decision.drafts[0]
                true = set(world.truths[payment_id].parts)
                wrong = {part.doc_id for part in draft.parts} != true
                for pattern in (draft.pattern, f"{draft.pattern}/{each.decision.standing}"):
                    counts[pattern][wrong] += 1
    return described, labels, counts


def calibration_error(chances: Sequence[float], labels: Sequence[int], bins: int = 10) -> float:
    """Mean gap between stated chance and share that was right, weighted by bin."""
    sure, right = np.asarray(chances), np.asarray(labels)
    places = np.minimum((sure * bins).astype(int), bins - 1)
    gaps = [
        abs(sure[places == b].mean() - right[places == b].mean()) * (places == b).mean()
        for b in range(bins)
        if (places == b).any()
    ]
    return float(sum(gaps))


def train(folder: Path | None, count: int) -> dict[str, object]:
    """Fit on one range of seeds, measure on another."""
    described, labels, _counts = _collect(_TRAIN_FROM, count, folder)
    vectors = DictVectorizer(sparse=True)
    model = LogisticRegression(C=10.0, max_iter=2000)
    model.fit(vectors.fit_transform(described), labels)
    weights = dict(
        zip(vectors.get_feature_names_out(), np.ravel(model.coef_).tolist(), strict=True)
    )
    intercept = float(np.ravel(model.intercept_)[0])
    fitted = Calibration(intercept, weights, {})
    described, labels, counts = _collect(_MEASURE_FROM, count, folder)
    chances = [probability(fitted, one) for one in described]
    return {
        "about": "logistic weights per feature; measured: right and wrong per pattern, held out",
        "metrics": {
            "examples": len(labels),
            "auc": round(float(roc_auc_score(labels, chances)), 4),
            "brier": round(float(brier_score_loss(labels, chances)), 4),
            "calibration_error": round(calibration_error(chances, labels), 4),
        },
        "intercept": round(intercept, 4),
        "weights": {name: round(weight, 4) for name, weight in sorted(weights.items())},
        "measured": {pattern: counts[pattern] for pattern in sorted(counts)},
    }


def main() -> None:
    """Write the calibration file."""
    parser = argparse.ArgumentParser(description="Train the calibration of the matching engine.")
    parser.add_argument("--worlds", type=int, default=8, help="Seeds per range and source.")
    parser.add_argument("--data", type=Path, help="Folder of the public ledgers, if there.")
    given = parser.parse_args()
    trained = train(given.data, given.worlds)
    TARGET.write_text(json.dumps(trained, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
