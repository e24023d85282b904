"""Set-based reads for promises, theirs and ours: what may keep them, and how often they were."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date, timedelta
from typing import Any, NamedTuple

import orjson
from sqlalchemy import func, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import Session

from ledger.states import ApplicationKind, DisputeState, OutboxState, PromiseState
from ledger.tables.account import Account
from ledger.tables.case import Dispute, Promise
from ledger.tables.notes import AccountNote
from ledger.tables.receivable import Application, CreditMemo, Invoice, Receipt
from ledger.tables.work import Message, Outbox

MATURED = (PromiseState.KEPT, PromiseState.PARTLY_KEPT, PromiseState.BROKEN)
_BATCH = 500
_OVERLAP_DAYS = 120


class CashRow(NamedTuple):
    """Cash applied to an invoice, with the day it was received."""

    invoice_id: str
    amount_minor: int
    received_on: date
    applied_on: date
    currency: str
    receipt_id: str


class NobodysMoney(NamedTuple):
    """A receipt that nobody is known to have sent."""

    received_on: date
    amount_minor: int
    currency: str
    payer_name: str


class Tally(NamedTuple):
    """Matured promises to pay of an account."""

    kept: int
    failed: int


def pending(session: Session, direction: str) -> list[Promise]:
    """Promises of one side that are neither kept nor broken."""
    query = select(Promise).where(
        Promise.direction == direction, Promise.state == PromiseState.PENDING
    )
    return list(session.scalars(query.order_by(Promise.account_id, Promise.id)))


def served(session: Session, accounts: Collection[str], since: date) -> list[Promise]:
    """Settled promises to pay whose cash may not be counted again."""
    found: list[Promise] = []
    for batch in in_batches(accounts):
        found += session.scalars(
            select(Promise).where(
                Promise.account_id.in_(batch),
                Promise.direction == "theirs",
                Promise.state.in_(MATURED),
                Promise.kept_minor > 0,
                Promise.due_on >= since - timedelta(days=_OVERLAP_DAYS),
            )
        )
    return found


def cash_since(
    session: Session, accounts: Collection[str], since: date
) -> dict[str, list[CashRow]]:
    """Cash applied from a date on, by account of the invoice."""
    found: dict[str, list[CashRow]] = defaultdict(list)
    for batch in in_batches(accounts):
        rows = session.execute(
            select(
                Application.account_id,
                Application.invoice_id,
                Application.amount_minor,
                func.coalesce(Receipt.received_on, Application.applied_on),
                Application.applied_on,
                Application.currency,
                func.coalesce(Application.receipt_id, ""),
            )
            .outerjoin(Receipt, Receipt.id == Application.receipt_id)
            .where(
                Application.account_id.in_(batch),
                Application.kind == ApplicationKind.CASH,
                Application.applied_on >= since,
            )
        )
        for account_id, *row in rows:
            found[account_id].append(CashRow(*row))
    return found


class OwedRow(NamedTuple):
    """An open invoice, and what of it is disputed."""

    invoice_id: str
    open_minor: int
    disputed_minor: int
    due_on: date
    currency: str


def owed(session: Session, accounts: Collection[str]) -> dict[str, list[OwedRow]]:
    """Open invoices by account; a dispute without an amount is about the whole of its invoice."""
    found: dict[str, list[OwedRow]] = defaultdict(list)
    for batch in in_batches(accounts):
        disputed = _disputed(session, batch)
        rows = session.execute(
            select(
                Invoice.account_id,
                Invoice.id,
                Invoice.open_minor,
                Invoice.due_on,
                Invoice.currency,
            ).where(Invoice.account_id.in_(batch), Invoice.open_minor > 0)
        )
        for account_id, invoice_id, open_minor, due_on, currency in rows:
            parts = disputed.get((account_id, invoice_id), [])
            parts = parts + disputed.get((account_id, None), [])
            whole = sum(open_minor if part is None else part for part in parts)
            row = OwedRow(invoice_id, open_minor, min(whole, open_minor), due_on, currency)
            found[account_id].append(row)
    return found


def _disputed(
    session: Session, accounts: list[str]
) -> dict[tuple[str, str | None], list[int | None]]:
    rows = session.execute(
        select(Dispute.account_id, Dispute.invoice_id, Dispute.level, Dispute.amount_minor).where(
            Dispute.account_id.in_(accounts), Dispute.state != DisputeState.RESOLVED
        )
    )
    found: dict[tuple[str, str | None], list[int | None]] = defaultdict(list)
    for account_id, invoice_id, level, amount_minor in rows:
        found[account_id, invoice_id].append(amount_minor if level == "amount" else None)
    return found


def with_unapplied_cash(session: Session, accounts: Collection[str]) -> set[str]:
    """Those of the accounts whose cash still waits to be applied."""
    found: set[str] = set()
    for batch in in_batches(accounts):
        found.update(
            each
            for each in session.scalars(
                select(Receipt.account_id)
                .where(Receipt.account_id.in_(batch), Receipt.unapplied_minor > 0)
                .distinct()
            )
            if each
        )
    return found


def nobodys_money(session: Session, since: date) -> list[NobodysMoney]:
    """Money of unknown payers that came in from a date on and waits."""
    rows = session.execute(
        select(
            Receipt.received_on, Receipt.unapplied_minor, Receipt.currency, Receipt.payer_name
        ).where(
            Receipt.account_id.is_(None),
            Receipt.unapplied_minor > 0,
            Receipt.received_on >= since,
        )
    )
    return [NobodysMoney(*row) for row in rows]


def names_of(session: Session, accounts: Collection[str]) -> dict[str, str]:
    """Names by account."""
    found: dict[str, str] = {}
    for batch in in_batches(accounts):
        rows = session.execute(select(Account.id, Account.name).where(Account.id.in_(batch)))
        found.update((row[0], row[1]) for row in rows)
    return found


def tallies(
    session: Session, first: date, last: date, accounts: Collection[str] | None = None
) -> dict[str, Tally]:
    """Matured promises to pay an amount that fell due in a period, by account."""
    query = (
        select(Promise.account_id, Promise.state, func.count())
        .where(
            Promise.direction == "theirs",
            Promise.state.in_(MATURED),
            Promise.amount_minor.is_not(None),
            Promise.due_on.between(first, last),
        )
        .group_by(Promise.account_id, Promise.state)
    )
    if accounts is not None:
        query = query.where(Promise.account_id.in_(accounts))
    found: dict[str, Tally] = {}
    for account_id, state, count in session.execute(query):
        kept, failed = found.get(account_id, (0, 0))
        hit = state == PromiseState.KEPT
        found[account_id] = Tally(kept + count * hit, failed + count * (not hit))
    return found


def in_batches(values: Collection[str]) -> Iterable[list[str]]:
    """Sorted values, so many at once as a statement takes."""
    ordered = sorted(values)
    for start in range(0, len(ordered), _BATCH):
        yield ordered[start : start + _BATCH]


class Done(NamedTuple):
    """Something of the ledger that shows a promise of ours was done.

    Attributes:
        may_have_made_it: On the day of a promise it may be the very call in which it was made, so
            that day counts only for what was promised for the same day.
    """

    account_id: str
    kind: str
    on: date
    invoice_ids: frozenset[str]
    what: str
    may_have_made_it: bool = False


def done_since(session: Session, accounts: Collection[str], since: date) -> dict[str, list[Done]]:
    """Credits, copies, calls and corrected invoices from a date on, by account."""
    found: dict[str, list[Done]] = defaultdict(list)
    for batch in in_batches(accounts):
        reads = (_credits, _copies, _calls, _corrections)
        for each in (done for read in reads for done in read(session, batch, since)):
            found[each.account_id].append(each)
    return found


def _credits(session: Session, accounts: list[str], since: date) -> Iterable[Done]:
    memos = session.execute(
        select(CreditMemo.account_id, CreditMemo.issued_on, CreditMemo.credit_number, Invoice.id)
        .outerjoin(
            Invoice,
            (Invoice.account_id == CreditMemo.account_id)
            & (Invoice.invoice_number == CreditMemo.invoice_number),
        )
        .where(CreditMemo.account_id.in_(accounts), CreditMemo.issued_on >= since)
    )
    for account_id, on, number, invoice_id in memos:
        named = frozenset({invoice_id} if invoice_id else ())
        yield Done(account_id, "credit", on, named, f"credit memo {number}")
    applied = session.execute(
        select(Application.account_id, Application.applied_on, Application.invoice_id).where(
            Application.account_id.in_(accounts),
            Application.kind == ApplicationKind.CREDIT,
            Application.amount_minor > 0,
            Application.applied_on >= since,
        )
    )
    for account_id, on, invoice_id in applied:
        yield Done(account_id, "credit", on, frozenset({invoice_id}), "credit applied")


def _copies(session: Session, accounts: list[str], since: date) -> Iterable[Done]:
    """Copies of invoices that left."""
    rows = session.execute(
        select(Message.account_id, Message.sent_on, Outbox.action)
        .join(Outbox, Outbox.id == Message.outbox_id)
        .where(
            Message.account_id.in_(accounts),
            Message.direction == "out",
            Message.sent_on >= since,
            Outbox.state == OutboxState.SENT,
            Outbox.action.contains('"template_id":"copy_answer"'),
        )
    )
    for account_id, on, action in rows:
        named = frozenset(orjson.loads(action)["invoice_ids"])
        yield Done(account_id, "copy", on, named, f"copy sent on {on}")


def _calls(session: Session, accounts: list[str], since: date) -> Iterable[Done]:
    """Calls in the account's history, and those a colleague wrote down, a task's among them."""
    logged = session.execute(
        select(Message.account_id, Message.sent_on, Message.id).where(
            Message.account_id.in_(accounts),
            Message.direction == "out",
            Message.channel.in_(("call", "phone")),
            Message.sent_on >= since,
        )
    )
    for account_id, on, message_id in logged:
        yield Done(account_id, "callback", on, frozenset(), f"call {message_id}")
    kept = session.execute(
        select(AccountNote.account_id, AccountNote.noted_on, AccountNote.id).where(
            AccountNote.account_id.in_(accounts),
            AccountNote.kind == "call",
            AccountNote.noted_on >= since,
        )
    )
    for account_id, on, note_id in kept:
        yield Done(account_id, "callback", on, frozenset(), f"call {note_id}", True)


def _corrections(session: Session, accounts: list[str], since: date) -> Iterable[Done]:
    """New invoices that carry the order, or the number, of an older one of the account."""
    old: Any = aliased(Invoice)
    begins = func.substr(Invoice.invoice_number, 1, func.length(old.invoice_number))
    rows = session.execute(
        select(Invoice.account_id, Invoice.issued_on, Invoice.invoice_number, old.id)
        .join(old, old.account_id == Invoice.account_id)
        .where(
            Invoice.account_id.in_(accounts),
            Invoice.issued_on >= since,
            old.id != Invoice.id,
            or_(
                (Invoice.po_number != "") & (Invoice.po_number == old.po_number),
                begins == old.invoice_number,
            ),
        )
    )
    for account_id, on, number, old_id in rows:
        yield Done(account_id, "correction", on, frozenset({old_id}), f"invoice {number}")
