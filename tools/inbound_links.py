"""Whose a message is: by what it answers, by our sealed address, by a number and a known sender.

Never by the sender alone: anybody can write any name there. A sender we know only says which
account a person should look at first.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import Session

from adapters.inbound_mail.message import IncomingMessage, MessageKind
from ledger.queries import inbound as reads
from ledger.queries.inbound import KnownAddress, SentMessage
from tools.reply_address import read_reply_address

_NUMBER = re.compile(r"[A-Za-z0-9][\w./-]{1,39}", re.ASCII)
_DIGITS_COMPARED = 9


@dataclass(frozen=True, slots=True)
class Link:
    """Whose a message is, and how we know; or who a person should ask first.

    Attributes:
        linked_by: As in `ledger.tables.inbound`; empty where nobody knows.
        sent: The message of ours that it answers.
        suggested: Accounts it may belong to, where it is linked to none.
    """

    account_id: str | None = None
    contact_id: str | None = None
    linked_by: str = ""
    sent: SentMessage | None = None
    suggested: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Known:
    """What the books know about everything a batch names."""

    by_message_id: Mapping[str, SentMessage]
    by_outbox_id: Mapping[str, SentMessage]
    contacts: Mapping[str, tuple[KnownAddress, ...]]
    accounts: Mapping[str, frozenset[str]]


def find_links(
    session: Session, messages: Sequence[IncomingMessage], reply_key: bytes
) -> list[Link]:
    """Whose each message is, read for the whole batch at once.

    Args:
        session: Any transaction.
        messages: Messages from outside.
        reply_key: The key that seals our reply addresses.
    """
    sealed = [_sealed(message, reply_key) for message in messages]
    known = _Known(
        by_message_id=reads.sent_by_message_id(
            session, (each for message in messages for each in message.references)
        ),
        by_outbox_id=reads.sent_by_id(session, (each for ids in sealed for each in ids)),
        contacts=reads.contacts_by_email(session, (_who(m) for m in messages if _who(m))),
        accounts=reads.accounts_by_number(
            session, (each for message in messages for each in numbers_in(message.subject))
        ),
    )
    phones = None
    if any(message.channel == "sms" for message in messages):
        phones = reads.written_to_by_sms(session)
    return [
        _link(message, ids, known, phones or ())
        for message, ids in zip(messages, sealed, strict=True)
    ]


def suggested_accounts(session: Session, told: Sequence[tuple[str, str]]) -> list[tuple[str, ...]]:
    """Accounts that pairs of sender and subject may belong to, the likeliest ones only."""
    contacts = reads.contacts_by_email(session, (sender for sender, _subject in told if sender))
    accounts = reads.accounts_by_number(
        session, (each for _sender, subject in told for each in numbers_in(subject))
    )
    return [
        _suggested(contacts.get(sender, ()), _named(subject, accounts)) for sender, subject in told
    ]


def numbers_in(subject: str) -> tuple[str, ...]:
    """What may be a number of a document or account in a subject, also in capitals."""
    words = (word.rstrip("./-") for word in _NUMBER.findall(subject))
    found = [word for word in words if len(word) > 2 and any(sign.isdigit() for sign in word)]
    return tuple(dict.fromkeys([*found, *(word.upper() for word in found)]))


def _sealed(message: IncomingMessage, reply_key: bytes) -> tuple[str, ...]:
    """Outbox ids that recipients name under our seal."""
    named = (read_reply_address(address, reply_key) for address in message.recipients)
    return tuple(outbox_id for outbox_id in named if outbox_id)


def _link(
    message: IncomingMessage,
    sealed: tuple[str, ...],
    known: _Known,
    phones: Sequence[KnownAddress],
) -> Link:
    if message.account_id is not None:
        return Link(message.account_id, message.contact_id, linked_by=message.channel)
    if message.channel == "sms":
        return _by_phone(message.sender, phones)
    senders = known.contacts.get(_who(message), ())
    for how, ids, table in (
        ("references", message.references, known.by_message_id),
        ("reply_address", sealed, known.by_outbox_id),
    ):
        sent = next((table[each] for each in ids if each in table), None)
        if sent is not None:
            return Link(sent.account_id, _contact_at(senders, sent), how, sent)
    named = _named(message.subject, known.accounts)
    at_named = [each for each in senders if {each.account_id, each.parent_id} & named]
    if len(named) == 1 and at_named and message.kind is not MessageKind.BOUNCE:
        (account_id,) = named
        own = next((c.contact_id for c in at_named if c.account_id == account_id), None)
        return Link(account_id, own, "subject_number")
    return Link(suggested=_suggested(senders, named))


def _who(message: IncomingMessage) -> str:
    """The address that may tell whose it is: the sender's, or the one a bounce is about."""
    if message.kind is MessageKind.BOUNCE:
        return next((each.address for each in message.failed_addresses), "")
    return message.sender


def _contact_at(senders: Iterable[KnownAddress], sent: SentMessage) -> str | None:
    """The contact who wrote, if it is one of the account we wrote to."""
    return next((c.contact_id for c in senders if c.account_id == sent.account_id), None)


def _named(subject: str, accounts: Mapping[str, frozenset[str]]) -> frozenset[str]:
    """Accounts that the numbers of a subject name."""
    return frozenset().union(*(accounts.get(each, frozenset()) for each in numbers_in(subject)))


def _suggested(senders: Iterable[KnownAddress], named: frozenset[str]) -> tuple[str, ...]:
    """Where sender and number agree, that account; else those of either."""
    known = {each.account_id for each in senders}
    return tuple(sorted(known & named or known or named))


def _by_phone(number: str, phones: Sequence[KnownAddress]) -> Link:
    """A text message answers the ones we sent to its number, if one account alone has it."""
    wanted = digits_of(number)
    found = [each for each in phones if len(wanted) > 5 and digits_of(each.address) == wanted]
    accounts = sorted({each.account_id for each in found})
    if len(accounts) == 1:
        return Link(accounts[0], found[0].contact_id, "sender")
    return Link(suggested=tuple(accounts))


def digits_of(number: str) -> str:
    """The end of a number, which is the same with and without a country code."""
    return "".join(sign for sign in number if sign.isdigit())[-_DIGITS_COMPARED:]
