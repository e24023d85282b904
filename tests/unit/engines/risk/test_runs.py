"""Customers who pay on a calendar of their own."""

from datetime import date, timedelta

import numpy as np
import pytest

from engines.risk.history import InvoiceHistory
from engines.risk.runs import payment_runs, with_runs
from tests.support.ledger_columns import Row, SameDelays, ledger

AS_OF = date(2024, 8, 19)
FRIDAYS = [
    date(2024, 2, 2), date(2024, 3, 1), date(2024, 3, 29), date(2024, 5, 3), date(2024, 5, 31),
    date(2024, 6, 28), date(2024, 8, 2), date(2024, 8, 30), date(2024, 9, 27), date(2024, 11, 1),
]  # fmt: skip
"""Fridays nearest to the ends of months."""


def monthly(name: str = "m", second: bool = True) -> InvoiceHistory:
    """Two invoices a week; the second Friday run on or after the due date pays."""
    rows: list[Row] = []
    day = date(2024, 1, 3)
    while day < date(2024, 9, 24):
        due = day + timedelta(days=2)
        runs = [each for each in FRIDAYS if each >= due]
        rows.append((name, 1000, day, due, runs[1 if second else 0]))
        day += timedelta(days=4)
    return ledger(rows)


def weekly() -> InvoiceHistory:
    rows: list[Row] = []
    for week in range(40):
        issued = date(2024, 1, 1) + timedelta(weeks=week)
        rows.append(("w", 1000, issued, issued + timedelta(days=7), issued + timedelta(days=11)))
    return ledger(rows)


class TestPaymentRuns:
    def test_runs_near_ends_of_months__the_calendar_is_found(self) -> None:
        found = payment_runs(monthly().known_before(AS_OF), AS_OF, 91)["m"]
        assert found.rule == "Friday nearest to the end of the month"
        ahead = found.days[found.days >= np.datetime64(AS_OF).astype(int)][:3]
        assert ahead.astype("datetime64[D]").astype(date).tolist() == FRIDAYS[7:10]

    def test_every_friday__is_a_weekday_the_model_knows(self) -> None:
        assert payment_runs(weekly().known_before(AS_OF), AS_OF, 91) == {}

    def test_paid_on_any_day__no_calendar(self) -> None:
        rng = np.random.default_rng(1)
        rows: list[Row] = []
        for number in range(120):
            issued = date(2024, 1, 1) + timedelta(days=int(rng.integers(0, 200)))
            cleared = issued + timedelta(days=int(rng.integers(5, 40)))
            rows.append((f"r{number % 4}", 1000, issued, issued, cleared))
        assert payment_runs(ledger(rows).known_before(AS_OF), AS_OF, 91) == {}

    def test_a_run_that_did_not_come__the_calendar_is_doubted(self) -> None:
        book = monthly()
        late = np.datetime64("2024-06-28")
        moved = np.where(book.cleared_on == late, np.datetime64("2024-07-10"), book.cleared_on)
        again = np.where(
            book.cleared_on == np.datetime64("2024-08-02"), np.datetime64("2024-08-07"), moved
        )
        assert payment_runs(book.with_cleared(again).known_before(AS_OF), AS_OF, 91) == {}

    def test_nothing_known__nothing_is_found(self) -> None:
        assert payment_runs(InvoiceHistory.empty(), AS_OF, 91) == {}


def on_runs(items: InvoiceHistory, known: InvoiceHistory) -> np.ndarray:
    """Chance of each day, of items of customers that may keep a calendar."""
    plain = SameDelays().curves(items, AS_OF, 91, known).cumsum(axis=1)[:, :91]
    runs = payment_runs(known, AS_OF, 91)
    return np.diff(with_runs(plain, items, runs, AS_OF), prepend=0.0, append=1.0, axis=1)


class TestWithRuns:
    @pytest.mark.parametrize("second", [True, False])
    def test_customer_on_a_calendar__its_items_are_paid_in_the_run_that_takes_them(
        self, second: bool
    ) -> None:
        book = monthly(second=second)
        known = book.known_before(AS_OF)
        items = book.open_on(AS_OF)
        paid = on_runs(items, known)
        assert paid.sum(axis=1) == pytest.approx(np.ones(len(items)))
        truth = book.take(np.isin(book.invoice_id, items.invoice_id)).cleared_on
        day = (truth - np.datetime64(AS_OF)).astype(int)
        assert (paid[np.arange(len(items)), day] > 0.7).mean() >= 0.9

    def test_invoice_not_issued_yet__is_in_no_run_before(self) -> None:
        book = monthly()
        later = book.issued_between(date(2024, 9, 1), date(2024, 9, 30)).without_outcome()
        paid = on_runs(later, book.known_before(AS_OF))
        begin = (later.issued_on - np.datetime64(AS_OF)).astype(int)
        assert all(row[:first].sum() == 0 for row, first in zip(paid, begin, strict=True))

    def test_other_customers__keep_the_curves_of_the_model(self) -> None:
        book = weekly()
        items = book.open_on(AS_OF)
        known = book.known_before(AS_OF)
        plain = SameDelays().curves(items, AS_OF, 91, known)
        assert on_runs(items, known) == pytest.approx(plain)
