"""A file to typed records: read, find the header, map, decide formats, build, check."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from adapters.spreadsheets import checks
from adapters.spreadsheets.amounts import DecimalMark, Decision, decide_decimal_mark
from adapters.spreadsheets.cells import cell_text
from adapters.spreadsheets.dates import DateOrder, decide_date_order
from adapters.spreadsheets.fields import RowFields
from adapters.spreadsheets.grid import Cell, Grid, UnreadableFile, read_grid
from adapters.spreadsheets.layout import HeaderRow, Table, find_header, read_table
from adapters.spreadsheets.mapping import (
    ColumnMapping,
    ProposedMapping,
    missing_fields,
    propose_mapping,
)
from adapters.spreadsheets.mapping_store import MappingStore, SavedMapping
from adapters.spreadsheets.open_items import OpenItemRows
from adapters.spreadsheets.options import ImportOptions, KnownCustomers
from adapters.spreadsheets.parties import PartyRows
from adapters.spreadsheets.quality import FindingLog, QualityReport, sum_records
from adapters.spreadsheets.records import Record
from adapters.spreadsheets.thesaurus import FIELDS, KINDS


@dataclass(frozen=True)
class ReadOutcome:
    """What a file holds. Book nothing when `report.blocks`.

    Attributes:
        stated_on: The day the report says it is of.
    """

    records: tuple[Record, ...]
    report: QualityReport
    mapping: ColumnMapping | None
    stated_on: date | None = None


def read_records(
    source: Path | str | bytes,
    kind: str,
    *,
    as_of: date,
    options: ImportOptions | None = None,
    known_customers: KnownCustomers | None = None,
    store: MappingStore | None = None,
    name: str = "",
) -> ReadOutcome:
    """Read one export into records with its data-quality report.

    Args:
        source: Path of a CSV, SAP list, XLSX, XLS or ODS file, or its bytes.
        kind: customers, invoices, credits, receipts, tickets, contracts or orders.
        as_of: The day the import is for; later dates are reported.
        options: What a person said about the file.
        known_customers: Customers of the ledger, to report strangers; None skips that.
        store: Mappings accepted before; used when the header is the same, never written.
        name: How messages call the file.

    Raises:
        UnreadableFile: The bytes are no table, or the sheet asked for is not there.
        BadMapping: `options.columns` names an unknown field or column.
    """
    if kind not in KINDS:
        raise UnreadableFile(f"cannot import {kind!r}; kinds are {', '.join(KINDS)}")
    options = options or ImportOptions()
    grid = read_grid(source, name, limits=options.limits, encoding=options.encoding)
    return _Reading(grid, kind, as_of, options, known_customers, store).outcome()


class _Reading:
    """One file on its way to records; each step may stop it with findings."""

    def __init__(
        self,
        grid: Grid,
        kind: str,
        as_of: date,
        options: ImportOptions,
        known: KnownCustomers | None,
        store: MappingStore | None,
    ) -> None:
        self.grid, self.kind, self.as_of = grid, kind, as_of
        self.options, self.known, self.store = options, known, store
        self.notes = FindingLog()
        self.mapping: ColumnMapping | None = None
        self.rows = 0

    def outcome(self) -> ReadOutcome:
        """Run the steps."""
        head = self._header()
        if head is None:
            return self._stopped()
        proposal, saved = self._propose(head)
        self.mapping = proposal.mapping
        table = read_table(head, proposal.mapping)
        self.rows = len(table.rows)
        carried = all(row.customer_number or row.customer_name for row in table.rows)
        for question in [
            *proposal.questions,
            *missing_fields(proposal.mapping, carried and bool(table.rows)),
        ]:
            self.notes.note(
                "mapping_open", question.text, line=self._line(head), column=question.field
            )
        if not table.rows:
            # Only of orders does an export without any tell something: that all are billed.
            code = "no_orders" if self.kind == "orders" else "no_rows"
            self.notes.note(code, "no rows below the header", line=self._line(head))
        mark, order = self._formats(table, head, saved)
        if self.notes.blocks:
            return self._stopped()
        return self._build(table, head, mark, order)

    def _mapping(self) -> ColumnMapping:
        return self.mapping or ColumnMapping(self.kind, (), {}, "")

    def _line(self, head: HeaderRow) -> int:
        return head.sheet.rows[head.index].line

    def _header(self) -> HeaderRow | None:
        grid, options = self.grid, self.options
        if options.sheet and options.sheet not in {sheet.name for sheet in grid.sheets}:
            names = ", ".join(repr(sheet.name) for sheet in grid.sheets)
            raise UnreadableFile(
                f"{grid.name}: no sheet {options.sheet!r}; sheets are {names or 'none'}"
            )
        if not any(sheet.rows for sheet in grid.sheets):
            self.notes.note("no_rows", "the file holds no rows")
            return None
        head = find_header(grid, self.kind, options.columns, options.sheet)
        others = [sheet.name for sheet in grid.sheets if sheet is not head.sheet and sheet.rows]
        if others:
            self.notes.note(
                "other_sheets",
                f"sheet {head.sheet.name!r} is read, not " + ", ".join(map(repr, others)),
            )
        if grid.encoding_is_choice:
            self.notes.note("encoding_chosen", "the text is not UTF-8, Windows-1252 was taken")
        return head

    def _propose(self, head: HeaderRow) -> tuple[ProposedMapping, SavedMapping]:
        bare = ColumnMapping(self.kind, head.cells, {}, "")
        saved = (self.store.load(bare.fingerprint) if self.store else None) or SavedMapping({})
        rows = head.sheet.rows[head.index + 1 :]
        proposal = propose_mapping(self.kind, head.cells, rows, self.options.columns, saved.columns)
        for other in proposal.mapping.unused:
            field, _, column = other.partition(": ")
            self.notes.note(
                "column_not_used",
                f"{column!r} could also be {field}, --map {field}={column!r}",
                line=self._line(head),
                column=column,
            )
        return proposal, saved

    def _cells(self, table: Table, shape: str) -> Iterator[tuple[int, Cell]]:
        fields = FIELDS[self.kind]
        columns = self._mapping().columns
        places = [at for field, at in columns.items() if fields[field].shape == shape]
        rows = [*table.rows, *table.totals] if shape == "amount" else table.rows
        for row in rows:
            for at in places:
                if at < len(row.cells):
                    yield row.line, row.cells[at]

    def _formats(
        self, table: Table, head: HeaderRow, saved: SavedMapping
    ) -> tuple[DecimalMark, DateOrder | None]:
        decimal = self.options.decimal or saved.decimal
        dates = self.options.dates or saved.dates
        mark = (
            Decision(decimal, "given")
            if decimal
            else decide_decimal_mark(
                (line, cell.strip())
                for line, cell in self._cells(table, "amount")
                if isinstance(cell, str)
            )
        )
        order = Decision(dates, "given") if dates else self._date_order(table, head)
        for code, decision in (("decimal_open", mark), ("dates_open", order)):
            if not decision.settled:
                self.notes.note(code, decision.reason)
        if order.value and order.reason != "given":
            self.notes.note("date_order", order.reason)
        if self.mapping:
            self.mapping = replace(self.mapping, decimal=decimal, dates=dates)
        return DecimalMark(mark.value or "point"), DateOrder(order.value) if order.value else None

    def _date_order(self, table: Table, head: HeaderRow) -> Decision:
        cells = [
            (line, cell.strip())
            for line, cell in self._cells(table, "date")
            if isinstance(cell, str)
        ]
        columns = self._mapping().columns
        issued, due = columns.get("issued_on"), columns.get("due_on")
        pairs: list[tuple[str, str]] = []
        if issued is not None:
            width = max(issued, due or 0)
            pairs = [
                (cell_text(row.cells[issued]), cell_text(row.cells[due]) if due else "")
                for row in table.rows
                if len(row.cells) > width
            ]
        return decide_date_order(cells, pairs, head.as_of or self.as_of)

    def _build(
        self, table: Table, head: HeaderRow, mark: DecimalMark, order: DateOrder | None
    ) -> ReadOutcome:
        fields = RowFields(
            self._mapping(), mark, order, head.currency, self.options.currency, self.notes
        )
        if self.kind in ("customers", "tickets", "contracts", "orders"):
            builder = PartyRows(fields, self.kind)
        else:
            builder = OpenItemRows(fields, self.kind, self._receipt_sign(table, fields))
        built = [record for row in table.rows for record in builder.records(row)]
        records = checks.drop_doubles(built, self.notes)
        checks.note_look_alikes(records, self.notes)
        checks.note_future_dates(records, self.as_of, self.notes)
        if self.known is not None:
            checks.note_strangers(records, self.kind, self.known, self.notes)
        if head.as_of and head.as_of != self.as_of:
            self.notes.note(
                "other_day", f"the report is as of {head.as_of}, the import as of {self.as_of}"
            )
        totals = checks.tie_totals(table, fields, builder.left_out, self.notes)
        report = QualityReport(
            self.grid.name,
            self.kind,
            self.grid.encoding,
            self.rows,
            len(builder.left_out),
            dict(checks.count_kinds(records)),
            sum_records(records),
            totals,
            self.notes.findings(),
        )
        return ReadOutcome(tuple(records), report, self.mapping, head.as_of)

    def _receipt_sign(self, table: Table, fields: RowFields) -> int:
        """In a receivables listing payments reduce the balance; a receipts file uses one sign."""
        if self.kind != "receipts":
            return -1
        quiet = RowFields(fields.mapping, fields.mark, fields.order, None, None, FindingLog())
        signs = [amount < 0 for row in table.rows if (amount := quiet.amount(row, "amount"))]
        return -1 if sum(signs) * 2 > len(signs) else 1

    def _stopped(self) -> ReadOutcome:
        report = QualityReport(
            self.grid.name,
            self.kind,
            self.grid.encoding,
            self.rows,
            0,
            {},
            {},
            (),
            self.notes.findings(),
        )
        return ReadOutcome((), report, self.mapping)
