"""A wish to be left alone is always obeyed, even where nobody can say whose it is.

It only ever stops something, so a number or an address that anybody could have written is enough:
what was stopped wrongly costs a call, what went on wrongly costs more. Who is stopped stays so: no
import, no lifted hold and no later message brings them back.
"""

import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date, datetime

from sqlmodel import Session

from adapters.inbound_mail.message import IncomingMessage, MessageKind
from ledger.journal import audit
from ledger.postings_cases import opt_out
from ledger.postings_contacts import stop_channel
from ledger.queries import inbound as reads
from policies.schema import Policy
from tools.bounces import ask_person
from tools.inbound_bounces import ACTOR
from tools.inbound_links import digits_of
from tools.inbound_rows import Intake, NewMessage
from tools.inbound_sealed import Incoming
from tools.reply_address import read_token

STOP_WORDS = frozenset(
    {
        *("stop", "stopall", "unsubscribe", "cancel", "end", "quit"),
        *("stopp", "abmelden", "abbestellen"),
        *("arret", "desabonner", "desinscription"),
        *("baja", "parar", "alto", "cancelar"),
    }
)
"""A text message of one of these words alone, in any case and with or without accents."""
_FEWEST_DIGITS = 6


def is_stop_word(text: str) -> bool:
    """Whether a text message is a word to stop and nothing else."""
    plain = unicodedata.normalize("NFKD", text.strip().strip("\"'.!*").strip())
    word = "".join(sign for sign in plain if not unicodedata.combining(sign)).casefold()
    return word in STOP_WORDS


def obey_stop_words(session: Session, new: Sequence[NewMessage], intake: Intake) -> int:
    """Stop text messages to the numbers that asked for it; returns how many contacts have one."""
    asked = {
        digits_of(each.message.sender): each.inbound_id
        for each in new
        if each.message.channel == "sms"
        and each.message.kind is MessageKind.MESSAGE
        and is_stop_word(each.message.body)
    }
    asked = {number: told for number, told in asked.items() if len(number) >= _FEWEST_DIGITS}
    if not asked:
        return 0
    because = {
        contact_id: asked[digits_of(phone)]
        for contact_id, phone in reads.contact_phones(session)
        if digits_of(phone) in asked
    }
    return _stop_texts(session, because, intake.now)


def obey_one_clicks(session: Session, new: Sequence[NewMessage], intake: Intake) -> int:
    """Opt out whom mails to a sealed address of ours ask to stop by their subject alone.

    Mail programs send them when a reader presses their button; whoever holds the letter may.

    Returns:
        How many contacts were opted out.
    """
    asked: dict[str, str] = {}
    for each in new:
        sent = each.link.sent
        who = each.link.contact_id or (sent.contact_id if sent else None)
        if who and each.link.linked_by == "reply_address" and _is_one_click(each.message):
            asked[who] = each.inbound_id
    return _opt_out(session, asked, "reply_address", intake.now)


def _is_one_click(message: IncomingMessage) -> bool:
    said_no_more = not message.body.strip() or is_stop_word(message.body)
    return message.channel == "email" and is_stop_word(message.subject) and said_no_more


def obey_link(session: Session, token: str, key: bytes, now: datetime) -> bool:
    """Opt out the contact a letter of ours went to, by the link it carries for that.

    Args:
        session: A write transaction.
        token: The end of the link: the letter and its seal.
        key: What sealed it.
        now: Instant of the journal record.

    Returns:
        Whether the link is one of ours; pressed again it changes nothing more.
    """
    outbox_id = read_token(token, key)
    sent = reads.sent_by_id(session, [outbox_id]).get(outbox_id) if outbox_id else None
    if sent is None or sent.contact_id is None:
        return False
    _opt_out(session, {sent.contact_id: sent.outbox_id}, "link", now)
    return True


def obey_linked(session: Session, asking: Incoming, now: datetime) -> int:
    """Stop the contact who wrote: text messages where they texted, else everything.

    Args:
        session: A write transaction.
        asking: A message of a known account, read as a wish to be left alone.
        now: Instant of the journal record.

    Returns:
        How many contacts that stops; none where the account has nobody of that address.
    """
    contact_id = asking.contact_id
    if contact_id is None:
        known = reads.contacts_by_email(session, [asking.sender]).get(asking.sender, ())
        own = (each.contact_id for each in known if each.account_id == asking.account_id)
        contact_id = next(own, None)
    if contact_id is None:
        return 0
    if asking.channel == "sms":
        return _stop_texts(session, {contact_id: asking.inbound_id}, now)
    return _opt_out(session, {contact_id: asking.inbound_id}, "linked", now)


def _opt_out(session: Session, asked: Mapping[str, str], known_by: str, now: datetime) -> int:
    """Opt out contacts who are not yet, each with the message that asks for it."""
    new = [each for each in asked if each not in reads.opted_out(session, asked)]
    for contact_id in new:
        opt_out(session, contact_id)
        told = {"message": asked[contact_id], "known_by": known_by}
        audit(session, now, "contact_opted_out", contact_id, ACTOR, **told)
    return len(new)


def _stop_texts(session: Session, asked: Mapping[str, str], now: datetime) -> int:
    stopped = stop_channel(session, asked, "sms")
    for contact_id in stopped:
        told = {"channel": "sms", "message": asked[contact_id]}
        audit(session, now, "channel_stopped", contact_id, ACTOR, **told)
    return len(stopped)


def obey_unlinked(
    session: Session, asking: Sequence[Incoming], policy: Policy, as_of: date, now: datetime
) -> int:
    """Opt out the contacts from whose address mails that nobody could link ask us to stop.

    A person is told, because the address of a sender proves nothing.

    Args:
        session: A write transaction.
        asking: Unlinked mails that were read as a wish to be left alone.
        policy: For the due date of tasks.
        as_of: The business date.
        now: Instant of the journal records.

    Returns:
        How many contacts were opted out.
    """
    known = reads.contacts_by_email(session, (each.sender for each in asking))
    done = 0
    gone = reads.opted_out(session, (c.contact_id for found in known.values() for c in found))
    for each in asking:
        for contact in known.get(each.sender, ()):
            if contact.contact_id in gone:
                continue
            gone |= {contact.contact_id}
            done += _opt_out(session, {contact.contact_id: each.inbound_id}, "sender", now)
            says = (
                f"A mail of {each.received_on} that nobody could link asks us to stop, from an "
                "address of theirs, which gets nothing more. Only its From says who wrote it: "
                f"`dunwell mail show {each.inbound_id}`, then link it or ask them"
            )
            ask_person(session, contact.account_id, "review", says, ACTOR, policy, as_of)
    return done
