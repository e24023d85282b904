"""What can only be seen over all records: doubles, strangers, the future, the file's totals."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from rapidfuzz import fuzz, process

from adapters.spreadsheets.fields import RowFields
from adapters.spreadsheets.layout import DataRow, Table, TotalLine
from adapters.spreadsheets.options import KnownCustomers
from adapters.spreadsheets.quality import ControlTotal, FindingLog
from adapters.spreadsheets.records import (
    ContractRecord,
    CreditRecord,
    CustomerRecord,
    InvoiceRecord,
    ReceiptRecord,
    Record,
    TicketRecord,
)
from adapters.spreadsheets.thesaurus import word_key

_HINTS = 20


def drop_doubles(records: Sequence[Record], notes: FindingLog) -> list[Record]:
    """Keep the first of equal rows; the same number with other content is an error."""
    kept: list[Record] = []
    seen: dict[tuple[str, str, str], Record] = {}
    for record in records:
        key = _identity(record)
        first = record if key is None else seen.setdefault(key, record)
        if first is record:
            kept.append(record)
        elif first.content() == record.content():
            notes.warning(
                "equal_rows",
                f"the same as line {first.line}",
                line=record.line,
                consequence="taken once",
            )
        else:
            notes.error(
                "number_twice",
                f"{_number(record)!r} stands on line {first.line} with other content",
                line=record.line,
                remedy="keep one row, or give each document its own number",
            )
    return kept


def _identity(record: Record) -> tuple[str, str, str] | None:
    if isinstance(record, CustomerRecord):
        return ("customer", "", record.customer_number)
    customer = record.customer_number or word_key(record.customer_name or "")
    if isinstance(record, InvoiceRecord):
        return ("invoice", customer, record.invoice_number)
    if isinstance(record, CreditRecord):
        return ("overpaid" if record.overpayment else "credit", customer, record.credit_number)
    if isinstance(record, ReceiptRecord):
        return ("receipt", "", record.receipt_number) if record.receipt_number else None
    if isinstance(record, TicketRecord):
        return ("ticket", "", record.ticket_number)
    return ("contract", customer, str(record.content()))


def _number(record: Record) -> str:
    key = _identity(record)
    return key[2] if key else ""


def note_look_alikes(records: Sequence[Record], notes: FindingLog) -> None:
    """Warn of invoices that differ only in their number."""
    seen: dict[tuple, int] = {}
    for record in records:
        if not isinstance(record, InvoiceRecord):
            continue
        key = (
            record.customer_number or record.customer_name,
            record.amount_minor,
            record.currency,
            record.issued_on,
            record.due_on,
            record.po_number,
        )
        first = seen.setdefault(key, record.line)
        if first != record.line:
            notes.warning(
                "look_alike",
                f"differs from line {first} only in its number",
                line=record.line,
                consequence="both are booked; if one is a double, the customer is asked twice",
                remedy="look at a few of them",
            )


def note_future_dates(records: Sequence[Record], as_of: date, notes: FindingLog) -> None:
    """Warn of what is dated after the day of the import."""
    for record in records:
        if isinstance(record, (InvoiceRecord, CreditRecord)):
            _note_future(record.line, record.issued_on, "issued", as_of, notes)
        if isinstance(record, InvoiceRecord):
            _note_future(record.line, record.cleared_on, "cleared", as_of, notes)
        elif isinstance(record, ReceiptRecord):
            _note_future(record.line, record.received_on, "received", as_of, notes)
        elif isinstance(record, TicketRecord):
            _note_future(record.line, record.opened_on, "opened", as_of, notes)


def _note_future(line: int, day: date | None, verb: str, as_of: date, notes: FindingLog) -> None:
    if day is not None and day > as_of:
        notes.warning(
            f"future_{verb}",
            f"{verb} on {day}, after {as_of}",
            line=line,
            consequence="does not count before that day",
            remedy="check the date order, or give the day of the export as --as-of",
        )


def note_strangers(
    records: Sequence[Record], kind: str, known: KnownCustomers, notes: FindingLog
) -> None:
    """Note customers the ledger does not have, with the nearest name as a hint."""
    if kind == "customers":
        return
    consequence = {
        "invoices": "a new account is opened for each",
        "credits": "a new account is opened for each",
        "receipts": "these receipts stay unidentified",
    }.get(kind)
    seen: set[tuple[str | None, str | None]] = set()
    for record in records:
        if isinstance(record, CustomerRecord):
            continue
        customer = (record.customer_number, record.customer_name)
        unnamed = not any(customer)
        if customer in seen or unnamed or known.knows(*customer):
            continue
        seen.add(customer)
        who = record.customer_number or record.customer_name or ""
        near = _near(who, record.customer_name, known) if len(seen) <= _HINTS else ""
        what = f"customer {who!r} is not in the ledger{near}"
        if consequence:
            notes.warning(
                "unmatched_customer",
                what,
                line=record.line,
                consequence=consequence,
                remedy="import customers first, or correct the number",
            )
        else:
            notes.error(
                "unmatched_customer",
                what,
                line=record.line,
                remedy="import customers or invoices first",
            )


def _near(number: str, name: str | None, known: KnownCustomers) -> str:
    padded = next((n for n in known.numbers if n.lstrip("0") == number.lstrip("0")), None)
    if padded:
        return f" (but {padded!r} is)"
    hit = process.extractOne(name or number, known.names, scorer=fuzz.WRatio, score_cutoff=85)
    return f" (but {hit[0]!r} is)" if hit else ""


def tie_totals(table: Table, fields: RowFields, notes: FindingLog) -> tuple[ControlTotal, ...]:
    """Compare every total the file states with the rows it covers."""
    controls = []
    for name in ("amount", "open_amount"):
        if name not in fields.columns or not table.totals:
            continue
        quiet = RowFields(fields.mapping, fields.mark, fields.order, None, None, FindingLog())
        values = [quiet.amount(row, name) or Decimal(0) for row in table.rows]
        for total in table.totals:
            stated = quiet.amount(DataRow(total.line, total.cells, (), "", ""), name)
            if stated is None:
                continue
            control = ControlTotal(
                total.line,
                total.scope,
                fields.column(name),
                stated,
                _sum(total, table, values, stated),
            )
            controls.append(control)
            if control.difference:
                notes.error(
                    "total_differs",
                    f"the file says {stated:,f}, its rows add up to {control.summed:,f} "
                    f"(difference {control.difference:,f})",
                    line=total.line,
                    column=control.column,
                    remedy="export again; rows are missing or changed",
                )
    return tuple(controls)


def _sum(total: TotalLine, table: Table, values: Sequence[Decimal], stated: Decimal) -> Decimal:
    above = range(total.until)
    if total.scope:
        inside = [i for i in above if total.scope in table.rows[i].section]
        if inside:
            return sum((values[i] for i in inside), Decimal(0))
    everything = sum((values[i] for i in above), Decimal(0))
    since = sum((values[i] for i in above if i >= total.first), Decimal(0))
    # A bare "Total" may close the report or only its page.
    return since if stated == since else everything


def count_kinds(records: Sequence[Record]) -> Mapping[str, int]:
    """Count records by kind."""
    names = {
        CustomerRecord: "customers",
        InvoiceRecord: "invoices",
        CreditRecord: "credits",
        ReceiptRecord: "receipts",
        TicketRecord: "tickets",
        ContractRecord: "contracts",
    }
    counts: dict[str, int] = {}
    for record in records:
        name = names[type(record)]
        counts[name] = counts.get(name, 0) + 1
    return counts
