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

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from engines.risk.calendar_days import day_numbers
from engines.risk.calibration import Calibration, calibrate
from engines.risk.core import Core, learn
from engines.risk.figures import habits_of
from engines.risk.habits import HabitBook, Questions
from engines.risk.history import InvoiceHistory
from engines.risk.runs import payment_runs, with_runs
from engines.risk.spread import daily, days_late_at, later_than, tied

Reals = NDArray[np.float64]
Whole = NDArray[np.int64]

OWN_HABIT, FEW_PAYMENTS, PRIOR_ONLY = "own habit", "few payments seen", "terms and segment only"
_FEW = 5
_TAIL_DAYS = 90  # days past due a curve is followed to read quantiles off it
_LONGEST = 400
_HOLD_BACK, _LONGEST_BACK, _RIPE_DAYS = 75, 200, 45
_LEAST, _MOST_ANSWERS = 200, 8_000
_ITEMS_AT_ONCE = 2_000


@dataclass(frozen=True, slots=True)
class FitOptions:
    """How a model learns.

    Attributes:
        threads: Cores it may use; more than are idle is slower than one.
        seed: Of every sample it draws; the same seed and history give the same model.
        most_invoices: Most invoices it learns from, drawn evenly from the last 400 days. Habits of
            customers are always taken from all.
        calibrate: Hold the newest resolved stretch back first, to calibrate on.
    """

    threads: int = 1
    seed: int = 1
    most_invoices: int = 40_000
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
        core: What was learnt.
        calibration: What was corrected by later answers.
    """

    def __init__(
        self, as_of: date, known: InvoiceHistory, core: Core, calibration: Calibration
    ) -> None:
        self.as_of, self.core, self.calibration = as_of, core, calibration
        self._known = known
        self.note = _note(known, core, calibration)

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
        chances = np.zeros((len(items), horizon_days + 1))
        for part, _, curve, _ in self._answers(items, as_of, known, horizon_days):
            chances[part] = daily(curve[:, :horizon_days])
        return chances

    def outlook(
        self, items: InvoiceHistory, as_of: date, known: InvoiceHistory | None = None
    ) -> Outlook:
        """Late probabilities and days-late quantiles of items, from the same curves."""
        told = np.zeros((5, len(items)))
        grounds = np.full(len(items), PRIOR_ONLY, dtype="<U24")
        levels = self.calibration
        for part, asked, curve, payments in self._answers(items, as_of, known, None):
            to_due = asked.due - asked.asked
            told[0, part] = later_than(curve, to_due, 0)
            told[1, part] = later_than(curve, to_due, 7)
            for row, level in ((2, levels.low), (3, 0.5), (4, levels.high)):
                told[row, part] = days_late_at(curve, to_due, level)
            grounds[part] = _grounds(payments)
        return Outlook(told[0], told[1], told[2], told[3], told[4], grounds)

    def _answers(
        self, items: InvoiceHistory, as_of: date, known: InvoiceHistory | None, days: int | None
    ) -> Iterator[tuple[Whole, Questions, Reals, Reals]]:
        """Tied curves of items, those of like length together."""
        seen = (self._known if known is None else known).known_before(as_of)
        book, runs = HabitBook(seen), payment_runs(seen, as_of, _LONGEST, items.account_id)
        today = int(np.datetime64(as_of, "D").astype(np.int64))
        everything = book.questions(items, np.full(len(items), today, dtype=np.int64))
        ahead = np.maximum(everything.due - today, everything.issued - today).clip(0)
        wanted = ahead + (_TAIL_DAYS if days is None else 8)
        length = np.minimum(np.maximum(-(-wanted // 32) * 32, days or 0), _LONGEST)
        for width in np.unique(length):
            alike = np.flatnonzero(length == width)
            for start in range(0, len(alike), _ITEMS_AT_ONCE):
                part = alike[start : start + _ITEMS_AT_ONCE]
                asked = everything.part(part)
                curve, payments = answer(self.core, self.calibration, book, asked, int(width))
                yield part, asked, with_runs(curve, items.take(part), runs, as_of), payments


def answer(
    core: Core, calibration: Calibration, book: HabitBook, asked: Questions, days: int
) -> tuple[Reals, Reals]:
    """Calibrated cumulative curves of questions, and how many payments each rests on."""
    habits = habits_of(book, asked, named=core.learnt)
    curve = core.cumulative(asked, habits, days)
    late, late7 = core.lateness(asked, habits, curve)
    late = calibration.of_late(late, 0)
    late7 = np.minimum(calibration.of_late(late7, 7), late)
    return tied(curve, asked.due - asked.asked, late, late7), habits.payments


def fit(history: InvoiceHistory, as_of: date, *, options: FitOptions | None = None) -> TimingModel:
    """Learn from invoices issued before a day and payments cleared before it.

    Invoices still open then count as open until then, never as missing. With little or no history
    the model falls back on terms and the habits of all, and its `note` says so.
    """
    chosen = options or FitOptions()
    known = history.known_before(as_of)
    until = int(np.datetime64(as_of, "D").astype(np.int64))
    core = _learn(known, until, chosen)
    calibration = _calibrated(known, until, chosen) if chosen.calibrate else Calibration()
    return TimingModel(as_of, known, core, calibration)


def _learn(known: InvoiceHistory, until: int, options: FitOptions) -> Core:
    return learn(known, until, options.seed, options.threads, options.most_invoices)


def _calibrated(known: InvoiceHistory, until: int, options: FitOptions) -> Calibration:
    """Compare with what happened what a model would have said of the newest invoices at issue."""
    due, issued = day_numbers(known.due_on), day_numbers(known.issued_on)
    cleared = day_numbers(known.cleared_on)
    paid = ~np.isnat(known.cleared_on)
    if paid.sum() < 2 * _LEAST:
        return Calibration()
    usual = int(np.quantile((cleared - issued)[paid], 0.9))
    start = until - int(np.clip(usual + _RIPE_DAYS, _HOLD_BACK, _LONGEST_BACK))
    earlier = known.known_before(np.datetime64(start, "D"))
    # Settled by the calendar and not by the outcome, or quick payers would be all there is.
    told = (issued >= start) & (due + 7 < until) & (due >= issued) & (cleared >= issued)
    chosen = np.flatnonzero(told)
    if len(chosen) < _LEAST or len(earlier) < _LEAST:
        return Calibration()
    if len(chosen) > _MOST_ANSWERS:
        random = np.random.default_rng([options.seed, 1])
        chosen = np.sort(random.choice(chosen, _MOST_ANSWERS, replace=False))
    items = known.take(chosen)
    core, book = _learn(earlier, start, options), HabitBook(known)
    asked = book.questions(items, issued[chosen])
    width = int(min(_LONGEST, (asked.due - asked.asked).max() + _TAIL_DAYS))
    habits = habits_of(book, asked)
    curve = core.cumulative(asked, habits, width)
    late, late7 = core.lateness(asked, habits, curve)
    to_due = asked.due - asked.asked
    happened = np.nan_to_num(items.days_late, nan=np.inf)
    ripe = asked.issued < until - usual
    return calibrate(late, late7, tied(curve, to_due, late, late7), to_due, happened, ripe)


def _grounds(payments: Reals) -> NDArray[np.str_]:
    words = np.where(payments >= _FEW, OWN_HABIT, FEW_PAYMENTS)
    return np.where(payments > 0, words, PRIOR_ONLY)


def _note(known: InvoiceHistory, core: Core, calibration: Calibration) -> str:
    paid = int((~np.isnat(known.cleared_on)).sum())
    if not paid:
        return "no payment seen yet: terms and a plain belief that most pay near the due date"
    told = f"{len(known)} invoices of {len(np.unique(known.account_id))} accounts, {paid} paid"
    if core.curve is None:
        return f"{told}; too few to learn from: each customer's own habit drawn to its segment"
    checked = f"calibrated on {calibration.answers} later ones" if calibration.answers else ""
    return f"{told}; {checked or 'too few later ones to calibrate on'}"
