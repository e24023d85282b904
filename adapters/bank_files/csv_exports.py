"""CSV, XLSX, XLS and ODS exports of banks and payment services.

The header's fingerprint finds a mapping a person saved, or the profile of a bank; names of columns
and the shape of their values do the rest. Where the export carries balances, they choose between
ways to read it and prove the lines; an amount whose direction nothing shows is refused.
"""

from collections.abc import Iterator, Sequence

from adapters.bank_files.advice_mail import advice_of
from adapters.bank_files.advice_mail_lines import read_message
from adapters.bank_files.advice_mail_text import Words
from adapters.bank_files.code_pages import code_page, plain_bytes
from adapters.bank_files.columns import locate
from adapters.bank_files.csv_balances import statement, walk
from adapters.bank_files.csv_profiles import MAPPING_KIND, named_profile
from adapters.bank_files.csv_rows import ExportRows, Moved, readings
from adapters.bank_files.csv_tables import Export, take_export
from adapters.bank_files.model import BankFile, Statement
from adapters.spreadsheets.cells import cell_text
from adapters.spreadsheets.grid import Grid, UnreadableFile, read_grid
from adapters.spreadsheets.mapping import ColumnMapping
from adapters.spreadsheets.mapping_store import MappingStore
from adapters.spreadsheets.text_files import decode, sniff_delimiter
from adapters.spreadsheets.workbooks import is_workbook
from ledger.errors import BadInput

_SNIFFED = 65_536
_FEWEST_CELLS = 3


def sniff(data: bytes) -> bool:
    """Whether the file is a workbook, or text with lines of several cells."""
    if is_workbook(data):
        return True
    try:
        text = decode(data[:_SNIFFED], "")[0] if _is_utf8(data) else _latin(data[:_SNIFFED])
    except UnreadableFile:
        return False
    lines = [line for line in text.splitlines() if line.strip()][:200]
    if text.lstrip().startswith(("<", "{")):
        return False
    delimiter, _ = sniff_delimiter(lines)
    return any(line.count(delimiter) >= _FEWEST_CELLS - 1 for line in lines)


def read(
    name: str, data: bytes, *, profile: str | None = None, mappings: MappingStore | None = None
) -> BankFile:
    """Read an export into one statement per account and currency.

    Args:
        name: What errors call the file.
        data: Its bytes.
        profile: A profile's name, or `part=Column` pairs, where the head does not give them away.
        mappings: Mappings a person saved, found by the header; never written.

    Raises:
        BadInput: No table of lines, an amount, date or flag that is none; file, line, column.
    """
    known = named_profile(profile, name) if profile else None
    grid = read_grid(data, name, encoding=None if _is_utf8(data) else _encoding(data))
    try:
        export = take_export(grid, known, mappings)
    except BadInput:
        advice = _remittances(grid, name)
        if advice is None:
            raise
        return advice
    rows = ExportRows(export, name)
    moved = _read(rows, export)
    warnings = [*export.odd, *dict.fromkeys(rows.warnings)]
    if not export.columns.is_named:
        warnings.append(f"{name}: no header; columns were told by their values")
    return BankFile(
        format="csv" if grid.kind != "workbook" else "workbook",
        statements=tuple(_statements(rows, export, moved)),
        warnings=tuple(warnings),
    )


def mapping_of(name: str, data: bytes, told: str) -> ColumnMapping | None:
    """The columns a person named, to be kept for this header; None where there is no header.

    Args:
        name: What errors call the file.
        data: Its bytes.
        told: `part=Column` pairs, as `read` takes them.

    Raises:
        BadInput: No table of lines, or a column that is not there.
    """
    known = named_profile(told, name)
    data = plain_bytes(data, name)
    grid = read_grid(data, name, encoding=None if _is_utf8(data) else _encoding(data))
    header = take_export(grid, known, None).columns.header
    if not any(header):
        return None
    return ColumnMapping(
        MAPPING_KIND,
        header,
        locate(header, known.columns, name),
        "given",
        decimal=known.decimal,
        dates=known.dates,
    )


def _read(rows: ExportRows, export: Export) -> list[Moved]:
    """The likeliest reading, unless the running balances prove another."""
    first: list[Moved] | None = None
    for reading in readings(export):
        moved = rows.moved(reading)
        found = [walk(group) for group in _groups(moved).values()]
        if not any(each.checks for each in found) or not sum(each.breaks for each in found):
            return moved
        first = first if first is not None else moved
    return first or []


def _groups(moved: Sequence[Moved]) -> dict[tuple[str, str], list[Moved]]:
    groups: dict[tuple[str, str], list[Moved]] = {}
    for row in moved:
        groups.setdefault((row.account, row.lines[0].currency), []).append(row)
    return groups


def _statements(rows: ExportRows, export: Export, moved: Sequence[Moved]) -> Iterator[Statement]:
    groups = _groups(moved) or {(export.account, export.currency): []}
    for (account, currency), group in groups.items():
        stated = (None, None)
        if len(groups) == 1:
            stated = (
                rows.minor(export.opening, currency, f"{rows.name} opening balance"),
                rows.minor(export.closing, currency, f"{rows.name} closing balance"),
            )
        yield statement(account, currency, group, stated)


def _remittances(grid: Grid, name: str) -> BankFile | None:
    """A table of documents instead of bank lines is an advice."""
    rows = [[cell_text(cell) for cell in row.cells] for sheet in grid.sheets for row in sheet.rows]
    message = read_message(rows)
    if not message.has_table or not message.documents:
        return None
    return advice_of(name, "remittance-table", message, Words())


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _encoding(data: bytes) -> str | None:
    """The likeliest code page; else the text is read byte by byte, as amounts are ASCII."""
    if is_workbook(data) or data.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in data:
        return None
    page = code_page(data)
    try:
        data.decode(page)
    except UnicodeDecodeError:
        return "latin-1"
    return page


def _latin(data: bytes) -> str:
    marked = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    return data.decode("utf-16", "ignore") if marked else data.decode("latin-1")
