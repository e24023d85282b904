"""From which likelihood on a label counts, found on cases the judging model never saw."""

from collections.abc import Mapping, Sequence

import numpy as np

from engines.reading.decision import ROUTINE
from engines.reading.linear import HEADS
from engines.reading.model import INTENTS
from evals.inbound.examples import FLAGGED, LABELS, Example
from evals.inbound.fitting import fit

RECALL = 0.9925  # of messages for a person
_GRID = np.linspace(0.12, 0.6, 25)
_FEW = 12  # cases of a label below which its limit is drawn to the common one
_COMMON = 0.3
_INJECTION = 0.35
Rows = Sequence[tuple[frozenset[str], Mapping[str, float]]]
Limits = dict[str, dict[str, float]]


def limits_of(examples: Sequence[Sequence[Example]], folds: Sequence[int]) -> Limits:
    """The limits of every head and label.

    Args:
        examples: The rows of each case.
        folds: To which fold each case belongs.
    """
    judged: dict[str, list[tuple[frozenset[str], Mapping[str, float]]]] = {
        each: [] for each in HEADS
    }
    for fold in sorted(set(folds)):
        pairs = list(zip(examples, folds, strict=True))
        heads = fit([each for one, at in pairs if at != fold for each in one])
        for one, at in pairs:
            for each in one if at == fold else ():
                judged[each.head].append((each.labels, heads[each.head].likelihoods(each.features)))
    limits = {name: {label: _best(judged[name], label) for label in LABELS[name]} for name in HEADS}
    limits["sentence"]["conditional"] = max(limits["sentence"]["conditional"], _COMMON)
    limits["message"] |= {"injection": _INJECTION} | _doubt(judged["message"], limits["message"])
    return limits


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


def _doubt(rows: Rows, limits: Mapping[str, float]) -> dict[str, float]:
    """The limits of "for a person" and of intents that are no routine, for the stated recall."""
    person = np.array(["person" in labels for labels, _likely in rows])
    said = np.array([FLAGGED in held or _says_exception(likely, limits) for held, likely in rows])
    whole = np.array([each["person"] for _labels, each in rows])
    least = np.array([max(each[i] for i in INTENTS if i not in ROUTINE) for _labels, each in rows])
    best: tuple[float, float, float] = (-1.0, 0.1, 0.1)
    for limit in np.linspace(0.02, 0.6, 59):
        for doubt in np.linspace(0.05, 0.5, 46):
            found = said | (whole >= limit) | (least >= doubt)
            if found[person].mean() >= RECALL:
                best = max(best, (float((~found)[~person].mean()), float(limit), float(doubt)))
    return {"person": best[1], "doubt": best[2]}


def _says_exception(likely: Mapping[str, float], limits: Mapping[str, float]) -> bool:
    return any(likely[each] >= limits[each] for each in INTENTS if each not in ROUTINE)
