"""Reads behind the approval inbox: a page of the queue, and what an account page tells."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, func, literal, or_, select
from sqlmodel import Session

from ledger.states import ProposalState
from ledger.tables.account import Account, ContractNote, Hold, Renewal, Ticket
from ledger.tables.case import Dispute, Promise
from ledger.tables.receivable import Receipt
from ledger.tables.work import Decision, Message, Person, Proposal

MAX_PAGE = 200
PAYMENT_DAYS = 120
_NEWEST = 8


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
    """

    states: tuple[str, ...] = ()
    account_id: str | None = None
    roles: tuple[str, ...] = ()
    rule_id: str | None = None
    assignee: str | None = None
    currency: str | None = None
    min_minor: int | None = None


@dataclass(frozen=True, slots=True)
class Position:
    """The last proposal of a page: the next one starts behind it."""

    priority_minor: int
    proposal_id: str


def queue_page(
    session: Session, wanted: QueueFilter, as_of: date, limit: int, after: Position | None = None
) -> list[Row[Proposal, str, str]]:
    """Proposals with account number and name, highest value first, then by id."""
    where = _where(wanted, as_of)
    if after is not None:
        where.append(
            or_(
                Proposal.priority_minor < after.priority_minor,
                and_(
                    Proposal.priority_minor == after.priority_minor,
                    Proposal.id > after.proposal_id,
                ),
            )
        )
    return list(
        session.execute(
            select(Proposal, Account.account_number, Account.name)
            .join(Account, Account.id == Proposal.account_id)
            .where(*where)
            .order_by(Proposal.priority_minor.desc(), Proposal.id)
            .limit(limit)
        )
    )


def queue_length(session: Session, wanted: QueueFilter, as_of: date) -> int:
    """How many proposals fit a filter."""
    statement = select(func.count()).select_from(Proposal).where(*_where(wanted, as_of))
    return session.scalar(statement) or 0


def _where(wanted: QueueFilter, as_of: date) -> list[ColumnElement[bool]]:
    where = [Proposal.state.in_(wanted.states) if wanted.states else waits_now(as_of)]
    if wanted.account_id is not None:
        where.append(Proposal.account_id == wanted.account_id)
    if wanted.roles:
        sets = func.replace(Proposal.approver_roles, ";", "|")
        where.append(or_(*(_lists(sets, "|", role) for role in wanted.roles)))
    if wanted.rule_id is not None:
        where.append(_lists(Proposal.rule_ids, ",", wanted.rule_id))
    if wanted.assignee is not None:
        assignee = Proposal.assignee
        where.append(assignee == wanted.assignee if wanted.assignee else assignee.is_(None))
    if wanted.currency is not None:
        where.append(Proposal.currency == wanted.currency)
    if wanted.min_minor is not None:
        where.append(Proposal.priority_minor >= wanted.min_minor)
    return where


def waits_now(as_of: date) -> ColumnElement[bool]:
    """Undecided and in time; a snoozed one waits again from its date on."""
    awake = (ProposalState.PENDING.value, ProposalState.QUESTION.value)
    woken = and_(
        Proposal.state == ProposalState.SNOOZED.value, Proposal.snoozed_until <= literal(as_of)
    )
    return or_(Proposal.state.in_(awake), woken)


def _lists(column: Any, separator: str, word: str) -> ColumnElement[bool]:
    """Whether a separated list in a column holds a word."""
    padded = literal(separator).concat(column).concat(separator)
    return padded.contains(f"{separator}{word}{separator}", autoescape=True)


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
    )
