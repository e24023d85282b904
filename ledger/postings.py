"""Money and customer state: append-only writes that take a session and never commit.

Only tools/ imports this. Each write keeps the projections of the rows it touches
(`open_minor`, `unapplied_minor`) and clears the account's next action date.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import bindparam, insert, update
from sqlmodel import Session

from ledger.errors import Conflict, NotFound
from ledger.ids import make_id
from ledger.journal import insert_new, touch
from ledger.postings_candidates import end_candidates
from ledger.states import ApplicationKind
from ledger.tables.receivable import Application, CreditMemo, Invoice, Receipt
from ledger.tables.work import Message


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
        end_candidates(session, [row["receipt_id"]])
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


def hold_receipt(session: Session, receipt_ids: Iterable[str], reason: str | None) -> None:
    """Note why receipts are not applied; None where nothing keeps them any more."""
    session.execute(
        update(Receipt).where(Receipt.id.in_(list(receipt_ids))).values(hold_reason=reason)
    )


def _get(session: Session, table: Any, row_id: str) -> Any:
    row = session.get(table, row_id)
    if row is None:
        raise NotFound(f"no {table.__name__.lower()} {row_id}")
    return row
