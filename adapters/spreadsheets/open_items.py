"""Rows of receivables listings: invoices, credit memos and receipts, also mixed in one file."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from adapters.spreadsheets.fields import RowFields
from adapters.spreadsheets.layout import DataRow
from adapters.spreadsheets.records import CreditRecord, InvoiceRecord, ReceiptRecord, Record
from adapters.spreadsheets.thesaurus import DOCUMENT_WORDS, PAID_STATES, VOID_STATES, word_key

_NUMBER = {"invoices": "invoice_number", "credits": "credit_number", "receipts": "receipt_number"}
_DEFAULT = {"credits": "credit", "receipts": "receipt"}
_CREDIT_SIDES = {"h", "haben", "c", "cr", "credit", "haber", "credito"}


@dataclass(frozen=True, slots=True)
class _Item:
    """What every row of a listing has, whichever document it is."""

    row: DataRow
    number: str | None
    customer_number: str | None
    customer_name: str | None
    currency: str
    amount_minor: int
    open_minor: int | None

    @property
    def customer(self) -> dict[str, str | None]:
        """Both names of the customer, as a record takes them."""
        return {"customer_number": self.customer_number, "customer_name": self.customer_name}


class OpenItemRows:
    """Builds records of a receivables listing row by row.

    Args:
        fields: Reader of the mapped cells.
        kind: `invoices`, `credits` or `receipts`.
        receipt_sign: 1 if receipts of this file are positive, -1 if they reduce the balance.
    """

    def __init__(self, fields: RowFields, kind: str, receipt_sign: int) -> None:
        self.fields = fields
        self.notes = fields.notes
        self.kind = kind
        self.receipt_sign = receipt_sign
        self.number_field = _NUMBER[kind]
        self.left_out: set[int] = set()

    def records(self, row: DataRow) -> list[Record]:
        """Return what one row says; nothing if it is left out or faulty (see the findings)."""
        document = self._document(row)
        if document is None:
            self.left_out.add(row.line)
            return []
        item = self._item(row)
        if item is None:
            return []
        if item.amount_minor == 0 and not item.open_minor:
            self.left_out.add(row.line)
            self.fields.note(row, "zero_amount", "an amount of zero", "amount")
            return []
        document = document or self._by_sign(item)
        if document == "receipt":
            return self._receipt(item)
        if document == "credit":
            return self._credit(item)
        return self._invoice(item)

    def _document(self, row: DataRow) -> str | None:
        """Return the document kind, "" if only the sign can tell, None to leave the row out."""
        if self.fields.flag(row, "deleted"):
            return self._leave_out(row, "deleted_rows", "marked as deleted", "deleted")
        state = self.fields.text(row, "status")
        if state and word_key(state) in VOID_STATES:
            return self._leave_out(row, "void_rows", f"status {state!r}", "status")
        text = self.fields.text(row, "document_type")
        default = _DEFAULT.get(self.kind, "")
        if not text:
            return default
        key = word_key(text)
        found = next((name for name, words in DOCUMENT_WORDS.items() if key in words), None)
        if found == "payable":
            return self._leave_out(row, "payable_rows", f"{text!r} is what we owe", "document_type")
        if found is None and not default:
            self.fields.note(
                row,
                "unknown_document_type",
                f"{text!r} is not a known kind of document",
                "document_type",
            )
        return found or default

    def _leave_out(self, row: DataRow, code: str, what: str, field: str) -> None:
        self.fields.note(row, code, what, field)

    def _item(self, row: DataRow) -> _Item | None:
        fields = self.fields
        amount, left = fields.amount(row, "amount"), fields.amount(row, "open_amount")
        number = fields.number(row, self.number_field)
        customer_number, customer_name = fields.customer(row)
        currency = fields.currency(row, "amount", "open_amount")
        if amount is None and left is None:
            if not fields.text(row, "amount") and not fields.text(row, "open_amount"):
                self.fields.note(row, "missing_amount", "no amount", "amount")
            return None
        if currency is None:
            return None
        if word_key(fields.text(row, "side")) in _CREDIT_SIDES:
            amount, left = _negated(amount), _negated(left)
        if amount is None:
            amount = left
            self.fields.note(
                row, "only_open_known", "only the open balance is stated", "open_amount"
            )
        if left is None:
            left = self._left(row, amount)
        minor = fields.minor(row, "amount", amount, currency)
        open_minor = None if left is None else fields.minor(row, "open_amount", left, currency)
        if minor is None or (left is not None and open_minor is None):
            return None
        if open_minor is not None and not _can_be_open(open_minor, minor):
            fields.note(row, "open_above_amount", "more is open than the amount", "open_amount")
            return None
        return _Item(row, number, customer_number, customer_name, currency, minor, open_minor)

    def _left(self, row: DataRow, amount: Decimal) -> Decimal | None:
        """What is open where no column says so: from what was paid, the clearing or the status."""
        fields = self.fields
        paid = fields.amount(row, "paid_amount")
        if paid is not None:
            return amount - paid
        if "clearing_number" in fields.columns:
            return Decimal(0) if fields.text(row, "clearing_number") else amount
        is_paid = word_key(fields.text(row, "status")) in PAID_STATES
        # With a clear date the receipt is known; without one only the status keeps us from asking.
        if is_paid and not fields.text(row, "cleared_on"):
            return Decimal(0)
        return None

    def _identified(self, item: _Item) -> bool:
        if not item.number:
            self.fields.note(item.row, "missing_number", "no document number", self.number_field)
        if not item.customer_number and not item.customer_name:
            self.fields.note(item.row, "missing_customer", "no customer", "customer_name")
        return bool(item.number and (item.customer_number or item.customer_name))

    @staticmethod
    def _by_sign(item: _Item) -> str:
        return "credit" if (item.amount_minor or item.open_minor or 0) < 0 else "invoice"

    def _invoice(self, item: _Item) -> list[Record]:
        row, fields = item.row, self.fields
        if item.amount_minor < 0:
            self.fields.note(row, "negative_invoice", "an invoice below zero", "amount")
            return self._credit(item)
        if not self._identified(item):
            return []
        issued_on, terms = fields.day(row, "issued_on"), fields.terms(row)
        record = InvoiceRecord(
            line=row.line,
            **item.customer,
            invoice_number=item.number or "",
            issued_on=issued_on,
            due_on=self._due_on(row, issued_on, terms),
            terms_days=terms,
            amount_minor=item.amount_minor,
            open_minor=None if item.open_minor is None else max(item.open_minor, 0),
            currency=item.currency,
            po_number=fields.number(row, "po_number"),
            entity=fields.text(row, "entity") or None,
            cleared_on=fields.day(row, "cleared_on"),
            disputed=fields.flag(row, "disputed") or False,
        )
        self._check_settled(record)
        return [record, *self._overpayment(item, record)]

    def _due_on(self, row: DataRow, issued_on: date | None, terms: int | None) -> date | None:
        due_on = self.fields.day(row, "due_on")
        if due_on is None and issued_on and terms is not None:
            due_on = issued_on + timedelta(days=terms)
            self.fields.note(row, "due_from_terms", "no due date", "due_on")
        elif due_on is None:
            self.fields.note(row, "missing_due_date", "no due date and no terms", "due_on")
        elif issued_on and due_on < issued_on:
            self.fields.note(
                row, "due_before_issued", f"due {due_on} before issued {issued_on}", "due_on"
            )
        if issued_on is None and due_on:
            self.fields.note(row, "missing_issue_date", "no issue date", "issued_on")
        return due_on

    def _check_settled(self, record: InvoiceRecord) -> None:
        left, cleared_on = record.open_minor, record.cleared_on
        if left and cleared_on:
            what = "a clear date and an open balance"
            self.fields.note(record, "cleared_but_open", what, "cleared_on")
        elif left is not None and left < record.amount_minor and cleared_on is None:
            what = "settled in part or whole, no date known"
            self.fields.note(record, "settled_undated", what, "open_amount")

    def _overpayment(self, item: _Item, record: InvoiceRecord) -> list[Record]:
        if item.open_minor is None or item.open_minor >= 0:
            return []
        what = "a negative open balance on an invoice"
        self.fields.note(record, "overpaid_invoice", what, "open_amount")
        credit = CreditRecord(
            line=record.line,
            **item.customer,
            credit_number=record.invoice_number,
            issued_on=record.issued_on or record.due_on,
            amount_minor=-item.open_minor,
            open_minor=-item.open_minor,
            currency=record.currency,
            invoice_number=record.invoice_number,
            overpayment=True,
        )
        return [credit]

    def _credit(self, item: _Item) -> list[Record]:
        row, fields = item.row, self.fields
        if not self._identified(item):
            return []
        if item.amount_minor > 0 and self.kind == "invoices":
            self.fields.note(row, "credit_without_sign", "a credit memo above zero", "amount")
        issued_on = fields.day(row, "issued_on")
        if issued_on is None and not fields.text(row, "issued_on"):
            self.fields.note(row, "missing_credit_date", "no issue date", "issued_on")
        record = CreditRecord(
            line=row.line,
            **item.customer,
            credit_number=item.number or "",
            issued_on=issued_on,
            amount_minor=abs(item.amount_minor),
            open_minor=None if item.open_minor is None else abs(item.open_minor),
            currency=item.currency,
            invoice_number=fields.number(row, "invoice_ref"),
        )
        return [record]

    def _receipt(self, item: _Item) -> list[Record]:
        row, fields = item.row, self.fields
        if (item.amount_minor or item.open_minor or 0) * self.receipt_sign < 0:
            self.fields.note(
                row, "returned_payment", "a payment with the opposite sign of the others", "amount"
            )
            return []
        dated = "received_on" if self.kind == "receipts" else "issued_on"
        received_on = fields.day(row, dated)
        if received_on is None:
            if not fields.text(row, dated):
                self.fields.note(row, "missing_date", "no date received", dated)
            return []
        references = fields.text(row, "invoice_ref").replace(";", ",").split(",")
        record = ReceiptRecord(
            line=row.line,
            **item.customer,
            receipt_number=item.number,
            bank_reference=fields.number(row, "bank_reference"),
            received_on=received_on,
            amount_minor=abs(item.amount_minor),
            open_minor=None if item.open_minor is None else abs(item.open_minor),
            currency=item.currency,
            payer_name=fields.text(row, "payer_name"),
            memo=fields.text(row, "memo"),
            invoice_numbers=tuple(part.strip() for part in references if part.strip()),
        )
        return [record]


def _can_be_open(open_minor: int, minor: int) -> bool:
    """Whether a balance fits its document; an invoice may be overpaid without bound."""
    if open_minor < 0 < minor:
        return True
    return open_minor * minor >= 0 and abs(open_minor) <= abs(minor)


def _negated(value: Decimal | None) -> Decimal | None:
    return None if value is None else -abs(value)
