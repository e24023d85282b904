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
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np

from engines.reading.linear import ARTIFACT, CARD, Model
from evals.inbound.examples import examples_of
from evals.inbound.fitting import SEED
from evals.inbound.limits import Limits
from evals.inbound.pages import page_of
from evals.inbound.phrases import PHRASES, phrase_examples
from evals.inbound.rows import CASES, Case, own_cases
from evals.inbound.staging import (
    Kept,
    Told,
    first_heads,
    fit_all,
    looks,
    second_heads,
    without_each,
)


def told_of(cases: Sequence[Case]) -> list[Told]:
    """Each case laid out, with its rows."""
    pages = [page_of(case) for case in cases]
    return [
        Told(case, page, examples_of(case, page)) for case, page in zip(cases, pages, strict=True)
    ]


def fitted(told: Sequence[Told]) -> Model:
    """All heads, trained on cases and on the phrases, limits and all."""
    kept: Kept = {}
    beside = phrase_examples()
    fit_all([told, *without_each(told)], beside, kept)
    seconds, limits = second_heads(looks(told, beside, kept))
    return assembled(first_heads(told, beside, kept), seconds, limits)


def assembled(first: Model, second: Model, limits: Limits) -> Model:
    """First and second heads together, with the limits of all."""
    return {
        name: replace(head, thresholds=limits[name]) for name, head in {**first, **second}.items()
    }


def train(day: date) -> dict[str, object]:
    """Train on every case, write the artifact and its card.

    Args:
        day: Written down as the date of training.

    Returns:
        The card.
    """
    cases = own_cases()
    heads = fitted(told_of(cases))
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
        held[f"{name}_weights"] = head.weights[:-1].astype(np.float16)
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
