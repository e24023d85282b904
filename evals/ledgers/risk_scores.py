"""Predictions made at issue, judged by what happened up to the end of the ledger.

An invoice still open at the cut is late once its due date has passed; before that it has no label.
Days late are judged on paid invoices only.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from engines.risk.history import InvoiceHistory

Reals = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Told:
    """What a method told of each item; NaN throughout where it does not tell such a thing."""

    p_late: Reals
    p_late_7: Reals
    p10: Reals
    p50: Reals
    p90: Reals


def scored(told: Told, items: InvoiceHistory, cut: date) -> dict[str, float]:
    """Every figure of a method; NaN where it tells nothing of the kind."""
    from sklearn.metrics import average_precision_score, brier_score_loss, roc_auc_score

    late, late7 = _labels(items, cut, 0), _labels(items, cut, 7)
    figures = {
        "late AUC": _judged(roc_auc_score, late, told.p_late),
        "Brier": _judged(brier_score_loss, late, told.p_late),
        "late > 7 PR AUC": _judged(average_precision_score, late7, told.p_late_7),
    }
    days = items.days_late
    paid = ~np.isnan(days)
    off = np.abs(days - told.p50)[paid]
    low, high, days = told.p10[paid], told.p90[paid], days[paid]
    missed = 10 * (np.maximum(low - days, 0) + np.maximum(days - high, 0))
    held = np.where(np.isnan(low), np.nan, (days >= low) & (days <= high))
    return figures | {
        "MAE": float(off.mean()),
        "within 3 days": float(np.where(np.isnan(off), np.nan, off <= 3).mean()),
        "80 % covers": float(held.mean()),
        "Winkler": float((high - low + missed).mean()),
    }


def intervals(
    told: Told, items: InvoiceHistory, cut: date, draws: int, seed: int = 1
) -> dict[str, tuple[float, float]]:
    """95 % intervals of every figure, customers drawn with replacement."""
    random = np.random.default_rng(seed)
    names, place = np.unique(items.account_id, return_inverse=True)
    rows = [np.flatnonzero(place == code) for code in range(len(names))]
    found: list[Mapping[str, float]] = []
    for _ in range(draws):
        chosen = np.concatenate([rows[code] for code in random.integers(0, len(names), len(names))])
        parts = (getattr(told, name)[chosen] for name in Told.__slots__)
        found.append(scored(Told(*parts), items.take(chosen), cut))
    return {
        name: (
            float(np.quantile([each[name] for each in found], 0.025)),
            float(np.quantile([each[name] for each in found], 0.975)),
        )
        for name in found[0]
    }


def _labels(items: InvoiceHistory, cut: date, days: int) -> Reals:
    """1 later than so many days, 0 not, NaN not known."""
    late = items.days_late
    past = items.due_on + np.timedelta64(days, "D") < np.datetime64(cut, "D")
    return np.where(np.isnan(late), np.where(past, 1.0, np.nan), late > days)


def _judged(measure, labels: Reals, told: Reals) -> float:
    known = ~np.isnan(labels)
    if np.isnan(told[known]).any() or len(np.unique(labels[known])) < 2:
        return float("nan")
    return float(measure(labels[known], told[known]))


def captured(scores: Mapping[str, float], truth: Mapping[str, float], most: int = 20) -> float:
    """Share of the true late dollar-days that the accounts ranked first hold."""
    first = sorted(scores, key=lambda name: (-scores[name], name))[:most]
    total = sum(truth.values())
    return sum(truth.get(name, 0.0) for name in first) / total if total else float("nan")
