"""Whom to call first: accounts by the late dollar-days that acting now can be expected to save.

A late dollar-day is one unit of money one day past due. What contact does to payment is not known
from ledgers alone, so its effect is an assumption given in the open; with the same effect for all,
the order of accounts does not depend on it.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from engines.risk.calendar_days import day_numbers
from engines.risk.history import InvoiceHistory
from engines.risk.model import TimingModel

Reals = NDArray[np.float64]

HORIZON_DAYS = 60
"""Days ahead that late dollar-days are counted over."""
EFFECT_OF_CONTACT = 0.15
"""Assumed share of the late dollar-days ahead that a contact now saves."""


@dataclass(frozen=True, slots=True, eq=False)
class Ranking:
    """Accounts with open items, first the one where acting gains most.

    Attributes:
        account_id: Text, in order.
        late_dollar_days: Expected over the horizon if nobody acts, in minor units times days.
        expected_gain: The share of it that acting now is assumed to save.
    """

    account_id: NDArray
    late_dollar_days: Reals
    expected_gain: Reals


def rank_accounts(
    model: TimingModel,
    items: InvoiceHistory,
    as_of: date,
    known: InvoiceHistory | None = None,
    effect: float = EFFECT_OF_CONTACT,
) -> Ranking:
    """Rank accounts by their open items; equal ones by name, so that the order is always one."""
    curves = model.curves(items, as_of, HORIZON_DAYS, known)
    days = expected_late_days(curves, items, as_of)
    names, place = np.unique(items.account_id, return_inverse=True)
    owed = np.maximum(items.amount, 0) * days
    ahead = np.bincount(place.reshape(-1), owed, len(names))
    order = np.lexsort((names, -ahead))
    return Ranking(names[order], ahead[order], effect * ahead[order])


def expected_late_days(curves: Reals, items: InvoiceHistory, as_of: date) -> Reals:
    """Days past due each item is expected to stay open from now on, within the curve."""
    horizon = curves.shape[1] - 1
    # Still open at the end of day d, for each d of the horizon.
    still_open = 1 - np.cumsum(curves[:, :horizon], axis=1)
    today = int(np.datetime64(as_of, "D").astype(np.int64))
    to_due = day_numbers(items.due_on) - today
    past_due = np.arange(horizon)[None, :] >= to_due[:, None]
    return (np.clip(still_open, 0, 1) * past_due).sum(axis=1)
