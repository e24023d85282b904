"""From which likelihood on a label counts, found on cases the judging model never saw."""

from collections.abc import Mapping, Sequence

import numpy as np

from engines.reading.decision import risk_of
from engines.reading.intents import blend
from engines.reading.linear import HEADS, Model
from evals.inbound.examples import FLAGGED, LABELS, Example
from evals.inbound.fitting import fit

RECALL = 0.995  # of messages for a person
_GRID = np.linspace(0.12, 0.6, 25)
_FEW = 12  # cases of a label below which its limit is drawn to the common one
_COMMON = 0.3
_INJECTION = 0.35
Judgement = tuple[frozenset[str], Mapping[str, float]]
Rows = Sequence[Judgement]
Limits = dict[str, dict[str, float]]


def limits_of(
    examples: Sequence[Sequence[Example]], folds: Sequence[int], beside: Sequence[Example] = ()
) -> Limits:
    """The limits of every head and label.

    Args:
        examples: The rows of each case.
        folds: To which fold each case belongs.
        beside: Rows that every model learns and that none is judged by.
    """
    judged: dict[str, list[Judgement]] = {each: [] for each in HEADS}
    pairs = list(zip(examples, folds, strict=True))
    for fold in sorted(set(folds)):
        heads = fit([*beside, *(each for one, at in pairs if at != fold for each in one)])
        for one, at in pairs:
            if at == fold:
                for head, judgement in judge_unseen(one, heads):
                    judged[head].append(judgement)
    limits = {name: {label: _best(judged[name], label) for label in LABELS[name]} for name in HEADS}
    limits["sentence"]["conditional"] = max(limits["sentence"]["conditional"], _COMMON)
    limits["message"] |= {"injection": _INJECTION, "person": _person(judged["message"])}
    return limits


def judge_unseen(examples: Sequence[Example], heads: Model) -> list[tuple[str, Judgement]]:
    """What a model finds in the rows of one case: heads, true labels and likelihoods."""
    found = [
        (each.head, (each.labels, heads[each.head].likelihoods(each.features))) for each in examples
    ]
    sentences = [likely for head, (_labels, likely) in found if head == "sentence"]
    return [
        (head, (labels, blend(likely, sentences) if head == "message" else likely))
        for head, (labels, likely) in found
    ]


def _best(rows: Rows, label: str) -> float:
    """Where finds and false finds of one label are in the best balance, drawn to the common."""
    holds = np.array([label in labels for labels, _likely in rows])
    if not holds.any():
        return _COMMON
    likely = np.array([each[label] for _labels, each in rows])
    scores = [_balance(holds, likely >= limit) for limit in _GRID]
    # The middle of all limits nearly as good as the best is steadier than the best one.
    good = [
        limit for limit, score in zip(_GRID, scores, strict=True) if score >= max(scores) - 0.01
    ]
    weight = min(1.0, float(holds.sum()) / (3 * _FEW))
    return float(weight * np.mean(good) + (1 - weight) * _COMMON)


def _balance(holds: np.ndarray, found: np.ndarray) -> float:
    hits = float((holds & found).sum())
    return 2 * hits / max(1.0, float(holds.sum() + found.sum()))


def _person(rows: Rows) -> float:
    """The highest limit of the risk at which the stated share of messages reach a person."""
    held = [(labels, likely) for labels, likely in rows if "person" in labels]
    risks = sorted(risk_of(likely) for labels, likely in held if FLAGGED not in labels)
    spared = min(round(len(held) * (1 - RECALL)), len(risks) - 1)
    return max(0.02, risks[spared]) if risks else 0.1
