"""Trains the tone model and writes it with its description: `python -m evals.tone.train`.

Needs the politeness corpora in ../shared/data/tone beside the repository. What it writes holds no
text of them: words and letters are hashed into buckets, and only the buckets' weights are kept.
"""

import argparse
import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from evals.tone.corpora import Draft, read_drafts, read_rated
from evals.tone.crossing import TRAINED, Corpora, cross_validate, fold_rows, gather, teach
from evals.tone.learning import (
    Learned,
    Measured,
    learn_firmness,
    line_through,
    standardized,
    stored,
)
from guardrails.tone.model import ARTIFACT, ToneModel
from ledger.errors import BadInput

VERSION = 1
SOURCES = [
    {
        "name": "Stanford Politeness Corpus, Wikipedia and Stack Exchange requests",
        "cite": "Danescu-Niculescu-Mizil, Sudhof, Jurafsky, Leskovec and Potts (2013): A "
        "computational approach to politeness with application to social factors. ACL.",
        "licence": "annotations Apache-2.0; the underlying posts CC BY-SA, by users of Wikipedia "
        "and Stack Exchange",
    },
    {
        "name": "VADER lexicon, valences by hash of word",
        "cite": "Hutto and Gilbert (2014): VADER. ICWSM.",
        "licence": "MIT",
    },
    {"name": "evals/tone/drafts.jsonl", "licence": "this project's"},
]


def train(path: Path) -> dict[str, object]:
    """Train on everything, cross-validate, write model and description.

    Returns:
        The description.
    """
    corpora = gather({name: read_rated(name) for name in TRAINED}, read_drafts())
    learned = teach(corpora)
    firm = _firmness_of(corpora.drafts)
    weights, level = learn_firmness(corpora.measured_drafts, firm, learned)
    raw_courtesy, raw_firmness = _out_of_fold(corpora, learned, firm)
    lines = (
        line_through(raw_courtesy, np.array([each.courtesy for each in corpora.drafts])),
        line_through(raw_firmness, firm),
    )
    model = stored(learned, (weights, level), lines, corpora.common, corpora.felt)
    _write(path, model)
    described = {
        "version": VERSION,
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        "trained_on": {
            **{name: len(corpora.scores[name]) for name in TRAINED},
            "drafts": len(corpora.drafts),
        },
        "sources": SOURCES,
        "holds": "weights of hashed n-grams and of measures; no text and no vocabulary",
        "spearman_by_5_fold_cross_validation": cross_validate(corpora),
    }
    path.with_suffix(".json").write_text(json.dumps(described, indent=2) + "\n", "utf-8")
    return described


def _firmness_of(drafts: Sequence[Draft]) -> NDArray[np.float64]:
    return np.array([each.firmness for each in drafts], dtype=np.float64)


def _out_of_fold(
    corpora: Corpora, learned: Learned, firm: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Raw courtesy and firmness of drafts by models that have not seen them."""
    courtesy, firmness = np.zeros(len(firm)), np.zeros(len(firm))
    for train_rows, test_rows in fold_rows(len(firm)):
        part = teach(corpora, draft_rows=train_rows)
        held: Measured = corpora.measured_drafts.take(test_rows)
        courtesy[test_rows] = part.predict(held)
        taken = corpora.measured_drafts.take(train_rows)
        weights, level = learn_firmness(taken, firm[train_rows], learned)
        rows = standardized(held.measures, learned.centres, learned.spreads)
        firmness[test_rows] = rows @ weights + level
    return courtesy, firmness


def _write(path: Path, model: ToneModel) -> None:
    felt = sorted(model.valences.items())
    np.savez_compressed(
        path,
        grams=model.grams,
        centres=model.centres,
        spreads=model.spreads,
        lines=model.lines,
        levels=model.levels,
        numbers=np.array([model.gram_scale, *model.slopes, *model.offsets]),
        common=np.array(sorted(model.common), dtype=np.uint32),
        felt=np.array([code for code, _ in felt], dtype=np.uint32),
        valences=np.array([round(value * 10) for _, value in felt], dtype=np.int8),
    )


def main() -> None:
    """Train and say what came of it."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--out", type=Path, default=ARTIFACT, help="where to write model.npz")
    try:
        described = train(asked.parse_args().out)
    except BadInput as error:
        raise SystemExit(f"evals.tone.train: {error.message}") from None
    print(json.dumps(described, indent=2))  # noqa: T201 - a script's answer


if __name__ == "__main__":
    main()
