"""Set-based reads behind the morning report; each answers with groups, never with the book."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Row, case, func, or_, select
from sqlmodel import Session

from ledger.queries.as_of import total
from ledger.queries.inbox import waits_now
from ledger.states import ApplicationKind, OutboxState, RunState
from ledger.tables.account import Account
from ledger.tables.case import Promise
from ledger.tables.receivable import Application, CreditMemo, Invoice, Receipt
from ledger.tables.work import (
    Audit,
    CallTask,
    DispositionRow,
    Feed,
    Message,
    ModelCall,
    Outbox,
    Permit,
    Proposal,
    Run,
)

_BATCH = 500


def run_on(session: Session, as_of: date) -> Run | None:
    """The night of a date."""
    return session.scalars(select(Run).where(Run.as_of == as_of)).first()


def run_before(session: Session, as_of: date) -> Run | None:
    """The newest finished night before a date."""
    return session.scalars(
        select(Run)
        .where(Run.as_of < as_of, Run.state == RunState.FINISHED)
        .order_by(Run.as_of.desc())
        .limit(1)
    ).first()


def sent_by_stage(session: Session, on: date) -> list[Row[Any]]:
    """Messages that left on a date: purpose, stage, currency, messages, amount_minor.

    The amount is what is open on the invoices a message chased; one message goes to a customer,
    currency and day, so the invoices dunned that day belong to exactly one.
    """
    chased = (
        select(Invoice.account_id, Invoice.currency, total(Invoice.open_minor).label("minor"))
        .where(Invoice.dunned_on == on)
        .group_by(Invoice.account_id, Invoice.currency)
        .subquery()
    )
    on_invoices = (
        (chased.c.account_id == Message.account_id)
        & (chased.c.currency == Message.currency)
        & (Message.purpose == "send_reminder")
    )
    key = (Message.purpose, Message.stage, Message.currency)
    return list(
        session.execute(
            select(
                *key, func.count().label("messages"), total(chased.c.minor).label("amount_minor")
            )
            .outerjoin(chased, on_invoices)
            .where(
                Message.sent_on == on, Message.direction == "out", Message.outbox_id.is_not(None)
            )
            .group_by(*key)
            .order_by(*key)
        )
    )


def outbox_left_over(session: Session, run_id: str) -> list[Row[Any]]:
    """Messages that did not leave: state, reason, count.

    Those stopped are the night's; those queued or uncertain stand until they are settled.
    """
    standing = (OutboxState.QUEUED, OutboxState.SENDING, OutboxState.UNCERTAIN)
    return list(
        session.execute(
            select(Outbox.state, Outbox.stopped_by, func.count().label("messages"))
            .where(
                or_(
                    Outbox.state.in_(standing),
                    (Outbox.state == OutboxState.STOPPED) & (Outbox.run_id == run_id),
                )
            )
            .group_by(Outbox.state, Outbox.stopped_by)
            .order_by(func.count().desc(), Outbox.stopped_by)
        )
    )


def waiting_by_kind(session: Session, as_of: date) -> list[Row[Any]]:
    """Proposals that wait now: action_type, currency, cases, value_minor, oldest, first_expiry."""
    key = (Proposal.action_type, Proposal.currency)
    return list(
        session.execute(
            select(
                *key,
                func.count().label("cases"),
                total(Proposal.priority_minor).label("value_minor"),
                func.min(Proposal.created_on).label("oldest"),
                func.min(Proposal.expires_on).label("first_expiry"),
            )
            .where(waits_now(as_of))
            .group_by(*key)
            .order_by(func.count().desc(), *key)
        )
    )


def promises_named(session: Session, promise_ids: Sequence[str]) -> list[tuple[Promise, str, str]]:
    """Promises with the number and name of their customer, largest first."""
    found: list[tuple[Promise, str, str]] = []
    for start in range(0, len(promise_ids), _BATCH):
        rows = session.execute(
            select(Promise, Account.account_number, Account.name)
            .join(Account, Account.id == Promise.account_id)
            .where(Promise.id.in_(promise_ids[start : start + _BATCH]))
        )
        found += [(row[0], row[1], row[2]) for row in rows]
    return sorted(found, key=lambda row: (-(row[0].amount_minor or 0), row[0].id))


def cash_applied_on(session: Session, on: date) -> list[Row[Any]]:
    """Cash applied on a date: currency, receipts, invoices, amount_minor."""
    return list(
        session.execute(
            select(
                Application.currency,
                func.count(func.distinct(Application.receipt_id)).label("receipts"),
                func.count(func.distinct(Application.invoice_id)).label("invoices"),
                total(Application.amount_minor).label("amount_minor"),
            )
            .where(Application.kind == ApplicationKind.CASH, Application.applied_on == on)
            .group_by(Application.currency)
            .order_by(Application.currency)
        )
    )


def cash_unapplied(session: Session, as_of: date) -> list[Row[Any]]:
    """Money that waits: hold_reason, currency, receipts, amount_minor, oldest."""
    key = (Receipt.hold_reason, Receipt.currency)
    return list(
        session.execute(
            select(
                *key,
                func.count().label("receipts"),
                total(Receipt.unapplied_minor).label("amount_minor"),
                func.min(Receipt.received_on).label("oldest"),
            )
            .where(Receipt.unapplied_minor > 0, Receipt.received_on <= as_of)
            .group_by(*key)
            .order_by(*key)
        )
    )


def credits_unapplied(session: Session, as_of: date) -> list[Row[Any]]:
    """Credit memos that wait: currency, credits, amount_minor, oldest."""
    return list(
        session.execute(
            select(
                CreditMemo.currency,
                func.count().label("credits"),
                total(CreditMemo.unapplied_minor).label("amount_minor"),
                func.min(CreditMemo.issued_on).label("oldest"),
            )
            .where(CreditMemo.unapplied_minor != 0, CreditMemo.issued_on <= as_of)
            .group_by(CreditMemo.currency)
            .order_by(CreditMemo.currency)
        )
    )


def standing_accounts(session: Session, kinds: Sequence[str]) -> list[Row[Any]]:
    """Accounts with an open item that stand at a disposition, with why and what is open.

    Rows: account_id, kind, rule_ids, reason, currency, open_minor; one per account and currency.
    The newest disposition row tells why, if it is of the kind the account stands at.
    """
    newest = (
        select(DispositionRow.account_id, func.max(DispositionRow.seq).label("seq"))
        .join(Account, Account.id == DispositionRow.account_id)
        .where(Account.disposition.in_(kinds))
        .group_by(DispositionRow.account_id)
        .subquery()
    )
    return list(
        session.execute(
            select(
                Account.id.label("account_id"),
                Account.disposition.label("kind"),
                func.coalesce(DispositionRow.rule_ids, "").label("rule_ids"),
                func.coalesce(DispositionRow.reason, "").label("reason"),
                Invoice.currency,
                total(Invoice.open_minor).label("open_minor"),
            )
            .join(Invoice, Invoice.account_id == Account.id)
            .outerjoin(newest, newest.c.account_id == Account.id)
            .outerjoin(
                DispositionRow,
                (DispositionRow.seq == newest.c.seq) & (DispositionRow.kind == Account.disposition),
            )
            .where(Account.disposition.in_(kinds), Invoice.open_minor != 0)
            .group_by(
                Account.id,
                Account.disposition,
                DispositionRow.rule_ids,
                DispositionRow.reason,
                Invoice.currency,
            )
            .order_by(Account.id, Invoice.currency)
        )
    )


def open_tasks(session: Session, as_of: date) -> list[Row[Any]]:
    """Tasks for people: kind, count, how many are past their date."""
    late = total(case((CallTask.due_on < as_of, 1), else_=0)).label("late")
    return list(
        session.execute(
            select(CallTask.kind, func.count().label("tasks"), late)
            .where(CallTask.state == "open")
            .group_by(CallTask.kind)
            .order_by(CallTask.kind)
        )
    )


def feeds_read(session: Session) -> list[Feed]:
    """How far each source has been read."""
    return list(session.scalars(select(Feed).order_by(Feed.name)))


def model_usage(session: Session, run_id: str) -> list[Row[Any]]:
    """What models were called in a night: model, calls, tokens, cost_micros (None: no price)."""
    return list(
        session.execute(
            select(
                ModelCall.model,
                func.count().label("calls"),
                total(ModelCall.input_tokens).label("input_tokens"),
                total(ModelCall.output_tokens).label("output_tokens"),
                func.sum(ModelCall.cost_micros).label("cost_micros"),
            )
            .where(ModelCall.run_id == run_id)
            .group_by(ModelCall.model)
            .order_by(ModelCall.model)
        )
    )


def open_by_projection(session: Session) -> dict[str, int]:
    """Open balance per currency as the projections on the invoices have it now."""
    rows = session.execute(
        select(Invoice.currency, total(Invoice.open_minor))
        .where(Invoice.open_minor != 0)
        .group_by(Invoice.currency)
    )
    return dict(rows.all())


def last_seals(session: Session) -> dict[str, tuple[int, str]]:
    """Number and hash of the newest record of each chain; an empty chain has none."""
    found: dict[str, tuple[int, str]] = {}
    for name, table in (("audit", Audit), ("permit", Permit)):
        newest = session.execute(
            select(table.seq, table.hash).order_by(table.seq.desc()).limit(1)
        ).first()
        if newest is not None:
            found[name] = (newest[0], newest[1])
    return found
