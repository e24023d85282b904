"""Takes messages from outside into the books, once, and gives them back as text nobody may use.

What they say is not read here. A message whose account is known becomes an entry in its history
that wants an answer; of any other a person is asked whose it is.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlmodel import Session

from adapters.inbound_mail.message import Authentic, IncomingMessage, MessageKind
from guardrails.untrusted import Untrusted
from ledger.errors import Conflict, NotFound
from ledger.ids import make_id
from ledger.journal import audit, insert_new, touch
from ledger.postings_inbound import Row, post_inbound
from ledger.queries import inbound as reads
from ledger.tables.inbound import Inbound
from ledger.tables.work import Message
from policies.schema import Policy
from tools.bounces import ask_person
from tools.inbound_bounces import ACTOR, ask_about_others, concerned, take_bounces
from tools.inbound_links import Link, find_links
from tools.look_alikes import look_alikes

_SHOWN_RECIPIENTS = 500


@dataclass(frozen=True, slots=True)
class Intake:
    """On whose policy, under which key and when messages are taken in."""

    policy: Policy
    reply_key: bytes
    as_of: date
    now: datetime

    def day_of(self, instant: datetime) -> date:
        """The date at our seat, which never lies after the business date."""
        zone = ZoneInfo(self.policy.company.time_zone)
        return min(instant.astimezone(zone).date(), self.as_of)


@dataclass(slots=True)
class Taken:
    """What a batch came to.

    Attributes:
        known: Messages that were in the books already.
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
)


@dataclass(frozen=True, slots=True)
class _New:
    """A message not in the books yet: its id, whose it is, and why its sender is doubted."""

    inbound_id: str
    message: IncomingMessage
    link: Link
    state: str
    doubts: tuple[str, ...]


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
    rows = [_inbound_row(each, intake) for each in new]
    history = [_message_row(row) for each, row in zip(new, rows, strict=True) if _told(each)]
    files = [file for each in new for file in _file_rows(each)]
    post_inbound(session, rows, files, history)
    _ask_whose(session, new, intake)
    taken = _counted(new, len(files), len(messages) - len(fresh))
    taken.addresses_paused = _bounced(session, new, intake)
    taken.ids = (*there.values(), *(each.inbound_id for each in new))
    _journal(session, new, taken, intake.now)
    return taken


def link_by_hand(
    session: Session, inbound_id: str, account_id: str, person_id: str, now: datetime
) -> None:
    """A person says whose a message is; it is read like any other from then on.

    Raises:
        NotFound: No such message.
        Conflict: It is linked already.
    """
    row = session.get(Inbound, inbound_id)
    if row is None:
        raise NotFound(f"no message {inbound_id}; `dunwell mail list` shows them")
    if row.account_id is not None:
        raise Conflict(f"message {inbound_id} belongs to {row.account_id} already")
    known = reads.contacts_by_email(session, [row.sender]).get(row.sender, ())
    is_bounce = row.kind == MessageKind.BOUNCE
    row.account_id, row.linked_by = account_id, "person"
    row.state = "read" if is_bounce else "new"
    row.contact_id = next((c.contact_id for c in known if c.account_id == account_id), None)
    session.add(row)
    session.flush()
    if not is_bounce:
        insert_new(session, Message, [_message_row(row.model_dump())])
    touch(session, {account_id})
    audit(session, now, "mail_linked", inbound_id, person_id, account=account_id)


def set_aside(session: Session, inbound_id: str, person_id: str, now: datetime) -> None:
    """A person says that a message nobody could link is none of ours, such as advertising.

    Raises:
        NotFound: No such message.
        Conflict: It belongs to an account.
    """
    row = session.get(Inbound, inbound_id)
    if row is None:
        raise NotFound(f"no message {inbound_id}; `dunwell mail list` shows them")
    if row.account_id is not None:
        raise Conflict(f"message {inbound_id} belongs to {row.account_id}: it wants an answer")
    row.state = "set_aside"
    session.add(row)
    session.flush()
    audit(session, now, "mail_set_aside", inbound_id, person_id)


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a message: a file, or words that a reader of the message is not shown."""

    name: str
    media_type: str
    text: Untrusted
    not_read_because: str


@dataclass(frozen=True, slots=True)
class Incoming:
    """A message of the books as a reader gets it."""

    row: Inbound
    subject: Untrusted
    body: Untrusted
    parts: tuple[Part, ...]


def incoming(session: Session, inbound_ids: Collection[str]) -> list[Incoming]:
    """Messages with their words sealed, oldest first; only a reader opens them."""
    files = reads.attachment_rows(session, inbound_ids)
    return [
        Incoming(
            row=row,
            subject=Untrusted(row.subject, "subject"),
            body=Untrusted(row.body, "body"),
            parts=tuple(
                Part(f.name, f.media_type, Untrusted(f.body, f"file {f.id}"), f.not_read_because)
                for f in files.get(row.id, ())
            ),
        )
        for row in reads.inbound_rows(session, inbound_ids)
    ]


def _know(message: IncomingMessage, link: Link, doubted: dict[str, str]) -> _New:
    like = doubted.get(message.sender.rpartition("@")[2])
    doubts = (*message.doubts, *((f"its domain looks like {like}",) if like else ()))
    inbound_id = make_id("inb", message.source_key)
    return _New(inbound_id, message, link, _state(message, link), doubts)


def _state(message: IncomingMessage, link: Link) -> str:
    """Where a message starts: bounces are dealt with here, machines nobody knows are set aside."""
    if link.account_id:
        return "read" if message.kind is MessageKind.BOUNCE else "new"
    if message.kind is not MessageKind.MESSAGE and not link.suggested:
        return "set_aside"
    return "unlinked"


def _told(known: _New) -> bool:
    """Whether the history of an account tells of it."""
    return known.link.account_id is not None and known.message.kind is not MessageKind.BOUNCE


def _inbound_row(known: _New, intake: Intake) -> Row:
    message, link = known.message, known.link
    contact_id = link.contact_id
    if message.kind is MessageKind.BOUNCE:
        contact_id = link.sent.contact_id if link.sent and concerned(message, link.sent) else None
    return {
        "id": known.inbound_id,
        "source_key": message.source_key,
        "channel": message.channel,
        "carrier": message.carrier,
        "kind": message.kind.value,
        "message_id": message.message_id,
        "in_reply_to": message.references[0] if message.references else "",
        "sender": message.sender,
        "sender_name": message.sender_name,
        "recipient": ", ".join(message.recipients)[:_SHOWN_RECIPIENTS],
        "subject": message.subject,
        "body": message.body,
        "received_at": message.received_at,
        "received_on": intake.day_of(message.received_at),
        "authentic": Authentic.FAIL.value if known.doubts else message.authentic.value,
        "account_id": link.account_id,
        "contact_id": contact_id,
        "linked_by": link.linked_by,
        "outbox_id": link.sent.outbox_id if link.sent else None,
        "state": known.state,
        "read_by": ACTOR if known.state == "read" else "",
    }


def _message_row(row: Row) -> Row:
    """The entry in the history of an account; it wants an answer where a person wrote."""
    return {
        "id": make_id("msg", row["id"]),
        "account_id": row["account_id"],
        "direction": "in",
        "channel": row["channel"],
        "purpose": "",
        "stage": 0,
        "currency": None,
        "sent_on": row["received_on"],
        "sent_at": row["received_at"],
        "outbox_id": None,
        "subject": row["subject"],
        "body": row["body"],
        "answered": row["kind"] == MessageKind.AUTO_REPLY,
        "invoice_ids": "",
        "inbound_id": row["id"],
    }


def _file_rows(known: _New) -> list[Row]:
    return [
        {
            "id": f"{make_id('att', known.inbound_id)}_{place:02d}",
            "inbound_id": known.inbound_id,
            "name": file.name,
            "media_type": file.media_type,
            "size": file.size,
            "file_digest": file.file_digest,
            "body": file.text,
            "not_read_because": file.not_read_because,
        }
        for place, file in enumerate(known.message.files, start=1)
    ]


def _ask_whose(session: Session, new: Sequence[_New], intake: Intake) -> None:
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


def _bounced(session: Session, new: Sequence[_New], intake: Intake) -> int:
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


def _counted(new: Sequence[_New], files: int, known: int) -> Taken:
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


def _journal(session: Session, new: Sequence[_New], taken: Taken, now: datetime) -> None:
    """One record a batch, and one for each sender who may be somebody else."""
    if not new:
        return
    told = {known.inbound_id: list(known.doubts) for known in new if known.doubts}
    audit(session, now, "mail_taken_in", new[0].inbound_id, ACTOR, counts=taken.counts())
    for inbound_id, doubts in told.items():
        audit(session, now, "sender_doubted", inbound_id, ACTOR, because=doubts)
