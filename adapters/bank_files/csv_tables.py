"""The shape of a bank export: what stands above the header, the lines, what stands below."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from adapters.bank_files.columns import BankColumns, is_whole, label_words, named_parts
from adapters.bank_files.columns_shapes import columns_by_shape
from adapters.bank_files.csv_profiles import Profile, columns_of, profile_of, saved_profile
from adapters.bank_files.values import iban_or_empty, shown
from adapters.spreadsheets.amounts import NotAnAmount, known_currency, take_apart
from adapters.spreadsheets.cells import cell_text, is_blank
from adapters.spreadsheets.dates import looks_like_date
from adapters.spreadsheets.grid import Cell, Grid, Row, Sheet, read_grid
from adapters.spreadsheets.mapping_store import MappingStore
from adapters.spreadsheets.thesaurus import total_scope, word_key
from ledger.errors import BadInput

_SNIFFED = 65_536
_HEADER_WITHIN = 100
_ENOUGH = 4  # rows that tell a column of many accounts from one of few
_ACCOUNT_LABEL = re.compile(
    r"(?i)\W*(?:account(?: (?:number|no\.?))?|iban|konto(?:nummer)?|kontonr\.?|compte|cuenta|conto"
    r"|rekening(?:nummer)?|numéro de compte)\s*[:;]?\s*(\S.*)?"
)
_CURRENCY_LABEL = re.compile(
    r"(?i)(?:currency|währung|devise|moneda|divisa|valuta)?\s*:?\s*(\S{1,3})"
)
_DATE_PARTS = ("booked_on", "value_on")
_MONEY_PARTS = ("amount", "credit", "debit", "net")


@dataclass(slots=True)
class Export:
    """An export taken apart.

    Attributes:
        opening: Text of the balance it starts from, where a label says so.
        closing: Text of the balance it ends with.
        odd: Rows that hold an amount and were left out, to be named.
    """

    columns: BankColumns
    rows: list[Row] = field(default_factory=list)
    account: str = ""
    currency: str = ""
    opening: Cell = None
    closing: Cell = None
    odd: list[str] = field(default_factory=list)


def take_export(grid: Grid, profile: Profile | None, mappings: MappingStore | None) -> Export:
    """Find the header over all sheets, map it, and sort the rows around it.

    Raises:
        BadInput: No header and no columns whose values say what they are.
    """
    sheet, at = _told_header(grid, profile, mappings)
    if sheet is None:
        sheet, at = _header(grid)
    if sheet is None:
        return _headless(grid, profile, mappings)
    header = tuple(cell_text(cell) for cell in sheet.rows[at].cells)
    body = sheet.rows[at + 1 :]
    known = profile or saved_profile(header, mappings) or profile_of(header)
    columns = columns_of(header, body, known, grid.name)
    if not columns.is_whole:
        raise BadInput(
            f"{grid.name} line {sheet.rows[at].line}: no column holds dates, or none amounts "
            f"({shown(', '.join(filter(None, header)))}); name them with --mapping PART=COLUMN"
        )
    export = Export(columns, currency=columns.currency)
    for row in sheet.rows[:at]:
        _take_title(export, row)
    for row in body:
        _take_row(export, row, grid.name)
    _own_or_other(export)
    return export


def _own_or_other(export: Export) -> None:
    """A column of accounts that are not the one in the title holds those of the other side."""
    at = export.columns.at.get("own_account")
    if at is None or "payer_account" in export.columns.at:
        return
    told = [
        text for row in export.rows if at < len(row.cells) and (text := cell_text(row.cells[at]))
    ]
    own = "".join(export.account.split())
    differs = bool(own) and not any("".join(text.split()) in own for text in told)
    if told and (differs or (len(told) >= _ENOUGH and 2 * len(set(told)) > len(told))):
        parts = {part: place for part, place in export.columns.at.items() if place != at}
        export.columns = replace(export.columns, at=parts | {"payer_account": at})


def is_bank_table(data: bytes) -> bool:
    """Whether the top of a text is a table whose heads name a date and an amount."""
    # A cut in the middle of a letter or a quoted cell is no fault of the file.
    top = data[:_SNIFFED].rpartition(b"\n")[0] if len(data) > _SNIFFED else data
    try:
        grid = read_grid(top, "top", encoding=None if b"\0" in top else "latin-1")
    except BadInput:
        return False
    return _header(grid)[0] is not None


def _told_header(
    grid: Grid, profile: Profile | None, mappings: MappingStore | None
) -> tuple[Sheet | None, int]:
    """The row with the columns a profile names, or one a person saved a mapping for."""
    wanted = {word_key(column) for column in profile.columns.values()} if profile else set()
    wanted = {key for key in wanted if not key.removeprefix("number").isdecimal()}
    for sheet in grid.sheets:
        for at, row in enumerate(sheet.rows[:_HEADER_WITHIN]):
            cells = tuple(cell_text(cell) for cell in row.cells)
            if wanted and wanted <= {word_key(cell) for cell in cells}:
                return sheet, at
            if profile is None and any(cells) and saved_profile(cells, mappings):
                return sheet, at
    return None, 0


def _header(grid: Grid) -> tuple[Sheet | None, int]:
    """The row that names most parts of a bank line, date and money among them."""
    best: tuple[int, Sheet | None, int] = (0, None, 0)
    for sheet in grid.sheets:
        for at, row in enumerate(sheet.rows[:_HEADER_WITHIN]):
            cells = [cell for cell in row.cells if isinstance(cell, str)]
            parts = named_parts(cells)
            if len(parts) > best[0] and is_whole(dict.fromkeys(parts, 0)) and _is_head(row):
                best = (len(parts), sheet, at)
    return best[1], best[2]


def _is_head(row: Row) -> bool:
    """A header holds names, no dates and no numbers."""
    return not any(
        cell and (not isinstance(cell, str) or looks_like_date(cell) or _is_amount(cell))
        for cell in row.cells
    )


def _headless(grid: Grid, profile: Profile | None, mappings: MappingStore | None) -> Export:
    sheet = max(grid.sheets, key=lambda each: len(each.rows), default=None)
    rows = [row for row in sheet.rows if any(map(cell_text, row.cells))] if sheet else []
    width = max((len(row.cells) for row in rows), default=0)
    header = ("",) * width
    known = profile or saved_profile(header, mappings)
    if known:
        columns = columns_of(header, rows, known, grid.name)
    else:
        columns = columns_by_shape(rows, width, grid.name)
    export = Export(columns)
    for row in rows:
        _take_row(export, row, grid.name)
    return export


def _take_title(export: Export, row: Row) -> None:
    """Account, currency and balances above the header."""
    cells = [text for cell in row.cells if (text := cell_text(cell))]
    if _take_balance(export, row):
        return
    for at, cell in enumerate(cells):
        iban = next((found for word in cell.split(":") if (found := iban_or_empty(word))), "")
        labelled = _ACCOUNT_LABEL.fullmatch(cell)
        beside = (labelled[1] or (cells[at + 1] if at + 1 < len(cells) else "")) if labelled else ""
        number = iban or iban_or_empty(beside) or beside
        if not export.account and any(char.isdigit() for char in number.partition(" ")[0]):
            export.account = number
        money = _CURRENCY_LABEL.fullmatch(cell)
        if not export.currency and money and known_currency(money[1]):
            export.currency = known_currency(money[1]) or ""


def _take_row(export: Export, row: Row, name: str) -> None:
    """Sort a row below the header: a line, a balance, a total, or words."""
    if all(is_blank(cell) for cell in row.cells) or _repeats(export.columns, row):
        return
    has_date = any(_is_date(each) for each in _cells(row, export.columns, _DATE_PARTS))
    amounts = [each for each in _cells(row, export.columns, _MONEY_PARTS) if not is_blank(each)]
    has_money = any(_is_amount(each) for each in amounts)
    if has_date and (has_money or amounts):
        export.rows.append(row)
    elif _take_balance(export, row):
        return
    elif not has_money:
        if has_date:
            export.odd.append(f"{name} line {row.line}: a date without an amount, left out")
    elif total_scope(_label(row)) is None:
        raise BadInput(
            f"{name} line {row.line}: an amount without a date; export the file again "
            "or name the columns with --mapping PART=COLUMN"
        )


def _take_balance(export: Export, row: Row) -> bool:
    """Take "Opening balance ... 1,000.00" as what it says."""
    filled = [cell for cell in row.cells if not is_blank(cell)]
    keys = [word_key(cell.lstrip("# ")) for cell in filled if isinstance(cell, str)]
    amounts = [cell for cell in filled if _is_amount(cell) and not _is_date(cell)]
    if not amounts or not keys:
        return False
    for which in ("opening", "closing"):
        if any(key.startswith(label_words(which)) for key in keys):
            setattr(export, which, amounts[-1])
            return True
    return False


def _label(row: Row) -> str:
    return next((text for cell in row.cells if (text := cell_text(cell))), "")


def _cells(row: Row, columns: BankColumns, parts: Sequence[str]) -> list[Cell]:
    places = [columns.at[part] for part in parts if part in columns.at]
    return [row.cells[at] for at in places if at < len(row.cells)]


def _repeats(columns: BankColumns, row: Row) -> bool:
    """Whether a header is printed again on the next page."""
    return columns.is_named and tuple(map(cell_text, row.cells)) == columns.header


def _is_date(cell: Cell) -> bool:
    return isinstance(cell, date) or (isinstance(cell, str) and looks_like_date(cell.strip()))


def _is_amount(cell: Cell) -> bool:
    if isinstance(cell, (int, float)) and not isinstance(cell, bool):
        return True
    if not isinstance(cell, str):
        return False
    try:
        take_apart(cell)
    except NotAnAmount:
        return False
    return True
