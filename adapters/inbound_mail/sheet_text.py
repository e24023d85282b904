"""Workbooks that customers attach, as lines of comma-separated values."""

import csv
import io

from adapters.spreadsheets.cells import cell_text, is_blank
from adapters.spreadsheets.grid import Limits as SheetLimits
from adapters.spreadsheets.grid import UnreadableFile
from adapters.spreadsheets.workbooks import read_sheets

WORKBOOKS = (".xlsx", ".xlsm", ".xls", ".ods")
_TYPES = ("spreadsheet", "ms-excel")
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
# What a list of invoices may be, and no more: it is laid out in memory as a full rectangle.
LIMITS = SheetLimits(unpacked_bytes=100_000_000, rows=20_000, columns=200, cells=500_000)


def is_sheet(name: str, media_type: str, data: bytes) -> bool:
    """Whether a file says that it is a workbook, and begins as one."""
    says = name.endswith(WORKBOOKS) or any(each in media_type for each in _TYPES)
    return says and data.startswith((_ZIP, _OLE))


def sheet_text(data: bytes, characters: int) -> tuple[str, str]:
    """Read a workbook; returns its visible sheets as text and, where there is none, why.

    Blank lines are left out; of formulas the value that was saved is read, none is worked out.
    """
    try:
        sheets = read_sheets(data, "it", LIMITS)
    except UnreadableFile as error:
        return "", f"it is not a workbook that can be read ({error.message})"
    except MemoryError:
        return "", "it unpacks to more than may be read"
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    for number, sheet in enumerate(sheets):
        if number:
            out.write(f"\n[sheet {' '.join(sheet.name.split())[:60]}]\n")
        for row in sheet.rows:
            if out.tell() > characters:
                out.write("[cut: it was longer]\n")
                return out.getvalue(), ""
            if not all(map(is_blank, row.cells)):
                writer.writerow(cell_text(cell) for cell in row.cells)
    text = out.getvalue().strip("\n")
    return (text, "") if text else ("", "it holds no words")
