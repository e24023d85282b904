"""Late dollar-days the first 20 accounts of each Monday hold: ours, an oracle's, a plain list's.

The truth of a Monday is what its open items went on to cost: amount times the days past due they
stayed open from that Monday, up to the horizon of the ranking or the end of the ledger.
"""

from datetime import date

import numpy as np
from numpy.typing import NDArray

from engines.risk.history import InvoiceHistory
from engines.risk.ranking import HORIZON_DAYS
from evals.ledgers.replay import Models, Window, replay_mondays
from evals.ledgers.risk_scores import captured


def shares_captured(
    history: InvoiceHistory, window: Window, cut: date, models: Models
) -> dict[str, float]:
    """Mean over the Mondays of the test of the share each order captures."""
    found: dict[str, list[float]] = {"engine": [], "overdue balance": [], "oracle": []}
    for origin, ranking in replay_mondays(history, window, models=models):
        truth = late_dollar_days(history, origin, cut)
        ours = dict(zip(ranking.account_id.tolist(), ranking.late_dollar_days, strict=True))
        found["engine"].append(captured(ours, truth))
        found["overdue balance"].append(captured(overdue_balance(history, origin), truth))
        found["oracle"].append(captured(truth, truth))
    return {name: float(np.nanmean(shares)) for name, shares in found.items()}


def late_dollar_days(history: InvoiceHistory, origin: date, cut: date) -> dict[str, float]:
    """What the open items of an origin went on to cost, by account."""
    start = np.datetime64(origin, "D")
    still = np.isnat(history.cleared_on) | (history.cleared_on >= start)
    items = history.take((history.issued_on < start) & still)
    end = np.where(np.isnat(items.cleared_on), np.datetime64(cut, "D"), items.cleared_on)
    end = np.minimum(end, start + np.timedelta64(HORIZON_DAYS, "D"))
    days = (end - np.maximum(items.due_on, start)).astype(np.int64)
    return _by_account(items, items.amount * np.maximum(days, 0))


def overdue_balance(history: InvoiceHistory, origin: date) -> dict[str, float]:
    """The order of a plain list: who has most past due."""
    items = history.open_on(origin)
    return _by_account(items, items.amount * (items.due_on < np.datetime64(origin, "D")))


def _by_account(items: InvoiceHistory, values: NDArray) -> dict[str, float]:
    names, place = np.unique(items.account_id, return_inverse=True)
    sums = np.bincount(place.reshape(-1), values, len(names))
    return dict(zip(names.tolist(), sums.tolist(), strict=True))
