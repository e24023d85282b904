"""The public ledgers, each brought to the columns of the invoice file, with its cut and window."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from engines.risk.history import InvoiceHistory
from evals.ledgers.replay import Window
from ledger.errors import BadInput


@dataclass(frozen=True, slots=True)
class Source:
    """Where a ledger lies and what its columns are called.

    Attributes:
        columns: In the order invoice, account, amount, issued, due, cleared, terms.
        cut: The day the ledger ends; later payments are not in it.
    """

    file: str
    columns: tuple[str, ...]
    window: Window
    cut: date


SOURCES = {
    "highradius": Source(
        "highradius_invoices.csv",
        (
            "row_id",
            "cust_number",
            "amount",
            "invoice_date_est",
            "due_date",
            "clear_date",
            "terms_days",
        ),
        Window(date(2019, 8, 19), date(2019, 8, 19), date(2019, 10, 13)),
        date(2019, 11, 19),
    ),
    "supplier": Source(
        "supplier_payments.csv",
        ("row_id", "vendor_name", "amount", "created", "due_date", "paid_date", "terms_days"),
        Window(date(2015, 11, 1), date(2015, 11, 1), date(2016, 4, 30)),
        date(2016, 8, 4),
    ),
    "ibm": Source(
        "ibm_late_payments.csv",
        ("invoiceNumber", "customerID", "InvoiceAmount", "InvoiceDate", "DueDate", "SettledDate"),
        Window(date(2013, 2, 1), date(2013, 2, 1), date(2013, 5, 31)),
        date(2013, 7, 12),
    ),
}


def load(folder: Path, name: str) -> InvoiceHistory:
    """Read a public ledger.

    Raises:
        BadInput: It is not there.
    """
    import pandas as pd

    source = SOURCES[name]
    path = folder / source.file
    if not path.is_file():
        raise BadInput(f"{path}: there is no such file; name the folder of the ledgers with --data")
    table = pd.read_csv(path, dtype=str)
    invoice, account, amount, issued, due, cleared, *terms = source.columns
    count = len(table)
    return InvoiceHistory(
        table[invoice].to_numpy().astype(str),
        table[account].to_numpy().astype(str),
        (table[amount].astype(float) * 100).round().to_numpy().astype(np.int64),
        np.full(count, ""),
        *(_days(table[name]) for name in (issued, due, cleared)),
        table[terms[0]].astype(float).to_numpy() if terms else np.full(count, np.nan),
    )


def _days(column: Any) -> Any:
    import pandas as pd

    return pd.to_datetime(column, format="%Y-%m-%d").to_numpy().astype("datetime64[D]")
