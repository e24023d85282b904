"""Takes exports into the books: report first, then one transaction per file or nothing.

`prepare_import` reads a file and says what it would do; `book_import` does it. Between the two a
person may be asked, so the second looks at the books again.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any, TypeVar

import orjson
from sqlalchemy import func, select
from sqlmodel import Session

from adapters.spreadsheets.catalog import Severity
from adapters.spreadsheets.mapping import ColumnMapping
from adapters.spreadsheets.mapping_store import MappingStore
from adapters.spreadsheets.options import ImportOptions
from adapters.spreadsheets.quality import QualityReport
from adapters.spreadsheets.reading import ReadOutcome, read_records
from adapters.spreadsheets.records import (
    ContractRecord,
    CreditRecord,
    CustomerRecord,
    InvoiceRecord,
    OrderRecord,
    ReceiptRecord,
    TicketRecord,
)
from ledger.clock import Clock, SystemClock
from ledger.errors import Conflict
from ledger.ids import make_id
from ledger.journal import audit, insert_new, mark_feed
from ledger.postings_cases import add_call_task
from ledger.queries.same_money import JOINED
from ledger.session import Ledger
from ledger.tables.work import Feed, ImportBatch
from tools.import_accounts import AccountBook, CustomerPlanner
from tools.import_invoices import InvoicePlanner
from tools.import_money import CreditPlanner, ReceiptPlanner
from tools.import_orders import OrderPlanner
from tools.import_parties import PartyPlanner
from tools.import_plan import Plan
from tools.import_report import report_json, with_findings
from tools.import_used import UsedMoney
from tools.same_credit import CREDIT_JOINED

_Kind = TypeVar("_Kind")


@dataclass(frozen=True)
class PreparedImport:
    """A file that was read and compared with the books; nothing is written yet.

    Attributes:
        counts: What booking it would write, empty when it would change nothing.
        later: What it holds that is dated after `as_of` and waits, by kind.
    """

    outcome: ReadOutcome
    report: QualityReport
    counts: dict[str, int]
    later: dict[str, int]
    kind: str
    as_of: date
    file_digest: str
    currency: str | None

    @property
    def mapping(self) -> ColumnMapping | None:
        """Which column was taken for which field."""
        return self.outcome.mapping

    @property
    def warns(self) -> bool:
        """Whether a person should look before it is booked."""
        return any(finding.severity is Severity.WARNING for finding in self.report.findings)


@dataclass(frozen=True)
class ImportResult:
    """What became of a file. `batch_id` is None when nothing was booked."""

    report: QualityReport
    counts: dict[str, int]
    batch_id: str | None
    unchanged: bool


def prepare_import(
    ledger: Ledger,
    path: Path | str,
    kind: str,
    *,
    as_of: date,
    options: ImportOptions | None = None,
    store: MappingStore | None = None,
) -> PreparedImport:
    """Read a file and compare it with the books.

    Args:
        ledger: The books, read only.
        path: The export.
        kind: customers, invoices, credits, receipts, tickets, contracts or orders.
        as_of: Business date; documents dated after it wait for a later import.
        options: What a person said about the file.
        store: Mappings accepted before.

    Raises:
        UnreadableFile: The file is no table.
        BadMapping: The options name an unknown field or column.
    """
    options = options or ImportOptions()
    with ledger.read() as session:
        known = AccountBook(session, _blank_plan(as_of)).known()
        outcome = read_records(
            path, kind, as_of=as_of, options=options, known_customers=known, store=store
        )
        prepared = PreparedImport(
            outcome, outcome.report, {}, {}, kind, as_of, "", options.currency
        )
        if outcome.report.blocks:
            return prepared
        plan = _plan(session, prepared, "")
    with Path(path).open("rb") as file:
        file_digest = hashlib.file_digest(file, "sha256").hexdigest()
    return replace(
        prepared,
        report=with_findings(outcome, plan),
        counts=plan.counts,
        later={kind: count for kind, count in plan.later.items() if count},
        file_digest=file_digest,
    )


def book_import(
    ledger: Ledger,
    prepared: PreparedImport,
    *,
    store: MappingStore | None = None,
    actor: str = "import",
    clock: Clock | None = None,
) -> ImportResult:
    """Write a prepared file in one transaction; a crash leaves the books as they were.

    Raises:
        Conflict: The books moved since it was prepared, and now forbid it.
        ValueError: The report blocks.
    """
    if prepared.report.blocks:
        raise ValueError("a report with errors cannot be booked")
    at = (clock or SystemClock()).now()
    with ledger.write() as session:
        batch_id = _next_batch(session, prepared.file_digest)
        plan = _plan(session, prepared, batch_id)
        if plan.notes.blocks:
            raise Conflict(f"the books changed since {prepared.report.file} was read; try again")
        counts, report = plan.counts, with_findings(prepared.outcome, plan)
        plan.post(session)
        for receipt_id, number in plan.joined.items():
            audit(session, at, JOINED, receipt_id, actor, receipt_number=number)
        for credit_id, number in plan.joined_credits.items():
            audit(session, at, CREDIT_JOINED, credit_id, actor, credit_number=number)
        _ask(session, plan, prepared.as_of, actor)
        day = min(prepared.as_of, prepared.outcome.stated_on or prepared.as_of)
        for feed in _feeds(prepared):
            mark_feed(session, feed, day, at)
        batch = {
            "id": batch_id,
            "kind": prepared.kind,
            "file_name": report.file,
            "file_digest": prepared.file_digest,
            "rows": report.rows,
            "imported_on": prepared.as_of,
            "report": orjson.dumps(report_json(report)).decode(),
        }
        insert_new(session, ImportBatch, [batch])
        audit(
            session,
            at,
            "file_imported",
            batch_id,
            actor,
            concerns=prepared.kind,
            file=report.file,
            file_digest=prepared.file_digest,
            as_of=prepared.as_of.isoformat(),
            rows=report.rows,
            counts=counts,
        )
    if store and prepared.mapping:
        store.save(prepared.mapping)
    return ImportResult(report, counts, batch_id, not counts)


def _ask(session: Session, plan: Plan, as_of: date, actor: str) -> None:
    """Give a person what only they can tell, as a task."""
    for account_id, question in plan.questions:
        task = {
            "account_id": account_id,
            "kind": "review",
            "summary": question,
            "due_on": as_of + timedelta(days=1),
            "assignee": None,
            "state": "open",
            "created_by": actor,
        }
        add_call_task(session, task)


def import_file(
    ledger: Ledger,
    path: Path | str,
    kind: str,
    *,
    as_of: date,
    options: ImportOptions | None = None,
    store: MappingStore | None = None,
    dry_run: bool = False,
    actor: str = "import",
    clock: Clock | None = None,
) -> ImportResult:
    """Read, compare and book a file; warnings do not stop it, errors do.

    Args:
        ledger: The books.
        path: The export.
        kind: customers, invoices, credits, receipts, tickets, contracts or orders.
        as_of: Business date; documents dated after it wait for a later import.
        options: What a person said about the file.
        store: Mappings accepted before; this one joins them once the file is booked.
        dry_run: Report and count only.
        actor: Who imports, for the journal.
        clock: Instant of the journal record.

    Returns:
        Without a batch when the report blocks or nothing was to be written.
    """
    prepared = prepare_import(ledger, path, kind, as_of=as_of, options=options, store=store)
    if dry_run or prepared.report.blocks:
        return ImportResult(prepared.report, prepared.counts, None, not prepared.counts)
    return book_import(ledger, prepared, store=store, actor=actor, clock=clock)


def _plan(session: Session, prepared: PreparedImport, batch_id: str) -> Plan:
    """Compare the records with the books as this transaction sees them."""
    feed = session.get(Feed, prepared.kind)
    is_older = feed is not None and feed.read_through > prepared.as_of
    plan = Plan(batch_id, prepared.as_of, is_older)
    if is_older:
        what = f"the books were read through {feed.read_through}, the file is of {prepared.as_of}"
        plan.notes.note("older_file", what)
    book, records = AccountBook(session, plan), prepared.outcome.records
    CustomerPlanner(session, plan, book, prepared.currency).take(_only(records, CustomerRecord))
    invoices = InvoicePlanner(session, plan, book)
    invoices.take(_only(records, InvoiceRecord))
    used = UsedMoney(session, plan, invoices.items.values())
    CreditPlanner(session, plan, book, used).take(_only(records, CreditRecord))
    ReceiptPlanner(session, plan, book, used).take(_only(records, ReceiptRecord))
    parties = PartyPlanner(session, plan, book)
    parties.take_tickets(_only(records, TicketRecord))
    parties.take_contracts(_only(records, ContractRecord))
    if prepared.kind == "orders":  # a file without any tells that none is left
        OrderPlanner(session, plan, book).take(_only(records, OrderRecord))
    return plan


def _only(records: Sequence[Any], kind: type[_Kind]) -> list[_Kind]:
    return [record for record in records if isinstance(record, kind)]


def _blank_plan(as_of: date) -> Plan:
    return Plan("", as_of, is_older=False)


def _next_batch(session: Session, file_digest: str) -> str:
    """Every import is a batch of its own, also of the same file again."""
    count = session.scalar(select(func.count()).select_from(ImportBatch)) or 0
    return make_id("imp", file_digest, count)


def _feeds(prepared: PreparedImport) -> set[str]:
    """What the books have now been told of; clear dates tell of receipts too."""
    mapping = prepared.mapping
    tells_receipts = prepared.kind == "invoices" and mapping and "cleared_on" in mapping.columns
    return {prepared.kind, "receipts"} if tells_receipts else {prepared.kind}
