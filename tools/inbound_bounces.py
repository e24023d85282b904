"""What a bounce comes to: an address paused, a stage taken back, a temporary failure counted.

A report counts only for the message of ours that it is about: anybody can write that some address
does not work.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlmodel import Session

from adapters.inbound_mail.message import FailedAddress, IncomingMessage
from ledger.journal import audit, touch
from ledger.postings_inbound import put_dunning_back
from ledger.queries import inbound as reads
from ledger.queries.inbound import SentMessage, SentReminder
from policies.schema import Policy
from tools.bounces import Report, ask_person, bounce_message

ACTOR = "mail_intake"
TEMPORARY_DAYS = 14
MOST_TEMPORARY = 3
"""So many failures within the days above are one for good."""


def concerned(message: IncomingMessage, sent: SentMessage | None) -> FailedAddress | None:
    """The failure a bounce reports about the address of one message of ours."""
    if sent is None:
        return None
    recipient = sent.recipient.strip().lower()
    told = [each for each in message.failed_addresses if each.address == recipient]
    return next((each for each in told if each.failed), told[0] if told else None)


def ask_about_others(
    session: Session, message: IncomingMessage, sent: SentMessage, policy: Policy, as_of: date
) -> None:
    """Ask a person about a report on an address we did not write to, such as a forwarding one."""
    if any(each.failed for each in message.failed_addresses):
        says = (
            f"A mail server reports that message {sent.outbox_id} of ours was not delivered at "
            "another address than the one it went to: find out whether it arrived"
        )
        ask_person(session, sent.account_id, "review", says, ACTOR, policy, as_of)


def take_bounces(
    session: Session,
    bounces: Sequence[tuple[FailedAddress, SentMessage]],
    policy: Policy,
    as_of: date,
    now: datetime,
) -> int:
    """Act on reports about messages of ours; returns how many addresses were paused.

    Args:
        session: A write transaction in which the bounces themselves are recorded already.
        bounces: Each failure with the message it is about.
        policy: For the due date of tasks.
        as_of: The business date.
        now: Instant of the journal records.
    """
    since = as_of - timedelta(days=TEMPORARY_DAYS)
    contacts = {sent.contact_id for _failure, sent in bounces if sent.contact_id}
    counts = Counter(reads.bounce_counts(session, contacts, since))
    paused = 0
    for failure, sent in bounces:
        often = counts[sent.contact_id or ""] >= MOST_TEMPORARY
        if failure.dead or often:
            says = failure.status or "returned by their mail server"
            if often and not failure.dead:
                says = f"{says}; {MOST_TEMPORARY} failures in {TEMPORARY_DAYS} days"
            report = Report(sent.outbox_id, says, ACTOR)
            paused += bounce_message(session, report, policy, as_of, now)
    _take_back(session, [sent for failure, sent in bounces if failure.failed], now)
    return paused


def _take_back(session: Session, returned: Sequence[SentMessage], now: datetime) -> None:
    """Put invoices back to the level they had before reminders that never arrived.

    A stage moves on acceptance; an invoice that a later reminder named stays where it is.
    """
    if not returned:
        return
    history = reads.reminders_of(session, {sent.account_id for sent in returned})
    gone = {sent.outbox_id for sent in returned}
    lost = [reminder for reminder in history if reminder.outbox_id in gone]
    levels = reads.levels_of(session, {i for reminder in lost for i in reminder.invoice_ids})
    before: dict[str, tuple[int, date | None]] = {}
    for reminder in lost:
        for invoice_id in reminder.invoice_ids:
            level, dunned_on = levels.get(invoice_id, (0, None))
            if level and dunned_on == reminder.sent_on:
                earlier = _earlier(history, invoice_id, reminder)
                before[invoice_id] = (level - 1, earlier)
    put_dunning_back(session, before)
    touch(session, {sent.account_id for sent in returned})
    for reminder in lost:
        back = sorted(set(before).intersection(reminder.invoice_ids))
        if back:
            message = reminder.outbox_id or ""
            audit(session, now, "stage_taken_back", message, ACTOR, invoices=back)


def _earlier(history: Sequence[SentReminder], invoice_id: str, than: SentReminder) -> date | None:
    """The day of the reminder before, if one named the invoice."""
    days = (
        each.sent_on
        for each in history
        if invoice_id in each.invoice_ids and each.sent_on < than.sent_on
    )
    return max(days, default=None)
