"""One customer while the portfolio is written: the account and the money that moved on it.

Projections move with their postings here, so that the books balance before they are inserted.
"""

import itertools
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from evals.worlds.names import Market
from evals.worlds.rows import Row, Rows
from ledger.ids import make_id
from ledger.money import Money
from ledger.states import ApplicationKind
from ledger.tables.receivable import Application, CreditMemo, Invoice, Receipt
from ledger.tables.work import Message
from policies.schema import Policy

SMALLEST_INVOICE_MINOR = 6_000
_WRITING_HOUR = time(14, 30, tzinfo=UTC)


@dataclass(slots=True)
class World:
    """What all customers of a portfolio share: the seed, the date and the human numbers."""

    rng: random.Random
    as_of: date
    policy: Policy
    rows: Rows = field(default_factory=Rows)
    invoice_numbers: Iterator[int] = field(default_factory=lambda: itertools.count(100_001))
    receipt_numbers: Iterator[int] = field(default_factory=lambda: itertools.count(500_001))
    credit_numbers: Iterator[int] = field(default_factory=lambda: itertools.count(7_001))
    serials: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    strategic: list[str] = field(default_factory=list)
    parents: list[str] = field(default_factory=list)
    receipts_tonight: int = 0

    def before(self, days: int) -> date:
        """The date so many days before the business date."""
        return self.as_of - timedelta(days=days)


@dataclass(slots=True)
class Story:
    """A customer with what is open, and the ways money changes it."""

    world: World
    account: Row
    market: Market
    median_minor: int
    terms_days: int
    contacts: list[Row] = field(default_factory=list)
    paid_items: list[Row] = field(default_factory=list)
    open_items: list[Row] = field(default_factory=list)
    letters: dict[tuple[date, str], Row] = field(default_factory=dict)

    @property
    def rng(self) -> random.Random:
        """The one source of chance."""
        return self.world.rng

    @property
    def as_of(self) -> date:
        """The business date."""
        return self.world.as_of

    @property
    def account_id(self) -> str:
        """Id of the account."""
        return self.account["id"]

    @property
    def currency(self) -> str:
        """Currency of the account."""
        return self.account["currency"]

    def draw_amount(self) -> int:
        """A log-normal invoice amount in minor units; below any high-value threshold."""
        amount = round(self.rng.lognormvariate(0.0, 0.8) * self.median_minor)
        return max(SMALLEST_INVOICE_MINOR, min(amount, 12 * self.median_minor))

    def issue(
        self,
        due_on: date,
        amount_minor: int | None = None,
        *,
        currency: str | None = None,
        terms_days: int | None = None,
    ) -> Row:
        """Bill an invoice on the account's terms, at the latest on the business date."""
        number = f"{self.market.invoice_prefix}-{next(self.world.invoice_numbers)}"
        amount = amount_minor or self.draw_amount()
        terms = timedelta(days=terms_days or self.terms_days)
        return self.world.rows.add(
            Invoice,
            id=make_id("inv", self.account_id, number),
            account_id=self.account_id,
            invoice_number=number,
            issued_on=min(due_on - terms, self.as_of),
            due_on=due_on,
            amount_minor=amount,
            currency=currency or self.currency,
            open_minor=amount,
            po_number=f"PO-{self.rng.randint(10_000, 99_999)}" if self.rng.random() < 0.6 else None,
        )

    def issue_open(
        self,
        due_on: date,
        amount_minor: int | None = None,
        *,
        currency: str | None = None,
        terms_days: int | None = None,
    ) -> Row:
        """Bill an invoice that stays open on the business date."""
        invoice = self.issue(due_on, amount_minor, currency=currency, terms_days=terms_days)
        self.open_items.append(invoice)
        return invoice

    def receive(
        self,
        received_on: date,
        parts: Sequence[tuple[Row, int]],
        *,
        unapplied_minor: int = 0,
        memo: str | None = None,
    ) -> Row:
        """Take in money and apply its parts to invoices; the rest stays unapplied."""
        amount = sum(part for _invoice, part in parts) + unapplied_minor
        if memo is None:
            memo = " ".join(invoice["invoice_number"] for invoice, _part in parts)
        receipt = self.add_receipt(received_on, amount, unapplied_minor, memo)
        for invoice, part in parts:
            self._apply(invoice, part, ApplicationKind.CASH, received_on, receipt_id=receipt["id"])
        return receipt

    def add_receipt(
        self,
        received_on: date,
        amount_minor: int,
        unapplied_minor: int,
        memo: str,
        *,
        payer_name: str | None = None,
        identified: bool = True,
        currency: str | None = None,
    ) -> Row:
        """Money that came in; unidentified money names no account."""
        number = f"R-{next(self.world.receipt_numbers)}"
        return self.world.rows.add(
            Receipt,
            id=make_id("rcp", number),
            account_id=self.account_id if identified else None,
            receipt_number=number,
            received_on=received_on,
            amount_minor=amount_minor,
            currency=currency or self.currency,
            unapplied_minor=unapplied_minor,
            payer_name=payer_name or self.account["name"],
            memo=memo,
        )

    def credit(self, issued_on: date, amount_minor: int, invoice: Row, *, apply: bool) -> Row:
        """Give a credit memo on an invoice, applied to it at once or left open."""
        number = f"CM-{next(self.world.credit_numbers)}"
        memo = self.world.rows.add(
            CreditMemo,
            id=make_id("crm", self.account_id, number),
            account_id=self.account_id,
            credit_number=number,
            issued_on=issued_on,
            amount_minor=amount_minor,
            currency=invoice["currency"],
            unapplied_minor=0 if apply else amount_minor,
            invoice_number=invoice["invoice_number"],
        )
        if apply:
            kind = ApplicationKind.CREDIT
            self._apply(invoice, amount_minor, kind, issued_on, credit_memo_id=memo["id"])
        return memo

    def write_off(self, written_on: date, invoice: Row) -> None:
        """Write off what a short payment left open."""
        self._apply(invoice, invoice["open_minor"], ApplicationKind.WRITE_OFF, written_on)

    def _apply(
        self,
        invoice: Row,
        amount_minor: int,
        kind: ApplicationKind,
        applied_on: date,
        receipt_id: str | None = None,
        credit_memo_id: str | None = None,
    ) -> None:
        self.world.rows.add(
            Application,
            id=make_id("app", invoice["id"], receipt_id or credit_memo_id or kind.value),
            account_id=self.account_id,
            invoice_id=invoice["id"],
            kind=kind.value,
            receipt_id=receipt_id,
            credit_memo_id=credit_memo_id,
            amount_minor=amount_minor,
            currency=invoice["currency"],
            applied_on=applied_on,
            cause="history",
        )
        invoice["open_minor"] -= amount_minor

    def write_letter(self, sent_on: date, stage: int, invoices: Sequence[Row]) -> None:
        """Record a reminder that went out, and what it did to its invoices.

        Invoices that come up on one day share one letter, as they did for the customer.
        """
        currency = invoices[0]["currency"]
        letter = self.letters.get((sent_on, currency))
        if letter is None:
            letter = self._first_letter(sent_on, stage, currency)
        ids = [*filter(None, letter["invoice_ids"].split(",")), *(row["id"] for row in invoices)]
        letter["invoice_ids"] = ",".join(ids)
        letter["stage"] = max(letter["stage"], stage)
        for invoice in invoices:
            invoice["dunning_level"] = stage
            invoice["dunned_on"] = sent_on

    def _first_letter(self, sent_on: date, stage: int, currency: str) -> Row:
        letter = self.world.rows.add(
            Message,
            id=make_id("msg", self.account_id, "out", sent_on, currency),
            account_id=self.account_id,
            direction="out",
            purpose="send_reminder",
            stage=stage,
            currency=currency,
            sent_on=sent_on,
            sent_at=datetime.combine(sent_on, _WRITING_HOUR),
            subject=f"Reminder from {self.world.policy.company.name}",
        )
        self.letters[sent_on, currency] = letter
        return letter

    def open_total(self, currency: str) -> Money:
        """Sum of what is open in a currency."""
        open_minor = sum(i["open_minor"] for i in self.open_items if i["currency"] == currency)
        return Money(open_minor, currency)
