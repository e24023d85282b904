"""A look at the values of columns, to tell whether a name fits what stands below it."""

from collections.abc import Sequence

from adapters.spreadsheets.amounts import NotAnAmount, take_apart
from adapters.spreadsheets.cells import cell_text, is_blank
from adapters.spreadsheets.dates import is_blank_date, looks_like_date
from adapters.spreadsheets.grid import Row

_SAMPLE_ROWS = 500


class Samples:
    """The first rows by column, to look at the shape of values."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self._rows = [row.cells for row in rows[:_SAMPLE_ROWS] if len(row.cells) > 1]
        # Section and total lines hold one or two values and say nothing about a column.
        self._items = [
            index
            for index, cells in enumerate(self._rows)
            if sum(not is_blank(cell) for cell in cells) > 2
        ]
        self._columns: dict[int, list[str]] = {}

    def column(self, at: int) -> list[str]:
        """The cells of one column as text."""
        if at not in self._columns:
            self._columns[at] = [
                cell_text(cells[at]) if at < len(cells) else "" for cells in self._rows
            ]
        return self._columns[at]

    def coverage(self, at: int) -> float:
        """Share of rows with a value, among rows that hold several values."""
        if not self._items:
            return 1.0
        column = self.column(at)
        return sum(bool(column[index]) for index in self._items) / len(self._items)

    def fits(self, at: int, shape: str) -> bool:
        """Whether half of the values have the shape a field needs; blanks say nothing."""
        check = {"date": _date_shaped, "amount": _amount_shaped}.get(shape)
        cells = [cell for cell in self.column(at) if cell]
        if check is None or not cells:
            return True
        return sum(check(cell) for cell in cells) * 2 >= len(cells)


def _date_shaped(cell: str) -> bool:
    return is_blank_date(cell) or looks_like_date(cell)


def _amount_shaped(cell: str) -> bool:
    try:
        take_apart(cell)
    except NotAnAmount:
        return False
    return not ("-" in cell[1:-1] and looks_like_date(cell))
