"""What follows when an address turns out not to work: it is paused, and a person finds another.

One path for both ways to learn of it: the mail server refuses the address, or a report comes back
by mail days later.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from guardrails.business_days import add_business_days
from ledger.journal import audit
from ledger.postings_cases import add_call_task
from ledger.postings_contacts import mark_bounced, withdraw_consent
from ledger.tables.work import Outbox
from policies.schema import Policy

_SUMMARY = 500


@dataclass(frozen=True, slots=True)
class Report:
    """Somebody says that a message did not arrive, or not surely.

    Attributes:
        outbox_id: The message of ours it is about.
        says: What was said, in one line.
        actor: Who learned of it: the dispatcher, or the intake of mail.
    """

    outbox_id: str
    says: str
    actor: str


def bounce_message(
    session: Session, report: Report, policy: Policy, as_of: date, now: datetime
) -> bool:
    """Pause the address a message went to and ask a person for another.

    Nothing happens where the contact has another address by now, or it is paused already.

    Returns:
        Whether the address was paused by this report.
    """
    row = _message(session, report.outbox_id)
    if row is None or row.contact_id is None:
        return False
    if row.channel == "email":
        paused = mark_bounced(session, row.contact_id, row.recipient)
    else:
        paused = withdraw_consent(session, row.contact_id, row.channel)
    if not paused:
        return False
    says = f"{row.recipient} does not work ({report.says}); find another for this account"
    ask_person(session, row.account_id, "find_contact", says, report.actor, policy, as_of)
    audit(
        session,
        now,
        "contact_bounced",
        row.contact_id,
        report.actor,
        message=row.id,
        channel=row.channel,
        says=report.says,
    )
    return True


def ask_person(
    session: Session,
    account_id: str,
    kind: str,
    summary: str,
    actor: str,
    policy: Policy,
    as_of: date,
) -> str:
    """Give a person a task for the next business day."""
    task = {
        "account_id": account_id,
        "kind": kind,
        "summary": summary[:_SUMMARY],
        "due_on": add_business_days(policy.company.calendar, as_of, 1),
        "assignee": None,
        "state": "open",
        "created_by": actor,
    }
    return add_call_task(session, task)


def _message(session: Session, outbox_id: str) -> Any:
    return session.execute(
        select(
            Outbox.id, Outbox.account_id, Outbox.contact_id, Outbox.channel, Outbox.recipient
        ).where(Outbox.id == outbox_id)
    ).first()
