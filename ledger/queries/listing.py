"""Lists of accounts, nights and their decisions: a page at a time, by the key that sorts them."""

from datetime import date
from typing import NamedTuple

from sqlalchemy import Row, Select, func, or_, select
from sqlmodel import Session

from ledger.money import Money
from ledger.queries.as_of import due_parts
from ledger.tables.account import Account
from ledger.tables.receivable import Invoice
from ledger.tables.work import DispositionRow, Run


class Due(NamedTuple):
    """Due from one day to another, both included, as it stands on a day; of a currency, or any."""

    first: date
    last: date
    as_of: date
    currency: str | None = None


def accounts_page(
    session: Session,
    limit: int,
    after: str | None = None,
    words: str | None = None,
    disposition: str | None = None,
    owner: str | None = None,
    segment: str | None = None,
    due: Due | None = None,
) -> list[Account]:
    """Accounts by number, those behind `after` only; `words` are looked for in name and number.

    `due` keeps those with an open item, or an open part of one in instalments, due so.
    """
    where = [] if after is None else [Account.account_number > after]
    if words:
        low = words.lower()
        where.append(
            or_(
                func.lower(Account.name).contains(low, autoescape=True),
                func.lower(Account.account_number).contains(low, autoescape=True),
            )
        )
    if disposition is not None:
        where.append(Account.disposition == disposition)
    if owner is not None:
        where.append(Account.owner == owner)
    if segment is not None:
        where.append(Account.segment == segment)
    if due is not None:
        parts = due_parts(due.as_of, skip_settled=True).subquery()
        is_due = parts.c.due_on.between(due.first, due.last)
        open_then = select(parts.c.account_id).where(parts.c.open_minor != 0, is_due)
        if due.currency is not None:
            open_then = open_then.where(parts.c.currency == due.currency)
        where.append(Account.id.in_(open_then))
    statement = select(Account).where(*where).order_by(Account.account_number).limit(limit)
    return list(session.scalars(statement))


def open_sums(session: Session, account_ids: list[str]) -> dict[str, list[Money]]:
    """Open balance per account and currency."""
    return _sums(
        session,
        select(Invoice.account_id, Invoice.currency, func.sum(Invoice.open_minor))
        .where(Invoice.account_id.in_(account_ids), Invoice.open_minor != 0)
        .group_by(Invoice.account_id, Invoice.currency)
        .order_by(Invoice.account_id, Invoice.currency),
    )


def overdue_sums(session: Session, account_ids: list[str], as_of: date) -> dict[str, list[Money]]:
    """Past due per account and currency, of an invoice in instalments by its parts."""
    parts = due_parts(as_of, account_ids, skip_settled=True).subquery()
    return _sums(
        session,
        select(parts.c.account_id, parts.c.currency, func.sum(parts.c.open_minor))
        .where(parts.c.open_minor != 0, parts.c.due_on < as_of)
        .group_by(parts.c.account_id, parts.c.currency)
        .order_by(parts.c.account_id, parts.c.currency),
    )


def _sums(session: Session, query: Select) -> dict[str, list[Money]]:
    sums: dict[str, list[Money]] = {}
    for account_id, currency, minor in session.execute(query):
        sums.setdefault(account_id, []).append(Money(int(minor), currency))
    return sums


def runs_page(session: Session, limit: int, before: date | None = None) -> list[Run]:
    """Nights, newest first."""
    where = [] if before is None else [Run.as_of < before]
    return list(session.scalars(select(Run).where(*where).order_by(Run.as_of.desc()).limit(limit)))


def dispositions_page(
    session: Session, run_id: str, limit: int, after: int = 0, kind: str | None = None
) -> list[Row[DispositionRow, str, str]]:
    """What a night decided, in the order it did, with account number and name."""
    where = [DispositionRow.run_id == run_id, DispositionRow.seq > after]
    if kind is not None:
        where.append(DispositionRow.kind == kind)
    return list(
        session.execute(
            select(DispositionRow, Account.account_number, Account.name)
            .join(Account, Account.id == DispositionRow.account_id)
            .where(*where)
            .order_by(DispositionRow.seq)
            .limit(limit)
        )
    )
