"""Credit memos and receipts of a file: new ones, and what was used of those in the books."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from sqlmodel import Session

from adapters.spreadsheets.records import CreditRecord, ReceiptRecord
from ledger.ids import digest, make_id
from ledger.queries.same_money import IN_DOUBT, joined_numbers
from ledger.states import ApplicationKind
from ledger.tables.receivable import CreditMemo, Receipt
from tools.import_accounts import AccountBook
from tools.import_invoices import account_of
from tools.import_known import invoices_numbered, rows_where
from tools.import_plan import Plan, Row
from tools.import_used import UsedMoney
from tools.same_credit import OwnCredits
from tools.same_money import join_listed_receipts


class CreditPlanner:
    """Plans the credit memos of a file."""

    def __init__(self, session: Session, plan: Plan, book: AccountBook, used: UsedMoney) -> None:
        self.session, self.plan, self.book, self.used = session, plan, book, used

    def take(self, records: list[CreditRecord]) -> None:
        """Compare every record with the books."""
        placed = list(self._placed(records))
        self.used.prepare({account["id"] for _record, account in placed})
        numbers = (credit_number(record) for record, _account in placed)
        rows = rows_where(self.session, CreditMemo, CreditMemo.credit_number, numbers)
        known = {(row["account_id"], row["credit_number"]): row for row in rows}
        own = OwnCredits(self.session, {account["id"] for _record, account in placed})
        for record, account in placed:
            key = account["id"], credit_number(record)
            if key in known:
                self._compare(record, known[key])
            elif ours := own.same_as(record, *key):
                what = f"credit {key[1]!r} is {ours.credit_number!r}, which a resolution gave"
                self.plan.notes.note("credit_of_ours", what, line=record.line)
            else:
                known[key] = self._post(record, account, key[1])
        self._keep(own)

    def _keep(self, own: OwnCredits) -> None:
        self.plan.joined_credits = own.joined
        self.plan.questions += own.questions
        for _account, _question in own.questions:
            self.plan.notes.note("perhaps_credit_of_ours", "a credit may be one of ours")

    def _placed(self, records: list[CreditRecord]) -> Iterator[tuple[CreditRecord, Row]]:
        for record in records:
            if record.issued_on and record.issued_on > self.plan.as_of:
                self.plan.later["credits"] += 1
            elif record.open_minor == 0 and not self._knows(record):
                _note_used_before(self.plan, record)
            elif account := account_of(self.book, self.plan, record):
                yield record, account

    def _knows(self, record: CreditRecord) -> bool:
        return self.book.find(record.customer_number, record.customer_name) is not None

    def _post(self, record: CreditRecord, account: Row, number: str) -> Row:
        row = {
            "id": make_id("crm", account["id"], number),
            "account_id": account["id"],
            "credit_number": number,
            "issued_on": record.issued_on or self.plan.as_of,
            "currency": record.currency,
            "invoice_number": record.invoice_number,
            "batch_id": self.plan.batch_id,
        }
        named = [record.invoice_number] if record.invoice_number else []
        return _post_document(
            self.plan, self.used, CreditMemo, ApplicationKind.CREDIT, row, record, named
        )

    def _compare(self, record: CreditRecord, row: Row) -> None:
        if row.get("seen"):
            what = f"credit {row['credit_number']!r} stands twice"
            self.plan.notes.note("number_twice", what, line=record.line)
            return
        row["seen"] = True
        named = [record.invoice_number] if record.invoice_number else []
        _compare_document(self.plan, self.used, ApplicationKind.CREDIT, row, record, named)


class ReceiptPlanner:
    """Plans the receipts of a file."""

    def __init__(self, session: Session, plan: Plan, book: AccountBook, used: UsedMoney) -> None:
        self.session, self.plan, self.book, self.used = session, plan, book, used
        self.in_doubt: set[str] = set()

    def take(self, records: list[ReceiptRecord]) -> None:
        """Compare every record with the books."""
        due = [record for record in records if record.received_on <= self.plan.as_of]
        self.plan.later["receipts"] += len(records) - len(due)
        payers = [self._payer(record) for record in due]
        self.used.prepare({payer["id"] for payer in payers if payer})
        self._note_paid(due, payers)
        numbers = list(_receipt_numbers(due))
        rows = rows_where(self.session, Receipt, Receipt.receipt_number, numbers)
        known = {row["receipt_number"]: row for row in rows}
        known |= self._known_from_bank(due, payers, numbers, known)
        for record, payer, number in zip(due, payers, numbers, strict=True):
            if number in known:
                self._compare(record, payer, known[number])
            else:
                self._post(record, payer, number)

    def _known_from_bank(
        self,
        records: list[ReceiptRecord],
        payers: list[Row | None],
        numbers: list[str],
        known: dict[str, Row],
    ) -> dict[str, Row]:
        """Receipts the bank told of already, by the number of the file; they are booked once."""
        before = joined_numbers(self.session, numbers)
        new = [
            _money(record, payer, number)
            for record, payer, number in zip(records, payers, numbers, strict=True)
            if number not in known and number not in before
        ]
        found = join_listed_receipts(self.session, new)
        self.plan.joined = {receipt: number for number, receipt in found.same.items()}
        self.in_doubt = set(found.doubtful)
        told = before | found.same
        rows = {
            row["id"]: row
            for row in rows_where(self.session, Receipt, Receipt.id, sorted(told.values()))
        }
        lines = dict(zip(numbers, records, strict=True))
        for number in found.same:
            what = f"the bank told of {rows[told[number]]['receipt_number']!r} already"
            self.plan.notes.note("told_by_the_bank", what, line=lines[number].line)
        for number in found.doubtful:
            what = f"{number!r} may be money the bank told of already"
            self.plan.notes.note("perhaps_told_by_the_bank", what, line=lines[number].line)
        return {number: rows[receipt] for number, receipt in told.items()}

    def _payer(self, record: ReceiptRecord) -> Row | None:
        number, name = record.customer_number, record.customer_name
        if self.book.is_ambiguous(number, name):
            what = f"several customers are called {name!r}"
            self.plan.notes.note("ambiguous_payer", what, line=record.line, column="customer_name")
        return self.book.find(number, name)

    def _post(self, record: ReceiptRecord, payer: Row | None, number: str) -> None:
        row = {
            "id": make_id("rcp", number),
            "account_id": payer["id"] if payer else None,
            "receipt_number": number,
            "received_on": record.received_on,
            "currency": record.currency,
            "payer_name": _payer_name(record),
            "memo": _memo(record),
            "hold_reason": IN_DOUBT if number in self.in_doubt else None,
            "batch_id": self.plan.batch_id,
            "advice_key": "",
        }
        _post_document(
            self.plan, self.used, Receipt, ApplicationKind.CASH, row, record, record.invoice_numbers
        )

    def _compare(self, record: ReceiptRecord, payer: Row | None, row: Row) -> None:
        values: dict[str, Any] = {"payer_name": _payer_name(record) or row["payer_name"]}
        values["memo"] = _memo(record) or row["memo"]
        if row["account_id"] is None and payer:
            values["account_id"] = payer["id"]
            self.plan.touched.add(payer["id"])
        self.plan.change(Receipt, row, **values)
        row |= values
        numbers = record.invoice_numbers
        _compare_document(self.plan, self.used, ApplicationKind.CASH, row, record, numbers)

    def _note_paid(self, records: list[ReceiptRecord], payers: list[Row | None]) -> None:
        """Money for an invoice that a clear date already paid would count twice."""
        numbers = (number for record in records for number in record.invoice_numbers)
        paid = {
            (item.account_id, number)
            for number, items in invoices_numbered(self.session, numbers).items()
            for item in items
            if item.open_minor == 0 and item.cleared_minor > 0
        }
        for record, payer in zip(records, payers, strict=True):
            for number in record.invoice_numbers:
                if payer and (payer["id"], number) in paid:
                    what = f"invoice {number!r} was paid by its clear date"
                    self.plan.notes.note("paid_by_clear_date", what, line=record.line)


Document = CreditRecord | ReceiptRecord


def _post_document(
    plan: Plan,
    used: UsedMoney,
    table: Any,
    kind: ApplicationKind,
    row: Row,
    record: Document,
    named: Iterable[str],
) -> Row:
    """Book a document; what was used before the books could see it is not booked.

    The row's amount is what is open plus what adjustments explain, so that it ties with the file.
    """
    left = record.amount_minor if record.open_minor is None else record.open_minor
    amount = record.amount_minor
    if row["account_id"] and record.open_minor is None and kind is ApplicationKind.CASH:
        used.use(kind, row, amount, named, only_named=True)
    elif row["account_id"] and left < amount:
        unexplained = used.use(kind, row, amount - left, named, only_named=False)
        amount -= unexplained
        if unexplained:
            _note_used_before(plan, record)
    row |= {"amount_minor": amount, "unapplied_minor": amount, "seen": True}
    if amount:
        plan.add(table, {name: value for name, value in row.items() if name != "seen"})
    return row


def _note_used_before(plan: Plan, record: Document) -> None:
    what = "part or all of it was used before this import"
    plan.notes.note("used_before", what, line=record.line, column="open_amount")


def _compare_document(
    plan: Plan,
    used: UsedMoney,
    kind: ApplicationKind,
    row: Row,
    record: Document,
    named: Iterable[str],
) -> None:
    """Carry what was used since; a posted amount stays as it is."""
    stated = record.amount_minor
    if record.currency != row["currency"] or (
        record.open_minor is None and stated != row["amount_minor"]
    ):
        what = "another amount or currency than in the books"
        plan.notes.note("amount_kept", what, line=record.line, column="amount")
        return
    if row["account_id"] is None:
        return
    if record.open_minor is None:
        if kind is ApplicationKind.CASH:
            used.use(kind, row, row["unapplied_minor"], named, only_named=True)
        return
    since = row["unapplied_minor"] - record.open_minor
    if since > 0 and used.use(kind, row, since, named, only_named=False):
        what = "used in the accounting system for something the books do not show"
        plan.notes.note("used_elsewhere", what, line=record.line, column="open_amount")


def credit_number(record: CreditRecord) -> str:
    """The number of a credit memo; an overpayment takes that of its invoice, marked."""
    return f"OVERPAID-{record.credit_number}" if record.overpayment else record.credit_number


def _receipt_numbers(records: list[ReceiptRecord]) -> Iterator[str]:
    """The file's own numbers; without one, what the receipt is and how many were equal before."""
    seen: Counter[tuple] = Counter()
    for record in records:
        if record.receipt_number:
            yield record.receipt_number
            continue
        customer = record.customer_number or record.customer_name or record.payer_name
        key = (customer, record.received_on, record.amount_minor, record.currency)
        seen[key] += 1
        text = "\x1f".join(str(part) for part in (*key, seen[key]))
        yield f"RECEIVED-{record.received_on:%Y%m%d}-{digest(text.encode())[:10]}"


def _money(record: ReceiptRecord, payer: Row | None, number: str) -> Row:
    """A receipt as it is compared with what the bank told; known by its number."""
    return {
        "id": number,
        "receipt_number": number,
        "received_on": record.received_on,
        "amount_minor": record.amount_minor,
        "currency": record.currency,
        "payer_name": _payer_name(record),
        "customer_name": payer["name"] if payer else "",
        "memo": _memo(record),
    }


def _payer_name(record: ReceiptRecord) -> str:
    return record.payer_name or record.customer_name or record.customer_number or ""


def _memo(record: ReceiptRecord) -> str:
    parts = [record.memo, *record.invoice_numbers, record.bank_reference or ""]
    return " ".join(dict.fromkeys(part for part in parts if part))
