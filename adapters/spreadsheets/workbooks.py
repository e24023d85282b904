"""Workbooks (XLSX, XLS, ODS) through calamine, every sheet."""

import io
import re
import zipfile
import zlib
from collections.abc import Callable
from typing import IO, TYPE_CHECKING
from xml.etree.ElementTree import ParseError, iterparse

from adapters.spreadsheets.grid import Limits, Row, Sheet, UnreadableFile

if TYPE_CHECKING:
    from python_calamine import CalamineWorkbook

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = b"PK\x03\x04"
_PDF = b"%PDF"
_CHUNK = 1 << 20
_OVERLAP = 256
_CELL_AT = re.compile(rb"""\br=["']([A-Z]{1,3})([0-9]{1,7})["']""", re.IGNORECASE)
_ROW_AT = re.compile(rb"""<(?:\w+:)?row\b[^>]*?\br=["']([0-9]{1,7})["']""")


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


def _read_sheet(book: "CalamineWorkbook", sheet_name: str, name: str, limits: Limits) -> Sheet:
    sheet = book.get_sheet_by_name(sheet_name)
    _check_extent(sheet.total_height, sheet.total_width, f"{name} sheet {sheet_name!r}", limits)
    rows = sheet.to_python(skip_empty_area=False)
    return Sheet(sheet_name, [Row(number, cells) for number, cells in enumerate(rows, start=1)])


def _check_extent(height: int, width: int, where: str, limits: Limits) -> None:
    if height > limits.rows or width > limits.columns or height * width > limits.cells:
        raise UnreadableFile(
            f"{where}: {height:,} rows x {width:,} columns, more than the limit of "
            f"{limits.rows:,} x {limits.columns:,}; delete what lies outside the table"
        )


def _check_unpacked(data: bytes, name: str, limits: Limits) -> None:
    """Refuse what would cost more memory than there is.

    calamine lays a sheet out as a full rectangle and aborts the whole program when that does not
    fit, so one stray cell far out must be found before it opens the file.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            size = sum(entry.file_size for entry in entries)
            if size > limits.unpacked_bytes:
                raise UnreadableFile(
                    f"{name}: unpacks to {size:,} bytes, more than the limit of "
                    f"{limits.unpacked_bytes:,}"
                )
            names = [entry.filename for entry in entries]
            if not {"xl/workbook.xml", "content.xml"} & set(names):
                raise UnreadableFile(f"{name}: not a workbook; save it as XLSX, ODS or CSV")
            for member in names:
                measure = _measure_of(member)
                if measure:
                    with archive.open(member) as part:
                        _check_extent(*measure(part), f"{name} {member}", limits)
    except (
        zipfile.BadZipFile,
        zlib.error,
        ParseError,
        NotImplementedError,
        RuntimeError,
        EOFError,
        ValueError,
    ):
        raise UnreadableFile(
            f"{name}: a broken or protected XLSX or ODS file; save it again"
        ) from None


def _measure_of(member: str) -> Callable[[IO[bytes]], tuple[int, int]] | None:
    if member == "content.xml":
        return _extent_of_ods
    if member.startswith("xl/") and member.endswith(".xml") and "sharedStrings" not in member:
        return _extent_of_xlsx
    return None


def _extent_of_xlsx(part: IO[bytes]) -> tuple[int, int]:
    """Rows and columns up to the farthest cell, read without building the sheet."""
    height = width = 0
    rest = b""
    while chunk := part.read(_CHUNK):
        text = rest + chunk
        for letters, number in set(_CELL_AT.findall(text)):
            height, width = max(height, int(number)), max(width, _column_number(letters))
        for number in set(_ROW_AT.findall(text)):
            height = max(height, int(number))
        rest = text[-_OVERLAP:]
    return height, width


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


def _extent_of_ods(part: IO[bytes]) -> tuple[int, int]:
    """Rows and columns with values, repeated ones counted as often as they stand for."""
    height = most = width = width_here = at = blank = 0
    # expat bounds entity expansion since 2.4, and the unpacked size is bounded above.
    for event, element in iterparse(part, ("start", "end")):  # noqa: S314
        tag = element.tag.rpartition("}")[2]
        repeat = {key.rpartition("}")[2]: value for key, value in element.items()}
        if event == "start":
            if tag == "table":
                height = blank = 0
            elif tag == "table-row":
                at = width_here = 0
        elif tag == "table-cell":
            at += int(repeat.get("number-columns-repeated", 1))
            if "value-type" in repeat:
                width_here = at
        elif tag == "table-row":
            rows = int(repeat.get("number-rows-repeated", 1))
            height, blank = (height + blank + rows, 0) if width_here else (height, blank + rows)
            most, width = max(most, height), max(width, width_here)
            element.clear()
    return most, width
