"""What is sent from the customer's page becomes a message like any mail, once, within limits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import func, select
from sqlmodel import Session

from adapters.inbound_mail.message import IncomingFile, IncomingMessage
from engines.reading.model import Reading
from guardrails.untrusted import Untrusted
from ledger.errors import ArError, NotFound
from ledger.ids import make_id
from ledger.journal import add_rows, audit
from ledger.tables.inbound import Attachment, Inbound
from ledger.tables.portal import PortalAct, PortalFile
from policies.schema import Policy
from tools.bounces import ask_person
from tools.inbound import take_in
from tools.inbound_rows import Intake
from tools.inbound_sealed import Incoming, Part, incoming
from tools.portal_links import Guest
from tools.portal_wishes import Wish, reading_of
from tools.reply_desk import Handled, ReplyDesk

ACTOR = "portal"
_HOUR = timedelta(hours=1)
_NO_WORDS = "-"
_WRONG_FACT = orjson.dumps({"known": False}).decode()


class TooMany(ArError):
    """So much is not taken from one link in an hour."""

    code = "too_many"
    status_code = 429


class LinkSpent(ArError):
    """A link from which too many wrong facts were told in its life."""

    code = "link_spent"
    status_code = 403


@dataclass(frozen=True, slots=True)
class Sent:
    """One form as it arrived.

    Attributes:
        nonce: Of the form; the same form sent twice is one act.
        files: What came with it, as read.
        contents: The bytes of those files, in the same order.
        at: The real instant, for limits and links.
    """

    guest: Guest
    nonce: str
    at: datetime
    files: tuple[IncomingFile, ...] = ()
    contents: tuple[bytes, ...] = ()

    @property
    def act_id(self) -> str:
        """The id of what it leads to."""
        return make_id("pac", self.guest.link_id, self.nonce)


def sealed(sent: Sent, wish: Wish, now: datetime) -> Incoming:
    """The words and files beside a form, sealed for a reader; its fields need no reading."""
    guest = sent.guest
    return Incoming(
        inbound_id="",
        account_id=guest.account_id,
        contact_id=guest.contact_id,
        channel="portal",
        carrier="portal",
        kind="message",
        sender=guest.contact_email,
        sender_name=guest.contact_name,
        recipient="",
        received_at=now,
        received_on=now.date(),
        authentic="none",
        state="new",
        subject=Untrusted("", "subject"),
        body=Untrusted(wish.words or _NO_WORDS, "body"),
        parts=tuple(
            Part(f.name, f.media_type, Untrusted(f.text, "file"), f.not_read_because)
            for f in sent.files
        ),
    )


def take_wish(
    session: Session,
    sent: Sent,
    wish: Wish,
    beside: Reading,
    intake: Intake,
    reader: str,
) -> Handled:
    """Take one form in and act on it, in the caller's write transaction: all of it or nothing.

    It is read and handled before the transaction ends, so what it stops is stopped before
    anything else leaves.

    Args:
        session: A write transaction.
        sent: The form.
        wish: What it says.
        beside: What a reader found in the words and files beside it.
        intake: Policy, key and time.
        reader: By which reader.

    Raises:
        TooMany: The link has sent enough of this kind.
    """
    policy = intake.policy
    if was_taken(session, sent, wish.kind, policy.portal.acts_per_hour):
        return Handled()
    taken = take_in(session, [_message(sent, wish, intake)], intake)
    rows = incoming(session, taken.ids)
    desk = ReplyDesk(session, policy, intake.as_of, intake.now, reader)
    reading = reading_of(wish, beside, sent.guest.language)
    handled = desk.handle([(row, reading) for row in rows])
    inbound_id = taken.ids[0]
    if beside.injection and wish.kind != "message":
        _warn(session, sent.guest, inbound_id, policy, intake.as_of)
    _keep_files(session, sent, inbound_id)
    note_act(session, sent.act_id, sent.guest, wish.kind, sent.at, _told(wish), inbound_id)
    return handled


def was_taken(session: Session, sent: Sent, kind: str, most: int) -> bool:
    """Whether this very form was taken before; cheap, so it is asked before its files are read.

    Raises:
        TooMany: It is new, and the link has sent enough of this kind.
    """
    if session.get(PortalAct, sent.act_id) is not None:
        return True
    check_pace(session, sent.guest, kind, most, sent.at)
    return False


def _message(sent: Sent, wish: Wish, intake: Intake) -> IncomingMessage:
    return IncomingMessage(
        channel="portal",
        carrier="portal",
        message_id=f"portal:{sent.act_id}",
        sender=sent.guest.contact_email,
        sender_name=sent.guest.contact_name,
        subject=wish.subject,
        body=wish.body,
        received_at=intake.now,
        files=sent.files,
        account_id=sent.guest.account_id,
        contact_id=sent.guest.contact_id,
    )


def _warn(session: Session, guest: Guest, inbound_id: str, policy: Policy, as_of: date) -> None:
    says = (
        f"The words of {inbound_id} give instructions to software, which nobody followed; what its "
        f"form states was taken as stated. Look at it: `dunwell mail show {inbound_id}`"
    )
    ask_person(session, guest.account_id, "review", says, ACTOR, policy, as_of)


def _keep_files(session: Session, sent: Sent, inbound_id: str) -> None:
    rows = [
        {
            "attachment_id": f"{make_id('att', inbound_id)}_{place:02d}",
            "account_id": sent.guest.account_id,
            "content": content,
        }
        for place, content in enumerate(sent.contents, start=1)
    ]
    add_rows(session, PortalFile, rows)


def _told(wish: Wish) -> dict[str, Any]:
    """What the confirmation restates."""
    amount = {"minor": wish.amount.minor, "currency": wish.amount.currency} if wish.amount else None
    return {
        "numbers": wish.numbers,
        "amount": amount,
        "on": wish.on,
        "reason": wish.reason,
        "reference": wish.reference,
        "parts": wish.parts,
        "every": wish.every,
        "words": wish.words,
    }


def check_pace(session: Session, guest: Guest, kind: str, most: int, at: datetime) -> None:
    """Refuse what a link sends too often.

    Raises:
        TooMany: It has sent `most` of this kind within the hour.
    """
    count = session.scalar(
        select(func.count())
        .select_from(PortalAct)
        .where(
            PortalAct.link_id == guest.link_id,
            PortalAct.kind == kind,
            PortalAct.done_at > at - _HOUR,
        )
    )
    if (count or 0) >= most:
        raise TooMany("too much at once; try again in an hour, or write to us")


def check_wrong_facts(session: Session, guest: Guest, most: int) -> None:
    """Refuse to hear another fact from a link that told too many wrong ones.

    Raises:
        LinkSpent: It told `most` wrong ones in its life.
    """
    count = session.scalar(
        select(func.count())
        .select_from(PortalAct)
        .where(
            PortalAct.link_id == guest.link_id,
            PortalAct.kind == "fact",
            PortalAct.told == _WRONG_FACT,
        )
    )
    if (count or 0) >= most:
        raise LinkSpent("too many wrong facts were told from this link; ask us for a new one")


def note_act(
    session: Session,
    act_id: str,
    guest: Guest,
    kind: str,
    at: datetime,
    told: Mapping[str, Any],
    inbound_id: str | None = None,
    checkout_id: str | None = None,
) -> None:
    """Record what was done from a link."""
    row = {
        "id": act_id,
        "link_id": guest.link_id,
        "account_id": guest.account_id,
        "kind": kind,
        "done_at": at,
        "told": orjson.dumps(told).decode(),
        "inbound_id": inbound_id,
        "checkout_id": checkout_id,
    }
    add_rows(session, PortalAct, [row])
    audit(session, at, "portal_act", guest.account_id, ACTOR, act=act_id, of=kind)


def act_of(session: Session, guest: Guest, act_id: str) -> tuple[str, dict[str, Any]]:
    """Kind and content of an act of this link.

    Raises:
        NotFound: This link did no such thing.
    """
    act = session.get(PortalAct, act_id)
    if act is None or act.link_id != guest.link_id:
        raise NotFound("there is no such page")
    return act.kind, {**orjson.loads(act.told), "checkout_id": act.checkout_id}


def stored_file(session: Session, attachment_id: str) -> tuple[str, bytes]:
    """Name and bytes of a file that came by the page.

    Raises:
        NotFound: No such file came by the page.
    """
    found = session.execute(
        select(Attachment.name, PortalFile.content)
        .join(PortalFile, PortalFile.attachment_id == Attachment.id)
        .where(Attachment.id == attachment_id)
    ).first()
    if found is None:
        raise NotFound(f"no file {attachment_id} came by the page; see `dunwell portal files`")
    return found[0], found[1]


def files_of(session: Session, account_id: str | None) -> Sequence[Any]:
    """Files that came by the page, newest first."""
    query = (
        select(
            Attachment.id, Attachment.name, Attachment.size, Inbound.account_id, Inbound.received_on
        )
        .join(PortalFile, PortalFile.attachment_id == Attachment.id)
        .join(Inbound, Inbound.id == Attachment.inbound_id)
        .order_by(Inbound.received_at.desc(), Attachment.id)
        .limit(200)
    )
    if account_id is not None:
        query = query.where(Inbound.account_id == account_id)
    return session.execute(query).all()
