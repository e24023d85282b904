"""Workbooks (XLSX, XLS, ODS) through calamine, every sheet."""

import io
import zipfile

from adapters.spreadsheets.grid import Limits, Row, Sheet, UnreadableFile

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = b"PK\x03\x04"
_PDF = b"%PDF"


def is_workbook(data: bytes) -> bool:
    """Whether the first bytes are those of a workbook (or of a PDF, refused as one)."""
    return data.startswith((_OLE, _ZIP, _PDF))


def read_sheets(data: bytes, name: str, limits: Limits) -> tuple[Sheet, ...]:
    """Read every visible sheet; row numbers are the spreadsheet's own.

    Raises:
        UnreadableFile: Not a workbook, broken, protected, or it unpacks too large.
    """
    from python_calamine import (
        CalamineError,
        CalamineWorkbook,
        PasswordError,
        SheetTypeEnum,
        SheetVisibleEnum,
    )

    if data.startswith(_PDF):
        raise UnreadableFile(f"{name}: a PDF is not a table; export CSV or XLSX instead")
    if data.startswith(_ZIP):
        _check_unpacked(data, name, limits)
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(data)) as book:
            names = [
                meta.name
                for meta in book.sheets_metadata
                if meta.typ == SheetTypeEnum.WorkSheet and meta.visible == SheetVisibleEnum.Visible
            ]
            sheets = [_read_sheet(book, sheet, name, limits) for sheet in names]
    except PasswordError:
        raise UnreadableFile(f"{name}: protected with a password; save it without one") from None
    except (CalamineError, OSError, ValueError) as error:
        raise UnreadableFile(f"{name}: not a readable workbook ({error})") from None
    return tuple(sheets)


def _read_sheet(book, sheet_name: str, name: str, limits: Limits) -> Sheet:
    sheet = book.get_sheet_by_name(sheet_name)
    height, width = sheet.total_height, sheet.total_width
    if height > limits.rows or width > limits.columns or height * width > limits.cells:
        # One stray cell far out makes a sheet of a billion blanks.
        raise UnreadableFile(
            f"{name} sheet {sheet_name!r}: {height:,} rows x {width:,} columns, more than the "
            f"limit of {limits.rows:,} x {limits.columns:,}; delete what lies outside the table"
        )
    rows = sheet.to_python(skip_empty_area=False)
    return Sheet(sheet_name, [Row(number, cells) for number, cells in enumerate(rows, start=1)])


def _check_unpacked(data: bytes, name: str, limits: Limits) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            size = sum(entry.file_size for entry in archive.infolist())
    except zipfile.BadZipFile:
        raise UnreadableFile(f"{name}: a broken XLSX or ODS file; save it again") from None
    if size > limits.unpacked_bytes:
        raise UnreadableFile(
            f"{name}: unpacks to {size:,} bytes, more than the limit of {limits.unpacked_bytes:,}"
        )
