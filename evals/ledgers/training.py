"""A candidate model: learnt from a ledger, and compared on a rolling back-test of its last months.

The candidate itself has seen the whole ledger, so no part of it can test it. What is tested is how
it was learnt: learnt again each month from what was known by then, and asked about each invoice on
its day of issue, or on the first day of the test where it was open then. The version in use is
asked the same; the test begins no earlier than the day it was learnt, so it has seen no outcome.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from importlib.metadata import version

import numpy as np

from engines.risk.artifact import pack
from engines.risk.calendar_days import day_numbers
from engines.risk.figures import habits_of
from engines.risk.habit_model import from_habits
from engines.risk.habits import HabitBook
from engines.risk.history import Days, InvoiceHistory
from engines.risk.model import FitOptions, Outlook, TimingModel, fit
from engines.risk.thresholds import day_names
from evals.ledgers.replay import Models, Window
from evals.ledgers.risk_scores import Told, scored
from ledger.errors import BadInput
from tools.model_files import BackTest, Learnt, Record, Scores, digest
from tools.risk_models import InUse

LEAST_TESTED = 30
"""Invoices below which a back-test tells nothing."""
_SETTLED = np.timedelta64(7, "D")
_LIBRARIES = ("lightgbm", "numpy")

Tell = Callable[[str], None]
Asked = tuple[InvoiceHistory, Days]


@dataclass(frozen=True, slots=True)
class TrainOptions:
    """How a candidate is learnt and tested.

    Attributes:
        test_days: Days before the day of learning that the back-test covers.
    """

    test_days: int = 90
    fit: FitOptions = field(default_factory=FitOptions)


def train(
    history: InvoiceHistory,
    as_of: date,
    current: InUse | None,
    options: TrainOptions,
    tell: Tell,
) -> tuple[Record, dict[str, bytes]]:
    """Test how a model of this ledger does, then learn one from all that is known before a day.

    Raises:
        BadInput: The ledger holds too little to learn from or to test on.
    """
    known = history.known_before(as_of)
    paid = int((~np.isnat(known.cleared_on)).sum())
    if not paid:
        raise BadInput(
            f"no payment of an invoice is known before {as_of}: there is nothing to learn from; "
            "forecasts go on by terms and habits"
        )
    back_test = compare(known, as_of, current, options, tell)
    model = fit(known, as_of, options=options.fit)
    if model.core.curve is None:
        raise BadInput(
            f"{len(known)} invoices with {paid} payments before {as_of} are too few to learn from; "
            "forecasts go on by terms and habits"
        )
    files = pack(model)
    record = Record(
        as_of=as_of,
        learnt=Learnt(
            first_issued_on=known.issued_on.min().item(),
            last_issued_on=known.issued_on.max().item(),
            invoices=len(known),
            paid=paid,
            accounts=len(np.unique(known.account_id)),
        ),
        back_test=back_test,
        features=_features(known),
        note=model.note,
        code=version("dunwell"),
        libraries={name: version(name) for name in _LIBRARIES},
        files={name: digest(content) for name, content in files.items()},
    )
    return record, files


def compare(
    history: InvoiceHistory,
    as_of: date,
    current: InUse | None,
    options: TrainOptions,
    tell: Tell = lambda _line: None,
) -> BackTest:
    """Ask three models about the same invoices: learnt anew, in use, and none but habits.

    Raises:
        BadInput: Too few open invoices fell due in the time.
    """
    start = as_of - timedelta(days=options.test_days)
    now = current.model if current else None
    if now is not None:
        start = max(start, now.as_of)
    items, asked_on = _questions(history, start, as_of)
    if len(items) < LEAST_TESTED or np.isnat(items.cleared_on).all():
        raise BadInput(
            f"{len(items)} open invoices fell due from {start} to a week before {as_of}: too few "
            f"to compare models on (at least {LEAST_TESTED}, some of them paid); train as of a "
            "later day"
        )
    last = as_of - timedelta(days=1)
    anew = Models(history, Window(start, start, last), options.fit, tell)
    asked = items, asked_on
    return BackTest(
        first_on=start,
        last_on=last,
        invoices=len(items),
        candidate=_judged(anew.on, history, asked, as_of),
        in_use=_judged(lambda _day: now, history, asked, as_of) if now else None,
        in_use_version=current.version.version if current else "",
        no_model=_judged(lambda day: from_habits(history, day), history, asked, as_of),
    )


def _questions(history: InvoiceHistory, start: date, as_of: date) -> Asked:
    """Invoices that fell due in the time, those open then, and the day each is asked about."""
    first, settled = np.datetime64(start, "D"), history.due_on + _SETTLED < np.datetime64(as_of)
    asked_on = np.maximum(history.issued_on, first)
    was_open = np.isnat(history.cleared_on) | (history.cleared_on >= asked_on)
    chosen = np.flatnonzero((history.due_on >= asked_on) & settled & was_open)
    chosen = chosen[np.argsort(asked_on[chosen], kind="stable")]
    return history.take(chosen), asked_on[chosen]


def _judged(
    model_on: Callable[[date], TimingModel],
    history: InvoiceHistory,
    asked: Asked,
    as_of: date,
) -> Scores:
    """Ask about each item on its day, in order; then look what happened."""
    items, asked_on = asked
    outlooks: list[Outlook] = []
    for day in np.unique(asked_on):
        on = day.item()
        of_day = items.take(asked_on == day).without_outcome()
        outlooks.append(model_on(on).outlook(of_day, on, history.known_before(on)))
    told = Told(
        *(np.concatenate([getattr(each, name) for each in outlooks]) for name in Told.__slots__)
    )
    figures = scored(told, items, as_of)
    return {name: None if math.isnan(value) else round(value, 4) for name, value in figures.items()}


def _features(known: InvoiceHistory) -> tuple[str, ...]:
    """Names of the columns trees look at: of the customer's habits, and of the day asked about."""
    one = known.take([0])
    book = HabitBook(known)
    habits = habits_of(book, book.questions(one, day_numbers(one.issued_on)))
    return day_names(habits)
