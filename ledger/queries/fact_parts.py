"""The reads behind an account snapshot: one statement a concept, grouped by account."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import or_, select
from sqlmodel import Session

from ledger.facts import (
    ActiveHold,
    ActivePlan,
    ContactFact,
    DrawnArm,
    FeedFact,
    InFlight,
    OpenCredit,
    OpenDispute,
    OpenItem,
    OpenTicket,
    PastContact,
    PendingPromise,
    PlannedPart,
    RejectedDraft,
    WaitingProposal,
)
from ledger.queries.candidates import read_suggested
from ledger.queries.dispute_facts import read_disputes
from ledger.queries.fact_money import (
    read_payments,
    read_receipts,
    read_returned,
)
from ledger.queries.grouping import BUDGET_DAYS, Rows, among, grouped
from ledger.queries.instalments import in_instalments, read_schedules
from ledger.states import (
    OPEN_PROPOSAL_STATES,
    OutboxState,
    PlanState,
    PromiseState,
    ProposalState,
    TicketState,
)
from ledger.tables.account import Contact, ContractNote, Hold, Renewal, Ticket
from ledger.tables.case import Plan, PlanInstalment, Promise
from ledger.tables.experiment import ExperimentUnit
from ledger.tables.receivable import CreditMemo, Invoice
from ledger.tables.work import Feed, Message, Outbox, Proposal


def read_parts(session: Session, as_of: date, ids: Sequence[str]) -> dict[str, Rows]:
    """Every concept of a snapshot, grouped by account."""
    return {
        "items": _items(session, ids),
        "credits": _credits(session, ids),
        "receipts": read_receipts(session, ids),
        "suggested": read_suggested(session, ids),
        "payments": read_payments(session, as_of, ids),
        "returned": read_returned(session, as_of, ids),
        "disputes": grouped(read_disputes(session, ids), lambda row: OpenDispute(*row[1:])),
        "promises": _promises(session, ids),
        "broken": _broken(session, ids),
        "plans": _plans(session, as_of, ids),
        "holds": _holds(session, as_of, ids),
        "tickets": _tickets(session, ids),
        "contacts": _contacts(session, ids),
        "history": _history(session, as_of, ids),
        "inbound": _inbound(session, ids),
        "renewals": _renewals(session, ids),
        "sensitive": _sensitive(session, ids),
        "waiting": _waiting(session, ids),
        "in_flight": _in_flight(session, ids),
        "rejected": _rejected(session, ids),
        "arms": _arms(session, ids),
    }


def split_list(text: str) -> tuple[str, ...]:
    """A comma separated column as a tuple."""
    return tuple(text.split(",")) if text else ()


def _items(session: Session, ids: Sequence[str]) -> Rows:
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
        .where(among(Invoice.account_id, ids), Invoice.open_minor != 0)
        .order_by(Invoice.account_id, Invoice.due_on, Invoice.id)
    )
    schedules = read_schedules(session, ids)

    def item(row: Any) -> OpenItem:
        found = OpenItem(*row[1:])
        schedule = schedules.get(found.invoice_id)
        return in_instalments(found, schedule) if schedule else found

    return grouped(rows, item)


def _credits(session: Session, ids: Sequence[str]) -> Rows:
    rows = session.execute(
        select(
            CreditMemo.account_id,
            CreditMemo.id,
            CreditMemo.credit_number,
            CreditMemo.issued_on,
            CreditMemo.unapplied_minor,
            CreditMemo.currency,
        )
        .where(among(CreditMemo.account_id, ids), CreditMemo.unapplied_minor != 0)
        .order_by(CreditMemo.id)
    )
    return grouped(rows, lambda row: OpenCredit(*row[1:]))


_PROMISE = (
    Promise.account_id,
    Promise.id,
    Promise.direction,
    Promise.kind,
    Promise.due_on,
    Promise.amount_minor,
    Promise.currency,
    Promise.invoice_ids,
    Promise.method_days,
)


def _promises(session: Session, ids: Sequence[str]) -> Rows:
    rows = session.execute(
        select(*_PROMISE)
        .where(among(Promise.account_id, ids), Promise.state == PromiseState.PENDING)
        .order_by(Promise.id)
    )
    return grouped(rows, _promise)


def _promise(row: Any) -> PendingPromise:
    return PendingPromise(*row[1:7], split_list(row[7]), row[8])


def _broken(session: Session, ids: Sequence[str]) -> Rows:
    rows = session.execute(
        select(*_PROMISE)
        .where(
            among(Promise.account_id, ids),
            Promise.direction == "theirs",
            Promise.state == PromiseState.BROKEN,
        )
        .order_by(Promise.id)
    )
    return grouped(rows, _promise)


_IN_FORCE = (PlanState.PROPOSED.value, PlanState.ACTIVE.value, PlanState.BREACHED.value)


def _plans(session: Session, as_of: date, ids: Sequence[str]) -> Rows:
    """Plans with their instalments; a plan without one has nothing due next."""
    rows = session.execute(
        select(Plan.account_id, Plan.id, Plan.state, Plan.invoice_ids)
        .where(
            among(Plan.account_id, ids),
            among(Plan.state, _IN_FORCE),
        )
        .order_by(Plan.id)
    ).all()
    instalments = session.execute(
        select(PlanInstalment.plan_id, PlanInstalment.due_on, PlanInstalment.amount_minor)
        .where(among(PlanInstalment.plan_id, [row[1] for row in rows]))
        .order_by(PlanInstalment.plan_id, PlanInstalment.due_on, PlanInstalment.number)
    )
    schedules = grouped(instalments, lambda row: PlannedPart(*row[1:]))

    def plan(row: Any) -> ActivePlan:
        parts = tuple(schedules.get(row[1], ()))
        last = parts[-1].due_on if parts else None
        ahead = next((part.due_on for part in parts if part.due_on >= as_of), last)
        return ActivePlan(row[1], row[2], split_list(row[3]), ahead, parts)

    return grouped(rows, plan)


def _holds(session: Session, as_of: date, ids: Sequence[str]) -> Rows:
    rows = session.execute(
        select(Hold.account_id, Hold.id, Hold.reason, Hold.invoice_id, Hold.ends_on)
        .where(
            among(Hold.account_id, ids),
            Hold.lifted_at.is_(None),
            or_(Hold.ends_on.is_(None), Hold.ends_on >= as_of),
        )
        .order_by(Hold.id)
    )
    return grouped(rows, lambda row: ActiveHold(*row[1:]))


def _tickets(session: Session, ids: Sequence[str]) -> Rows:
    rows = session.execute(
        select(
            Ticket.account_id,
            Ticket.id,
            Ticket.ticket_number,
            Ticket.severity,
            Ticket.state,
            Ticket.invoice_id,
        )
        .where(among(Ticket.account_id, ids), Ticket.state != TicketState.CLOSED)
        .order_by(Ticket.id)
    )
    return grouped(rows, lambda row: OpenTicket(*row[1:]))


def _contacts(session: Session, ids: Sequence[str]) -> Rows:
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
        .where(among(Contact.account_id, ids))
        .order_by(Contact.id)
    )
    return grouped(rows, lambda row: ContactFact(*row[1:7], split_list(row[7]), row[8], row[9]))


def _history(session: Session, as_of: date, ids: Sequence[str]) -> Rows:
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
            among(Message.account_id, ids),
            Message.direction == "out",
            Message.sent_on > as_of - timedelta(days=BUDGET_DAYS),
        )
        .order_by(Message.sent_on, Message.id)
    )
    return grouped(rows, lambda row: PastContact(*row[1:]))


def _inbound(session: Session, ids: Sequence[str]) -> Rows:
    rows = session.execute(
        select(Message.account_id, Message.id)
        .where(
            among(Message.account_id, ids),
            Message.direction == "in",
            Message.answered.is_(False),
        )
        .order_by(Message.id)
    )
    return grouped(rows, lambda row: row[1])


def _renewals(session: Session, ids: Sequence[str]) -> Rows:
    rows = session.execute(
        select(Renewal.account_id, Renewal.renews_on)
        .where(among(Renewal.account_id, ids), Renewal.active.is_(True))
        .order_by(Renewal.renews_on)
    )
    return grouped(rows, lambda row: row[1])


def _sensitive(session: Session, ids: Sequence[str]) -> Rows:
    rows = session.execute(
        select(ContractNote.account_id).where(
            among(ContractNote.account_id, ids),
            ContractNote.sensitive.is_(True),
        )
    )
    return grouped(rows, lambda _row: True)


def _waiting(session: Session, ids: Sequence[str]) -> Rows:
    rows = session.execute(
        select(Proposal.account_id, Proposal.id, Proposal.action_type, Proposal.role)
        .where(
            among(Proposal.account_id, ids),
            among(Proposal.state, sorted(OPEN_PROPOSAL_STATES | {ProposalState.DECIDED})),
        )
        .order_by(Proposal.id)
    )
    return grouped(rows, lambda row: WaitingProposal(*row[1:]))


def _rejected(session: Session, ids: Sequence[str]) -> Rows:
    rows = session.execute(
        select(Proposal.account_id, Proposal.action, Proposal.priority_minor, Proposal.outcome)
        .where(
            among(Proposal.account_id, ids),
            Proposal.state == ProposalState.REJECTED,
            Proposal.action_type == "send_reminder",
        )
        .order_by(Proposal.id)
    )
    return grouped(rows, lambda row: RejectedDraft(*row[1:]))


def _arms(session: Session, ids: Sequence[str]) -> Rows:
    rows = session.execute(
        select(ExperimentUnit.account_id, ExperimentUnit.experiment_id, ExperimentUnit.arm)
        .where(among(ExperimentUnit.account_id, ids), ExperimentUnit.stopped_on.is_(None))
        .order_by(ExperimentUnit.experiment_id)
    )
    return grouped(rows, lambda row: DrawnArm(*row[1:]))


def _in_flight(session: Session, ids: Sequence[str]) -> Rows:
    moving = (OutboxState.QUEUED, OutboxState.SENDING, OutboxState.UNCERTAIN)
    rows = session.execute(
        select(Outbox.account_id, Outbox.id, Outbox.state, Outbox.currency)
        .where(among(Outbox.account_id, ids), among(Outbox.state, [s.value for s in moving]))
        .order_by(Outbox.id)
    )
    return grouped(rows, lambda row: InFlight(*row[1:]))


def read_feeds(session: Session) -> tuple[FeedFact, ...]:
    """How far every source has been read."""
    rows = session.execute(select(Feed.name, Feed.read_through).order_by(Feed.name))
    return tuple(FeedFact(*row) for row in rows)
