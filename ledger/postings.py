"""Money and customer state: append-only writes that take a session and never commit.

Only tools/ imports this. Each write keeps the projections of the rows it touches
(`open_minor`, `unapplied_minor`) and clears the account's next action date.
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, insert, select, update
from sqlmodel import Session

from ledger.errors import Conflict, NotFound
from ledger.ids import make_id
from ledger.journal import insert_new, touch
from ledger.states import ApplicationKind, DisputeState, PromiseState
from ledger.tables.account import Account, Contact, Hold
from ledger.tables.case import Dispute, Plan, PlanInstalment, Promise
from ledger.tables.receivable import Application, CreditMemo, Invoice, Receipt
from ledger.tables.work import CallTask, Message


def apply_to_invoices(
    session: Session,
    kind: ApplicationKind,
    source_id: str | None,
    parts: Iterable[tuple[str, int]],
    applied_on: date,
    cause: str,
) -> list[str]:
    """Set amounts against invoices and return the application ids.

    Args:
        session: A write transaction.
        kind: What reduces the invoice.
        source_id: Receipt or credit memo; None for write-offs and adjustments.
        parts: Pairs of invoice id and amount in minor units (an adjustment may be negative).
        applied_on: Business date of the application.
        cause: Idempotency: the same cause, invoice and source are applied once only.

    Raises:
        Conflict: An amount exceeds what is open or unapplied, the currencies differ, or the date
            lies before a document's own.
        NotFound: No such invoice, receipt or credit memo.
    """
    made = []
    source = _source(session, kind, source_id)
    for invoice_id, amount in parts:
        invoice = _get(session, Invoice, invoice_id)
        _check_fits(invoice, source, applied_on)
        row = {
            "id": application_id(cause, kind, source_id, invoice_id),
            "account_id": invoice.account_id,
            "invoice_id": invoice_id,
            "kind": kind.value,
            "receipt_id": source_id if kind is ApplicationKind.CASH else None,
            "credit_memo_id": source_id if kind is ApplicationKind.CREDIT else None,
            "amount_minor": amount,
            "currency": invoice.currency,
            "applied_on": applied_on,
            "reverses_id": None,
            "cause": cause,
        }
        if insert_new(session, Application, [row]) == 0:
            continue
        _move(session, row)
        made.append(str(row["id"]))
    return made


def application_id(
    cause: str, kind: ApplicationKind, source_id: str | None, invoice_id: str
) -> str:
    """Id of an application: the same cause sets a source against an invoice once."""
    return make_id("app", cause, kind, source_id, invoice_id)


def identify_payers(session: Session, payers: dict[str, str]) -> None:
    """Give receipts nobody was known to have sent the account whose invoices they paid."""
    table = Receipt.__table__
    if payers:
        session.connection().execute(
            update(table)
            .where(table.c.id == bindparam("b_id"), table.c.account_id.is_(None))
            .values(account_id=bindparam("b_account")),
            [{"b_id": receipt, "b_account": account} for receipt, account in payers.items()],
        )


def _source(session: Session, kind: ApplicationKind, source_id: str | None) -> Any:
    """The receipt or credit memo an application takes from; None where it needs none."""
    tables = {ApplicationKind.CASH: Receipt, ApplicationKind.CREDIT: CreditMemo}
    table = tables.get(kind)
    return _get(session, table, source_id or "") if table else None


def _check_fits(invoice: Invoice, source: Any, applied_on: date) -> None:
    """Refuse to join documents of two currencies, or on a day before one of them existed."""
    days = [invoice.issued_on]
    if source is not None:
        if source.currency != invoice.currency:
            raise Conflict(
                f"{source.id} is in {source.currency}, invoice {invoice.id} in {invoice.currency}"
            )
        days.append(source.received_on if isinstance(source, Receipt) else source.issued_on)
    if applied_on < max(days):
        raise Conflict(f"nothing is applied to {invoice.id} on {applied_on}, before {max(days)}")


def reverse_application(session: Session, application_id: str, on: date, cause: str) -> str:
    """Undo an application with a row of the opposite sign; the invoice is open again.

    Raises:
        NotFound: No such application.
        Conflict: It is a reversal itself, already reversed, or posted after that date.
    """
    original = _get(session, Application, application_id)
    if on < original.applied_on:
        raise Conflict(f"application {application_id} was posted on {original.applied_on} only")
    if original.reverses_id is not None:
        raise Conflict("a reversal is not reversed; post the application again")
    row = original.model_dump() | {
        "id": make_id("app", "reversal", application_id),
        "amount_minor": -original.amount_minor,
        "applied_on": on,
        "reverses_id": application_id,
        "cause": cause,
    }
    if insert_new(session, Application, [row]) == 0:
        raise Conflict(f"application {application_id} is already reversed")
    _move(session, row)
    return row["id"]


def _move(session: Session, row: dict[str, Any]) -> None:
    """Carry an application into the projections; refuses to go below zero."""
    amount = row["amount_minor"]
    _reduce(session, Invoice, row["invoice_id"], Invoice.open_minor, amount)
    if row["receipt_id"]:
        _reduce(session, Receipt, row["receipt_id"], Receipt.unapplied_minor, amount)
        session.execute(
            update(Receipt)
            .where(Receipt.id == row["receipt_id"], Receipt.account_id.is_(None))
            .values(account_id=row["account_id"])
        )
    if row["credit_memo_id"]:
        _reduce(session, CreditMemo, row["credit_memo_id"], CreditMemo.unapplied_minor, amount)
    touch(session, {row["account_id"]})


def _reduce(session: Session, table: Any, row_id: str, column: Any, amount: int) -> None:
    result = session.execute(
        update(table)
        .where(table.id == row_id, column >= amount)
        .values({column: column - amount})
        .execution_options(synchronize_session="fetch")
    )
    if result.rowcount != 1:
        raise Conflict(f"{table.__name__.lower()} {row_id} has less than {amount} left")


def post_dunning(session: Session, levels: dict[str, int], dunned_on: date) -> None:
    """Move invoices to the level of a reminder that was accepted for sending."""
    if levels:
        session.connection().execute(
            update(Invoice.__table__)
            .where(Invoice.__table__.c.id == bindparam("b_id"))
            .values(dunning_level=bindparam("b_level"), dunned_on=dunned_on),
            [{"b_id": key, "b_level": level} for key, level in levels.items()],
        )


def post_messages(session: Session, rows: list[dict[str, Any]]) -> None:
    """Record messages that left; the contact budget counts them from now on."""
    if rows:
        session.execute(insert(Message.__table__), rows)


def open_dispute(
    session: Session,
    account_id: str,
    invoice_id: str | None,
    reason: str,
    opened_on: date,
    quote: str,
    owner: str | None = None,
) -> str:
    """Open a dispute once per invoice, reason and day; one resolved that day is open again."""
    row = {
        "id": make_id("dsp", account_id, invoice_id, reason, opened_on),
        "account_id": account_id,
        "invoice_id": invoice_id,
        "reason": reason,
        "opened_on": opened_on,
        "quote": quote,
        "owner": owner,
        "state": DisputeState.OPEN.value,
    }
    if insert_new(session, Dispute, [row]) == 0:
        _revive(session, Dispute, row["id"], state=row["state"], resolution=None, resolved_on=None)
    touch(session, {account_id})
    return row["id"]


def resolve_dispute(session: Session, dispute_id: str, resolution: str, on: date) -> None:
    """Close a dispute.

    Raises:
        NotFound: No such dispute.
    """
    dispute = _get(session, Dispute, dispute_id)
    dispute.state = DisputeState.RESOLVED
    dispute.resolution, dispute.resolved_on = resolution, on
    session.flush()
    touch(session, {dispute.account_id})


def record_promise(session: Session, row: dict[str, Any]) -> str:
    """Record a promise; a newer one over the same invoices supersedes the older.

    One that is repeated after it was superseded the same day stands again.
    """
    row = row | {
        "id": make_id(
            "prm",
            row["account_id"],
            row["direction"],
            row["kind"],
            row["due_on"],
            row["amount_minor"],
            row["invoice_ids"],
            row["promised_on"],
        ),
        "state": PromiseState.PENDING.value,
    }
    if row["direction"] == "theirs":
        session.execute(
            update(Promise)
            .where(
                Promise.account_id == row["account_id"],
                Promise.direction == "theirs",
                Promise.state == PromiseState.PENDING,
                Promise.invoice_ids == row["invoice_ids"],
                Promise.id != row["id"],
            )
            .values(state=PromiseState.SUPERSEDED.value)
        )
    if insert_new(session, Promise, [row]) == 0:
        session.execute(
            update(Promise)
            .where(Promise.id == row["id"], Promise.state == PromiseState.SUPERSEDED)
            .values(state=PromiseState.PENDING.value)
        )
    touch(session, {row["account_id"]})
    return row["id"]


def settle_promises(session: Session, states: dict[str, PromiseState]) -> None:
    """Move promises to kept, partly kept or broken, and look at their accounts again."""
    for promise_id, state in states.items():
        promise = _get(session, Promise, promise_id)
        promise.state = state
        touch(session, {promise.account_id})
    session.flush()


def propose_plan(
    session: Session,
    account_id: str,
    currency: str,
    invoice_ids: tuple[str, ...],
    parts: list[tuple[date, int]],
    agreed_on: date,
) -> str:
    """Record an agreed plan with its instalments."""
    plan_id = make_id("pln", account_id, currency, *invoice_ids, agreed_on)
    plan = {
        "id": plan_id,
        "account_id": account_id,
        "state": "active",
        "amount_minor": sum(amount for _due, amount in parts),
        "currency": currency,
        "agreed_on": agreed_on,
        "invoice_ids": ",".join(invoice_ids),
    }
    insert_new(session, Plan, [plan])
    insert_new(
        session,
        PlanInstalment,
        [
            {
                "id": make_id("pin", plan_id, number),
                "plan_id": plan_id,
                "number": number,
                "due_on": due_on,
                "amount_minor": amount,
            }
            for number, (due_on, amount) in enumerate(parts, start=1)
        ],
    )
    touch(session, {account_id})
    return plan_id


def place_hold(session: Session, row: dict[str, Any]) -> str:
    """Place a hold once per account, invoice, reason and day; one lifted that day stands again."""
    row = row | {
        "id": make_id("hld", row["account_id"], row["invoice_id"], row["reason"], row["placed_on"])
    }
    if insert_new(session, Hold, [row]) == 0:
        again = {"ends_on": row["ends_on"], "lifted_at": None, "lifted_by": None}
        _revive(session, Hold, row["id"], **again)
    touch(session, {row["account_id"]})
    return row["id"]


def release_hold(session: Session, hold_id: str, lifted_by: str, lifted_at: datetime) -> None:
    """Lift a hold.

    Raises:
        NotFound: No such hold.
    """
    hold = _get(session, Hold, hold_id)
    hold.lifted_by, hold.lifted_at = lifted_by, lifted_at
    session.flush()
    touch(session, {hold.account_id})


def set_credit_limit(session: Session, account_id: str, limit_minor: int, currency: str) -> None:
    """Set the limit, in minor units of the account's currency."""
    account = _get(session, Account, account_id)
    account.credit_limit_minor, account.currency = limit_minor, currency
    session.flush()
    touch(session, {account_id})


def set_credit_hold(session: Session, account_id: str, on: bool) -> None:
    """Put an account on credit hold or take it off."""
    _get(session, Account, account_id).credit_hold = on
    session.flush()
    touch(session, {account_id})


def add_call_task(session: Session, row: dict[str, Any]) -> str:
    """Give a person something to do, once per account, kind and summary."""
    row = row | {
        "id": make_id("tsk", row["account_id"], row["kind"], row["summary"], row["due_on"])
    }
    insert_new(session, CallTask, [row])
    return row["id"]


def mark_answered(session: Session, account_id: str, on: date) -> None:
    """The customer's open messages have been answered."""
    session.execute(
        update(Message)
        .where(Message.account_id == account_id, Message.direction == "in", Message.sent_on <= on)
        .values(answered=True)
    )
    touch(session, {account_id})


def opt_out(session: Session, contact_id: str) -> None:
    """A contact asked us to stop; always obeyed."""
    contact = _get(session, Contact, contact_id)
    contact.opted_out = True
    session.flush()
    touch(session, {contact.account_id})


def hold_receipt(session: Session, receipt_ids: Iterable[str], reason: str) -> None:
    """Note why receipts are not applied."""
    session.execute(
        update(Receipt).where(Receipt.id.in_(list(receipt_ids))).values(hold_reason=reason)
    )


def _revive(session: Session, table: Any, row_id: str, **values: Any) -> None:
    """Bring a row that had ended back into force."""
    row = _get(session, table, row_id)
    for name, value in values.items():
        setattr(row, name, value)
    session.flush()


def _get(session: Session, table: Any, row_id: str) -> Any:
    row = session.get(table, row_id)
    if row is None:
        raise NotFound(f"no {table.__name__.lower()} {row_id}")
    return row


def account_exists(session: Session, account_id: str) -> bool:
    """Whether the account is in the books."""
    return session.scalar(select(Account.id).where(Account.id == account_id)) is not None
