"""A file as numbered rows of cells, before anybody says what they mean."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import NamedTuple

from ledger.errors import BadInput

Cell = str | int | float | bool | date | datetime | time | timedelta | None


class UnreadableFile(BadInput):
    """The file cannot be read as a table at all."""

    code = "unreadable_file"


class Row(NamedTuple):
    """One row with its 1-based line (text) or row number (workbook) in the file."""

    line: int
    cells: Sequence[Cell]


@dataclass(frozen=True)
class Sheet:
    """The rows of one sheet; a text file is one sheet without a name."""

    name: str
    rows: list[Row]


@dataclass(frozen=True)
class Grid:
    """A whole file: its sheets and how its bytes were understood.

    Attributes:
        name: File name for messages.
        kind: `csv`, `list` (framed with bars, as SAP prints) or `workbook`.
        encoding: Text encoding used; empty for workbooks.
        encoding_is_choice: True when the bytes did not prove the encoding.
        delimiter: Field separator; empty when not delimited.
    """

    name: str
    kind: str
    sheets: tuple[Sheet, ...]
    encoding: str = ""
    encoding_is_choice: bool = False
    delimiter: str = ""


@dataclass(frozen=True)
class Limits:
    """Sizes above which a file is refused before it costs memory."""

    file_bytes: int = 200_000_000
    unpacked_bytes: int = 1_000_000_000
    rows: int = 1_000_000
    columns: int = 1_000
    cells: int = 20_000_000
    cell_chars: int = 32_767


def read_grid(
    source: Path | str | bytes,
    name: str = "",
    *,
    limits: Limits | None = None,
    encoding: str | None = None,
) -> Grid:
    """Read a CSV, framed list, XLSX, XLS or ODS file into numbered rows.

    Args:
        source: A path, or the bytes themselves.
        name: How messages call the file; the path's name if empty.
        limits: Sizes above which the file is refused.
        encoding: Text encoding to use instead of finding it.

    Raises:
        UnreadableFile: Missing, empty, binary, broken, protected or too large.
    """
    from adapters.spreadsheets import text_files, workbooks

    limits = limits or Limits()
    name, data = _load(source, name, limits)
    if not data.strip():
        raise UnreadableFile(f"{name}: the file is empty; export it again")
    if workbooks.is_workbook(data):
        sheets = workbooks.read_sheets(data, name, limits)
        grid = Grid(name=name, kind="workbook", sheets=sheets)
    else:
        grid = text_files.read_text(data, name, limits, encoding)
    for sheet in grid.sheets:
        _check_sizes(sheet, name, limits)
    return grid


def _load(source: Path | str | bytes, name: str, limits: Limits) -> tuple[str, bytes]:
    if isinstance(source, bytes):
        name, size = name or "(bytes)", len(source)
    else:
        path = Path(source)
        name = name or path.name
        try:
            size = path.stat().st_size
        except OSError as error:
            raise UnreadableFile(f"{name}: {error.strerror}; check the path") from None
        if not path.is_file():
            raise UnreadableFile(f"{name}: not a file; give the path of an export")
    if size > limits.file_bytes:
        raise UnreadableFile(
            f"{name}: {size:,} bytes, more than the limit of {limits.file_bytes:,}; split the file"
        )
    if isinstance(source, bytes):
        return name, source
    try:
        return name, Path(source).read_bytes()
    except OSError as error:
        raise UnreadableFile(f"{name}: {error.strerror}; check the path") from None


def _check_sizes(sheet: Sheet, name: str, limits: Limits) -> None:
    if len(sheet.rows) > limits.rows:
        raise UnreadableFile(f"{name}: more than {limits.rows:,} rows; split the file")
    for row in sheet.rows:
        if len(row.cells) > limits.columns:
            raise UnreadableFile(
                f"{name} line {row.line}: {len(row.cells):,} columns, more than the limit of "
                f"{limits.columns:,}; is this the right file?"
            )
        for cell in row.cells:
            if isinstance(cell, str) and len(cell) > limits.cell_chars:
                raise UnreadableFile(
                    f"{name} line {row.line}: a cell of {len(cell):,} characters, more than the "
                    f"limit of {limits.cell_chars:,}; look for a missing closing quote"
                )
