"""Taking in an export: read, checked, reported and booked, beside a bare row-by-row insert."""

import csv
import random
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from sqlalchemy import func, insert, select

from evals.bench.frame import BenchOptions, Measured, apart, peak_memory
from evals.worlds.home import AS_OF
from graph.bootstrap import House, create_home
from graph.settings import Settings
from ledger.clock import stopwatch
from ledger.tables.account import Account
from ledger.tables.receivable import Invoice
from tools.import_book import import_file

CUSTOMERS_PER_ROW = 982 / 32_000
_HEADS = (
    "Customer Number",
    "Customer Name",
    "Invoice Number",
    "Invoice Date",
    "Due Date",
    "Amount",
    "Open Amount",
    "Currency",
)


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import came to."""

    rows: int
    seconds: float
    peak: int


def bench_import(options: BenchOptions) -> Iterator[Measured]:
    """Rows a second of an open-item list of invoices."""
    options.tell(f"importing {options.rows:,} invoices")
    path = options.folder / "open-items.csv"
    write_open_items(path, options.rows, options.seed)
    ours = apart(import_checked, options.folder / "import", path)
    bare = apart(import_bare, options.folder / "import-bare", path)
    case = f"an open-item list of {ours.rows:,} invoices, CSV"
    yield Measured(
        "import",
        case,
        "rows imported",
        "rows/s",
        ours.rows / ours.seconds,
        "read, columns found, every cell checked, report written, compared with the books, "
        "booked in one transaction with its journal record",
        baseline="csv.DictReader, nothing checked, one INSERT a row, one transaction",
        baseline_value=bare.rows / bare.seconds,
    )
    yield Measured(
        "import",
        case,
        "peak memory",
        "MB",
        ours.peak / 1e6,
        "high-water mark of the import's own process",
        baseline="csv.DictReader, one INSERT a row",
        baseline_value=bare.peak / 1e6,
    )


def write_open_items(path: Path, rows: int, seed: int) -> None:
    """Write a synthetic export; equal seeds, equal bytes."""
    rng = random.Random(seed)  # noqa: S311 - synthetic rows, not secrets
    customers = max(1, round(rows * CUSTOMERS_PER_ROW))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(_HEADS)
        for number in range(1, rows + 1):
            customer = rng.randrange(customers)
            issued = AS_OF - timedelta(days=rng.randrange(5, 300))
            amount = f"{rng.randrange(1_000, 9_000_000) / 100:.2f}"
            writer.writerow(
                (
                    f"C{customer:06}",
                    f"Customer {customer} Trading Ltd",
                    f"INV-{number:07}",
                    issued.isoformat(),
                    (issued + timedelta(days=30)).isoformat(),
                    amount,
                    amount,
                    "USD",
                )
            )


def import_checked(home: Path, path: Path) -> Imported:
    """Import the file as `dunwell import` does.

    Raises:
        ValueError: The books do not hold every row; then no figure counts.
    """
    with closing(create_home(settings=Settings(home=home))) as house:
        started = stopwatch()
        import_file(house.ledger, path, "invoices", as_of=AS_OF)
        seconds = stopwatch() - started
        return Imported(_booked(house, path), seconds, peak_memory())


def import_bare(home: Path, path: Path) -> Imported:
    """Insert the file's rows one by one, believing every cell."""
    with closing(create_home(settings=Settings(home=home))) as house:
        started = stopwatch()
        known: set[str] = set()
        with house.ledger.write() as session, path.open(encoding="utf-8", newline="") as file:
            connection = session.connection()
            for row in csv.DictReader(file):
                number = row["Customer Number"]
                if number not in known:
                    known.add(number)
                    connection.execute(insert(Account.__table__), [_account(row)])
                connection.execute(insert(Invoice.__table__), [_invoice(row)])
        seconds = stopwatch() - started
        return Imported(_booked(house, path), seconds, peak_memory())


def _account(row: dict[str, str]) -> dict[str, object]:
    number = row["Customer Number"]
    values = {"id": number, "account_number": number, "name": row["Customer Name"]}
    return Account(**values).model_dump()


def _invoice(row: dict[str, str]) -> dict[str, object]:
    minor = int(row["Amount"].replace(".", ""))
    return {
        "id": row["Invoice Number"],
        "account_id": row["Customer Number"],
        "invoice_number": row["Invoice Number"],
        "issued_on": date.fromisoformat(row["Invoice Date"]),
        "due_on": date.fromisoformat(row["Due Date"]),
        "amount_minor": minor,
        "open_minor": minor,
        "currency": row["Currency"],
        "dunning_level": 0,
    }


def _booked(house: House, path: Path) -> int:
    with path.open(encoding="utf-8") as file:
        wanted = sum(1 for _line in file) - 1
    with house.ledger.read() as session:
        booked = session.scalar(select(func.count()).select_from(Invoice)) or 0
    if booked != wanted:
        raise ValueError(f"{booked} invoices were booked of {wanted}")
    return booked
