"""Running sums over events in order: the state of any key as of any day, without a loop.

Events are sorted by key and day once. A question (key, day) is answered from those strictly before
the day, by binary searches, so no answer can hold what came later.
"""

import numpy as np
from numpy.typing import NDArray

Whole = NDArray[np.int64]
Reals = NDArray[np.float64]
Span = tuple[Whole, Whole]

_DAYS = 1 << 22  # room for the day numbers of one key
_SHIFT = 1 << 21  # days before 1970 are negative


class RunningIndex:
    """Events of many keys, each on a day, with values that can be summed as of any day."""

    def __init__(self, keys: Whole, days: Whole) -> None:
        """Sort events.

        Args:
            keys: Key of each event, 0 or more.
            days: Day number of each event.
        """
        marks = keys * _DAYS + days + _SHIFT
        self.order = np.argsort(marks, kind="stable")  # half the time of sorting by two columns
        self.keys, self.days = keys[self.order], days[self.order]
        self._marks = marks[self.order]

    def before(self, keys: Whole, days: Whole) -> Span:
        """First position of each key, and one past its last event before the day.

        A key below 0 has no events.
        """
        first = np.searchsorted(self._marks, keys * _DAYS, side="left")
        last = np.searchsorted(self._marks, keys * _DAYS + days + _SHIFT, side="left")
        return first, np.maximum(first, last)

    def within(self, keys: Whole, days: Whole, back: int) -> Span:
        """The same, of the events of the `back` days before the day only."""
        last = self.before(keys, days)[1]
        first = np.searchsorted(self._marks, keys * _DAYS + days - back + _SHIFT, side="left")
        return np.minimum(first, last), last

    def running(self, values: NDArray) -> "RunningSum":
        """Values of the events, in their original order, to be summed."""
        return RunningSum(values[self.order])

    def latest(self, span: Span, depth: int) -> tuple[Whole, NDArray[np.bool_]]:
        """Positions of the latest events of each span, newest first, and which of them exist."""
        positions = span[1][:, None] - 1 - np.arange(depth)[None, :]
        there = positions >= span[0][:, None]
        return np.where(there, positions, 0), there


class RunningSum:
    """Sums over spans of an index."""

    def __init__(self, values: NDArray) -> None:
        self._sums = np.concatenate([[0.0], np.cumsum(values, dtype=np.float64)])

    def of(self, span: Span) -> Reals:
        """The sum of each span."""
        return self._sums[span[1]] - self._sums[span[0]]
