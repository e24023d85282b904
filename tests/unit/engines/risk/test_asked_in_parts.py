"""What makes a night cheaper changes no answer: fewer figures, items in parts, nothing copied."""

from datetime import date, timedelta

import numpy as np
import pytest

from engines.risk import model as timing
from engines.risk.calendar_days import day_numbers
from engines.risk.figures import habits_of
from engines.risk.habit_model import from_habits
from engines.risk.habits import HabitBook
from engines.risk.history import InvoiceHistory

AS_OF = date(2025, 6, 2)


def history(count: int = 400, seed: int = 3) -> InvoiceHistory:
    """Invoices of 30 accounts over two years, one in five still open."""
    rng = np.random.default_rng(seed)
    issued = np.datetime64(AS_OF, "D") - rng.integers(5, 700, count)
    due = issued + rng.choice([14, 30, 60], count)
    cleared = due + rng.integers(-5, 40, count)
    cleared[rng.random(count) < 0.2] = np.datetime64("NaT")
    cleared[cleared >= np.datetime64(AS_OF, "D")] = np.datetime64("NaT")
    return InvoiceHistory(
        np.array([f"inv_{n}" for n in range(count)]),
        np.array([f"acc_{n}" for n in rng.integers(0, 30, count)]),
        rng.integers(1_000, 900_000, count),
        np.full(count, "EUR"),
        issued,
        due,
        cleared,
        (due - issued).astype(np.float64),
    )


def test_without_figures__the_rest_is_the_same() -> None:
    known = history()
    book, items = HabitBook(known), known.open_on(AS_OF)
    today = np.full(len(items), int(day_numbers(np.array([AS_OF], "datetime64[D]"))[0]))
    asked = book.questions(items, today)
    whole, part = habits_of(book, asked), habits_of(book, asked, named=False)
    for name in ("hazard", "reach", "weekday", "month_day", "last_run", "payments"):
        np.testing.assert_array_equal(getattr(whole, name), getattr(part, name))


def test_a_few_items_at_a_time__the_same_curves(monkeypatch: pytest.MonkeyPatch) -> None:
    known = history()
    items, model = known.open_on(AS_OF), from_habits(known, AS_OF)
    together = model.curves(items, AS_OF, 60, known)
    monkeypatch.setattr(timing, "_ITEMS_AT_ONCE", 7)
    np.testing.assert_array_equal(model.curves(items, AS_OF, 60, known), together)


def test_nothing_later_than_the_day__is_not_copied_and_else_is_cut() -> None:
    known = history()
    assert known.known_before(AS_OF) is known
    earlier = known.known_before(AS_OF - timedelta(days=200))
    assert len(earlier) < len(known)
    day = np.datetime64(AS_OF - timedelta(days=200), "D")
    assert not (earlier.cleared_on >= day).any()
