"""Set-based reads for promises and the cash that settles them."""

from collections.abc import Collection, Iterable
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session

from ledger.facts import OpenItem
from ledger.states import ApplicationKind, PromiseState
from ledger.tables.case import Promise
from ledger.tables.receivable import Application, Invoice, Receipt

_ITEM = (
    Invoice.account_id,
    Invoice.id,
    Invoice.invoice_number,
    Invoice.issued_on,
    Invoice.due_on,
    Invoice.amount_minor,
    Invoice.open_minor,
    Invoice.currency,
)
_BATCH = 500


def items_by_account(session: Session, accounts: Collection[str]) -> dict[str, list[Any]]:
    """(account id, open item) by account."""
    found: dict[str, list[Any]] = {}
    for batch in _batches(accounts):
        rows = session.execute(
            select(*_ITEM).where(Invoice.account_id.in_(batch), Invoice.open_minor > 0)
        )
        for row in rows:
            found.setdefault(row.account_id, []).append((row.account_id, OpenItem(*row[1:])))
    return found


def pending_promises(session: Session) -> list[Promise]:
    """Promises to pay that are neither kept nor broken."""
    return list(
        session.scalars(
            select(Promise).where(
                Promise.direction == "theirs", Promise.state == PromiseState.PENDING
            )
        )
    )


def cash_since(
    session: Session, accounts: Collection[str], first: date
) -> dict[str, list[tuple[str, int, date, str]]]:
    """Cash applied from a date on: (invoice, minor units, date, currency) by account."""
    found: dict[str, list[tuple[str, int, date, str]]] = {}
    for batch in _batches(accounts):
        rows = session.execute(
            select(
                Application.account_id,
                Application.invoice_id,
                Application.amount_minor,
                Application.applied_on,
                Application.currency,
            ).where(
                Application.account_id.in_(batch),
                Application.kind == ApplicationKind.CASH,
                Application.applied_on >= first,
            )
        )
        for row in rows:
            found.setdefault(row[0], []).append((row[1], row[2], row[3], row[4]))
    return found


def accounts_with_unapplied_cash(session: Session, accounts: Collection[str]) -> set[str]:
    """Those of the accounts whose cash still waits to be applied."""
    found: set[str] = set()
    for batch in _batches(accounts):
        found.update(
            session.scalars(
                select(Receipt.account_id)
                .where(Receipt.account_id.in_(batch), Receipt.unapplied_minor > 0)
                .group_by(Receipt.account_id)
                .having(func.count() > 0)
            )
        )
    return found


def _batches(values: Collection[str]) -> Iterable[list[str]]:
    ordered = sorted(values)
    for start in range(0, len(ordered), _BATCH):
        yield ordered[start : start + _BATCH]
