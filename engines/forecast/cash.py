"""Items with the chance of being paid on each day: what every forecast is added up from."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Protocol, Self

import numpy as np
from numpy.typing import NDArray

from engines.risk.history import InvoiceHistory

Reals = NDArray[np.float64]

_COLUMNS = ("item_id", "account", "currency", "segment", "entity", "amount", "paid")


class Curves(Protocol):
    """The one source of every chance: a fitted timing model, or what stands in for it."""

    def curves(
        self,
        items: InvoiceHistory,
        as_of: date,
        horizon_days: int,
        known: InvoiceHistory | None = None,
    ) -> Reals:
        """Chance of being paid on each day from `as_of`; the last column is all that is later."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class ExpectedItems:
    """Items and when their cash is expected, one per position of the columns.

    Attributes:
        as_of: Day 0 of the curves.
        item_id: Unique text.
        account: Text, as are the next three; empty where it is not known.
        currency: Amounts of different currencies are never added up.
        segment: Of the account.
        entity: Ours, that the item is owed to.
        amount: What is open, in minor units (float64 that holds whole numbers).
        paid: Chance of being paid on day d after `as_of` (items, days + 1); rows sum to 1, the
            last column is all that comes later or never.
    """

    as_of: date
    item_id: NDArray[Any]
    account: NDArray[Any]
    currency: NDArray[Any]
    segment: NDArray[Any]
    entity: NDArray[Any]
    amount: Reals
    paid: Reals

    def __len__(self) -> int:
        return len(self.item_id)

    @property
    def days(self) -> int:
        """Days told one by one."""
        return self.paid.shape[1] - 1

    def take(self, chosen: NDArray[Any] | Sequence[int]) -> Self:
        """The items at positions, or where a mask is true."""
        return replace(self, **{name: getattr(self, name)[chosen] for name in _COLUMNS})

    def with_paid(self, paid: Reals) -> Self:
        """The same items with other curves."""
        return replace(self, paid=paid)

    def joined(self, other: "ExpectedItems") -> Self:
        """These items and others of the same day and length."""
        both = {n: np.concatenate([getattr(self, n), getattr(other, n)]) for n in _COLUMNS}
        return replace(self, **both)

    def expected(self, edges: NDArray[np.int64]) -> Reals:
        """Expected cash between edges of days (bins): the plain sum of amount times chance."""
        return self.amount @ chances(self.paid, edges)


def expect(
    model: Curves,
    items: InvoiceHistory,
    as_of: date,
    days: int,
    known: InvoiceHistory | None = None,
    *,
    segment: NDArray[Any] | None = None,
    entity: NDArray[Any] | None = None,
) -> ExpectedItems:
    """Ask the timing model when items will be paid.

    Args:
        model: The one source of every chance.
        items: Open items, or invoices still to be issued; outcomes are not looked at.
        as_of: The day it is asked.
        days: Days of the horizon.
        known: What customers' habits are taken from.
        segment: Of each item, if known.
        entity: Of each item, if known.
    """
    blank = np.full(len(items), "")
    paid = model.curves(items.without_outcome(), as_of, days, known)
    return ExpectedItems(
        as_of,
        items.invoice_id,
        items.account_id,
        items.currency,
        blank if segment is None else segment,
        blank if entity is None else entity,
        items.amount.astype(np.float64),
        paid,
    )


def expect_alike(
    model: Curves,
    items: InvoiceHistory,
    as_of: date,
    days: int,
    known: InvoiceHistory | None = None,
) -> ExpectedItems:
    """As `expect`, asking once for all invoices of one account, currency, issue and due date.

    For invoices that are many and only assumed; they are asked about at their mean amount.
    """
    names = ("account_id", "currency", "issued_on", "due_on")
    codes = [np.unique(getattr(items, name), return_inverse=True)[1] for name in names]
    _, first, alike = np.unique(
        np.stack(codes, axis=1), axis=0, return_index=True, return_inverse=True
    )
    alike = alike.reshape(-1)
    mean = np.bincount(alike, items.amount) / np.maximum(np.bincount(alike), 1)
    asked = replace(items.take(first), amount=np.rint(mean).astype(np.int64))
    found = expect(model, asked, as_of, days, known)
    return replace(
        found.take(alike), item_id=items.invoice_id, amount=items.amount.astype(np.float64)
    )


def chances(paid: Reals, edges: NDArray[np.int64]) -> Reals:
    """Chance of each item being paid in each bin: days from an edge up to the next."""
    until = np.concatenate([np.zeros((len(paid), 1)), np.cumsum(paid, axis=1)], axis=1)
    return np.diff(until[:, edges], axis=1)


def week_edges(as_of: date, weeks: int) -> NDArray[np.int64]:
    """Edges of calendar weeks in days from `as_of`; the first holds what is left of this week."""
    first = 7 - as_of.weekday()
    return np.concatenate([[0], first + 7 * np.arange(weeks)]).astype(np.int64)


def day_edges(days: int) -> NDArray[np.int64]:
    """Edges of single days."""
    return np.arange(days + 1, dtype=np.int64)


def monday(day: date) -> date:
    """The Monday of a day's week."""
    return day - timedelta(days=day.weekday())
