"""The cash that came, by currency and day, summed up so that any week of any forecast is one read.

A year of weekly forecasts asks about some thousand weeks; adding each up from the rows took longer
than everything else on a page.
"""

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Any

from ledger.queries.cash_history import cash_on_invoices, cash_received

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Whole = NDArray[np.int64]


class CashCame:
    """Cash received from one day to another.

    Args:
        session: Of the ledger.
        first: The first day that is asked about.
        last: The last one.
    """

    def __init__(self, session: Any, first: date, last: date) -> None:
        self._first = first.toordinal()
        self._length = max(0, last.toordinal() - self._first + 1)
        received = (
            (coin, day.isoformat(), day.isoformat(), minor)
            for coin, day, minor in cash_received(session, first, last)
        )
        self._received = self._columns(received)
        self._on_invoices = self._columns(cash_on_invoices(session, first, last))

    def received(self, currency: str) -> list[int]:
        """All of a currency, summed up day by day."""
        return self._sums(self._received.get(currency), None)

    def on_invoices(self, currency: str, last_issue: date) -> list[int]:
        """What came on invoices issued until a day, summed up day by day."""
        return self._sums(self._on_invoices.get(currency), last_issue)

    def between(self, sums: list[int], start: date, end: date) -> int:
        """What came from one day to the day before another, by such sums."""
        begin, over = (
            min(max(day.toordinal() - self._first, 0), self._length) for day in (start, end)
        )
        return sums[over] - sums[begin] if over > begin else 0

    def _columns(
        self, rows: Iterable[tuple[str, str, str, int]]
    ) -> "dict[str, tuple[Whole, Whole, Whole]]":
        import numpy as np

        numbers = _Numbers()
        found: dict[str, list[tuple[int, int, int]]] = {}
        for coin, day, issued_on, minor in rows:
            found.setdefault(coin, []).append((numbers[day], numbers[issued_on], minor))
        columns = {}
        for coin, each in found.items():
            day, issued, minor = np.array(each, dtype=np.int64).T
            columns[coin] = day - self._first, issued, minor
        return columns

    def _sums(
        self, columns: "tuple[Whole, Whole, Whole] | None", last_issue: date | None
    ) -> list[int]:
        import numpy as np

        days = np.zeros(self._length + 1, dtype=np.int64)
        if columns is not None:
            place, issued, minor = columns
            kept = slice(None) if last_issue is None else issued <= last_issue.toordinal()
            np.add.at(days, place[kept] + 1, minor[kept])
        return days.cumsum().tolist()


class _Numbers(dict[str, int]):
    """Day numbers of ISO text; the same few hundred days come again and again."""

    def __missing__(self, day: str) -> int:
        number = date.fromisoformat(day).toordinal()
        self[day] = number
        return number
