"""What is learnt at one time, and what it answers before calibration."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engines.risk.asked_days import curve_over
from engines.risk.calendar_days import Whole, weekdays
from engines.risk.figures import Habits
from engines.risk.habits import EARLIEST, LATEST, HabitBook, Questions, bin_of
from engines.risk.history import InvoiceHistory
from engines.risk.learner import Trees, learn_anchor, learn_curve
from engines.risk.spread import Reals, from_logit, later_than, logit, monotone
from engines.risk.thresholds import (
    anchor_lesson,
    anchor_rows,
    curve_lesson,
    day_rows,
    landmarks,
)

_ROWS_AT_ONCE = 200_000
_LEARN_BACK = 400
"""Days of history a model is drawn from, where there is more than it may take."""
_TAIL = 0.03  # a day's hazard beyond what the histograms tell apart


@dataclass(frozen=True, slots=True)
class Core:
    """Trees for the curve and the two anchors; none of them where too little was seen."""

    curve: Trees | None = None
    late: Trees | None = None
    late7: Trees | None = None

    @property
    def learnt(self) -> bool:
        """Whether any of it reads figures of the customer."""
        return any(trees is not None for trees in (self.curve, self.late, self.late7))

    def cumulative(self, asked: Questions, habits: Habits, days: int) -> Reals:
        """P(paid by each day | open when asked), monotone, 0 before the issue."""
        if self.curve is None:
            return habit_curve(asked, habits, days)
        trees = self.curve

        def chance(question: Whole, day: Whole) -> Reals:
            parts = range(0, len(question), _ROWS_AT_ONCE)
            told = [
                trees.chance(day_rows(asked, habits, question[at], day[at]))
                for at in (slice(start, start + _ROWS_AT_ONCE) for start in parts)
            ]
            return np.concatenate(told)

        found = curve_over(asked, habits, days, chance)
        before = asked.asked[:, None] + np.arange(days)[None, :] < asked.issued[:, None]
        return np.where(before, 0.0, monotone(found))

    def lateness(self, asked: Questions, habits: Habits, curve: Reals) -> tuple[Reals, Reals]:
        """Chances of late and of later than 7 days: the curve's and the anchors', in even parts."""
        to_due, rows = asked.due - asked.asked, None
        told = []
        for days, trees in ((0, self.late), (7, self.late7)):
            own = later_than(curve, to_due, days)
            if trees is not None:
                rows = anchor_rows(habits) if rows is None else rows
                mean = (logit(own) + logit(trees.chance(rows))) / 2
                own = np.where(to_due >= 0, from_logit(mean), own)
            told.append(own)
        return told[0], np.minimum(told[1], told[0])


def learn(known: InvoiceHistory, until: int, seed: int, threads: int, most: int) -> Core:
    """Learn from a history that holds nothing of the day `until` or later."""
    random = np.random.default_rng(seed)
    book = HabitBook(known)
    marks = landmarks(book, _sample(known, until, most, random), until, random)
    return Core(
        learn_curve(curve_lesson(marks, until, random), seed, threads),
        learn_anchor(anchor_lesson(marks, until, 0), seed, threads),
        learn_anchor(anchor_lesson(marks, until, 7), seed, threads),
    )


def _sample(
    known: InvoiceHistory, until: int, most: int, random: np.random.Generator
) -> InvoiceHistory:
    if len(known) <= most:
        return known
    issued = known.issued_on.astype("datetime64[D]").astype(np.int64)
    recent = np.flatnonzero(issued >= until - _LEARN_BACK)
    pool = recent if len(recent) >= most else np.argsort(issued)[-most:]
    return known.take(np.sort(random.choice(pool, most, replace=False)))


def habit_curve(asked: Questions, habits: Habits, days: int) -> Reals:
    """Without trees: the customer's own days late, drawn to its segment, on its payment weekdays.

    Given that it is still open, what could have come before the question has not.
    """
    hazard = np.zeros((len(asked), days))
    row = np.arange(len(asked))
    for column in range(days):
        day = asked.asked + column
        late = day - asked.due
        usual = habits.hazard[row, bin_of(late)]
        # The outermost bins hold all that is further out; spread over the days there may be.
        usual = np.where(late <= EARLIEST, usual / 30, np.where(late >= LATEST, _TAIL, usual))
        hazard[:, column] = _on_weekday(usual, habits, row, day)
    hazard[asked.asked[:, None] + np.arange(days)[None, :] < asked.issued[:, None]] = 0.0
    return np.asarray(1 - np.cumprod(1 - hazard, axis=1), dtype=np.float64)


def _on_weekday(usual: NDArray, habits: Habits, row: Whole, day: Whole) -> Reals:
    share = 7 * habits.weekday[row, weekdays(day)]
    return np.clip(usual * share, 0.0, 0.98).astype(np.float64)
