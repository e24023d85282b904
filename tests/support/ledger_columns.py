"""Ledgers in columns for the tests of forecasts, and a timing model anyone can follow."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np

from engines.forecast.cash import ExpectedItems
from engines.risk.history import NEVER, InvoiceHistory

Row = tuple[str, int, date, date, date | None]
"""Account, amount in minor units, issued, due, cleared."""


def ledger(rows: Sequence[Row]) -> InvoiceHistory:
    """A ledger of rows; invoices are numbered in their order."""
    count = len(rows)
    cleared = [row[4] for row in rows]
    return InvoiceHistory(
        np.array([f"i{n}" for n in range(count)], dtype=str),
        np.array([row[0] for row in rows], dtype=str),
        np.array([row[1] for row in rows], dtype=np.int64),
        np.full(count, "EUR"),
        np.array([row[2] for row in rows], dtype="datetime64[D]"),
        np.array([row[3] for row in rows], dtype="datetime64[D]"),
        np.array([NEVER if day is None else np.datetime64(day) for day in cleared]).astype(
            "datetime64[D]"
        ),
        np.array([float((row[3] - row[2]).days) for row in rows]),
    )


def weekly_ledger(
    weeks: int, seed: int = 1, first: date = date(2024, 1, 1), customers: int = 10
) -> InvoiceHistory:
    """Customers billed every working day at 14 days, each late in its own way."""
    rng = np.random.default_rng(seed)
    rows: list[Row] = []
    for week in range(weeks):
        for weekday in range(5):
            for customer in range(customers):
                issued = first + timedelta(weeks=week, days=weekday)
                due = issued + timedelta(days=14)
                late = int(rng.integers(customer - 4, customer + 4))
                cleared = due + timedelta(days=late)
                cleared += timedelta(
                    days=max(0, 7 - cleared.weekday()) if cleared.weekday() > 4 else 0
                )
                amount = int(rng.integers(50_000, 150_000))
                rows.append((f"c{customer}", amount, issued, due, cleared))
    return ledger(rows)


def expected_items(
    paid: Sequence[Sequence[float]],
    amount: Sequence[int],
    as_of: date = date(2024, 6, 3),
    account: Sequence[str] | None = None,
    currency: str = "EUR",
) -> ExpectedItems:
    """Items with given curves; every item has an account of its own unless told."""
    count = len(amount)
    names = np.array([f"i{n}" for n in range(count)])
    return ExpectedItems(
        as_of,
        names,
        np.array([f"a{n}" for n in range(count)] if account is None else account),
        np.full(count, currency),
        np.full(count, ""),
        np.full(count, ""),
        np.array(amount, dtype=np.float64),
        np.array(paid, dtype=np.float64).reshape(count, -1 if count else 22),
    )


def labelled(items: ExpectedItems, segment: Sequence[str], entity: Sequence[str]) -> ExpectedItems:
    """The same items with segments and entities."""
    return replace(items, segment=np.array(segment), entity=np.array(entity))


@dataclass(frozen=True, slots=True)
class SameDelays:
    """Every customer pays as many days late as its known invoices were, each as likely."""

    usual: int = 3

    def curves(
        self,
        items: InvoiceHistory,
        as_of: date,
        horizon_days: int,
        known: InvoiceHistory | None = None,
    ) -> np.ndarray:
        """Shares of past delays that are still possible."""
        today = np.datetime64(as_of, "D")
        paid = np.zeros((len(items), horizon_days + 1))
        seen = InvoiceHistory.empty() if known is None else known.known_before(as_of)
        late = seen.days_late
        for row in range(len(items)):
            own = late[(seen.account_id == items.account_id[row]) & ~np.isnan(late)]
            own = own if len(own) else np.array([float(self.usual)])
            begin = max(0, int((items.issued_on[row] - today).astype(int)))
            day = int((items.due_on[row] - today).astype(int)) + own.astype(int)
            day = day[day >= begin] if (day >= begin).any() else np.array([begin + 7])
            np.add.at(paid[row], np.minimum(day, horizon_days), 1 / len(day))
        return paid
