"""`python -m evals.inbound.train`: train the heads of the reading on our own cases, write them.

Limits come from messages that the judging model never saw: each intent counts from where its
balance of finds and false finds is best, and doubt is set so that the stated share of messages
for a person reach one.
"""

import argparse
import hashlib
import json
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import numpy as np

from engines.reading.linear import ARTIFACT, CARD, Model
from evals.inbound.examples import Example, examples_of
from evals.inbound.fitting import SEED, fit
from evals.inbound.limits import limits_of
from evals.inbound.pages import page_of
from evals.inbound.phrases import PHRASES, phrase_examples
from evals.inbound.rows import CASES, Case, own_cases

FOLDS = 5


def folds_of(number: int) -> list[int]:
    """To which fold each case belongs."""
    return (np.random.default_rng(SEED).permutation(number) % FOLDS).tolist()


def examples_by_case(cases: Sequence[Case]) -> list[list[Example]]:
    """All rows of each case."""
    return [examples_of(case, page_of(case)) for case in cases]


def fitted(examples: Sequence[Sequence[Example]]) -> Model:
    """Heads trained on cases and on the phrases, with limits from cases each did not see."""
    beside = phrase_examples()
    limits = limits_of(examples, folds_of(len(examples)), beside)
    return fit([*beside, *(each for one in examples for each in one)], limits)


def train(day: date) -> dict[str, object]:
    """Train on every case, write the artifact and its card.

    Args:
        day: Written down as the date of training.

    Returns:
        The card.
    """
    cases = own_cases()
    examples = examples_by_case(cases)
    heads = fitted(examples)
    write(heads, ARTIFACT)
    card: dict[str, object] = {
        "version": 1,
        "trained_on": day.isoformat(),
        "seed": SEED,
        "cases": len(cases),
        "data": {each.name: _digest(each) for each in [*sorted(CASES.glob("*.jsonl")), PHRASES]},
        "sha256": _digest(ARTIFACT),
        "heads": {
            name: {
                "labels": list(head.labels),
                "thresholds": {key: round(value, 4) for key, value in head.thresholds.items()},
            }
            for name, head in heads.items()
        },
    }
    CARD.write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")
    return card


def write(heads: Model, path: Path) -> None:
    """Write the heads, half as exact as they were trained."""
    held = {}
    for name, head in heads.items():
        features = "\n".join(head.places).encode()
        held[f"{name}_features"] = np.frombuffer(features, dtype=np.uint8)
        held[f"{name}_weights"] = head.weights.astype(np.float16)
        held[f"{name}_bias"] = head.bias.astype(np.float32)
    np.savez_compressed(path, **held)


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def main() -> None:
    """Train and say what stands."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--day", type=date.fromisoformat, required=True, help="written down")
    card = train(parser.parse_args().day)
    sys.stdout.write(f"trained on {card['cases']} cases\n")


if __name__ == "__main__":
    main()
