"""From which likelihood on a label counts, found on cases the judging model never saw."""

from collections.abc import Mapping, Sequence

import numpy as np

RECALL = 0.993  # of messages for a person
_GRID = np.linspace(0.12, 0.6, 25)
_FEW = 12  # cases of a label below which its limit is drawn to the common one
COMMON = 0.3
Judgement = tuple[frozenset[str], Mapping[str, float]]
Rows = Sequence[Judgement]
Limits = dict[str, dict[str, float]]


def best_limit(rows: Rows, label: str) -> float:
    """Where finds and false finds of one label are in the best balance, drawn to the common."""
    holds = np.array([label in labels for labels, _likely in rows])
    if not holds.any():
        return COMMON
    likely = np.array([each[label] for _labels, each in rows])
    scores = [_balance(holds, likely >= limit) for limit in _GRID]
    # The middle of all limits nearly as good as the best is steadier than the best one.
    good = [
        limit for limit, score in zip(_GRID, scores, strict=True) if score >= max(scores) - 0.01
    ]
    weight = min(1.0, float(holds.sum()) / (3 * _FEW))
    return float(weight * np.mean(good) + (1 - weight) * COMMON)


def _balance(holds: np.ndarray, found: np.ndarray) -> float:
    hits = float((holds & found).sum())
    return 2 * hits / max(1.0, float(holds.sum() + found.sum()))


def person_limit(risks: Sequence[float], number: int) -> float:
    """The highest limit of the risk at which the stated share of messages reach a person.

    Args:
        risks: Of the messages for a person that nothing but doubt brings to one.
        number: Of all messages for a person.
    """
    ranked = sorted(risks)
    spared = min(round(number * (1 - RECALL)), len(ranked) - 1)
    return max(0.01, ranked[spared]) if ranked else 0.1
