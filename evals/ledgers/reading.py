"""The invoice file: `invoice_id, account_id, amount, currency, issued_on, due_on, ...`."""

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from engines.risk.history import InvoiceHistory
from ledger.errors import BadInput

NEEDED = ("invoice_id", "account_id", "amount", "currency", "issued_on", "due_on", "cleared_on")
OPTIONAL = "terms_days"


@dataclass(frozen=True, slots=True)
class InvoiceFile:
    """What a file holds.

    Attributes:
        notes: What was odd about it and taken as it stands, one line each.
    """

    history: InvoiceHistory
    notes: tuple[str, ...]


def read_invoices(path: Path) -> InvoiceFile:
    """Read a CSV file of invoices; a blank `cleared_on` is an invoice that is open.

    Raises:
        BadInput: The file cannot be read as such, told with its first bad line.
    """
    table = _table(path)
    missing = [name for name in NEEDED if name not in table.columns]
    if missing:
        raise BadInput(f"{path}: has no column {', '.join(missing)}; it needs {', '.join(NEEDED)}")
    if not len(table):
        raise BadInput(f"{path}: holds no invoice")
    for name in ("invoice_id", "account_id"):
        _refuse(path, table[name] == "", f"{name} is blank")
    twice = table["invoice_id"].duplicated()
    _refuse(path, twice, "the invoice_id stands twice in the file", table["invoice_id"])
    history = InvoiceHistory(
        _text(table["invoice_id"]),
        _text(table["account_id"]),
        _minor(path, table["amount"]),
        _text(table["currency"].str.upper()),
        _days(path, table, "issued_on"),
        _days(path, table, "due_on"),
        _days(path, table, "cleared_on", blank=True),
        _terms(path, table),
    )
    return InvoiceFile(history, _notes(path, history))


def _table(path: Path) -> Any:
    import pandas as pd

    if not path.is_file():
        raise BadInput(f"{path}: there is no such file; name a CSV file with --invoices")
    try:
        _check_fields(path)
        table = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    except pd.errors.EmptyDataError:
        raise BadInput(f"{path}: is empty") from None
    except (UnicodeDecodeError, pd.errors.ParserError, csv.Error) as error:
        raise BadInput(f"{path}: is no CSV file in UTF-8: {error}") from None
    table.columns = [str(name).strip() for name in table.columns]
    if table.columns.duplicated().any():
        raise BadInput(f"{path}: a column stands twice")
    return table.apply(lambda column: column.str.strip())


def _check_fields(path: Path) -> None:
    """Refuse lines that are too long or short, which pandas would shift or fill up in silence."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        lines = csv.reader(file)
        heading = [name.strip() for name in next(lines, [])]
        if len(heading) == 1 and ";" in heading[0]:
            raise BadInput(f"{path}: is separated by semicolons; save it separated by commas")
        # Only what is optional may be left away at the end of a line.
        least = max((heading.index(name) + 1 for name in NEEDED if name in heading), default=0)
        for line in lines:
            if len(line) > len(heading):
                raise BadInput(
                    f"{path} line {lines.line_num}: has more fields than the heading; "
                    "quote what holds a comma itself"
                )
            if line and len(line) < least:
                raise BadInput(f"{path} line {lines.line_num}: has fewer fields than the heading")


def _refuse(path: Path, bad: Any, what: str, values: Any = None) -> None:
    """Tell of the first bad row; the header is line 1."""
    if bad.any():
        row = int(np.argmax(bad.to_numpy()))
        shown = "" if values is None else f": {str(values.iloc[row])[:40]!r}"
        raise BadInput(f"{path} line {row + 2}: {what}{shown}")


def _text(column: Any) -> Any:
    return column.to_numpy().astype(str)


def _minor(path: Path, column: Any) -> Any:
    import pandas as pd

    numbers = pd.to_numeric(column, errors="coerce")
    # All amounts of a file are one reporting currency, so hundredths serve whatever its code.
    bad = numbers.isna() | (numbers.abs() > 1e13)
    _refuse(path, bad, "amount is no number", column)
    return (numbers * 100).round().to_numpy().astype(np.int64)


def _days(path: Path, table: Any, name: str, blank: bool = False) -> Any:
    import pandas as pd

    column = table[name]
    days = pd.to_datetime(column, format="%Y-%m-%d", errors="coerce")
    bad = days.isna() & ((column != "") if blank else True)
    bad |= days.notna() & ((days < "1971-01-01") | (days > "2200-01-01"))
    _refuse(path, bad, f"{name} is no date, write YYYY-MM-DD", column)
    return days.to_numpy().astype("datetime64[D]")


def _terms(path: Path, table: Any) -> Any:
    import pandas as pd

    if OPTIONAL not in table.columns:
        return np.full(len(table), np.nan)
    column = table[OPTIONAL]
    numbers = pd.to_numeric(column, errors="coerce")
    _refuse(path, numbers.isna() & (column != ""), "terms_days is no number", column)
    return numbers.to_numpy().astype(np.float64)


def _notes(path: Path, history: InvoiceHistory) -> tuple[str, ...]:
    found = {
        "were cleared before they were issued; taken as paid ahead, known from the day of issue": (
            history.cleared_on < history.issued_on
        ),
        "were due before they were issued; taken as they stand, late from the day of issue": (
            history.due_on < history.issued_on
        ),
    }
    return tuple(
        f"{path}: {int(which.sum()):,} invoices {what}"
        for what, which in found.items()
        if which.any()
    )
