"""The shape of a report: title block, header, sections, rows, totals, footer."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from adapters.spreadsheets.amounts import NotAnAmount, known_currency, take_apart
from adapters.spreadsheets.cells import cell_text, is_blank
from adapters.spreadsheets.dates import NotADate, looks_like_date, parse_date
from adapters.spreadsheets.grid import Cell, Grid, Row, Sheet
from adapters.spreadsheets.mapping import ColumnMapping
from adapters.spreadsheets.thesaurus import BUCKETS, FIELDS, total_scope, word_key

_HEADER_WITHIN = 100
_RULE = re.compile(r"[-=_*+|\s]+")
_AS_OF = re.compile(r"(?i)(?:as (?:of|at)|stand(?: vom)?|stichtag|zum|au|al|per):?\s+(.+)")
_MONEY_FIELDS = ("amount", "open_amount")
_CUSTOMER_LABELS = (
    "customer",
    "cust",
    "kunde",
    "debitor",
    "debtor",
    "client",
    "cliente",
    "klant",
    "debiteur",
)
_SECTION_KINDS = ("invoices", "credits", "receipts")


@dataclass(frozen=True, slots=True)
class DataRow:
    """One record's row with the customer its section or page names."""

    line: int
    cells: Sequence[Cell]
    section: tuple[str, ...]
    customer_number: str
    customer_name: str


@dataclass(frozen=True, slots=True)
class TotalLine:
    """A total the file itself states.

    Attributes:
        scope: The section it closes, or "" for a bare total.
        first: Index of the first data row since the total before it.
        until: Number of data rows above it.
    """

    line: int
    scope: str
    cells: Sequence[Cell]
    first: int
    until: int


@dataclass
class Table:
    """A report taken apart."""

    rows: list[DataRow] = field(default_factory=list)
    totals: list[TotalLine] = field(default_factory=list)


@dataclass(frozen=True)
class HeaderRow:
    """Where the header stands and what the title block above says."""

    sheet: Sheet
    index: int
    cells: tuple[str, ...]
    score: int
    as_of: date | None
    currency: str | None


def find_header(grid: Grid, kind: str, names: Mapping[str, str], sheet: str = "") -> HeaderRow:
    """Find the row that names most fields of a kind, over all sheets.

    Args:
        grid: The file.
        kind: What is imported.
        names: Columns a person named (`--map`); a row holding them counts as the header.
        sheet: Look in this sheet only.

    Returns:
        The best row; `score` 0 means that no row names a field.
    """
    sheets = [s for s in grid.sheets if not sheet or s.name == sheet] or list(grid.sheets)
    wanted = {word_key(column) for column in names.values() if column}
    best: tuple[int, int, Sheet] = (-1, 0, sheets[0])
    for candidate in sheets:
        for index, row in enumerate(candidate.rows[:_HEADER_WITHIN]):
            score = _header_score(row, kind, wanted)
            if score > best[0]:
                best = (score, index, candidate)
    score, index, found = best
    title = found.rows[:index]
    cells = tuple(cell_text(cell) for cell in found.rows[index].cells) if found.rows else ()
    return HeaderRow(found, index, cells, score, _as_of(title), _currency(title))


def _header_score(row: Row, kind: str, wanted: set[str]) -> int:
    keys = {word_key(cell) for cell in row.cells if isinstance(cell, str) and cell.strip()}
    if not keys:
        return -1
    named = sum(any(words.rank(key) is not None for key in keys) for words in FIELDS[kind].values())
    return named + 3 * len(keys & wanted)


def _as_of(title: Sequence[Row]) -> date | None:
    for row in title:
        for cell in map(cell_text, row.cells):
            found = _AS_OF.match(cell)
            text = found[1].strip() if found else cell
            if not found and not looks_like_date(cell):
                continue
            try:
                return parse_date(text, None)
            except NotADate:
                continue
    return None


def _currency(title: Sequence[Row]) -> str | None:
    for row in title:
        cells = [cell_text(cell) for cell in row.cells if not is_blank(cell)]
        text = " ".join(cells)
        found = re.fullmatch(r"(?i)(?:currency|währung|devise|moneda|valuta)\s*:?\s*(\S+)", text)
        if found and known_currency(found[1]):
            return known_currency(found[1])
    return None


def read_table(head: HeaderRow, mapping: ColumnMapping) -> Table:
    """Sort the rows below the header into data, totals and sections; drop the rest."""
    return _Reader(mapping).read(head)


class _Reader:
    """Walks a sheet once, remembering the open sections and the page's customer."""

    def __init__(self, mapping: ColumnMapping) -> None:
        self.mapping = mapping
        self.table = Table()
        self.sections: list[str] = []
        self.page = {"customer_number": "", "customer_name": ""}
        self.counted = 0
        self.header_keys = [word_key(cell) for cell in mapping.header]
        columns = mapping.columns
        self.money = [columns[name] for name in _MONEY_FIELDS if name in columns]
        self.money += [
            at
            for at, cell in enumerate(mapping.header)
            if at not in self.money and BUCKETS.fullmatch(cell) and cell.strip()
        ]
        fields = FIELDS[mapping.kind]
        self.facts = [at for name, at in columns.items() if fields[name].shape in ("id", "date")]
        self.named = {"customer_number", "customer_name"} & columns.keys()
        self.sectioned = mapping.kind in _SECTION_KINDS

    def read(self, head: HeaderRow) -> Table:
        for row in head.sheet.rows[: head.index]:
            self._page_line([cell_text(cell) for cell in row.cells if not is_blank(cell)])
        for row in head.sheet.rows[head.index + 1 :]:
            self._sort(row)
        return self.table

    def _sort(self, row: Row) -> None:
        filled = [at for at, cell in enumerate(row.cells) if not is_blank(cell)]
        if not filled:
            return
        label = cell_text(row.cells[filled[0]])
        if len(filled) > 2 and any(at in self.facts for at in filled[1:]):
            # A line with its own date or number is an item, whatever its first cell says.
            if not self._repeats_header(row, label):
                self._item(row)
        elif _RULE.fullmatch(label) and (len(filled) == 1 or len(label) > 3):
            return
        elif self.sectioned and self._is_total(row, filled, label):
            self._total(row, label if total_scope(label) is not None else "")
        elif self.sectioned and self._page_line([cell_text(row.cells[at]) for at in filled]):
            return
        elif self.sectioned and len(filled) == 1:
            self.sections.append(label)
        elif not self._repeats_header(row, label):
            self._item(row)

    def _is_total(self, row: Row, filled: list[int], label: str) -> bool:
        sums = [at for at in filled if at in self.money and _is_amount(row.cells[at])]
        if total_scope(label) is not None:
            return bool(sums)
        others = [at for at in filled if at not in self.money]
        return bool(sums) and not others

    def _total(self, row: Row, label: str) -> None:
        scope = total_scope(label) or ""
        rows = self.table.rows
        self.table.totals.append(TotalLine(row.line, scope, row.cells, self.counted, len(rows)))
        self.counted = len(rows)
        if scope in self.sections:
            del self.sections[self.sections.index(scope) :]

    def _page_line(self, cells: list[str]) -> bool:
        """Take "Debitor  300417755" style lines as the customer of what follows."""
        if len(cells) != 2:
            return False
        name = self._page_field(word_key(cells[0]), cells[1])
        if name is None:
            return False
        if name == "customer_number" and cells[1] != self.page[name]:
            self.page["customer_name"] = ""
        self.page[name] = cells[1]
        return True

    def _page_field(self, key: str, value: str) -> str | None:
        if key in _CUSTOMER_LABELS:
            return "customer_number" if value.isdigit() else "customer_name"
        if key == "name" and self.page["customer_number"]:
            return "customer_name"
        if not key.startswith(_CUSTOMER_LABELS):
            # "Company name: ..." in a title is whoever printed the report, not the customer.
            return None
        fields = FIELDS["invoices"]
        return next((name for name in self.page if key in fields[name].strong), None)

    def _item(self, row: Row) -> None:
        number, name = "", ""
        if not self.named:
            number, name = self.page["customer_number"], self.page["customer_name"]
            section = self.sections[-1] if self.sections else ""
            if section and not BUCKETS.fullmatch(section):
                name = section
        self.table.rows.append(DataRow(row.line, row.cells, tuple(self.sections), number, name))

    def _repeats_header(self, row: Row, label: str) -> bool:
        return (
            word_key(label) in self.header_keys
            and [word_key(cell_text(cell)) for cell in row.cells] == self.header_keys
        )


def _is_amount(cell: Cell) -> bool:
    if isinstance(cell, (int, float)) and not isinstance(cell, bool):
        return True
    try:
        take_apart(cell_text(cell))
    except NotAnAmount:
        return False
    return True
