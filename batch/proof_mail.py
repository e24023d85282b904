"""Proof that nothing left twice: outbox, mail folder and message history hold the same messages."""

from itertools import chain
from typing import Any

from sqlalchemy import func, select

from adapters.mail import mail_bytes
from batch.dispatch import outgoing_mail
from batch.proof_evidence import Evidence, in_chunks
from ledger.states import OutboxState
from ledger.tables.work import Message, Outbox, Permit

# Between the recorded attempt and the recorded outcome a message may or may not have arrived.
_UNDECIDED = (OutboxState.SENDING, OutboxState.UNCERTAIN)


def prove_mail(evidence: Evidence, delivered: dict[str, list[Any]]) -> None:
    """Compare the three places a sent message is kept in.

    Args:
        evidence: The home.
        delivered: The mail folder by outbox id, listed before the books were opened, so that
            whatever it holds is in the books.
    """
    tally, session = evidence["never_twice"], evidence.session
    doubled = select(Outbox.idempotency_key, func.count()).group_by(Outbox.idempotency_key)
    for key, count in session.execute(doubled.having(func.count() > 1)):
        tally.fault(key, "one message under a key", f"{count}", "the outbox")
    query = select(Outbox.__table__, Permit.policy_hash).outerjoin(
        Permit, Permit.outbox_id == Outbox.id
    )
    unexplained, done = dict(delivered), 0
    for rows in in_chunks(session, query, Outbox.id):
        for row in rows:
            files = unexplained.pop(row.id, [])
            if row.state == OutboxState.SENT:
                tally.saw()
                _look_at_sent(evidence, row, files)
            elif files and row.state not in _UNDECIDED:
                tally.fault(row.id, f"no mail: it is {row.state}", files[0].name, "mail/new")
            if len(files) > 1:
                tally.fault(row.id, "one file", [path.name for path in files], "mail/new, mail/cur")
        done += len(rows)
        evidence.progress("mail", done, done)
    for outbox_id, files in unexplained.items():
        tally.fault(outbox_id, "only messages of the outbox", files[0].name, "mail/new, mail/cur")
    _look_at_history(evidence)


def _look_at_sent(evidence: Evidence, row: Any, files: list[Any]) -> None:
    """The file of a sent message is the message its permit covers."""
    tally, policy = evidence["never_twice"], evidence.policy(row.policy_hash or "")
    if not files:
        if evidence.house.mail.was_delivered(row.id) is not True:
            tally.fault(row.id, "its mail", "none", "mail/new, mail/cur")
        return
    if policy is None:
        return  # a missing permit or policy is said by the promises about those
    # A message permitted under one policy may leave under the next, signed as that one says.
    signers = chain([policy], evidence.used_policies())
    held = files[0].read_bytes()
    if not any(held == mail_bytes(outgoing_mail(each.company, row)) for each in signers):
        tally.fault(row.id, "the mail as the outbox has it", "other bytes", f"mail/{files[0].name}")


def _look_at_history(evidence: Evidence) -> None:
    """Each sent message is in the account's history once, and nothing else claims to be one."""
    tally, session = evidence["never_twice"], evidence.session
    told = (
        select(Outbox.id, func.count(Message.id))
        .outerjoin(Message, Message.outbox_id == Outbox.id)
        .where(Outbox.state == OutboxState.SENT)
        .group_by(Outbox.id)
        .having(func.count(Message.id) != 1)
    )
    for outbox_id, count in session.execute(told):
        tally.fault(outbox_id, "one entry in the message history", count, "the message history")
    untrue = (
        select(Message.id, Outbox.state)
        .outerjoin(Outbox, Outbox.id == Message.outbox_id)
        .where(
            Message.outbox_id.is_not(None),
            Outbox.state.is_(None) | (Outbox.state != OutboxState.SENT),
        )
    )
    for message_id, state in session.execute(untrue):
        tally.fault(message_id, "a sent message", state or "none", "the message history")
