"""Reads for incoming mail: what is known already, whose it may be, what waits for a person.

Every read takes a whole batch; none is made for one message.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Select, func, select
from sqlmodel import Session

from ledger.tables.account import Account, Contact
from ledger.tables.inbound import Attachment, Inbound
from ledger.tables.receivable import Invoice
from ledger.tables.work import ImportBatch, Message, Outbox

_CHUNK = 500


class SentMessage(NamedTuple):
    """A message of ours that something may answer or report on."""

    outbox_id: str
    message_id: str
    account_id: str
    contact_id: str | None
    recipient: str
    channel: str


class KnownAddress(NamedTuple):
    """An address or number of a contact."""

    contact_id: str
    account_id: str
    parent_id: str | None
    address: str


def known_keys(session: Session, keys: Iterable[str]) -> dict[str, str]:
    """Ids of messages that are in the books, by source key."""
    return {
        row.source_key: row.id
        for part in _parts(keys)
        for row in session.execute(
            select(Inbound.source_key, Inbound.id).where(Inbound.source_key.in_(part))
        )
    }


def sent_by_message_id(session: Session, message_ids: Iterable[str]) -> dict[str, SentMessage]:
    """Messages of ours by the Message-ID they left with."""
    found = _sent(session, Outbox.message_id, message_ids)
    return {sent.message_id: sent for sent in found}


def sent_by_id(session: Session, outbox_ids: Iterable[str]) -> dict[str, SentMessage]:
    """Messages of ours by outbox id."""
    return {sent.outbox_id: sent for sent in _sent(session, Outbox.id, outbox_ids)}


def _sent(session: Session, column: Any, values: Iterable[str]) -> list[SentMessage]:
    query = select(
        Outbox.id,
        Outbox.message_id,
        Outbox.account_id,
        Outbox.contact_id,
        Outbox.recipient,
        Outbox.channel,
    )
    return [
        SentMessage(*row)
        for part in _parts(values)
        for row in session.execute(query.where(column.in_(part)))
    ]


def contacts_by_email(
    session: Session, addresses: Iterable[str]
) -> dict[str, tuple[KnownAddress, ...]]:
    """Contacts by mail address in lower case; one address may stand at several accounts."""
    email = func.lower(Contact.email)
    query = select(Contact.id, Contact.account_id, Account.parent_id, email).join(
        Account, Account.id == Contact.account_id
    )
    found: dict[str, list[KnownAddress]] = defaultdict(list)
    for part in _parts(addresses):
        for row in session.execute(query.where(email.in_(part)).order_by(Contact.id)):
            found[row[3]].append(KnownAddress(*row))
    return {address: tuple(known) for address, known in found.items()}


def written_to_by_sms(session: Session) -> list[KnownAddress]:
    """Contacts with a number to which a text message of ours has gone."""
    query = (
        select(Contact.id, Contact.account_id, Account.parent_id, Contact.phone)
        .join(Account, Account.id == Contact.account_id)
        .join(Outbox, Outbox.contact_id == Contact.id)
        .where(Outbox.channel == "sms", Outbox.sent_at.is_not(None), Contact.phone.is_not(None))
        .distinct()
    )
    return [KnownAddress(*row) for row in session.execute(query)]


def contact_phones(session: Session) -> list[Any]:
    """Every contact with a number, as rows of its id and the number."""
    return list(
        session.execute(select(Contact.id, Contact.phone).where(Contact.phone.is_not(None)))
    )


def opted_out(session: Session, contact_ids: Iterable[str]) -> frozenset[str]:
    """Contacts who asked us to stop."""
    query = select(Contact.id).where(Contact.opted_out)
    return frozenset(
        each
        for part in _parts(contact_ids)
        for each in session.scalars(query.where(Contact.id.in_(part)))
    )


def contact_domains(session: Session) -> frozenset[str]:
    """Every domain a contact has an address at, in lower case."""
    emails = session.scalars(select(Contact.email).where(Contact.email.is_not(None)).distinct())
    return frozenset(email.rpartition("@")[2].lower() for email in emails if "@" in email)


def accounts_by_number(session: Session, numbers: Iterable[str]) -> dict[str, frozenset[str]]:
    """Accounts that a number names: their own number, or one of an invoice of theirs."""
    wanted = sorted(set(numbers))
    found: dict[str, set[str]] = defaultdict(set)
    queries = (
        (select(Invoice.invoice_number, Invoice.account_id), Invoice.invoice_number),
        (select(Account.account_number, Account.id), Account.account_number),
    )
    for query, column in queries:
        for part in _parts(wanted):
            for number, account_id in session.execute(query.where(column.in_(part))):
                found[number].add(account_id)
    return {number: frozenset(accounts) for number, accounts in found.items()}


def bounce_counts(session: Session, contact_ids: Iterable[str], since: date) -> dict[str, int]:
    """Bounces of contacts that came in on or after a day."""
    query = (
        select(Inbound.contact_id, func.count())
        .where(Inbound.kind == "bounce", Inbound.received_on >= since)
        .group_by(Inbound.contact_id)
    )
    return {
        contact_id: count
        for part in _parts(contact_ids)
        for contact_id, count in session.execute(query.where(Inbound.contact_id.in_(part)))
    }


class SentReminder(NamedTuple):
    """A reminder of ours in the history of an account."""

    outbox_id: str | None
    account_id: str
    stage: int
    sent_on: date
    invoice_ids: tuple[str, ...]


def reminders_of(session: Session, account_ids: Iterable[str]) -> list[SentReminder]:
    """Every reminder to some accounts, the newest first."""
    query = (
        select(
            Message.outbox_id,
            Message.account_id,
            Message.stage,
            Message.sent_on,
            Message.invoice_ids,
        )
        .where(Message.direction == "out", Message.stage > 0)
        .order_by(Message.sent_on.desc(), Message.id)
    )
    return [
        SentReminder(row[0], row[1], row[2], row[3], tuple(row[4].split(",")) if row[4] else ())
        for part in _parts(account_ids)
        for row in session.execute(query.where(Message.account_id.in_(part)))
    ]


def levels_of(session: Session, invoice_ids: Iterable[str]) -> dict[str, tuple[int, date | None]]:
    """Dunning level and day of the last reminder, by invoice."""
    query = select(Invoice.id, Invoice.dunning_level, Invoice.dunned_on)
    return {
        row[0]: (row[1], row[2])
        for part in _parts(invoice_ids)
        for row in session.execute(query.where(Invoice.id.in_(part)))
    }


def readable_files(session: Session, inbound_ids: Collection[str]) -> list[Any]:
    """Attachments with text of customers' messages whose account is known and sender not doubted.

    Rows of `name`, `media_type`, `body`, `inbound_id` and `account_id`.
    """
    query = (
        select(
            Attachment.name,
            Attachment.media_type,
            Attachment.body,
            Attachment.inbound_id,
            Inbound.account_id,
        )
        .join(Inbound, Inbound.id == Attachment.inbound_id)
        .where(
            Inbound.kind == "message",
            Inbound.authentic != "fail",
            Inbound.account_id.is_not(None),
            Attachment.body != "",
        )
        .order_by(Attachment.inbound_id, Attachment.id)
    )
    return [
        row
        for part in _parts(inbound_ids)
        for row in session.execute(query.where(Attachment.inbound_id.in_(part)))
    ]


def known_files(session: Session, digests: Iterable[str]) -> frozenset[str]:
    """Digests of files that were taken in before."""
    query = select(ImportBatch.file_digest)
    return frozenset(
        each
        for part in _parts(digests)
        for each in session.scalars(query.where(ImportBatch.file_digest.in_(part)))
    )


def inbound_rows(session: Session, inbound_ids: Collection[str]) -> list[Inbound]:
    """Messages by id, oldest first."""
    rows = [
        row
        for part in _parts(inbound_ids)
        for row in session.scalars(select(Inbound).where(Inbound.id.in_(part)))
    ]
    return sorted(rows, key=lambda row: (row.received_at, row.id))


def attachment_rows(session: Session, inbound_ids: Collection[str]) -> dict[str, list[Attachment]]:
    """Attachments by message, in their order in it."""
    found: dict[str, list[Attachment]] = defaultdict(list)
    query = select(Attachment).order_by(Attachment.id)
    for part in _parts(inbound_ids):
        for row in session.scalars(query.where(Attachment.inbound_id.in_(part))):
            found[row.inbound_id].append(row)
    return dict(found)


def mail_listing(session: Session, *, unlinked: bool, limit: int) -> list[Any]:
    """What came in, newest first, with the account it belongs to.

    Rows of `Inbound`, account number, account name, and how many files came with it.
    """
    files = (
        select(func.count())
        .select_from(Attachment)
        .where(Attachment.inbound_id == Inbound.id)
        .scalar_subquery()
    )
    query: Select[Any] = (
        select(Inbound, Account.account_number, Account.name, files)
        .outerjoin(Account, Account.id == Inbound.account_id)
        .order_by(Inbound.received_at.desc(), Inbound.id)
        .limit(limit)
    )
    if unlinked:
        query = query.where(Inbound.state == "unlinked")
    return list(session.execute(query))


def account_numbers(session: Session, account_ids: Iterable[str]) -> dict[str, str]:
    """Account numbers by id."""
    query = select(Account.id, Account.account_number)
    return {
        row[0]: row[1]
        for part in _parts(account_ids)
        for row in session.execute(query.where(Account.id.in_(part)))
    }


def unlinked_count(session: Session) -> int:
    """How many messages nobody knows the account of."""
    return session.scalar(select(func.count()).where(Inbound.state == "unlinked")) or 0


def _parts(values: Iterable[str]) -> Iterator[list[str]]:
    """Values in pieces that fit one statement, each value once."""
    wanted = sorted(set(values))
    for start in range(0, len(wanted), _CHUNK):
        yield wanted[start : start + _CHUNK]
