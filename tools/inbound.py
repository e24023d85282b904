"""Takes messages from outside into the books, once.

What they say is not read here. A message whose account is known becomes an entry in its history
that wants an answer; of any other a person is asked whose it is.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from adapters.inbound_mail.message import IncomingMessage, MessageKind
from ledger.ids import make_id
from ledger.journal import audit
from ledger.postings_inbound import post_inbound
from ledger.queries import inbound as reads
from tools.bounces import ask_person
from tools.inbound_bounces import ACTOR, ask_about_others, concerned, take_bounces
from tools.inbound_links import Link, find_links
from tools.inbound_rows import Intake, NewMessage, file_rows, inbound_row, message_row
from tools.look_alikes import look_alikes
from tools.stop_contact import obey_one_clicks, obey_stop_words

_SHOWN_RECIPIENTS = 500


@dataclass(slots=True)
class Taken:
    """What a batch came to.

    Attributes:
        known: Messages that were in the books already.
        stopped: Contacts whose number gets no more text messages, as it asked.
        ids: Every message of the batch in the books, new or known.
    """

    messages: int = 0
    linked: int = 0
    unlinked: int = 0
    auto_replies: int = 0
    bounces: int = 0
    addresses_paused: int = 0
    files: int = 0
    known: int = 0
    doubted: int = 0
    stopped: int = 0
    ids: tuple[str, ...] = ()

    def add(self, other: "Taken") -> None:
        """Count another batch in."""
        for name in self.counts():
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.ids = (*self.ids, *other.ids)

    def counts(self) -> dict[str, int]:
        """The numbers by name."""
        return {name: getattr(self, name) for name in _COUNTED}


_COUNTED = (
    "messages",
    "linked",
    "unlinked",
    "auto_replies",
    "bounces",
    "addresses_paused",
    "files",
    "known",
    "doubted",
    "stopped",
)


def take_in(session: Session, messages: Sequence[IncomingMessage], intake: Intake) -> Taken:
    """Record a batch in the caller's write transaction: all of it or nothing.

    The same message twice, in whatever order and from whatever folder, is recorded once.

    Args:
        session: A write transaction.
        messages: What came in.
        intake: Policy, key and time.
    """
    by_key = {message.source_key: message for message in messages}
    there = reads.known_keys(session, by_key)
    fresh = [message for key, message in by_key.items() if key not in there]
    links = find_links(session, fresh, intake.reply_key)
    doubted = look_alikes((m.sender for m in fresh), reads.contact_domains(session))
    new = [_know(message, link, doubted) for message, link in zip(fresh, links, strict=True)]
    rows = [inbound_row(each, intake) for each in new]
    history = [message_row(row) for each, row in zip(new, rows, strict=True) if _told(each)]
    files = [file for each in new for file in file_rows(each)]
    post_inbound(session, rows, files, history)
    _ask_whose(session, new, intake)
    taken = _counted(new, len(files), len(messages) - len(fresh))
    taken.addresses_paused = _bounced(session, new, intake)
    taken.stopped = obey_stop_words(session, new, intake) + obey_one_clicks(session, new, intake)
    taken.ids = (*there.values(), *(each.inbound_id for each in new))
    _journal(session, new, taken, intake.now)
    return taken


def _know(message: IncomingMessage, link: Link, doubted: dict[str, str]) -> NewMessage:
    like = doubted.get(message.sender.rpartition("@")[2])
    doubts = (*message.doubts, *((f"its domain looks like {like}",) if like else ()))
    inbound_id = make_id("inb", message.source_key)
    return NewMessage(inbound_id, message, link, _state(message, link), doubts)


def _state(message: IncomingMessage, link: Link) -> str:
    """Where a message starts: what machines wrote is kept and never read for claims or answered."""
    if link.account_id:
        return "new" if message.kind is MessageKind.MESSAGE else "read"
    if message.kind is not MessageKind.MESSAGE and not link.suggested:
        return "set_aside"
    return "unlinked"


def _told(known: NewMessage) -> bool:
    """Whether the history of an account tells of it."""
    return known.link.account_id is not None and known.message.kind is not MessageKind.BOUNCE


def _ask_whose(session: Session, new: Sequence[NewMessage], intake: Intake) -> None:
    """Where one account is likely, its people are asked whether the message is theirs.

    The task names the message by its id: nothing that somebody outside wrote stands in it.
    """
    for known in new:
        if known.state != "unlinked" or len(known.link.suggested) != 1:
            continue
        (account_id,) = known.link.suggested
        day = intake.day_of(known.message.received_at)
        says = (
            f"A message of {day} may be theirs, but nothing proves it: `dunwell mail show "
            f"{known.inbound_id}`, then link it or leave it"
        )
        ask_person(session, account_id, "review", says, ACTOR, intake.policy, intake.as_of)


def _bounced(session: Session, new: Sequence[NewMessage], intake: Intake) -> int:
    """Act on reports about mails of ours; returns how many addresses were paused."""
    found = []
    for known in new:
        sent = known.link.sent
        if known.message.kind is not MessageKind.BOUNCE or sent is None:
            continue
        failure = concerned(known.message, sent)
        if failure is not None:
            found.append((failure, sent))
        else:
            ask_about_others(session, known.message, sent, intake.policy, intake.as_of)
    return take_bounces(session, found, intake.policy, intake.as_of, intake.now)


def _counted(new: Sequence[NewMessage], files: int, known: int) -> Taken:
    kinds = [each.message.kind for each in new]
    return Taken(
        messages=len(new),
        linked=sum(each.link.account_id is not None for each in new),
        unlinked=sum(each.state == "unlinked" for each in new),
        auto_replies=kinds.count(MessageKind.AUTO_REPLY),
        bounces=kinds.count(MessageKind.BOUNCE),
        files=files,
        known=known,
        doubted=sum(bool(each.doubts) for each in new),
    )


def _journal(session: Session, new: Sequence[NewMessage], taken: Taken, now: datetime) -> None:
    """One record a batch, and one for each sender who may be somebody else."""
    if not new:
        return
    told = {known.inbound_id: list(known.doubts) for known in new if known.doubts}
    audit(session, now, "mail_taken_in", new[0].inbound_id, ACTOR, counts=taken.counts())
    for inbound_id, doubts in told.items():
        audit(session, now, "sender_doubted", inbound_id, ACTOR, because=doubts)
