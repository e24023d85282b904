"""Proof that nothing left twice: outbox, folders of what left, and history hold the same messages.

A channel without a folder, such as the portal, is asked message by message.
"""

from itertools import chain
from typing import Any

from sqlalchemy import func, select

from adapters.outgoing.message import AttachedFile
from batch.enclosed import enclosed
from batch.envelope import envelope
from batch.proof_evidence import Evidence, in_chunks
from ledger.states import OutboxState
from ledger.tables.work import Message, Outbox, Permit

# Between the recorded attempt and the recorded outcome a message may or may not have arrived.
_UNDECIDED = (OutboxState.SENDING, OutboxState.UNCERTAIN)
_WHERE = {
    "email": "mail/new, mail/cur",
    "sms": "sms",
    "letter": "letters",
    "portal": "the outbox",
}


def prove_mail(evidence: Evidence, delivered: dict[str, list[Any]]) -> None:
    """Compare the three places a sent message is kept in.

    Args:
        evidence: The home.
        delivered: The files of every channel by outbox id, listed before the books were opened,
            so that whatever they hold is in the books.
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
        documents = enclosed(session, rows)
        for row in rows:
            files = unexplained.pop(row.id, [])
            if row.state == OutboxState.SENT:
                tally.saw()
                _look_at_sent(evidence, row, files, documents.get(row.id, ()))
            elif files and row.state not in _UNDECIDED:
                where = _WHERE[row.channel]
                tally.fault(row.id, f"no mail: it is {row.state}", files[0].name, where)
            if len(files) > 1:
                told = [path.name for path in files]
                tally.fault(row.id, "one file", told, _WHERE[row.channel])
        done += len(rows)
        evidence.progress("mail", done, done)
    for outbox_id, files in unexplained.items():
        where = str(files[0].parent.name)
        tally.fault(outbox_id, "only messages of the outbox", files[0].name, where)
    _look_at_history(evidence)


def _look_at_sent(
    evidence: Evidence, row: Any, files: list[Any], documents: tuple[AttachedFile, ...]
) -> None:
    """The file of a sent message is the message its permit covers."""
    tally, policy = evidence["never_twice"], evidence.policy(row.policy_hash or "")
    port, key = evidence.house.mail, evidence.house.reply_key
    at = row.sent_at or row.release_at
    if not files:
        mine = policy or evidence.house.policy
        if port.was_delivered(envelope(mine, key, row, at)) is not True:
            tally.fault(row.id, "its file", "none", _WHERE[row.channel])
        return
    if policy is None:
        return  # a missing permit or policy is said by the promises about those
    # A message permitted under one policy may leave under the next, signed as that one says.
    signers = chain([policy], evidence.used_policies())
    held = files[0].read_bytes()
    if not any(held == port.content(envelope(each, key, row, at, documents)) for each in signers):
        where = f"{files[0].parent.name}/{files[0].name}"
        tally.fault(row.id, "the message as the outbox has it", "other bytes", where)


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
