"""What an import will write, gathered before any of it is written."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlmodel import Session

from adapters.spreadsheets.quality import FindingLog
from ledger import postings_bulk
from ledger.ids import make_id
from ledger.journal import touch
from ledger.postings_disputes import open_dispute
from ledger.states import ApplicationKind
from ledger.tables.account import Account, Contact, ContractNote, Renewal, Ticket
from ledger.tables.order import SalesOrder
from ledger.tables.receivable import CreditMemo, Invoice, Receipt

Row = dict[str, Any]

BALANCE = "import"
"""Cause of what settles an invoice because the file says so."""
AMOUNT = "import_amount"
"""Cause of what corrects the amount of an invoice."""
USED = "import_used"
"""Cause of the two postings that name the credit or receipt behind an earlier adjustment."""
DISPUTE_QUOTE = "marked as disputed in the accounting system"

# A table comes after those its foreign keys name.
_ORDER = (
    Account,
    Contact,
    Invoice,
    CreditMemo,
    Receipt,
    Ticket,
    ContractNote,
    Renewal,
    SalesOrder,
)
_NAMES = {
    Account: "accounts",
    Contact: "contacts",
    Invoice: "invoices",
    CreditMemo: "credits",
    Receipt: "receipts",
    Ticket: "tickets",
    ContractNote: "contract_notes",
    Renewal: "renewals",
    SalesOrder: "orders",
}


@dataclass(slots=True)
class Item:
    """An invoice while an import works on it.

    Attributes:
        settled_minor: What earlier imports settled because their files said so.
        corrected_minor: What earlier imports took off the amount.
        adjusted_minor: What of the settlement is an adjustment that names no payment.
        adjusted_on: When the last such adjustment was posted.
        cleared_minor: What of the settlement is a receipt made from a clear date.
        first_applied: Date of its first application.
    """

    id: str
    account_id: str
    number: str
    issued_on: date
    due_on: date
    currency: str
    amount_minor: int
    open_minor: int
    po_number: str | None = None
    entity: str | None = None
    settled_minor: int = 0
    corrected_minor: int = 0
    adjusted_minor: int = 0
    adjusted_on: date | None = None
    cleared_minor: int = 0
    first_applied: date | None = None
    disputed: bool = False
    seen: bool = False


class Plan:
    """Rows to add, columns to change and applications to post, in one batch.

    Args:
        batch_id: Names the import in every row and cause.
        as_of: Business date of the import.
        is_older: The books were read through a later date; nothing may be reopened then.
    """

    def __init__(self, batch_id: str, as_of: date, is_older: bool) -> None:
        self.batch_id, self.as_of, self.is_older = batch_id, as_of, is_older
        self.notes = FindingLog()
        self.added: dict[Any, dict[str, Row]] = {table: {} for table in _ORDER}
        self.changed: dict[Any, dict[str, Row]] = {table: defaultdict(dict) for table in _ORDER}
        self.applications: list[Row] = []
        self.disputes: list[Item] = []
        self.touched: set[str] = set()
        self.later: Counter[str] = Counter()
        self.joined: dict[str, str] = {}
        self.joined_credits: dict[str, str] = {}
        self.questions: list[tuple[str, str]] = []

    def add(self, table: Any, row: Row) -> Row:
        """Add a row; an account of its own is looked at again."""
        self.added[table][row["id"]] = row
        self._touch(row)
        return row

    def change(self, table: Any, known: Row, **values: Any) -> None:
        """Change what differs from the known row; nothing differs, nothing is written.

        Args:
            table: The table.
            known: Its row as it stands: `id`, `account_id` but for accounts, and the columns.
            values: New values.
        """
        differs = {name: value for name, value in values.items() if known[name] != value}
        if differs:
            self.changed[table][known["id"]] |= differs
            self._touch(known)

    def _touch(self, row: Row) -> None:
        account_id = row["account_id"] if "account_id" in row else row["id"]
        if account_id:
            self.touched.add(account_id)

    def apply(
        self,
        kind: ApplicationKind,
        item: Item,
        minor: int,
        source: Row | None,
        on: date,
        cause: str = BALANCE,
        because: str = "",
    ) -> None:
        """Set an amount against an invoice, no earlier than the documents it joins.

        Args:
            kind: What reduces the invoice.
            item: The invoice.
            minor: Minor units; an adjustment may be negative.
            source: The receipt or credit memo.
            on: Business date; moved to the issue date where that is later.
            cause: What the import knows it by.
            because: Tells apart adjustments of one cause on one invoice.
        """
        source_id = source["id"] if source else None
        applied_on = max(on, item.issued_on)
        cause = f"{cause}:{self.batch_id}"
        self.applications.append(
            {
                "id": make_id("app", cause, kind, source_id or because, item.id),
                "account_id": item.account_id,
                "invoice_id": item.id,
                "kind": kind.value,
                "receipt_id": source_id if kind is ApplicationKind.CASH else None,
                "credit_memo_id": source_id if kind is ApplicationKind.CREDIT else None,
                "amount_minor": minor,
                "currency": item.currency,
                "applied_on": applied_on,
                "reverses_id": None,
                "cause": cause,
            }
        )
        item.open_minor -= minor
        if cause.startswith(f"{BALANCE}:") and kind is ApplicationKind.ADJUSTMENT:
            item.adjusted_minor += minor
            item.adjusted_on = applied_on
        item.first_applied = min(item.first_applied or applied_on, applied_on)
        self.touched.add(item.account_id)

    @property
    def counts(self) -> dict[str, int]:
        """How many rows of each kind are added or changed; empty when nothing is."""
        found: Counter[str] = Counter()
        for table, name in _NAMES.items():
            found[f"{name}_added"] = len(self.added[table])
            found[f"{name}_changed"] = len(self.changed[table].keys() - self.added[table].keys())
        for row in self.applications:
            found[f"{row['kind']}_applications"] += 1
        found["disputes_opened"] = len(self.disputes)
        return {name: count for name, count in found.items() if count}

    def post(self, session: Session) -> None:
        """Write everything; the caller's transaction keeps it whole."""
        for table in _ORDER:
            postings_bulk.add_rows(session, table, list(self.added[table].values()))
        for table in _ORDER:
            postings_bulk.change_rows(session, table, self.changed[table])
        postings_bulk.post_applications(session, self.applications)
        for item in self.disputes:
            open_dispute(session, item.account_id, item.id, "UNDEFINED", self.as_of, DISPUTE_QUOTE)
        touch(session, self.touched)
