"""Rows that wait to be inserted in bulk, table after table in the order the keys need."""

from collections import Counter
from typing import Any

from sqlalchemy import insert
from sqlmodel import Session, SQLModel

from ledger.tables.account import Account, Contact, ContractNote, Hold, Renewal, Ticket
from ledger.tables.case import Dispute, Plan, PlanInstalment, Promise
from ledger.tables.receivable import (
    Application,
    BankLine,
    CreditMemo,
    Instalment,
    Invoice,
    Receipt,
)
from ledger.tables.work import Feed, Message, Person

Row = dict[str, Any]

# A table comes after those its foreign keys name.
TABLES: tuple[type[SQLModel], ...] = (
    Person,
    Feed,
    Account,
    Contact,
    ContractNote,
    Renewal,
    Invoice,
    Instalment,
    CreditMemo,
    Receipt,
    BankLine,
    Application,
    Ticket,
    Hold,
    Dispute,
    Promise,
    Plan,
    PlanInstalment,
    Message,
)
TABLE_NAMES = {table: str(table.__tablename__) for table in TABLES}


def _blank(table: type[SQLModel]) -> Row:
    """Every column with its default: rows inserted together need the same columns."""
    columns = table.metadata.tables[TABLE_NAMES[table]].columns
    return {
        column.name: column.default.arg if column.default is not None else None
        for column in columns
    }


_BLANKS = {table: _blank(table) for table in TABLES}


class Rows:
    """Rows of a chunk of accounts; they may still change until they are inserted."""

    def __init__(self) -> None:
        self._waiting: dict[type[SQLModel], list[Row]] = {table: [] for table in TABLES}
        self.inserted: Counter[str] = Counter()

    def add(self, table: type[SQLModel], **values: object) -> Row:
        """Keep a row for the next insert and hand it back."""
        row = {**_BLANKS[table], **values}
        self._waiting[table].append(row)
        return row

    def insert(self, session: Session) -> None:
        """Insert what waits, one statement a table."""
        for table, rows in self._waiting.items():
            if rows:
                session.execute(insert(table.metadata.tables[TABLE_NAMES[table]]), rows)
                self.inserted[TABLE_NAMES[table]] += len(rows)
                rows.clear()
