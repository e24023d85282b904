"""What stands beside the engine: plain methods, each given the same past and nothing more."""

from datetime import date

import numpy as np
from numpy.typing import NDArray

from engines.risk.calendar_days import day_numbers, days_of_month, weekdays
from engines.risk.habits import HabitBook, Questions
from engines.risk.history import InvoiceHistory
from evals.ledgers.risk_scores import Told

Reals = NDArray[np.float64]
METHODS = ("due date", "roll rate", "customer mean", "HistGradientBoosting")


def baselines(history: InvoiceHistory, items: InvoiceHistory, train_until: date) -> dict[str, Told]:
    """What each plain method would have told of items at issue."""
    known = history.known_before(train_until)
    book = HabitBook(history)  # asked as of each item's issue, so it tells of the past alone
    asked = book.questions(items, day_numbers(items.issued_on))
    return dict(
        zip(
            METHODS,
            (
                _due_date(items),
                _roll_rate(known, items),
                _customer_mean(book, asked),
                _boosted(known, book, asked),
            ),
            strict=True,
        )
    )


def _nothing(items: InvoiceHistory | Questions) -> Reals:
    return np.full(len(items), np.nan)


def _due_date(items: InvoiceHistory) -> Told:
    """All is paid when it is due."""
    none, zero = _nothing(items), np.zeros(len(items))
    return Told(none, none, none, zero, none)


def _roll_rate(known: InvoiceHistory, items: InvoiceHistory) -> Told:
    """The shares of the whole ledger that rolled past due and past 7 days, alike for all."""
    late = known.days_late[~np.isnan(known.days_late)]
    rates = [np.full(len(items), float(np.mean(late > days))) for days in (0, 7)]
    quantiles = [np.full(len(items), float(np.quantile(late, q))) for q in (0.1, 0.5, 0.9)]
    return Told(*rates, *quantiles)


def _customer_mean(book: HabitBook, asked: Questions) -> Told:
    """The customer's own mean of days late and shares of late, over its payments so far."""
    span = book.paid.before(asked.account, asked.asked)
    zero = np.zeros(len(asked), dtype=np.int64)
    everyone = book.by_all.before(zero, asked.asked)
    count, all_count = span[1] - span[0], np.maximum(everyone[1] - everyone[0], 1)
    overall = book.all_sums[0].of(everyone) / all_count
    overall_mean = book.all_sums[1].of(everyone) / all_count
    late = (book.sums[0].of(span) + overall) / (count + 1)
    late7 = (book.sums[1].of(span) + 0.07) / (count + 1)
    mean = (book.sums[2].of(span) + overall_mean) / (count + 1)
    return Told(late, late7, _nothing(asked), np.round(mean), _nothing(asked))


def _boosted(known: InvoiceHistory, book: HabitBook, asked: Questions) -> Told:
    """HistGradientBoosting on amount, terms, calendar and the customer's means so far."""
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

    paid = ~np.isnat(known.cleared_on)
    learnt = known.take(paid)
    past = book.questions(learnt, day_numbers(learnt.issued_on))
    rows, wanted, late = _simple(book, past), _simple(book, asked), learnt.days_late
    chances = []
    for days in (0, 7):
        model = HistGradientBoostingClassifier(random_state=1).fit(rows, late > days)
        chances.append(model.predict_proba(wanted)[:, 1])
    quantiles = []
    for level in (0.1, 0.5, 0.9):
        model = HistGradientBoostingRegressor(loss="quantile", quantile=level, random_state=1)
        quantiles.append(np.round(model.fit(rows, late).predict(wanted)))
    return Told(*chances, *quantiles)


def _simple(book: HabitBook, asked: Questions) -> Reals:
    span = book.paid.before(asked.account, asked.asked)
    count = span[1] - span[0]
    means = [total.of(span) / np.maximum(count, 1) for total in book.sums]
    return np.column_stack(
        [
            asked.amount,
            asked.terms,
            asked.due - asked.issued,
            weekdays(asked.due),
            days_of_month(asked.due),
            count,
            *(np.where(count > 0, mean, np.nan) for mean in means),
        ]
    ).astype(np.float64)
