"""Books written row by row, below the postings, so that a test can also write wrong ones."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import insert, text, update
from sqlmodel import Session

from ledger.migrations.append_only import FROZEN
from ledger.session import Ledger, open_engine
from ledger.tables.all_tables import metadata

NOON = datetime(2025, 3, 1, 12, tzinfo=UTC)


@contextmanager
def open_books(url: str) -> Iterator["Books"]:
    """Open the books of a database with every table in it."""
    ledger = Ledger(open_engine(url))
    try:
        yield Books(ledger)
    finally:
        ledger.close()


class Books:
    """Adds and changes single rows; every value a test does not care about has a default."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger

    def add(self, table: str, **values: Any) -> None:
        """Insert one row."""
        with self.ledger.write() as session:
            session.execute(insert(metadata.tables[table]), [values])

    def change(self, table: str, key: str, value: Any, **changes: Any) -> None:
        """Update the rows whose column `key` holds a value."""
        rows = metadata.tables[table]
        with self.ledger.write() as session:
            session.execute(update(rows).where(rows.c[key] == value).values(**changes))

    def unfreeze(self, *tables: str) -> None:
        """Drop the triggers that keep tables append-only, as a thief of the file would."""
        with self.ledger.write() as session:
            for table in tables:
                assert table in FROZEN
                for statement in self._drops(table):
                    session.execute(text(statement))

    def _drops(self, table: str) -> tuple[str, ...]:
        if self.ledger.is_sqlite:
            return tuple(
                f"DROP TRIGGER {table}_is_append_only_{event}" for event in ("delete", "update")
            )
        return (f"DROP TRIGGER {table}_is_append_only ON {table}",)

    def account(self, account_id: str) -> str:
        """An account."""
        defaults = {
            "name": account_id,
            "segment": "smb",
            "strategic": False,
            "places": "",
            "time_zones": "",
            "language": "en",
            "debtor_type": "business",
            "credit_hold": False,
            "preferred_channel": "email",
        }
        self.add("account", id=account_id, account_number=account_id, **defaults)
        return account_id

    def invoice(self, invoice_id: str, amount_minor: int, **values: Any) -> str:
        """An invoice, open in full."""
        row = {
            "account_id": "acc_a",
            "invoice_number": invoice_id,
            "issued_on": date(2025, 1, 1),
            "due_on": date(2025, 1, 31),
            "currency": "EUR",
            "open_minor": amount_minor,
            "dunning_level": 0,
        }
        self.add("invoice", id=invoice_id, amount_minor=amount_minor, **(row | values))
        return invoice_id

    def receipt(self, receipt_id: str, amount_minor: int, **values: Any) -> str:
        """Money received, unapplied."""
        row = {
            "account_id": "acc_a",
            "receipt_number": receipt_id,
            "received_on": date(2025, 2, 1),
            "currency": "EUR",
            "unapplied_minor": amount_minor,
            "payer_name": "",
            "memo": "",
        }
        self.add("receipt", id=receipt_id, amount_minor=amount_minor, **(row | values))
        return receipt_id

    def credit(self, credit_id: str, amount_minor: int, **values: Any) -> str:
        """A credit memo, unapplied."""
        row = {
            "account_id": "acc_a",
            "credit_number": credit_id,
            "issued_on": date(2025, 2, 1),
            "currency": "EUR",
            "unapplied_minor": amount_minor,
        }
        self.add("credit_memo", id=credit_id, amount_minor=amount_minor, **(row | values))
        return credit_id

    def instalment(self, invoice_id: str, number: int, due_on: date, amount_minor: int) -> None:
        """A part of an invoice."""
        part = {"invoice_id": invoice_id, "number": number, "due_on": due_on}
        self.add("instalment", id=f"{invoice_id}/{number}", amount_minor=amount_minor, **part)

    def apply(self, application_id: str, invoice_id: str, amount_minor: int, **values: Any) -> str:
        """An application, and the projections that postings would keep with it.

        Names its document by `receipt_id` or `credit_memo_id`; without one it is an adjustment
        unless `kind` says otherwise.
        """
        row = {
            "account_id": "acc_a",
            "currency": "EUR",
            "applied_on": date(2025, 2, 1),
            "cause": "",
            "kind": "adjustment",
        }
        documents = (
            ("receipt", "receipt_id", "unapplied_minor", "cash"),
            ("credit_memo", "credit_memo_id", "unapplied_minor", "credit"),
        )
        with self.ledger.write() as session:
            for table, named, kept, kind in documents:
                if values.get(named):
                    row["kind"] = kind
                    self._take(session, table, values[named], kept, amount_minor)
            self._take(session, "invoice", invoice_id, "open_minor", amount_minor)
            row |= {"id": application_id, "invoice_id": invoice_id, "amount_minor": amount_minor}
            session.execute(insert(metadata.tables["application"]), [row | values])
        return application_id

    def give_back(self, return_id: str, receipt_id: str, minor: int, **values: Any) -> str:
        """Money of a receipt that went back, and the projection that postings would keep."""
        row = {"id": return_id, "receipt_id": receipt_id, "currency": "EUR", "reason": ""}
        row |= {"returned_on": date(2025, 2, 1), "bank_line_id": None, "cause": ""}
        with self.ledger.write() as session:
            self._take(session, "receipt", receipt_id, "unapplied_minor", minor)
            values = row | {"amount_minor": minor} | values
            session.execute(insert(metadata.tables["receipt_return"]), [values])
        return return_id

    def _take(
        self, session: Session, table: str, row_id: str, column: str, amount_minor: int
    ) -> None:
        rows = metadata.tables[table]
        kept = rows.c[column]
        session.execute(update(rows).where(rows.c.id == row_id).values({kept: kept - amount_minor}))
