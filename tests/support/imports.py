"""A desk where exports are written, imported and compared with the books."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

from sqlalchemy import select, text, update

from adapters.spreadsheets.mapping_store import MappingStore
from adapters.spreadsheets.options import ImportOptions
from ledger.checks import check_ledger
from ledger.clock import FixedClock
from ledger.session import Ledger, open_engine
from ledger.tables.account import Account, Contact
from ledger.tables.receivable import Application, CreditMemo, Invoice, Receipt
from tools.import_book import ImportResult, import_file

AS_OF = date(2026, 3, 1)
BOOKS = (Account, Contact, Invoice, CreditMemo, Receipt, Application)


@contextmanager
def open_desk(url: str, folder: Path) -> Iterator["Desk"]:
    """Open a desk over a database with every table in it."""
    ledger = Ledger(open_engine(url))
    try:
        yield Desk(ledger, folder)
    finally:
        ledger.close()


class Desk:
    """Takes in rows as if they were a file; after each, the books must be sound."""

    as_of = AS_OF

    def __init__(self, ledger: Ledger, folder: Path) -> None:
        self.ledger, self.folder = ledger, folder
        self.store = MappingStore(folder / "mappings")

    def write(self, *lines: str, name: str = "export.csv") -> Path:
        """Write a CSV file."""
        path = self.folder / name
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return path

    def take(
        self, kind: str, *lines: str, as_of: date = AS_OF, dry_run: bool = False, **options: Any
    ) -> ImportResult:
        """Import rows and prove the books."""
        result = import_file(
            self.ledger,
            self.write(*lines),
            kind,
            as_of=as_of,
            options=ImportOptions(**options),
            store=self.store,
            dry_run=dry_run,
            clock=FixedClock(datetime.combine(as_of, time(9), UTC)),
        )
        self.prove(as_of)
        return result

    def prove(self, as_of: date) -> None:
        """Every check holds, on the day and when everything has happened."""
        with self.ledger.read() as session:
            assert check_ledger(session, as_of) == []
            assert check_ledger(session, date(2099, 1, 1)) == []

    def all(self, table: Any) -> list[Any]:
        """Rows of a table in the order they were written."""
        with self.ledger.read() as session:
            order = "rowid" if self.ledger.is_sqlite else "ctid"
            return list(session.scalars(select(table).order_by(text(order))))

    def one(self, table: Any) -> Any:
        """The only row of a table."""
        (row,) = self.all(table)
        return row

    def everything(self) -> dict[str, list[Any]]:
        """All rows of the books; empty when there are none."""
        found = {table.__name__: [row.model_dump() for row in self.all(table)] for table in BOOKS}
        return {name: rows for name, rows in found.items() if rows}

    def open_balances(self) -> dict[str, int]:
        """Open minor units by invoice number."""
        return {row.invoice_number: row.open_minor for row in self.all(Invoice)}

    def rest(self) -> None:
        """Let every account rest until a far day, so that a touch shows."""
        with self.ledger.write() as session:
            session.execute(update(Account).values(next_action_on=date(2030, 1, 1)))

    @staticmethod
    def found(result: ImportResult, code: str) -> int:
        """How often a finding was made."""
        finding = result.report.of(code)
        return finding.count if finding else 0
