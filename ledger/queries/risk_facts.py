"""Set-based reads for the credit score: what accounts owe and the signs of how they pay.

Nothing about who an account is leaves here but its type of debtor, which decides whether it is
scored at all.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, case, func, select
from sqlmodel import Session

from ledger.queries.as_of import due_parts
from ledger.tables.account import Account, Contact
from ledger.tables.case import Dispute
from ledger.tables.receivable import CreditMemo, Invoice, Receipt, ReceiptReturn

Accounts = Sequence[str] | None


class Owing(NamedTuple):
    """What an account owes in one currency."""

    account_id: str
    currency: str
    open_minor: int
    overdue_minor: int
    oldest_due_on: date
    part_paid: int


class Limited(NamedTuple):
    """An account's type, and its credit."""

    account_id: str
    debtor_type: str
    currency: str | None
    limit_minor: int | None
    on_hold: bool


def owing(session: Session, as_of: date, accounts: Accounts = None) -> list[Owing]:
    """Open, overdue, oldest due date and overdue items paid in part, by account and currency."""
    part = due_parts(as_of, accounts, skip_settled=True).subquery()
    late = part.c.due_on < as_of
    in_part = and_(late, Invoice.open_minor < Invoice.amount_minor)
    rows = session.execute(
        select(
            part.c.account_id,
            part.c.currency,
            func.sum(part.c.open_minor),
            func.sum(case((late, part.c.open_minor), else_=0)),
            func.min(part.c.due_on),
            func.count(case((in_part, part.c.invoice_id)).distinct()),
        )
        .join(Invoice, Invoice.id == part.c.invoice_id)
        .where(part.c.open_minor > 0)
        .group_by(part.c.account_id, part.c.currency)
        .order_by(part.c.account_id, part.c.currency)
    )
    return [Owing(r[0], r[1], int(r[2]), int(r[3]), r[4], int(r[5])) for r in rows]


def open_by_due(
    session: Session, account_id: str, as_of: date
) -> dict[str, list[tuple[date, int]]]:
    """(due on, open) of an account's invoices and their parts, by currency."""
    part = due_parts(as_of, [account_id], skip_settled=True).subquery()
    rows = session.execute(
        select(part.c.currency, part.c.due_on, part.c.open_minor)
        .where(part.c.open_minor != 0)
        .order_by(part.c.currency, part.c.due_on)
    )
    found: dict[str, list[tuple[date, int]]] = {}
    for currency, due_on, minor in rows:
        found.setdefault(currency, []).append((due_on, minor))
    return found


def overdue_accounts(session: Session, as_of: date) -> list[str]:
    """Accounts with something past due."""
    part = due_parts(as_of, skip_settled=True).subquery()
    overdue = (part.c.open_minor > 0, part.c.due_on < as_of)
    return sorted(session.scalars(select(part.c.account_id).where(*overdue).distinct()))


def limits(session: Session, accounts: Accounts = None) -> dict[str, Limited]:
    """Type and credit of accounts."""
    rows = session.execute(
        select(
            Account.id,
            Account.debtor_type,
            Account.currency,
            Account.credit_limit_minor,
            Account.credit_hold,
        ).where(*_of(Account.id, accounts))
    )
    return {row[0]: Limited(*row) for row in rows}


def not_applied(
    session: Session, accounts: Accounts = None
) -> tuple[dict[tuple[str, str], int], dict[tuple[str, str], int]]:
    """Unapplied cash, then open credits, by account and currency."""
    cash, credit = (
        {
            (str(row[0]), row[1]): int(row[2])
            for row in session.execute(
                select(table.account_id, table.currency, func.sum(table.unapplied_minor))
                .where(table.unapplied_minor > 0, *_of(table.account_id, accounts))
                .group_by(table.account_id, table.currency)
            )
            if row[0] is not None
        }
        for table in (Receipt, CreditMemo)
    )
    return cash, credit


def dispute_counts(
    session: Session, as_of: date, recent_days: int, accounts: Accounts = None
) -> dict[str, tuple[int, int]]:
    """Disputes opened of late, and in the rest of the year before, by account."""
    since = as_of - timedelta(days=recent_days)
    lately = case((Dispute.opened_on > since, 1), else_=0)
    rows = session.execute(
        select(Dispute.account_id, func.sum(lately), func.count())
        .where(
            Dispute.opened_on > as_of - timedelta(days=365),
            Dispute.opened_on <= as_of,
            *_of(Dispute.account_id, accounts),
        )
        .group_by(Dispute.account_id)
    )
    return {row[0]: (int(row[1]), int(row[2]) - int(row[1])) for row in rows}


def returned_counts(session: Session, as_of: date, accounts: Accounts = None) -> dict[str, int]:
    """Payments of the last year that went back, by account."""
    rows = session.execute(
        select(Receipt.account_id, func.count())
        .join(ReceiptReturn, ReceiptReturn.receipt_id == Receipt.id)
        .where(
            ReceiptReturn.returned_on > as_of - timedelta(days=365),
            Receipt.account_id.is_not(None),
            *_of(Receipt.account_id, accounts),
        )
        .group_by(Receipt.account_id)
    )
    return {str(row[0]): int(row[1]) for row in rows}


def bounced_everywhere(session: Session, accounts: Accounts = None) -> set[str]:
    """Accounts where mail to every contact bounced."""
    bounced = func.sum(case((Contact.bounced, 1), else_=0))
    rows = session.execute(
        select(Contact.account_id)
        .where(*_of(Contact.account_id, accounts))
        .group_by(Contact.account_id)
        .having(bounced == func.count())
    )
    return {row[0] for row in rows}


def _of(column: Any, accounts: Accounts) -> list[ColumnElement[bool]]:
    return [] if accounts is None else [column.in_(accounts)]
