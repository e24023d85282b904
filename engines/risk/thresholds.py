"""Rows the curve is learnt from: a question, a day after it, and whether it was paid by then.

One model of P(paid by day s | open as of t) over all days and customers; its hazard is what is left
between one day and the next. Learning the sum instead of each day's hazard keeps a small error a
day from adding up.
"""

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from engines.risk.calendar_days import (
    Whole,
    day_numbers,
    days_of_month,
    days_to_month_end,
    weekdays,
)
from engines.risk.figures import Habits, habits_of
from engines.risk.habits import HabitBook, Questions, bin_of
from engines.risk.history import InvoiceHistory

Reals32 = NDArray[np.float32]

DAY_NAMES = (
    "days_late", "lead", "days_since_issue", "weekday", "month_day", "to_month_end",
    "hazard", "reach", "reach_3_before", "reach_2_after", "run_weekday", "run_weekday_after",
    "run_weekday_before", "run_month_day", "against_median", "against_weekday", "against_like",
    "since_run",
)  # fmt: skip
_REACHED = (-20, -10, -5, -2, -1, 0, 1, 2, 3, 7, 14)
_LAST_DAY = 200
_MOST_ROWS = 400_000
"""Rows a curve is learnt from; more of them cost time and tell it hardly more."""
_AHEAD = 80  # days before its issue an item may be asked about in learning
_AHEAD_SHARE = 0.3


@dataclass(frozen=True, slots=True, eq=False)
class Lesson:
    """What a learner is given; `names` are those of the columns."""

    names: tuple[str, ...]
    rows: Reals32
    paid: NDArray[np.bool_]
    weight: NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Landmarks:
    """Questions whose answers are known, or known in part, as of the day of learning.

    Attributes:
        cleared: Day number, `UNKNOWN` while open.
        at_issue: Whether the question was asked on the day of issue.
    """

    asked: Questions
    habits: Habits
    cleared: Whole
    at_issue: NDArray[np.bool_]


def landmarks(book: HabitBook, known: InvoiceHistory, until: int, random: Generator) -> Landmarks:
    """Ask about each invoice at its issue, on a day while it was open, and of some before."""
    issued, cleared = day_numbers(known.issued_on), day_numbers(known.cleared_on)
    open_for = np.maximum(np.minimum(cleared, until) - issued, 1)
    count = len(known)
    while_open = issued + 1 + np.floor(random.random(count) * open_for).astype(np.int64)
    ahead = issued - 1 - random.integers(0, _AHEAD, count)
    ahead = np.where(random.random(count) < _AHEAD_SHARE, ahead, until)
    asked = np.concatenate([issued, while_open, ahead])
    index = np.tile(np.arange(count), 3)
    fits = (asked < until) & (cleared[index] >= asked)
    chosen, days = index[fits], asked[fits]
    questions = book.questions(known.take(chosen), days)
    at_issue = np.flatnonzero(fits) < count
    return Landmarks(questions, habits_of(book, questions), cleared[chosen], at_issue)


def curve_lesson(marks: Landmarks, until: int, random: Generator) -> Lesson:
    """Days near the due date and far from it; whether one is taken never hangs on the outcome."""
    asked = marks.asked
    count, to_due = len(asked), asked.asked - asked.due
    reach = 60 - np.minimum(to_due, 0)
    far = np.floor(random.random((count, 2)) ** 1.5 * reach[:, None]) + to_due[:, None]
    near = random.integers(-7, 9, (count, 4))
    fixed = np.tile([0, 7], (count, 1))
    late = np.concatenate([fixed, near, far], axis=1).astype(np.int64)
    days = asked.due[:, None] + late
    told = (days >= asked.asked[:, None]) & (days < until) & (days >= asked.issued[:, None])
    told &= days < asked.asked[:, None] + _LAST_DAY
    question, column = np.nonzero(told)
    if len(question) > _MOST_ROWS:
        kept = np.sort(random.choice(len(question), _MOST_ROWS, replace=False))
        question, column = question[kept], column[kept]
    day = days[question, column]
    weight = np.choose(np.minimum(column, 2), [3.0, 2.0, 1.0])
    weight = weight * np.where(marks.at_issue[question], 1.0, 0.7)
    rows = day_rows(asked, marks.habits, question, day)
    return Lesson(day_names(marks.habits), rows, marks.cleared[question] <= day, weight)


def anchor_lesson(marks: Landmarks, until: int, days_late: int) -> Lesson:
    """Whether an item not yet due was later than so many days, as far as that is known."""
    asked = marks.asked
    limit = asked.due + days_late
    told = (limit < until) & (asked.asked <= asked.due) & (asked.asked >= asked.issued)
    weight = np.where(marks.at_issue, 1.0, 0.5)[told]
    rows = anchor_rows(marks.habits)[told]
    return Lesson(anchor_names(marks.habits), rows, (marks.cleared > limit)[told], weight)


def anchor_rows(habits: Habits) -> Reals32:
    """Figures of the question alone."""
    bins = bin_of(np.array(_REACHED))
    return np.column_stack([habits.figures, habits.reach[:, bins], habits.weekday])


def anchor_names(habits: Habits) -> tuple[str, ...]:
    """Of the columns of `anchor_rows`."""
    reach = (f"reach_at_{days}" for days in _REACHED)
    return (*habits.names, *reach, *(f"runs_on_{day}" for day in range(7)))


def day_names(habits: Habits) -> tuple[str, ...]:
    """Of the columns of `day_rows`."""
    return (*habits.names, *DAY_NAMES)


def day_rows(asked: Questions, habits: Habits, question: Whole, day: Whole) -> Reals32:
    """Figures of each question beside those of a day it is asked about."""
    late = day - asked.due[question]
    k = bin_of(late)
    week, month, reach = habits.weekday, habits.month_day, habits.reach
    weekday = weekdays(day)
    last_run = habits.last_run[question]
    columns = (
        late,
        day - asked.asked[question],
        day - asked.issued[question],
        weekday,
        days_of_month(day),
        days_to_month_end(day),
        habits.hazard[question, k],
        reach[question, k],
        reach[question, bin_of(late - 3)],
        reach[question, bin_of(late + 2)],
        week[question, weekday],
        week[question, (weekday + 1) % 7],
        week[question, (weekday - 1) % 7],
        month[question, days_of_month(day)],
        late - habits.column("median")[question],
        late - habits.column("weekday_mean")[question],
        late - habits.column("like_amount_weekday_mean")[question],
        np.where(last_run < 0, 0, day - last_run),
    )
    rows = np.empty((len(day), habits.figures.shape[1] + len(columns)), dtype=np.float32)
    rows[:, : habits.figures.shape[1]] = habits.figures[question]
    for place, column in enumerate(columns, start=habits.figures.shape[1]):
        rows[:, place] = column
    return rows
