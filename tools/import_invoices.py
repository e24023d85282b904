"""Invoices of a file compared with the books: new, changed, settled, disputed."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta

from sqlmodel import Session

from adapters.spreadsheets.records import InvoiceRecord
from ledger.ids import make_id
from ledger.money import Money
from ledger.states import ApplicationKind
from ledger.tables.receivable import Invoice, Receipt
from tools.import_accounts import AccountBook
from tools.import_known import invoices_numbered, open_elsewhere, rows_where
from tools.import_plan import AMOUNT, BALANCE, Item, Plan, Row

Run = tuple[str, date, str]  # account, clear date, currency: one payment run


class InvoicePlanner:
    """Plans the invoices of a file; `take` once, then `items` holds each of them."""

    def __init__(self, session: Session, plan: Plan, book: AccountBook) -> None:
        self.session, self.plan, self.book = session, plan, book
        self.items: dict[tuple[str, str], Item] = {}
        self._numbered: dict[str, list[Item]] = {}
        self._runs: dict[Run, list[tuple[Item, int]]] = defaultdict(list)
        self._disputed: list[Item] = []

    def take(self, records: list[InvoiceRecord]) -> None:
        """Compare every record with the books."""
        if not records:
            return
        self._numbered = invoices_numbered(self.session, (r.invoice_number for r in records))
        for same in self._numbered.values():
            self.items |= {(item.account_id, item.number): item for item in same}
        for record in records:
            self._take(record)
        self._post_runs()
        self.plan.disputes += [item for item in self._disputed if item.open_minor > 0]
        self._note_missing()

    def _take(self, record: InvoiceRecord) -> None:
        plan = self.plan
        if record.issued_on and record.issued_on > plan.as_of:
            plan.later["invoices"] += 1
            return
        account = account_of(self.book, plan, record)
        if account is None:
            return
        item = self.items.get((account["id"], record.invoice_number))
        if item and item.seen:
            what = f"{record.invoice_number!r} stands twice for {account['name']!r}"
            self._note(record, "number_twice", what)
            return
        if item is None:
            item = self._post(record, account)
        elif not self._correct(record, item):
            return
        if item is None:
            return
        item.seen = True
        self._balance(record, item)
        if record.disputed and not item.disputed:
            self._disputed.append(item)

    def _post(self, record: InvoiceRecord, account: Row) -> Item | None:
        due_on = self._due_on(record, account)
        if due_on is None:
            return None
        item = Item(
            id=make_id("inv", account["id"], record.invoice_number),
            account_id=account["id"],
            number=record.invoice_number,
            # An invoice in the books today was issued by today, whenever it is due.
            issued_on=record.issued_on or min(due_on, self.plan.as_of),
            due_on=due_on,
            currency=record.currency,
            amount_minor=record.amount_minor,
            open_minor=record.amount_minor,
        )
        self._note_elsewhere(record, item)
        self.items[item.account_id, item.number] = item
        self.plan.add(
            Invoice,
            {
                "id": item.id,
                "account_id": item.account_id,
                "invoice_number": item.number,
                "issued_on": item.issued_on,
                "due_on": item.due_on,
                "amount_minor": item.amount_minor,
                "currency": item.currency,
                "open_minor": item.amount_minor,
                "po_number": record.po_number,
                "dunning_level": 0,
                "dunned_on": None,
                "batch_id": self.plan.batch_id,
                "entity": record.entity,
            },
        )
        return item

    def _due_on(self, record: InvoiceRecord, account: Row) -> date | None:
        if record.due_on:
            return record.due_on
        terms = account["terms_days"] if record.terms_days is None else record.terms_days
        if record.issued_on is None or terms is None:
            what = "no due date, and no terms to work it out"
            self._note(record, "no_due_date", what, "due_on")
            return None
        what = "no due date in the file"
        self._note(record, "due_from_account", what, "due_on")
        return record.issued_on + timedelta(days=terms)

    def _note_elsewhere(self, record: InvoiceRecord, item: Item) -> None:
        for other in self._numbered.get(item.number, ()):
            if (other.amount_minor, other.currency) == (item.amount_minor, item.currency):
                number = self.book.by_id[other.account_id]["account_number"]
                what = f"{item.number!r} stands with the same amount at customer {number!r}"
                self._note(record, "number_elsewhere", what)

    def _correct(self, record: InvoiceRecord, item: Item) -> bool:
        """Carry changes of the master data; False if it cannot be the same invoice."""
        plan = self.plan
        if record.currency != item.currency:
            what = f"{item.number!r} is in {item.currency} in the books, {record.currency} here"
            self._note(record, "currency_changed", what, "currency")
            return False
        names = ("id", "account_id", "due_on", "po_number", "entity")
        known = {name: getattr(item, name) for name in names}
        plan.change(
            Invoice,
            known,
            due_on=record.due_on or item.due_on,
            po_number=record.po_number or item.po_number,
            entity=record.entity or item.entity,
        )
        self._correct_issue_date(record, item)
        return True

    def _correct_issue_date(self, record: InvoiceRecord, item: Item) -> None:
        if record.issued_on is None or record.issued_on == item.issued_on:
            return
        if item.first_applied and record.issued_on > item.first_applied:
            what = f"issued {record.issued_on}, but paid on {item.first_applied}"
            self._note(record, "issue_date_kept", what, "issued_on")
            return
        known = {"id": item.id, "account_id": item.account_id, "issued_on": item.issued_on}
        self.plan.change(Invoice, known, issued_on=record.issued_on)
        item.issued_on = record.issued_on

    def _balance(self, record: InvoiceRecord, item: Item) -> None:
        """Bring amount and open balance to what the file says, where the file knows more.

        The posted amount stays and a difference is an adjustment. Of what settled the invoice only
        that is taken back which earlier files said; what was applied here stays applied.
        """
        left = self._stated(record, item)
        less = item.amount_minor - item.corrected_minor - record.amount_minor
        after, back = item.open_minor - less, 0
        if left is not None and after < left and not self.plan.is_older:
            said = record.amount_minor - item.settled_minor
            back = max(0, min(left - said, left - after))
        below = max(0, -(after + back))
        if below:
            what = f"{item.number!r} is lower now than what was paid on it"
            self._note(record, "amount_below_paid", what, "amount")
        if less - below:
            what = f"the amount of {item.number!r} is another one now"
            self._note(record, "amount_changed", what, "amount")
            self._adjust(item, less - below, AMOUNT)
        if back:
            what = f"more is open of {item.number!r} than in the file before"
            self._note(record, "open_again", what, "open_amount")
            self._adjust(item, -back, BALANCE)
        if left is not None:
            self._settle(record, item, left)

    def _stated(self, record: InvoiceRecord, item: Item) -> int | None:
        """What the file says is open; None where it does not say, or not for today."""
        if record.cleared_on and record.cleared_on > self.plan.as_of:
            self.plan.later["clear_dates"] += 1
            return None
        if record.open_minor is None and record.cleared_on is None:
            if item.settled_minor > 0:
                what = f"{item.number!r} was settled in an earlier file and is open in this one"
                self._note(record, "clearing_gone", what, "cleared_on")
            return None
        return record.open_minor or 0

    def _settle(self, record: InvoiceRecord, item: Item, left: int) -> None:
        settled = item.open_minor - left
        if settled < 0:
            what = f"less is open of {item.number!r} in the books than in the file"
            self._note(record, "less_open_here", what, "open_amount")
        elif settled and record.cleared_on:
            run = item.account_id, record.cleared_on, item.currency
            self._runs[run].append((item, settled))
        elif settled:
            self._adjust(item, settled, BALANCE)

    def _adjust(self, item: Item, minor: int, cause: str) -> None:
        self.plan.apply(ApplicationKind.ADJUSTMENT, item, minor, None, self.plan.as_of, cause)

    def _note(self, record: InvoiceRecord, code: str, what: str, column: str = "") -> None:
        self.plan.notes.note(code, what, line=record.line, column=column)

    def _post_runs(self) -> None:
        """One receipt per customer, clear date and currency, with its applications."""
        numbers = {run: self._run_number(run) for run in self._runs}
        taken = self._taken(numbers.values())
        for run, parts in self._runs.items():
            account_id, cleared_on, currency = run
            number, again = numbers[run], 1
            while number in taken:
                again += 1
                number = f"{numbers[run]}/{again}"
            receipt = {
                "id": make_id("rcp", number),
                "account_id": account_id,
                "receipt_number": number,
                "received_on": cleared_on,
                "amount_minor": sum(minor for _item, minor in parts),
                "currency": currency,
                "unapplied_minor": sum(minor for _item, minor in parts),
                "payer_name": self.book.by_id[account_id]["name"],
                "memo": "",
                "hold_reason": None,
                "advice_key": "",
                "batch_id": self.plan.batch_id,
            }
            self.plan.add(Receipt, receipt)
            for item, minor in parts:
                self.plan.apply(ApplicationKind.CASH, item, minor, receipt, cleared_on)

    def _run_number(self, run: Run) -> str:
        account_id, cleared_on, currency = run
        number = self.book.by_id[account_id]["account_number"]
        return f"CLEARED-{number}-{cleared_on:%Y%m%d}-{currency}"

    def _taken(self, numbers: Iterable[str]) -> set[str]:
        """Numbers of runs in the books, with those that followed on the same day."""
        found = rows_where(self.session, Receipt, Receipt.receipt_number, numbers)
        last = {row["receipt_number"]: row["receipt_number"] for row in found}
        taken, again = set(last), 1
        while last:
            again += 1
            nexts = {f"{first}/{again}": first for first in last.values()}
            rows = rows_where(self.session, Receipt, Receipt.receipt_number, nexts)
            last = {row["receipt_number"]: nexts[row["receipt_number"]] for row in rows}
            taken |= set(last)
        return taken

    def _note_missing(self) -> None:
        """An invoice that left the export is not settled: nobody said so."""
        seen = [item.id for item in self.items.values() if item.seen]
        left = open_elsewhere(self.session, seen)
        if left:
            count = sum(count for count, _minor in left.values())
            sums = ", ".join(str(Money(left[code][1], code)) for code in sorted(left))
            what = f"{count:,} open invoices of earlier files ({sums}) are not in this one"
            self.plan.notes.note("not_in_file", what)


def account_of(book: AccountBook, plan: Plan, record: InvoiceRecord) -> Row | None:
    """The account of a document, opened where the books do not have it."""
    number, name = record.customer_number, record.customer_name
    if book.is_ambiguous(number, name):
        what = f"several customers are called {name!r}"
        plan.notes.note("ambiguous_customer", what, line=record.line, column="customer_name")
        return None
    return book.find(number, name) or book.open(number, name)
