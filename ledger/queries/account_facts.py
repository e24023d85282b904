"""Builds account snapshots in bulk: one statement per concept for a whole set of accounts."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlmodel import Session

from ledger.facts import (
    AccountFacts,
    ActiveHold,
    ActivePlan,
    ContactFact,
    FeedFact,
    InFlight,
    OpenCredit,
    OpenDispute,
    OpenItem,
    OpenTicket,
    PastContact,
    PendingPromise,
    UnappliedReceipt,
    WaitingProposal,
)
from ledger.states import (
    OPEN_PROPOSAL_STATES,
    DisputeState,
    OutboxState,
    PlanState,
    PromiseState,
    TicketState,
)
from ledger.tables.account import Account, Contact, ContractNote, Hold, Renewal, Ticket
from ledger.tables.case import Dispute, Plan, PlanInstalment, Promise
from ledger.tables.receivable import CreditMemo, Invoice, Receipt
from ledger.tables.work import Feed, Message, Outbox, Proposal

BUDGET_DAYS = 30
"""How far back contact history reaches: the longest window of the contact budget."""

_Rows = dict[str, list[Any]]


def load_facts(
    session: Session,
    as_of: date,
    account_ids: Sequence[str],
    extra_receipts: Sequence[str] = (),
) -> dict[str, AccountFacts]:
    """Snapshots of accounts by id, as the ledger stands in this transaction.

    Args:
        session: An open read or write transaction.
        as_of: The business date; promises, holds and history are read relative to it.
        account_ids: At most a few thousand; unknown ids are left out.
        extra_receipts: Receipts without an account, shown to every snapshot (cash application).
    """
    accounts = session.execute(
        select(
            Account.id,
            Account.account_number,
            Account.name,
            Account.segment,
            Account.strategic,
            Account.owner,
            Account.language,
            Account.debtor_type,
            Account.places,
            Account.time_zones,
            Account.preferred_channel,
            Account.credit_limit_minor,
            Account.credit_hold,
            Account.currency,
            Account.parent_id,
        ).where(_among(Account.id, account_ids))
    ).all()
    parts = _parts(session, as_of, account_ids)
    feeds = _feeds(session)
    unidentified = _unidentified(session, extra_receipts)
    return {row.id: _snapshot(row, as_of, parts, feeds, unidentified) for row in accounts}


def _snapshot(
    row: Any,
    as_of: date,
    parts: dict[str, _Rows],
    feeds: tuple[FeedFact, ...],
    unidentified: tuple[UnappliedReceipt, ...],
) -> AccountFacts:
    def of(concept: str) -> tuple[Any, ...]:
        return tuple(parts[concept].get(row.id, ()))

    return AccountFacts(
        account_id=row.id,
        account_number=row.account_number,
        name=row.name,
        as_of=as_of,
        segment=row.segment,
        strategic=row.strategic,
        owner=row.owner,
        language=row.language,
        debtor_type=row.debtor_type,
        places=_split(row.places),
        time_zones=_split(row.time_zones),
        preferred_channel=row.preferred_channel,
        credit_limit_minor=row.credit_limit_minor,
        credit_hold=row.credit_hold,
        credit_currency=row.currency,
        parent_id=row.parent_id,
        open_items=of("items"),
        credits=of("credits"),
        receipts=of("receipts") + unidentified,
        disputes=of("disputes"),
        promises=of("promises"),
        plans=of("plans"),
        holds=of("holds"),
        tickets=of("tickets"),
        contacts=of("contacts"),
        contact_history=of("history"),
        feeds=feeds,
        renewal_on=next(iter(parts["renewals"].get(row.id, ())), None),
        sensitive_contract=bool(parts["sensitive"].get(row.id)),
        inbound_unanswered=bool(parts["inbound"].get(row.id)),
        proposals_waiting=of("waiting"),
        broken_promises=sum(parts["broken"].get(row.id, ())),
        in_flight=of("in_flight"),
    )


def _parts(session: Session, as_of: date, ids: Sequence[str]) -> dict[str, _Rows]:
    """Every concept of a snapshot, grouped by account."""
    return {
        "items": _items(session, ids),
        "credits": _credits(session, ids),
        "receipts": _receipts(session, ids),
        "disputes": _disputes(session, ids),
        "promises": _promises(session, ids),
        "broken": _broken(session, ids),
        "plans": _plans(session, ids),
        "holds": _holds(session, as_of, ids),
        "tickets": _tickets(session, ids),
        "contacts": _contacts(session, ids),
        "history": _history(session, as_of, ids),
        "inbound": _inbound(session, ids),
        "renewals": _renewals(session, ids),
        "sensitive": _sensitive(session, ids),
        "waiting": _waiting(session, ids),
        "in_flight": _in_flight(session, ids),
    }


def _among(column: Any, ids: Sequence[str]) -> ColumnElement[bool]:
    return column.in_(ids)


def _split(text: str) -> tuple[str, ...]:
    return tuple(text.split(",")) if text else ()


def _group(rows: Iterable[Any], build: Any) -> _Rows:
    grouped: _Rows = defaultdict(list)
    for row in rows:
        grouped[row[0]].append(build(row))
    return grouped


def _items(session: Session, ids: Sequence[str]) -> _Rows:
    rows = session.execute(
        select(
            Invoice.account_id,
            Invoice.id,
            Invoice.invoice_number,
            Invoice.issued_on,
            Invoice.due_on,
            Invoice.amount_minor,
            Invoice.open_minor,
            Invoice.currency,
            Invoice.po_number,
            Invoice.dunning_level,
            Invoice.dunned_on,
        )
        .where(_among(Invoice.account_id, ids), Invoice.open_minor != 0)
        .order_by(Invoice.account_id, Invoice.due_on, Invoice.id)
    )
    return _group(rows, lambda row: OpenItem(*row[1:]))


def _credits(session: Session, ids: Sequence[str]) -> _Rows:
    rows = session.execute(
        select(
            CreditMemo.account_id,
            CreditMemo.id,
            CreditMemo.credit_number,
            CreditMemo.issued_on,
            CreditMemo.unapplied_minor,
            CreditMemo.currency,
        )
        .where(_among(CreditMemo.account_id, ids), CreditMemo.unapplied_minor != 0)
        .order_by(CreditMemo.id)
    )
    return _group(rows, lambda row: OpenCredit(*row[1:]))


_RECEIPT = (
    Receipt.id,
    Receipt.receipt_number,
    Receipt.received_on,
    Receipt.unapplied_minor,
    Receipt.currency,
)


def _receipts(session: Session, ids: Sequence[str]) -> _Rows:
    rows = session.execute(
        select(Receipt.account_id, *_RECEIPT)
        .where(_among(Receipt.account_id, ids), Receipt.unapplied_minor != 0)
        .order_by(Receipt.id)
    )
    return _group(rows, lambda row: UnappliedReceipt(*row[1:]))


def _unidentified(session: Session, ids: Sequence[str]) -> tuple[UnappliedReceipt, ...]:
    if not ids:
        return ()
    rows = session.execute(
        select(*_RECEIPT)
        .where(_among(Receipt.id, ids), Receipt.account_id.is_(None))
        .order_by(Receipt.id)
    )
    return tuple(UnappliedReceipt(*row) for row in rows)


def _disputes(session: Session, ids: Sequence[str]) -> _Rows:
    rows = session.execute(
        select(
            Dispute.account_id, Dispute.id, Dispute.invoice_id, Dispute.reason, Dispute.opened_on
        )
        .where(_among(Dispute.account_id, ids), Dispute.state != DisputeState.RESOLVED)
        .order_by(Dispute.id)
    )
    return _group(rows, lambda row: OpenDispute(*row[1:]))


def _promises(session: Session, ids: Sequence[str]) -> _Rows:
    rows = session.execute(
        select(
            Promise.account_id,
            Promise.id,
            Promise.direction,
            Promise.kind,
            Promise.due_on,
            Promise.amount_minor,
            Promise.currency,
            Promise.invoice_ids,
        )
        .where(_among(Promise.account_id, ids), Promise.state == PromiseState.PENDING)
        .order_by(Promise.id)
    )
    return _group(rows, lambda row: PendingPromise(*row[1:7], _split(row[7])))


def _broken(session: Session, ids: Sequence[str]) -> _Rows:
    rows = session.execute(
        select(Promise.account_id, func.count())
        .where(
            _among(Promise.account_id, ids),
            Promise.direction == "theirs",
            Promise.state == PromiseState.BROKEN,
        )
        .group_by(Promise.account_id)
    )
    return _group(rows, lambda row: row[1])


def _plans(session: Session, ids: Sequence[str]) -> _Rows:
    rows = session.execute(
        select(
            Plan.account_id,
            Plan.id,
            Plan.state,
            Plan.invoice_ids,
            select(func.min(PlanInstalment.due_on))
            .where(PlanInstalment.plan_id == Plan.id)
            .scalar_subquery(),
        )
        .where(
            _among(Plan.account_id, ids),
            _among(Plan.state, [PlanState.PROPOSED.value, PlanState.ACTIVE.value]),
        )
        .order_by(Plan.id)
    )
    return _group(rows, lambda row: ActivePlan(row[1], row[2], _split(row[3]), row[4]))


def _holds(session: Session, as_of: date, ids: Sequence[str]) -> _Rows:
    rows = session.execute(
        select(Hold.account_id, Hold.id, Hold.reason, Hold.invoice_id, Hold.ends_on)
        .where(
            _among(Hold.account_id, ids),
            Hold.lifted_at.is_(None),
            or_(Hold.ends_on.is_(None), Hold.ends_on >= as_of),
        )
        .order_by(Hold.id)
    )
    return _group(rows, lambda row: ActiveHold(*row[1:]))


def _tickets(session: Session, ids: Sequence[str]) -> _Rows:
    rows = session.execute(
        select(
            Ticket.account_id,
            Ticket.id,
            Ticket.ticket_number,
            Ticket.severity,
            Ticket.state,
            Ticket.invoice_id,
        )
        .where(_among(Ticket.account_id, ids), Ticket.state != TicketState.CLOSED)
        .order_by(Ticket.id)
    )
    return _group(rows, lambda row: OpenTicket(*row[1:]))


def _contacts(session: Session, ids: Sequence[str]) -> _Rows:
    rows = session.execute(
        select(
            Contact.account_id,
            Contact.id,
            Contact.name,
            Contact.role,
            Contact.email,
            Contact.phone,
            Contact.language,
            Contact.consents,
            Contact.opted_out,
            Contact.bounced,
        )
        .where(_among(Contact.account_id, ids))
        .order_by(Contact.id)
    )
    return _group(rows, lambda row: ContactFact(*row[1:7], _split(row[7]), row[8], row[9]))


def _history(session: Session, as_of: date, ids: Sequence[str]) -> _Rows:
    rows = session.execute(
        select(
            Message.account_id,
            Message.sent_on,
            Message.channel,
            Message.purpose,
            Message.stage,
            Message.currency,
        )
        .where(
            _among(Message.account_id, ids),
            Message.direction == "out",
            Message.sent_on > as_of - timedelta(days=BUDGET_DAYS),
        )
        .order_by(Message.sent_on, Message.id)
    )
    return _group(rows, lambda row: PastContact(*row[1:]))


def _inbound(session: Session, ids: Sequence[str]) -> _Rows:
    rows = session.execute(
        select(Message.account_id).where(
            _among(Message.account_id, ids),
            Message.direction == "in",
            Message.answered.is_(False),
        )
    )
    return _group(rows, lambda _row: True)


def _renewals(session: Session, ids: Sequence[str]) -> _Rows:
    rows = session.execute(
        select(Renewal.account_id, Renewal.renews_on)
        .where(_among(Renewal.account_id, ids), Renewal.active.is_(True))
        .order_by(Renewal.renews_on)
    )
    return _group(rows, lambda row: row[1])


def _sensitive(session: Session, ids: Sequence[str]) -> _Rows:
    rows = session.execute(
        select(ContractNote.account_id).where(
            _among(ContractNote.account_id, ids),
            ContractNote.sensitive.is_(True),
        )
    )
    return _group(rows, lambda _row: True)


def _waiting(session: Session, ids: Sequence[str]) -> _Rows:
    rows = session.execute(
        select(Proposal.account_id, Proposal.id, Proposal.action_type, Proposal.role)
        .where(
            _among(Proposal.account_id, ids),
            _among(Proposal.state, sorted(OPEN_PROPOSAL_STATES)),
        )
        .order_by(Proposal.id)
    )
    return _group(rows, lambda row: WaitingProposal(*row[1:]))


def _in_flight(session: Session, ids: Sequence[str]) -> _Rows:
    moving = (OutboxState.QUEUED, OutboxState.SENDING, OutboxState.UNCERTAIN)
    rows = session.execute(
        select(Outbox.account_id, Outbox.id, Outbox.state)
        .where(_among(Outbox.account_id, ids), _among(Outbox.state, [s.value for s in moving]))
        .order_by(Outbox.id)
    )
    return _group(rows, lambda row: InFlight(*row[1:]))


def _feeds(session: Session) -> tuple[FeedFact, ...]:
    rows = session.execute(select(Feed.name, Feed.read_through).order_by(Feed.name))
    return tuple(FeedFact(*row) for row in rows)
