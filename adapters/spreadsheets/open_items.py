"""Rows of receivables listings: invoices, credit memos and receipts, also mixed in one file."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from adapters.spreadsheets.fields import RowFields
from adapters.spreadsheets.layout import DataRow
from adapters.spreadsheets.records import CreditRecord, InvoiceRecord, ReceiptRecord, Record
from adapters.spreadsheets.thesaurus import DOCUMENT_WORDS, VOID_STATES, word_key

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
        self.left_out = 0

    def records(self, row: DataRow) -> list[Record]:
        """Return what one row says; nothing if it is left out or faulty (see the findings)."""
        document = self._document(row)
        if document is None:
            self.left_out += 1
            return []
        item = self._item(row)
        if item is None:
            return []
        if item.amount_minor == 0 and not item.open_minor:
            self.left_out += 1
            self.notes.info(
                "zero_amount",
                "an amount of zero",
                line=row.line,
                column=self.fields.column("amount"),
                consequence="left out",
            )
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
            self.notes.warning(
                "unknown_document_type",
                f"{text!r} is not a known kind of document",
                line=row.line,
                column=self.fields.column("document_type"),
                consequence="the sign decides: positive is an invoice, negative a credit",
            )
        return found or default

    def _leave_out(self, row: DataRow, code: str, what: str, field: str) -> None:
        self.notes.info(
            code, what, line=row.line, column=self.fields.column(field), consequence="left out"
        )

    def _item(self, row: DataRow) -> _Item | None:
        fields = self.fields
        amount, left = fields.amount(row, "amount"), fields.amount(row, "open_amount")
        number = fields.number(row, self.number_field)
        customer_number, customer_name = fields.customer(row)
        currency = fields.currency(row, "amount", "open_amount")
        if amount is None and left is None:
            if not fields.text(row, "amount") and not fields.text(row, "open_amount"):
                self._missing(row, "amount", "no amount")
            return None
        if currency is None:
            return None
        if word_key(fields.text(row, "side")) in _CREDIT_SIDES:
            amount, left = _negated(amount), _negated(left)
        if amount is None:
            amount = left
            self.notes.info(
                "only_open_known",
                "only the open balance is stated",
                line=row.line,
                column=fields.column("open_amount"),
                consequence="it is taken as the amount too",
            )
        if left is None and "clearing_number" in fields.columns:
            left = Decimal(0) if fields.text(row, "clearing_number") else amount
        minor = fields.minor(row, "amount", amount, currency)
        open_minor = None if left is None else fields.minor(row, "open_amount", left, currency)
        if minor is None or (left is not None and open_minor is None):
            return None
        return _Item(row, number, customer_number, customer_name, currency, minor, open_minor)

    def _missing(self, row: DataRow, field: str, what: str) -> None:
        self.notes.error(
            f"missing_{field}",
            what,
            line=row.line,
            column=self.fields.column(field),
            remedy="fill in the cell or take the row out",
        )

    def _identified(self, item: _Item) -> bool:
        if not item.number:
            self._missing(item.row, self.number_field, "no document number")
        if not item.customer_number and not item.customer_name:
            self._missing(item.row, "customer_name", "no customer")
        return bool(item.number and (item.customer_number or item.customer_name))

    @staticmethod
    def _by_sign(item: _Item) -> str:
        return "credit" if (item.amount_minor or item.open_minor or 0) < 0 else "invoice"

    def _invoice(self, item: _Item) -> list[Record]:
        row, fields = item.row, self.fields
        if item.amount_minor < 0:
            self.notes.warning(
                "negative_invoice",
                "an invoice below zero",
                line=row.line,
                column=fields.column("amount"),
                consequence="booked as a credit memo",
            )
            return self._credit(item)
        if not self._identified(item):
            return []
        open_minor = item.open_minor
        if open_minor is not None and open_minor > item.amount_minor:
            self.notes.error(
                "open_above_amount",
                "more is open than was invoiced",
                line=row.line,
                column=fields.column("open_amount"),
                remedy="correct the amount, or say "
                "--map amount= to take the open balance as the amount",
            )
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
            open_minor=None if open_minor is None else max(open_minor, 0),
            currency=item.currency,
            po_number=fields.number(row, "po_number"),
            cleared_on=fields.day(row, "cleared_on"),
            disputed=fields.flag(row, "disputed") or False,
        )
        self._check_settled(record)
        return [record, *self._overpayment(item, record)]

    def _due_on(self, row: DataRow, issued_on: date | None, terms: int | None) -> date | None:
        due_on = self.fields.day(row, "due_on")
        if due_on is None and issued_on and terms is not None:
            due_on = issued_on + timedelta(days=terms)
            self.notes.info(
                "due_from_terms",
                "no due date",
                line=row.line,
                column=self.fields.column("due_on"),
                consequence="due on the issue date plus the terms",
            )
        elif due_on is None:
            self.notes.warning(
                "missing_due_date",
                "no due date and no terms",
                line=row.line,
                column=self.fields.column("due_on"),
                consequence="cannot be dunned until the customer's terms or a due date are known",
                remedy="import the customer's terms",
            )
        elif issued_on and due_on < issued_on:
            self.notes.warning(
                "due_before_issued",
                f"due {due_on} before issued {issued_on}",
                line=row.line,
                column=self.fields.column("due_on"),
                consequence="overdue from the day of issue",
            )
        if issued_on is None and due_on:
            self.notes.warning(
                "missing_issue_date",
                "no issue date",
                line=row.line,
                column=self.fields.column("issued_on"),
                consequence="age is counted from the due date",
            )
        return due_on

    def _check_settled(self, record: InvoiceRecord) -> None:
        if record.cleared_on and record.open_minor:
            self.notes.warning(
                "cleared_but_open",
                "a clear date and an open balance",
                line=record.line,
                column=self.fields.column("cleared_on"),
                consequence="what is not open counts as received on that date",
            )
        elif record.cleared_on is None and (record.open_minor or 0) < record.amount_minor:
            if record.open_minor is None:
                return
            self.notes.info(
                "settled_undated",
                "settled in part or whole, no date known",
                line=record.line,
                column=self.fields.column("open_amount"),
                consequence="the payment counts, but teaches no habit",
            )

    def _overpayment(self, item: _Item, record: InvoiceRecord) -> list[Record]:
        if item.open_minor is None or item.open_minor >= 0:
            return []
        self.notes.warning(
            "overpaid_invoice",
            "a negative open balance on an invoice",
            line=record.line,
            column=self.fields.column("open_amount"),
            consequence="the invoice is settled and the customer has that much to their credit",
        )
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
            self.notes.warning(
                "credit_without_sign",
                "a credit memo above zero",
                line=row.line,
                column=fields.column("amount"),
                consequence="taken as a credit all the same; the file's total may count it as owed",
            )
        issued_on = fields.day(row, "issued_on")
        if issued_on is None and not fields.text(row, "issued_on"):
            self.notes.warning(
                "missing_issue_date",
                "no issue date",
                line=row.line,
                column=fields.column("issued_on"),
                consequence="the credit counts from the day of import",
            )
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
            self.notes.error(
                "returned_payment",
                "a payment with the opposite sign of the others",
                line=row.line,
                column=fields.column("amount"),
                remedy="take the row out and reverse the receipt it gives back",
            )
            return []
        dated = "received_on" if self.kind == "receipts" else "issued_on"
        received_on = fields.day(row, dated)
        if received_on is None:
            if not fields.text(row, dated):
                self._missing(row, dated, "no date received")
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


def _negated(value: Decimal | None) -> Decimal | None:
    return None if value is None else -abs(value)
