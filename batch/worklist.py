"""Which accounts a night looks at: those where something changed or a date has come."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import bindparam, func, literal_column, or_, select, update
from sqlmodel import Session

from ledger.states import CLOSED_STATES_SQL, Disposition, RunState
from ledger.tables.account import Account
from ledger.tables.receivable import Instalment, Invoice
from ledger.tables.work import DispositionRow, Message, Proposal, Run
from policies.schema import Policy

_CHASING = ("send_reminder", "send_statement")


def build_worklist(
    session: Session, as_of: date, policy: Policy, judged_in: str | None = None
) -> list[str]:
    """Ids of the accounts to judge tonight, sorted.

    First lays aside, in bulk, accounts none of whose items is due yet: their next action date is
    computed from due dates alone, so a night in which nothing is due touches nobody. An account
    is looked at when its next action date has come or was cleared by a change; all are when the
    policy is not the one of the newest finished night. One that owes nothing any more is looked at
    once more where a reminder or statement still waits for a person, so that it is withdrawn,
    whatever the account's disposition says: a hold or a message may have come after the draft. A
    night that goes on after a crash names itself in `judged_in`: an account it has judged keeps its
    one disposition.
    """
    if _policy_changed(session, as_of, policy):
        _look_at_everybody(session)
    _lay_aside(session, as_of, policy)
    rows = session.execute(
        select(Account.id)
        .where(
            or_(Account.next_action_on.is_(None), Account.next_action_on <= as_of),
            or_(_owes(), Account.id.in_(_asked_to_write())),
            Account.id.not_in(
                select(DispositionRow.account_id).where(DispositionRow.run_id == judged_in)
            ),
        )
        .order_by(Account.id)
    )
    return [row[0] for row in rows]


def _owes() -> Any:
    open_item = select(Invoice.id).where(Invoice.account_id == Account.id, Invoice.open_minor != 0)
    return open_item.exists()


def _asked_to_write() -> Any:
    """Accounts a person may still let a chasing message go to."""
    return select(Proposal.account_id).where(
        Proposal.action_type.in_(_CHASING),
        # As the partial indexes have it, so that both databases use one.
        Proposal.state.op("NOT IN")(literal_column(f"({CLOSED_STATES_SQL})")),
    )


def _policy_changed(session: Session, as_of: date, policy: Policy) -> bool:
    newest = session.execute(
        select(Run.policy_hash)
        .where(Run.as_of < as_of, Run.state == RunState.FINISHED)
        .order_by(Run.as_of.desc())
        .limit(1)
    ).first()
    return newest is not None and newest[0] != policy.hash


def _look_at_everybody(session: Session) -> None:
    session.execute(update(Account).values(next_action_on=None))


def _lay_aside(session: Session, as_of: date, policy: Policy) -> None:
    """Give unlooked-at accounts without a due item and without unread mail their first date."""
    first_days = policy.dunning.stages[0].days_past_due
    unread = (
        select(Message.id)
        .where(
            Message.account_id == Account.id,
            Message.direction == "in",
            Message.answered.is_(False),
        )
        .exists()
    )
    first_due = func.min(func.coalesce(Instalment.due_on, Invoice.due_on))
    rows = session.execute(
        select(Account.id, first_due)
        .join(Invoice, Invoice.account_id == Account.id)
        .outerjoin(Instalment, Instalment.invoice_id == Invoice.id)
        .where(
            Account.next_action_on.is_(None),
            or_(Account.disposition.is_(None), Account.disposition == Disposition.NOTHING_DUE),
            Invoice.open_minor != 0,
            ~unread,
        )
        .group_by(Account.id)
        .having(first_due > as_of - timedelta(days=first_days))
    )
    values = [{"b_id": row[0], "b_next": row[1] + timedelta(days=first_days)} for row in rows]
    if values:
        table = Account.__table__
        session.connection().execute(
            update(table)
            .where(table.c.id == bindparam("b_id"))
            .values(next_action_on=bindparam("b_next")),
            values,
        )
