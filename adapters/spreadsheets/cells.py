"""Cells as text, the way the spreadsheet shows them."""

from datetime import date, datetime

from adapters.spreadsheets.grid import Cell


def cell_text(cell: Cell) -> str:
    """Return a cell as stripped text; a numeric id loses the `.0` a workbook adds."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        return cell.strip()
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else format(cell, ".15g")
    if isinstance(cell, datetime) and cell.time() == datetime.min.time():
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    return str(cell).strip()


def is_blank(cell: Cell) -> bool:
    """Whether nothing was written in a cell."""
    return cell is None or (isinstance(cell, str) and not cell.strip())
