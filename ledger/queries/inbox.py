"""Reads behind the approval inbox: a page of the queue, and what an account page tells."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, func, literal, literal_column, or_, select, tuple_
from sqlmodel import Session

from ledger.states import CLOSED_STATES_SQL, ProposalState
from ledger.tables.account import Account, ContractNote, Hold, Renewal, Ticket
from ledger.tables.case import Dispute, Promise
from ledger.tables.notes import AccountNote
from ledger.tables.receivable import Invoice, Receipt
from ledger.tables.work import Decision, Message, Person, Proposal

MAX_PAGE = 200
PAYMENT_DAYS = 120
_NEWEST = 8
_FOUND_MOST = 200


@dataclass(frozen=True, slots=True)
class QueueFilter:
    """Which proposals are wanted; None or empty leaves a filter out.

    Attributes:
        states: States of a proposal; empty means those that wait for a decision now.
        account_id: One account.
        roles: Proposals that any of these roles is needed for.
        rule_id: Proposals a rule of the gate sent here.
        assignee: Proposals given to a person; "" means those given to nobody.
        currency: Currency of the value.
        min_minor: Least value in minor units; only together with a currency.
        action_types: Kinds of action.
        words: Part of an account's name or number, or an invoice number.
        for_people: Proposals given to any of these, such as a person and those they stand in for.
    """

    states: tuple[str, ...] = ()
    account_id: str | None = None
    roles: tuple[str, ...] = ()
    rule_id: str | None = None
    assignee: str | None = None
    currency: str | None = None
    min_minor: int | None = None
    action_types: tuple[str, ...] = ()
    words: str = ""
    for_people: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Position:
    """The last proposal of a page: the next one starts behind it."""

    priority_minor: int
    proposal_id: str


def queue_page(
    session: Session,
    wanted: QueueFilter,
    as_of: date,
    limit: int,
    after: Position | None = None,
    *,
    backwards: bool = False,
) -> list[tuple[Proposal, str, str]]:
    """Proposals with account number and name, highest value first, then by id, backwards.

    Args:
        session: A read session.
        wanted: Which are wanted.
        as_of: The business date.
        limit: How many at most.
        after: The place they come behind.
        backwards: Those before the place instead, the nearest first.
    """
    where = _where(session, wanted, as_of)
    key = tuple_(Proposal.priority_minor, Proposal.id)
    if after is not None:
        place = (after.priority_minor, after.proposal_id)
        where.append(key > place if backwards else key < place)
    columns = (Proposal.priority_minor, Proposal.id)
    order = [each.asc() if backwards else each.desc() for each in columns]
    # Only the ids are put in order, from an index alone; whole rows would be sorted with them.
    # Names come last: joined in, they would tempt a planner to begin with the accounts.
    found = session.scalars(select(Proposal.id).where(*where).order_by(*order).limit(limit)).all()
    by_id = {row.id: row for row in session.scalars(select(Proposal).where(Proposal.id.in_(found)))}
    rows = [by_id[each] for each in found]
    named = select(Account.id, Account.account_number, Account.name)
    ids = sorted({row.account_id for row in rows})
    names = {row[0]: (row[1], row[2]) for row in session.execute(named.where(Account.id.in_(ids)))}
    return [(row, *names[row.account_id]) for row in rows]


def queue_length(
    session: Session, wanted: QueueFilter, as_of: date, most: int | None = None
) -> int:
    """How many proposals fit a filter, counted no further than `most`."""
    where = _where(session, wanted, as_of)
    if most is None:
        return session.scalar(select(func.count()).select_from(Proposal).where(*where)) or 0
    # In the order of the index: else a planner may read the whole table to meet the first of them.
    order = (Proposal.priority_minor.desc(), Proposal.id.desc())
    some = select(Proposal.id).where(*where).order_by(*order).limit(most).subquery()
    return session.scalar(select(func.count()).select_from(some)) or 0


def _where(session: Session, wanted: QueueFilter, as_of: date) -> list[ColumnElement[bool]]:
    where = [Proposal.state.in_(wanted.states)] if wanted.states else waiting_now(as_of)
    if wanted.words:
        where.append(Proposal.account_id.in_(_accounts_named(session, wanted.words)))
    if wanted.action_types:
        where.append(Proposal.action_type.in_(wanted.action_types))
    if wanted.for_people:
        where.append(Proposal.assignee.in_(wanted.for_people))
    if wanted.account_id is not None:
        where.append(Proposal.account_id == wanted.account_id)
    if wanted.roles:
        where.append(or_(*(needs_role(role) for role in wanted.roles)))
    if wanted.rule_id is not None:
        where.append(_lists(Proposal.rule_ids, wanted.rule_id, ","))
    if wanted.assignee is not None:
        assignee = Proposal.assignee
        where.append(assignee == wanted.assignee if wanted.assignee else assignee.is_(None))
    if wanted.currency is not None:
        where.append(Proposal.currency == wanted.currency)
    if wanted.min_minor is not None:
        where.append(Proposal.priority_minor >= wanted.min_minor)
    return where


def waiting_now(as_of: date) -> list[ColumnElement[bool]]:
    """Undecided and in time; a snoozed one waits again from its date on.

    The first condition is written as the partial indexes have it, so that both databases know
    that such an index holds every row that is asked for.
    """
    awake = Proposal.state != ProposalState.SNOOZED.value
    return [
        Proposal.state.op("NOT IN")(literal_column(f"({CLOSED_STATES_SQL})")),
        or_(awake, Proposal.snoozed_until <= literal(as_of)),
    ]


def waits_now(as_of: date) -> ColumnElement[bool]:
    """`waiting_now` as one condition."""
    return and_(*waiting_now(as_of))


def _accounts_named(session: Session, words: str) -> list[str]:
    """Accounts whose name or number holds the words, or that have an invoice of that number."""
    low = words.strip().lower()
    name, number = func.lower(Account.name), func.lower(Account.account_number)
    named = select(Account.id).where(
        or_(name.contains(low, autoescape=True), number.startswith(low, autoescape=True))
    )
    billed = select(Invoice.account_id).where(
        Invoice.invoice_number.in_({words.strip(), words.strip().upper()})
    )
    found = {*session.scalars(named.limit(_FOUND_MOST)), *session.scalars(billed.limit(50))}
    return sorted(found)


def needs_role(role: str) -> ColumnElement[bool]:
    """Whether a role is among those a proposal needs, or needs one of."""
    return _lists(Proposal.approver_roles, role, "|", ";")


def _lists(column: Any, word: str, *separators: str) -> ColumnElement[bool]:
    """Whether a separated list in a column holds a word.

    Asked of the column itself and not of an expression of it: then PostgreSQL knows from the
    column's commonest values how many rows fit, and reads the queue in order until it has enough.
    """
    return or_(
        column == word,
        *(column.startswith(word + end, autoescape=True) for end in separators),
        *(column.endswith(begin + word, autoescape=True) for begin in separators),
        *(
            column.contains(begin + word + end, autoescape=True)
            for begin in separators
            for end in separators
        ),
    )


def decisions_on(session: Session, proposal_id: str) -> list[Row[Decision, str | None]]:
    """What people said to a proposal, oldest first, with their names."""
    return list(
        session.execute(
            select(Decision, Person.name)
            .outerjoin(Person, Person.id == Decision.decided_by)
            .where(Decision.proposal_id == proposal_id)
            .order_by(Decision.version)
        )
    )


def successor_of(session: Session, proposal_id: str) -> str | None:
    """The proposal that took this one's place."""
    return session.scalar(
        select(Proposal.id).where(Proposal.supersedes_id == proposal_id).order_by(Proposal.id)
    )


@dataclass(frozen=True, slots=True)
class AccountRecords:
    """What an account page shows beyond the facts a decision rests on, newest first."""

    payments: list[Receipt]
    disputes: list[Dispute]
    promises: list[Promise]
    holds: list[Hold]
    tickets: list[Ticket]
    notes: list[ContractNote]
    renewals: list[Renewal]
    messages: list[Message]
    logged: list[AccountNote]


def account_records(session: Session, account_id: str, as_of: date) -> AccountRecords:
    """The newest records of an account, a few of each kind."""

    def newest(table: Any, on: Any, *where: Any) -> list[Any]:
        return list(
            session.scalars(
                select(table)
                .where(table.account_id == account_id, *where)
                .order_by(on.desc(), table.id)
                .limit(_NEWEST)
            )
        )

    since = as_of - timedelta(days=PAYMENT_DAYS)
    in_force = or_(Hold.ends_on.is_(None), Hold.ends_on >= as_of)
    return AccountRecords(
        payments=newest(Receipt, Receipt.received_on, Receipt.received_on >= since),
        disputes=newest(Dispute, Dispute.opened_on),
        promises=newest(Promise, Promise.promised_on),
        holds=newest(Hold, Hold.placed_on, Hold.lifted_at.is_(None), in_force),
        tickets=newest(Ticket, Ticket.opened_on),
        notes=newest(ContractNote, ContractNote.noted_on),
        renewals=newest(Renewal, Renewal.renews_on, Renewal.active.is_(True)),
        messages=newest(Message, Message.sent_on),
        logged=newest(AccountNote, AccountNote.noted_at),
    )
