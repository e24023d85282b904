"""Invoices in columns, and what of them was known on a day."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

Days = NDArray[np.datetime64]
NEVER = np.datetime64("NaT", "D")


@dataclass(frozen=True, slots=True, eq=False)
class InvoiceHistory:
    """Invoices of equal standing, one per position of the columns.

    Attributes:
        invoice_id: Text, unique where the caller needs it to be.
        account_id: Text.
        amount: Whole invoice, in minor units of `currency` (int64).
        currency: ISO 4217 code, or empty where it is not known.
        issued_on: datetime64[D].
        due_on: datetime64[D].
        cleared_on: datetime64[D]; NaT while it is open.
        terms_days: Days of the terms, NaN where they are not known (float64).
    """

    invoice_id: NDArray[Any]
    account_id: NDArray[Any]
    amount: NDArray[np.int64]
    currency: NDArray[Any]
    issued_on: Days
    due_on: Days
    cleared_on: Days
    terms_days: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.invoice_id)

    @classmethod
    def empty(cls) -> Self:
        """A ledger nothing was ever entered in."""
        text, days = np.array([], dtype=str), np.array([], dtype="datetime64[D]")
        whole, real = np.array([], dtype=np.int64), np.array([], dtype=np.float64)
        return cls(text, text, whole, text, days, days, days, real)

    def take(self, chosen: NDArray[Any] | Sequence[int]) -> Self:
        """The invoices at positions, or where a mask is true."""
        return type(self)(*(getattr(self, each.name)[chosen] for each in fields(self)))

    def known_before(self, as_of: date | np.datetime64) -> Self:
        """What was known at the start of a day: the only door from a file to a prediction.

        Invoices issued on the day or later are not there, and a payment cleared on the day or
        later has not happened.
        """
        day = np.datetime64(as_of, "D")
        if (self.issued_on < day).all() and not (self.cleared_on >= day).any():
            return self
        before = self.take(self.issued_on < day)
        cleared = np.where(before.cleared_on < day, before.cleared_on, NEVER)
        return before.with_cleared(cleared)

    def open_on(self, as_of: date | np.datetime64) -> Self:
        """Invoices issued before a day and not cleared before it, without their outcome."""
        known = self.known_before(as_of)
        return known.take(np.isnat(known.cleared_on))

    def issued_between(self, first: date | np.datetime64, last: date | np.datetime64) -> Self:
        """Invoices issued from one day to another, both included."""
        days = np.datetime64(first, "D"), np.datetime64(last, "D")
        return self.take((self.issued_on >= days[0]) & (self.issued_on <= days[1]))

    def with_cleared(self, cleared_on: Days) -> Self:
        """The same invoices with other clearing dates."""
        kept = [getattr(self, each.name) for each in fields(self) if each.name != "cleared_on"]
        return type(self)(*kept[:6], cleared_on, *kept[6:])

    def without_outcome(self) -> Self:
        """The same invoices, as if none of them was ever paid."""
        return self.with_cleared(np.full(len(self), NEVER))

    @property
    def days_late(self) -> NDArray[np.float64]:
        """Clearing date less due date; negative is early, NaN is open."""
        late = (self.cleared_on - self.due_on).astype("timedelta64[D]")
        return np.where(np.isnat(late), np.nan, late.astype(np.float64))
