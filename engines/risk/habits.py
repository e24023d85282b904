"""The ledger indexed, so that habits of customers can be asked for as of any day.

Everything told of a day comes from invoices issued before it and payments cleared strictly before
it; an invoice that was paid before it was issued is known once it is issued.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from engines.risk.alike import Alike
from engines.risk.calendar_days import Whole, day_numbers, weekdays
from engines.risk.history import InvoiceHistory
from engines.risk.running import RunningIndex, Span

Reals = NDArray[np.float64]

EARLIEST, LATEST = -30, 60
"""Days late a histogram tells apart; what lies outside counts as the outermost."""
BINS = LATEST - EARLIEST + 1
_SEGMENT_EDGES = np.array([1, 8, 15, 22, 31, 46, 61, 91])
SEGMENTS = len(_SEGMENT_EDGES) + 1
ALL = SEGMENTS
"""Row of a segment table that holds every customer."""
_CLIP = -45, 90


def bin_of(days_late: NDArray) -> Whole:
    """Column of a histogram."""
    return (np.clip(days_late, EARLIEST, LATEST) - EARLIEST).astype(np.int64)


def clipped(days_late: NDArray) -> Reals:
    """Days late with what is far out drawn in, so that one invoice does not move a mean."""
    return np.clip(days_late, *_CLIP).astype(np.float64)


def segments(terms: NDArray, given_days: NDArray) -> Whole:
    """The segment of terms: customers with like terms pay alike until they show otherwise."""
    known = np.where(np.isnan(terms), given_days, terms)
    return np.digitize(known, _SEGMENT_EDGES).astype(np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class Questions:
    """Items as of a day each; the items need not be in the ledger.

    Attributes:
        account: Code of the account in the book, -1 where it is new.
        asked: Day number of the question.
        amount: Logarithm of the amount.
    """

    account: Whole
    asked: Whole
    issued: Whole
    due: Whole
    amount: Reals
    terms: Reals

    def __len__(self) -> int:
        return len(self.asked)

    def part(self, chosen: slice | NDArray) -> "Questions":
        """Some of them."""
        return Questions(
            self.account[chosen],
            self.asked[chosen],
            self.issued[chosen],
            self.due[chosen],
            self.amount[chosen],
            self.terms[chosen],
        )


class HabitBook:
    """Issues, due dates, payments and payment runs of every account, in order."""

    def __init__(self, known: InvoiceHistory) -> None:
        """Index invoices; what was not known on a day is not told as of that day."""
        self._names, codes = np.unique(known.account_id, return_inverse=True)
        codes = codes.astype(np.int64).reshape(-1)
        issued, due = day_numbers(known.issued_on), day_numbers(known.due_on)
        cleared = day_numbers(known.cleared_on)
        paid = ~np.isnat(known.cleared_on)
        amount = _log_amount(known.amount)
        self.issues = RunningIndex(codes, issued)
        self.issued_amount = self.issues.running(amount)
        self.falls_due = RunningIndex(codes, np.maximum(due, issued))
        self.falls_due_on = self.falls_due.running(due)
        self._for_alike = codes, issued, due, cleared, amount
        columns = (codes, issued, due, cleared, amount, known.terms_days)
        self._index_payments(*(each[paid] for each in columns))

    @cached_property
    def alike(self) -> Alike:
        """Payments of invoices alike; only trees ask, so it is built when first asked."""
        return Alike(*self._for_alike)

    def _index_payments(
        self,
        codes: Whole,
        issued: Whole,
        due: Whole,
        cleared: Whole,
        amount: Reals,
        terms: Reals,
    ) -> None:
        late, seen = (cleared - due).astype(np.float64), np.maximum(cleared, issued)
        drawn_in, was_late = clipped(late), (late > 0).astype(np.float64)
        self.paid = RunningIndex(codes, seen)
        order = self.paid.order
        self.late, self.due, self.issued = late[order], due[order], issued[order]
        self.amount = amount[order]
        sums = (was_late, late > 7, drawn_in, drawn_in**2, np.clip(cleared - issued, 0, 180))
        self.sums = tuple(self.paid.running(each) for each in sums)
        overdue = RunningIndex(codes, np.maximum(due, seen))
        self.paid_past_due, self.paid_past_due_on = overdue, overdue.running(due)
        self.same_weekday = RunningIndex(codes * 7 + weekdays(due), seen)
        self.same_weekday_sums = tuple(
            self.same_weekday.running(each) for each in (was_late, drawn_in)
        )
        self.furthest_due = _running_maximum(self.paid.keys, self.due)
        # A payment run is a day on which the customer paid at all.
        first = np.ones(len(order), dtype=bool)
        first[1:] = (np.diff(self.paid.keys) != 0) | (np.diff(self.paid.days) != 0)
        self.runs = RunningIndex(self.paid.keys[first], self.paid.days[first])
        segment = segments(terms, due - issued)
        self.by_segment = RunningIndex(segment, seen)
        self.segment_late = self.by_segment.running(was_late)
        self.by_all = RunningIndex(np.zeros_like(codes), seen)
        self.all_sums = tuple(self.by_all.running(each) for each in (was_late, drawn_in))
        self.lateness_of = SegmentDays(segment, seen, bin_of(late), BINS)
        self.weekday_of = SegmentDays(segment, seen, weekdays(cleared), 7)

    def questions(self, items: InvoiceHistory, asked: Whole) -> Questions:
        """Items as of a day each, in the terms of this book."""
        return Questions(
            self._codes(items.account_id),
            asked,
            day_numbers(items.issued_on),
            day_numbers(items.due_on),
            _log_amount(items.amount),
            items.terms_days,
        )

    def _codes(self, account_id: NDArray) -> Whole:
        if not len(self._names):
            return np.full(len(account_id), -1, dtype=np.int64)
        found = np.minimum(np.searchsorted(self._names, account_id), len(self._names) - 1)
        return np.where(self._names[found] == account_id, found, -1).astype(np.int64)

    def spaced(self, asked: Questions, span: Span, days: int, depth: int) -> tuple[Whole, NDArray]:
        """Positions of payments, newest first, thinned so that `depth` of them reach `days` back.

        Thinned, because the newest payments of a large customer are one or two payment runs.
        """
        recent = self.paid.within(asked.account, asked.asked, days)
        step = np.maximum(1, -(-(recent[1] - recent[0]) // depth))
        positions = span[1][:, None] - 1 - np.arange(depth)[None, :] * step[:, None]
        there = positions >= span[0][:, None]
        return np.where(there, positions, 0), there


class SegmentDays:
    """Counts of payments per segment, day and column, summed up so that any stretch is one read."""

    def __init__(self, segment: Whole, days: Whole, column: Whole, columns: int) -> None:
        self._first = int(days.min()) if len(days) else 0
        length = int(days.max()) - self._first + 2 if len(days) else 1
        counts = np.zeros((SEGMENTS + 1, length, columns), dtype=np.float32)
        np.add.at(counts, (segment, days - self._first + 1, column), 1.0)
        counts[ALL] = counts[:ALL].sum(axis=0)
        self._sums = counts.cumsum(axis=1)

    def before(self, segment: Whole | int, days: Whole, back: int = 200) -> NDArray[np.float32]:
        """Counts of the stretch that ends the day before."""
        last = self._sums.shape[1] - 1
        until = np.clip(days - self._first, 0, last)
        since = np.clip(days - back - self._first, 0, last)
        return self._sums[segment, until] - self._sums[segment, since]


def _log_amount(minor: NDArray[np.int64]) -> Reals:
    return np.log1p(np.abs(minor) / 100.0)


def _running_maximum(keys: Whole, values: Whole) -> Whole:
    """The largest value so far of each key, of events sorted by key."""
    room = 1 << 22
    return np.maximum.accumulate(keys * room + values) - keys * room if len(keys) else values
