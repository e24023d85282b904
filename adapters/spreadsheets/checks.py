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
    OrderRecord,
    ReceiptRecord,
    Record,
    TicketRecord,
)
from adapters.spreadsheets.thesaurus import word_key

_HINTS = 20
_TOTALLED = ("amount", "open_amount")
_STRANGER = {
    "invoices": "unmatched_customer",
    "credits": "unmatched_customer",
    "receipts": "unidentified_payer",
}


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
            notes.note("equal_rows", f"the same as line {first.line}", line=record.line)
        else:
            notes.note(
                "number_twice",
                f"{_number(record)!r} stands on line {first.line} with other content",
                line=record.line,
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
    if isinstance(record, OrderRecord):
        return ("order", customer, record.order_number)
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
            notes.note(
                "look_alike", f"differs from line {first} only in its number", line=record.line
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
        notes.note(f"future_{verb}", f"{verb} on {day}, after {as_of}", line=line)


def note_strangers(
    records: Sequence[Record], kind: str, known: KnownCustomers, notes: FindingLog
) -> None:
    """Note customers the ledger does not have, with the nearest name as a hint."""
    if kind == "customers":
        return
    code = _STRANGER.get(kind, "no_account")
    seen: set[str] = set()
    for record in records:
        if isinstance(record, CustomerRecord):
            continue
        customer = (record.customer_number, record.customer_name)
        who = record.customer_number or record.customer_name or ""
        if not who or who in seen or known.knows(*customer):
            continue
        seen.add(who)
        near = _near(who, record.customer_name, known) if len(seen) <= _HINTS else ""
        what = f"customer {who!r} is not in the ledger{near}"
        notes.note(code, what, line=record.line)


def _near(number: str, name: str | None, known: KnownCustomers) -> str:
    padded = next((n for n in known.numbers if n.lstrip("0") == number.lstrip("0")), None)
    if padded:
        return f" (but {padded!r} is)"
    hit = process.extractOne(name or number, known.names, scorer=fuzz.WRatio, score_cutoff=85)
    return f" (but {hit[0]!r} is)" if hit else ""


def tie_totals(
    table: Table, fields: RowFields, left_out: set[int], notes: FindingLog
) -> tuple[ControlTotal, ...]:
    """Compare every total the file states with the rows it covers.

    Args:
        table: The report.
        fields: Reader of its cells.
        left_out: Lines not taken (void, deleted); a file may count them or not.
        notes: Where differences go.
    """
    controls = []
    quiet = RowFields(fields.mapping, fields.mark, fields.order, None, None, FindingLog())
    for name in _TOTALLED:
        if name not in fields.columns or not table.totals:
            continue
        values = [quiet.amount(row, name) or Decimal(0) for row in table.rows]
        taken = [
            Decimal(0) if row.line in left_out else value
            for row, value in zip(table.rows, values, strict=True)
        ]
        for total in table.totals:
            stated = quiet.amount(DataRow(total.line, total.cells, (), "", ""), name)
            if stated is None:
                continue
            control = _tie(total, table, fields, name, stated, (values, taken), notes)
            if control:
                controls.append(control)
    return tuple(controls)


def _tie(
    total: TotalLine,
    table: Table,
    fields: RowFields,
    name: str,
    stated: Decimal,
    readings: Sequence[Sequence[Decimal]],
    notes: FindingLog,
) -> ControlTotal | None:
    column = fields.column(name)
    covers = _covered(total, table)
    sums = [sum((values[at] for at in rows), Decimal(0)) for rows in covers for values in readings]
    if stated not in sums:
        currencies = {fields.text(table.rows[at], "currency").upper() for at in covers[0]}
        if len(currencies) > 1:
            what = f"the total covers {len(currencies)} currencies"
            notes.note("total_not_checked", what, line=total.line, column=column)
            return None
        what = (
            f"the file says {stated:,f}, its rows add up to {sums[0]:,f} "
            f"(difference {sums[0] - stated:,f})"
        )
        notes.note("total_differs", what, line=total.line, column=column)
    summed = stated if stated in sums else sums[0]
    return ControlTotal(total.line, total.scope, column, stated, summed)


def _covered(total: TotalLine, table: Table) -> list[range | list[int]]:
    """The rows a total may cover: its section, or everything above or since the last total."""
    above = range(total.until)
    if total.scope:
        inside = [at for at in above if total.scope in table.rows[at].section]
        if inside:
            return [inside]
    # A bare "Total" may close the report or only its page.
    return [above, range(total.first, total.until)]


def count_kinds(records: Sequence[Record]) -> Mapping[str, int]:
    """Count records by kind."""
    names = {
        CustomerRecord: "customers",
        InvoiceRecord: "invoices",
        CreditRecord: "credits",
        ReceiptRecord: "receipts",
        TicketRecord: "tickets",
        ContractRecord: "contracts",
        OrderRecord: "orders",
    }
    counts: dict[str, int] = {}
    for record in records:
        name = names[type(record)]
        counts[name] = counts.get(name, 0) + 1
    return counts
