"""Books with two invoices, money and a credit, and what tests of postings ask of them."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from ledger import postings
from ledger.checks import check_ledger
from ledger.states import ApplicationKind
from ledger.tables.receivable import CreditMemo, Invoice, Receipt
from tests.support.books import Books, open_books

DAY = date(2025, 2, 10)
CASH, CREDIT = ApplicationKind.CASH, ApplicationKind.CREDIT


@pytest.fixture
def books(database_url: str) -> Iterator[Books]:
    with open_books(database_url) as opened:
        fill(opened)
        yield opened


def fill(books: Books, tag: str = "") -> None:
    """One account with two invoices of a hundred, money and a credit of a hundred and fifty."""
    account = books.account(f"acc_a{tag}")
    books.change("account", "id", account, next_action_on=date(2026, 1, 1))
    books.invoice(f"inv_1{tag}", 100_00, account_id=account)
    books.invoice(f"inv_2{tag}", 100_00, account_id=account)
    books.receipt(f"rcp_1{tag}", 150_00, account_id=account)
    books.credit(f"crd_1{tag}", 150_00, account_id=account)


def apply(books: Books, *parts: tuple[str, int], **changes: Any) -> list[str]:
    values = {"kind": CASH, "source_id": "rcp_1", "applied_on": DAY, "cause": "test"} | changes
    with books.ledger.write() as session:
        return postings.apply_to_invoices(session, parts=parts, **values)


def value(books: Books, column: Any, row_id: str) -> Any:
    with books.ledger.read() as session:
        return session.scalar(select(column).where(column.class_.id == row_id))


def count(books: Books, table: Any) -> int:
    with books.ledger.read() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def balances(books: Books, tag: str = "") -> tuple[int, int, int, int]:
    """Open balances of both invoices, then what is unapplied of the receipt and the credit."""
    return (
        value(books, Invoice.open_minor, f"inv_1{tag}"),
        value(books, Invoice.open_minor, f"inv_2{tag}"),
        value(books, Receipt.unapplied_minor, f"rcp_1{tag}"),
        value(books, CreditMemo.unapplied_minor, f"crd_1{tag}"),
    )


def sound(books: Books) -> bool:
    with books.ledger.read() as session:
        return check_ledger(session, DAY + timedelta(days=400)) == []
