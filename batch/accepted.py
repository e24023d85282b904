"""What follows a hand-over: the books note what was accepted, and a crash is cleared up."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import select, update

from adapters.outgoing.message import OutgoingMessage
from adapters.outgoing.refusals import Refusal
from batch.envelope import envelope
from batch.refused import ask_about_uncertain, record_refused
from engines.dunning import levels_after
from graph.bootstrap import House
from ledger.actions import SendReminder, SendStatement, read_action
from ledger.errors import Conflict, NotFound
from ledger.facts import AccountFacts
from ledger.identities import Identity
from ledger.ids import digest, make_id
from ledger.journal import audit, touch
from ledger.queries.account_facts import load_facts
from ledger.states import OutboxState
from ledger.tables.work import Outbox
from tools.sent_mail import record_sent


def record_accepted(
    house: House,
    as_of: date,
    letters: list[tuple[OutgoingMessage, Any, AccountFacts]],
    refused: dict[str, Refusal],
    run_id: str | None = None,
) -> int:
    """Note what was accepted: message history, dunning levels, outbox state; and what was not."""
    if not letters:
        return 0
    accepted = [entry for entry in letters if entry[1].id not in refused]
    not_accepted = [(*entry, refused[entry[1].id]) for entry in letters if entry[1].id in refused]
    with house.ledger.write(as_=Identity.DISPATCHER) as session:
        sent = [_sent(row, facts, as_of, message.sent_at) for message, row, facts in accepted]
        record_sent(session, sent, as_of)
        record_refused(session, house.policy, run_id, not_accepted)
        audit(
            session,
            letters[0][0].sent_at,
            "messages_sent",
            letters[0][1].id,
            "dispatcher",
            sent=len(accepted),
            failed=len(refused),
            digest=digest(",".join(row.digest for _message, row, _facts in accepted).encode()),
        )
    return len(accepted)


def _sent(row: Any, facts: AccountFacts, as_of: date, at: datetime) -> dict[str, Any]:
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
            "sent_at": at,
            "outbox_id": row.id,
            "subject": row.subject,
            "body": "",
            "answered": True,
            "invoice_ids": ",".join(sorted(named)),
        },
    }


def reconcile(house: House, as_of: date) -> tuple[int, int]:
    """After a crash: ask the channels about messages whose hand-over was begun.

    Those that were uncertain before are asked about again: a provider may know by now. Returns how
    many had arrived, and how many are new that nobody can tell about; those go to a person.
    """
    begun_states = (OutboxState.SENDING, OutboxState.UNCERTAIN)
    with house.ledger.read(as_=Identity.DISPATCHER) as session:
        begun = session.execute(
            select(Outbox.__table__).where(Outbox.state.in_(begun_states))
        ).all()
    if not begun:
        return 0, 0
    found: dict[bool | None, list[Any]] = {True: [], False: [], None: []}
    for row in begun:
        message = envelope(house.policy, house.reply_key, row, row.attempted_at or row.release_at)
        found[house.mail.was_delivered(message)].append(row)
    # What was uncertain and of which there is no trace stays a person's.
    absent = [row.id for row in found[False] if row.state == OutboxState.SENDING]
    unknown = [row for row in found[None] if row.state == OutboxState.SENDING]
    with house.ledger.write(as_=Identity.DISPATCHER) as session:
        known = sorted({row.account_id for row in (*found[True], *unknown)})
        facts = load_facts(session, as_of, known)
        record_sent(session, [_settled(row, facts, as_of) for row in found[True]], as_of)
        for ids, state in (
            (absent, OutboxState.QUEUED),
            ([row.id for row in unknown], OutboxState.UNCERTAIN),
        ):
            session.execute(update(Outbox).where(Outbox.id.in_(ids)).values(state=state.value))
        for row in unknown:
            ask_about_uncertain(session, house.policy, row, facts[row.account_id])
    return len(found[True]), len(unknown)


def _settled(row: Any, facts: dict[str, AccountFacts], as_of: date) -> dict[str, Any]:
    return _sent(row, facts[row.account_id], as_of, row.attempted_at or row.release_at)


def uncertain_messages(house: House) -> list[dict[str, str]]:
    """Messages nobody can tell about, oldest first: id, account, recipient, and why."""
    columns = (Outbox.id, Outbox.account_id, Outbox.recipient, Outbox.stopped_by.label("says"))
    with house.ledger.read(as_=Identity.DISPATCHER) as session:
        rows = session.execute(
            select(*columns)
            .where(Outbox.state == OutboxState.UNCERTAIN)
            .order_by(Outbox.release_at, Outbox.id)
        )
        return [dict(row._mapping) for row in rows]


def settle(house: House, outbox_id: str, arrived: bool, person_id: str) -> str:
    """What a person found out about a message nobody could tell about.

    Args:
        house: The home.
        outbox_id: The message.
        arrived: Whether it did; one that was lost goes again, judged like any other.
        person_id: Who says so.

    Raises:
        NotFound: No such message.
        Conflict: It is not uncertain.
    """
    as_of = house.business_date()
    with house.dispatch_lock(), house.ledger.write() as session:
        row = session.execute(select(Outbox.__table__).where(Outbox.id == outbox_id)).first()
        if row is None:
            raise NotFound(f"no message {outbox_id}")
        if row.state != OutboxState.UNCERTAIN:
            raise Conflict(f"message {outbox_id} is {row.state}, not uncertain")
        if arrived:
            facts = load_facts(session, as_of, [row.account_id])
            record_sent(session, [_settled(row, facts, as_of)], as_of)
        else:
            again = {"state": OutboxState.QUEUED.value, "stopped_by": "", "attempted_at": None}
            session.execute(update(Outbox).where(Outbox.id == outbox_id).values(**again))
        touch(session, {row.account_id})
        now = house.clock_at(as_of).now()
        audit(session, now, "uncertain_settled", outbox_id, person_id, arrived=arrived)
    return "sent" if arrived else "queued again"
