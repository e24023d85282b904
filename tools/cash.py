"""Read tools for money that came in: payments, what is unapplied, and which invoices fit."""

from collections.abc import Iterator
from datetime import date
from itertools import combinations, islice

from sqlalchemy import func, select

from engines.matching.model import OpenDocument
from engines.matching.references import ReferenceIndex
from ledger.facts import OpenItem, UnappliedReceipt
from ledger.money import Money
from ledger.tables.account import Account
from ledger.tables.receivable import Application, Invoice, Receipt
from tools.accounts import totals
from tools.contract import AccountRef, Limit, MoneyOut, Result, ToolContext, ToolRetry, read_tool
from tools.outside_text import OutsideText, outside

_ITEMS_IN_PAIRS = 80
_CANDIDATES = 8


class PaymentLine(Result):
    """Money received, and the invoices it was applied to."""

    receipt_number: str
    received_on: date
    amount: MoneyOut
    unapplied: MoneyOut
    paid_invoices: tuple[str, ...]


class Payments(Result):
    """Payments of an account, newest first."""

    account_number: str
    name: str
    payments: tuple[PaymentLine, ...]
    last_paid_on: date | None


class UnappliedLine(Result):
    """Money that is not applied to an invoice yet."""

    receipt_id: str
    receipt_number: str
    account_number: str | None
    received_on: date
    unapplied: MoneyOut
    reference: OutsideText


class UnappliedCash(Result):
    """Unapplied receipts, largest first, with complete totals per currency."""

    receipts: tuple[UnappliedLine, ...]
    count: int
    totals: tuple[MoneyOut, ...]


class CandidateItem(Result):
    """An invoice a receipt may pay."""

    invoice_id: str
    invoice_number: str
    open: MoneyOut


class Candidate(Result):
    """A set of invoices that fits a receipt, and what speaks for it."""

    evidence: str
    invoices: tuple[CandidateItem, ...]
    total: MoneyOut
    uses_all_money: bool


class Candidates(Result):
    """What a receipt may pay, best evidence first; several of one kind mean it is ambiguous."""

    receipt_id: str
    unapplied: MoneyOut
    candidates: tuple[Candidate, ...]


@read_tool()
def list_payments(ctx: ToolContext, account: AccountRef, limit: Limit = 10) -> Payments:
    """List an account's payments, newest first, with the invoices each was applied to."""
    facts = ctx.facts(account)
    receipts = ctx.session.execute(
        select(
            Receipt.id,
            Receipt.receipt_number,
            Receipt.received_on,
            Receipt.amount_minor,
            Receipt.unapplied_minor,
            Receipt.currency,
        )
        .where(Receipt.account_id == account)
        .order_by(Receipt.received_on.desc(), Receipt.id)
        .limit(limit)
    ).all()
    paid: dict[str, list[str]] = {}
    for receipt_id, number in ctx.session.execute(
        select(Application.receipt_id, Invoice.invoice_number)
        .join(Invoice, Invoice.id == Application.invoice_id)
        .where(Application.receipt_id.in_([row[0] for row in receipts]))
        .order_by(Invoice.invoice_number)
        .distinct()
    ):
        paid.setdefault(receipt_id, []).append(number)
    return Payments(
        account_number=facts.account_number,
        name=facts.name,
        payments=tuple(
            PaymentLine(
                receipt_number=row[1],
                received_on=row[2],
                amount=Money(row[3], row[5]),
                unapplied=Money(row[4], row[5]),
                paid_invoices=tuple(paid.get(row[0], ())[:20]),
            )
            for row in receipts
        ),
        last_paid_on=receipts[0][2] if receipts else None,
    )


@read_tool()
def list_unapplied_cash(
    ctx: ToolContext, account: AccountRef | None = None, limit: Limit = 15
) -> UnappliedCash:
    """List money received but not applied, largest first; totals cover all of it.

    Args:
        ctx: Who asks, on which ledger.
        account: One account; left out, the whole book with money of unknown payers.
        limit: How many receipts to return.
    """
    where = [Receipt.unapplied_minor > 0]
    if account:
        ids = [receipt.receipt_id for receipt in ctx.facts(account).receipts]
        where.append(Receipt.id.in_(ids))
    rows = ctx.session.execute(
        select(Receipt, Account.account_number)
        .outerjoin(Account, Account.id == Receipt.account_id)
        .where(*where)
        .order_by(Receipt.unapplied_minor.desc(), Receipt.id)
        .limit(limit)
    ).all()
    sums = ctx.session.execute(
        select(Receipt.currency, func.sum(Receipt.unapplied_minor), func.count())
        .where(*where)
        .group_by(Receipt.currency)
    ).all()
    return UnappliedCash(
        receipts=tuple(
            UnappliedLine(
                receipt_id=receipt.id,
                receipt_number=receipt.receipt_number,
                account_number=number,
                received_on=receipt.received_on,
                unapplied=Money(receipt.unapplied_minor, receipt.currency),
                reference=outside(f"{receipt.payer_name} {receipt.memo}", "bank reference"),
            )
            for receipt, number in rows
        ),
        count=sum(row[2] for row in sums),
        totals=totals([(row[0], int(row[1])) for row in sums]),
    )


@read_tool()
def find_invoice_candidates(ctx: ToolContext, receipt_id: str, account: AccountRef) -> Candidates:
    """Find which open items a receipt may pay: those it names, equals, or equals as a pair.

    Args:
        ctx: Who asks, on which ledger.
        receipt_id: An unapplied receipt of the account, such as "rcp_...".
        account: The account whose open items are searched.
    """
    facts = ctx.facts(account)
    receipt = next((each for each in facts.receipts if each.receipt_id == receipt_id), None)
    if receipt is None:
        raise ToolRetry("no such unapplied receipt here; list_unapplied_cash shows their ids")
    memo = ctx.session.scalar(select(Receipt.memo).where(Receipt.id == receipt_id)) or ""
    items = [i for i in facts.open_items if i.currency == receipt.currency and i.open_minor > 0]
    found = islice(_candidates(receipt, memo, items), _CANDIDATES)
    return Candidates(
        receipt_id=receipt_id,
        unapplied=Money(receipt.unapplied_minor, receipt.currency),
        candidates=tuple(found),
    )


def _candidates(receipt: UnappliedReceipt, memo: str, items: list[OpenItem]) -> Iterator[Candidate]:
    available = receipt.unapplied_minor
    if named := _named(memo, items):
        yield _candidate("the reference names the invoice", named, available)
    for item in items:
        if item.open_minor == available:
            yield _candidate("the amount equals the open balance", [item], available)
    if sum(item.open_minor for item in items) == available and len(items) > 1:
        yield _candidate("the amount equals all open items", items, available)
    for pair in combinations(items[:_ITEMS_IN_PAIRS], 2):
        if pair[0].open_minor + pair[1].open_minor == available and len(items) > 2:
            yield _candidate("the amount equals two open items", list(pair), available)


def _named(memo: str, items: list[OpenItem]) -> list[OpenItem]:
    """Items whose number stands in the memo as a whole, however it is spelled."""
    documents = (
        OpenDocument(item.invoice_number, "", item.open_minor, item.currency, item.due_on)
        for item in items
    )
    hits = ReferenceIndex(documents, {}).find(memo).hits
    found = {number for hit in hits for number in hit.doc_ids}
    return [item for item in items if item.invoice_number in found]


def _candidate(evidence: str, items: list[OpenItem], available: int) -> Candidate:
    total = Money(sum(item.open_minor for item in items), items[0].currency)
    return Candidate(
        evidence=evidence,
        invoices=tuple(
            CandidateItem(
                invoice_id=item.invoice_id, invoice_number=item.invoice_number, open=item.open
            )
            for item in sorted(items, key=lambda each: (each.due_on, each.invoice_number))
        ),
        total=total,
        uses_all_money=total.minor == available,
    )
