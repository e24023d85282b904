"""`python -m evals.messages.train`: train the classifier of the content checks and write it down.

The threshold is set on messages the judging model never saw, so that at most the stated share of
harmless messages (five of six hold alarming words on purpose) is reported.
"""

import argparse
import hashlib
import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import numpy as np

from evals.messages.fitting import SEED, fit
from evals.messages.folds import (
    FOLDS,
    Unseen,
    judge_message,
    judge_unseen,
    threshold_for,
    thresholds_per_fold,
)
from evals.messages.rows import (
    LabelledMessage,
    LabelledSentence,
    digests,
    read_messages,
    read_sentences,
)
from guardrails.content.classifier import ARTIFACT, CARD, Classifier
from guardrails.content.features import CONCEPTS, TOPICS

FALSE_ALARMS = 0.03


def train(share: float, day: date) -> dict[str, object]:
    """Train on every row, write the artifact and its card.

    Args:
        share: Of harmless messages that may be reported by the classifier, unseen.
        day: Written down as the date of training.

    Returns:
        The card.
    """
    messages, sentences = read_messages(), read_sentences()
    unseen = judge_unseen(messages, sentences)
    harmless = [
        each.score for message, each in zip(messages, unseen, strict=True) if not message.claims
    ]
    model = fit(all_sentences(messages, sentences), threshold_for(harmless, share))
    _write(model, ARTIFACT)
    card: dict[str, object] = {
        "version": 1,
        "trained_on": day.isoformat(),
        "sha256": hashlib.sha256(ARTIFACT.read_bytes()).hexdigest(),
        "seed": SEED,
        "data": digests(),
        "topics_sha256": hashlib.sha256(TOPICS.read_bytes()).hexdigest(),
        "concepts_sha256": hashlib.sha256(CONCEPTS.read_bytes()).hexdigest(),
        "false_alarms_allowed": share,
        "threshold": model.threshold,
        "unseen": unseen_figures(messages, unseen, share),
        "seen": seen_figures(model, messages),
        "classes": list(model.classes),
        "small_words": sorted(model.small),
    }
    CARD.write_text(json.dumps(card, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return card


def all_sentences(
    messages: Sequence[LabelledMessage], sentences: Sequence[LabelledSentence]
) -> list[LabelledSentence]:
    """Everything there is to train on."""
    return [*sentences, *(one for each in messages for one in each.sentences)]


def unseen_figures(
    messages: Sequence[LabelledMessage], unseen: Sequence[Unseen], share: float
) -> dict[str, float]:
    """Cross-validated shares, each fold with a threshold that the others set."""
    thresholds = thresholds_per_fold(messages, unseen, share)
    found = [each.claims(thresholds[each.fold]) for each in unseen]
    return {"folds": FOLDS, **_shares(messages, found)}


def seen_figures(model: Classifier, messages: Sequence[LabelledMessage]) -> dict[str, float]:
    """The same shares for the artifact on its own training rows; only to recognise it by."""
    found = [judge_message(model, each).claims(model.threshold) for each in messages]
    return _shares(messages, found)


def _shares(
    messages: Sequence[LabelledMessage], found: Sequence[frozenset[str]]
) -> dict[str, float]:
    pairs = list(zip(messages, found, strict=True))
    violating = [(message, claims) for message, claims in pairs if message.claims]
    harmless = [claims for message, claims in pairs if not message.claims]
    return {
        "violating_reported": _share([bool(claims) for _, claims in violating]),
        "violating_true_class": _share([bool(claims & each.claims) for each, claims in violating]),
        "harmless_reported": _share([bool(claims) for claims in harmless]),
    }


def _share(hits: Sequence[bool]) -> float:
    return round(sum(hits) / len(hits), 4)


def _write(model: Classifier, path: Path) -> None:
    features = "\n".join(model.places).encode("utf-8")
    np.savez_compressed(
        path,
        features=np.frombuffer(features, dtype=np.uint8),
        anything=np.array(model.anything, dtype=np.float16),
        bias=np.array([model.bias]),
        which=model.which.astype(np.float16),
        which_bias=model.which_bias,
    )


def main() -> None:
    """Read the arguments, train, and print the card without its word lists."""
    parser = argparse.ArgumentParser(description="Train the classifier of the content checks.")
    parser.add_argument("--date", type=date.fromisoformat, required=True, help="YYYY-MM-DD")
    parser.add_argument("--false-alarms", type=float, default=FALSE_ALARMS, metavar="SHARE")
    given = parser.parse_args()
    card = train(given.false_alarms, given.date)
    shown = {key: value for key, value in card.items() if key not in {"classes", "small_words"}}
    print(json.dumps(shown, indent=1))  # noqa: T201 - a command prints


if __name__ == "__main__":
    main()
