"""Promises as a person reads them, with how often an account keeps its word."""

from datetime import date

from sqlalchemy import select
from sqlmodel import Session

from guardrails.business_days import add_business_days
from ledger.errors import NotFound
from ledger.money import Money
from ledger.states import PromiseState
from ledger.tables.account import Account
from ledger.tables.case import Promise
from policies.schema import Policy
from tools.account_lines import KeptLine
from tools.account_pages import name_of
from tools.contract import MoneyOut, Result
from tools.promise_book import kept_line, kept_records, last_day


class PromiseRow(Result):
    """A promise, and a remark on its time."""

    promise_id: str
    account_number: str
    name: str
    side: str
    kind: str
    state: str
    promised_on: date
    due_on: date
    amount: MoneyOut | None
    kept: MoneyOut | None
    kept_on: date | None
    owner: str | None
    settled_by: str
    remark: str


class PromisesPage(Result):
    """Promises, and the record of the account where one was asked for."""

    as_of: date
    record: KeptLine | None
    promises: tuple[PromiseRow, ...]


def promises_page(
    session: Session,
    policy: Policy,
    as_of: date,
    *,
    account_id: str | None = None,
    side: str | None = None,
    settled: bool = False,
    limit: int = 50,
) -> PromisesPage:
    """Promises by due date.

    Args:
        session: An open transaction.
        policy: The policy in force.
        as_of: The business date.
        account_id: One account; left out, the whole book.
        side: theirs or ours; left out, both.
        settled: Also those that are settled.
        limit: How many at most.
    """
    query = select(Promise, Account.account_number, Account.name).join(
        Account, Account.id == Promise.account_id
    )
    if account_id is not None:
        query = query.where(Promise.account_id == account_id)
    if side is not None:
        query = query.where(Promise.direction == side)
    if not settled:
        query = query.where(Promise.state == PromiseState.PENDING)
    rows = session.execute(query.order_by(Promise.due_on, Promise.id).limit(limit)).all()
    record = None
    if account_id is not None:
        record = kept_line(kept_records(session, as_of, [account_id])[account_id])
    lines = tuple(_line(*row, policy=policy, as_of=as_of) for row in rows)
    return PromisesPage(as_of=as_of, record=record, promises=lines)


def _line(promise: Promise, number: str, name: str, policy: Policy, as_of: date) -> PromiseRow:
    currency = promise.currency
    known = promise.amount_minor is not None and currency is not None
    return PromiseRow(
        promise_id=promise.id,
        account_number=number,
        name=name_of(name),
        side=promise.direction,
        kind=promise.kind,
        state=promise.state,
        promised_on=promise.promised_on,
        due_on=promise.due_on,
        amount=Money(promise.amount_minor or 0, currency or "") if known else None,
        kept=Money(promise.kept_minor, currency) if currency and promise.kept_minor else None,
        kept_on=promise.kept_on,
        owner=promise.owner,
        settled_by=promise.settled_by,
        remark=remark(promise, policy, as_of),
    )


def remark(promise: Promise, policy: Policy, as_of: date) -> str:
    """What is to say of a promise's time: late, within its grace, or overdue."""
    if promise.kept_on is not None:
        days = (promise.kept_on - _arrives(promise, policy)).days
        return f"{days} days late" if days > 0 else ""
    if promise.state != PromiseState.PENDING or promise.due_on >= as_of:
        return ""
    if promise.direction == "theirs" and as_of <= last_day(promise, policy):
        return f"within grace until {last_day(promise, policy)}"
    owner = f", {promise.owner}" if promise.owner else ""
    return f"{(as_of - promise.due_on).days} days overdue{owner}"


def _arrives(promise: Promise, policy: Policy) -> date:
    return add_business_days(policy.company.calendar, promise.due_on, promise.method_days)


def account_of(session: Session, promise_id: str) -> str:
    """The account of a promise.

    Raises:
        NotFound: No such promise.
    """
    promise = session.get(Promise, promise_id)
    if promise is None:
        raise NotFound(f"no promise {promise_id}; `dunwell promises list` shows those there are")
    return promise.account_id
