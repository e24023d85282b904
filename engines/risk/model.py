"""The timing model: P(paid on day d | still open as of t) for any invoice, from one source.

Everything else is read off it: late probability, days late, expected cash of a week, ranking.

    model = fit(history, as_of)                       # learns only from what was known before as_of
    curves = model.curves(items, later, 91, history)  # (n, 92), each row sums to 1
    outlook = model.outlook(items, later, history)    # p_late, p_late_7, p10, p50, p90

Days count from `as_of`: column d of a curve is the chance of being paid on `as_of + d` (column 0 is
`as_of` itself, whose payments are not known yet), the last column is all that comes later. An item
issued on or after `as_of` may be asked about too, where a forecast assumes it: it cannot be paid
before it is issued.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from engines.risk.history import InvoiceHistory

Reals = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class FitOptions:
    """How a model learns.

    Attributes:
        threads: Cores it may use.
        seed: Of every sample it draws; the same seed and history give the same model.
        most_invoices: Most invoices it learns from, the newest first.
        calibrate: Hold the newest resolved stretch back first, to calibrate on.
    """

    threads: int = 2
    seed: int = 1
    most_invoices: int = 60_000
    calibrate: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class Outlook:
    """What is to be expected of each item, in the order of the items.

    Attributes:
        p_late: Chance of being paid after the due date.
        p_late_7: Chance of being paid more than 7 days after it.
        p10: Days late that one in ten stays below; negative is early. Also p50 and p90.
        grounds: What it rests on: `own habit`, `few payments seen`, `terms and segment only`.
    """

    p_late: Reals
    p_late_7: Reals
    p10: Reals
    p50: Reals
    p90: Reals
    grounds: NDArray[np.str_]


class TimingModel:
    """A fitted model; it never changes, and the habits of customers come with each question.

    Attributes:
        as_of: It was learnt from what was known before this day.
        note: In words, what it was learnt from, and what it could not learn.
    """

    as_of: date
    note: str

    def curves(
        self,
        items: InvoiceHistory,
        as_of: date,
        horizon_days: int,
        known: InvoiceHistory | None = None,
    ) -> Reals:
        """Chance of each item being paid on each day from `as_of`, given that it is open then.

        Args:
            items: Open items; their `cleared_on` is not looked at.
            as_of: The day it is asked; may be later than the model's own.
            horizon_days: Days told one by one.
            known: Invoices the customers' habits are taken from, cut to what was known before
                `as_of` whatever else it holds; those the model was learnt from if not given.

        Returns:
            An array (items, horizon_days + 1) of which each row sums to 1.
        """
        raise NotImplementedError

    def outlook(
        self, items: InvoiceHistory, as_of: date, known: InvoiceHistory | None = None
    ) -> Outlook:
        """Late probabilities and days-late quantiles of items, from the same curves."""
        raise NotImplementedError


def fit(history: InvoiceHistory, as_of: date, *, options: FitOptions = FitOptions()) -> TimingModel:
    """Learn from invoices issued before a day and payments cleared before it.

    Invoices still open then count as open until then, never as missing. With little or no history
    the model falls back on terms and the habits of all, and its `note` says so.
    """
    raise NotImplementedError
