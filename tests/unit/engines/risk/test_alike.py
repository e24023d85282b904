"""Payments of invoices alike are told as of a day, whoever else paid what."""

from datetime import date, timedelta

import numpy as np

from engines.risk.calendar_days import day_numbers
from engines.risk.habits import HabitBook
from engines.risk.history import InvoiceHistory
from tests.support.ledger_columns import Row, ledger

ASKED = date(2024, 8, 1)


def two_amounts() -> InvoiceHistory:
    """Every other invoice is of 80.00 and late; those of 500.00 are paid when they are due."""
    rows: list[Row] = []
    for week in range(20):
        issued = date(2024, 2, 1) + timedelta(weeks=week)
        due = issued + timedelta(days=14)
        late = week % 2 == 0
        amount = 8_000 if late else 50_000
        rows.append(("a", amount, issued, due, due + timedelta(days=5 if late else 0)))
        rows.append(("b", 8_000, issued, due, due))
    return ledger(rows)


def asked_about(history: InvoiceHistory, account: str, amount: int, on: date = ASKED) -> dict:
    due = on + timedelta(days=14)
    items = ledger([(account, amount, on, due, None)])
    book = HabitBook(history.known_before(on))
    asked = book.questions(items, day_numbers(items.issued_on))
    usual = np.array([0.5])
    told = book.alike.figures(
        asked.account, asked.asked, asked.issued, asked.due, asked.amount, usual
    )
    return {name: values[0] for name, values in told.items()}


class TestAlike:
    def test_same_amount__its_own_share_and_not_that_of_others(self) -> None:
        small, large = (asked_about(two_amounts(), "a", cents) for cents in (8_000, 50_000))
        assert small["alike_equal_late"] > 0.85 > 0.15 > large["alike_equal_late"]
        assert small["alike_equal_mean"] == 5
        assert large["alike_equal_payments"] == 10
        assert asked_about(two_amounts(), "b", 8_000)["alike_equal_late"] < 0.2

    def test_about_that_amount__the_neighbours_tell(self) -> None:
        found = asked_about(two_amounts(), "a", 8_090)
        assert found["alike_equal_payments"] == 0
        assert found["alike_near_late"] > 0.7
        assert found["alike_equal_late"] == found["alike_near_late"]

    def test_new_account__nothing_but_the_usual(self) -> None:
        found = asked_about(two_amounts(), "new", 8_000)
        assert found["alike_equal_late"] == found["alike_month_day_late"] == 0.5
        assert not any(value for name, value in found.items() if name.endswith("payments"))

    def test_invoices_due_together__those_paid_already_are_counted(self) -> None:
        on, due = date(2024, 3, 20), date(2024, 3, 29)
        issued = date(2024, 3, 1)
        rows: list[Row] = [("c", 100 + n, issued, due, date(2024, 3, 10 + 5 * n)) for n in range(4)]
        items = ledger([("c", 7_000, issued, due, None)])
        book = HabitBook(ledger(rows).known_before(on))
        asked = book.questions(items, np.array([np.datetime64(on).astype(np.int64)]))
        told = book.alike.figures(
            asked.account, asked.asked, asked.issued, asked.due, asked.amount, np.array([0.5])
        )
        # On the day itself nothing of the day is known: two of four were paid before it.
        assert (told["due_day_issued"][0], told["due_day_paid"][0]) == (4, 2)
        assert told["due_week_paid_share"][0] == 0.5
