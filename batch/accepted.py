"""What follows a hand-over: the books note what was accepted, and a crash is cleared up."""

from datetime import date
from typing import Any

from sqlalchemy import select, update

from adapters.mail import OutgoingMail
from engines.dunning import levels_after
from graph.bootstrap import House
from ledger.actions import SendReminder, SendStatement, read_action
from ledger.facts import AccountFacts
from ledger.ids import digest, make_id
from ledger.journal import audit
from ledger.queries.account_facts import load_facts
from ledger.states import OutboxState
from ledger.tables.work import Outbox
from tools.sent_mail import record_sent


def record_accepted(
    house: House,
    as_of: date,
    letters: list[tuple[OutgoingMail, Any, AccountFacts]],
    failed: dict[str, str],
) -> int:
    """Note what was accepted: message history, dunning levels, outbox state."""
    if not letters:
        return 0
    accepted = [(row, facts) for _mail, row, facts in letters if row.id not in failed]
    with house.ledger.write() as session:
        record_sent(session, [_sent(row, facts, as_of) for row, facts in accepted], as_of)
        for outbox_id, error in failed.items():
            session.execute(
                update(Outbox)
                .where(Outbox.id == outbox_id)
                .values(state=OutboxState.UNCERTAIN.value, stopped_by=error)
            )
        first = letters[0][1].release_at
        audit(
            session,
            first,
            "messages_sent",
            letters[0][1].id,
            "dispatcher",
            sent=len(accepted),
            failed=len(failed),
            digest=digest(",".join(row.digest for row, _facts in accepted).encode()),
        )
    return len(accepted)


def _sent(row: Any, facts: AccountFacts, as_of: date) -> dict[str, Any]:
    action = read_action(row.action)
    reminder = action if isinstance(action, SendReminder) else None
    named = set(reminder.invoice_ids) if reminder else set()
    currency = action.currency if isinstance(action, SendReminder | SendStatement) else None
    items = tuple(item for item in facts.open_items if item.invoice_id in named)
    return {
        "outbox_id": row.id,
        "levels": levels_after(items, reminder.stage) if reminder else {},
        "message": {
            "id": make_id("msg", row.id),
            "account_id": row.account_id,
            "direction": "out",
            "channel": row.channel,
            "purpose": action.type,
            "stage": reminder.stage if reminder else 0,
            "currency": currency,
            "sent_on": as_of,
            "sent_at": row.release_at,
            "outbox_id": row.id,
            "subject": row.subject,
            "body": "",
            "answered": True,
            "invoice_ids": ",".join(sorted(named)),
        },
    }


def reconcile(house: House, as_of: date) -> tuple[int, int]:
    """After a crash: ask the mailbox about messages whose hand-over was begun.

    Returns how many had arrived, and how many nobody can tell about; those go to a person.
    """
    with house.ledger.read() as session:
        begun = session.execute(
            select(Outbox.__table__).where(Outbox.state == OutboxState.SENDING)
        ).all()
    arrived = [row for row in begun if house.mail.was_delivered(row.id) is True]
    absent = [row for row in begun if house.mail.was_delivered(row.id) is False]
    unknown = [row for row in begun if house.mail.was_delivered(row.id) is None]
    if not begun:
        return 0, 0
    with house.ledger.write() as session:
        facts = load_facts(session, as_of, sorted({row.account_id for row in arrived}))
        record_sent(session, [_sent(row, facts[row.account_id], as_of) for row in arrived], as_of)
        for rows, state in ((absent, OutboxState.QUEUED), (unknown, OutboxState.UNCERTAIN)):
            session.execute(
                update(Outbox)
                .where(Outbox.id.in_([row.id for row in rows]))
                .values(state=state.value)
            )
    return len(arrived), len(unknown)
