"""A wish to be left alone is always obeyed, even where nobody can say whose it is.

It only ever stops something, so a number or an address that anybody could have written is enough:
what was stopped wrongly costs a call, what went on wrongly costs more.
"""

import unicodedata
from collections.abc import Sequence
from datetime import date, datetime

from sqlmodel import Session

from adapters.inbound_mail.message import MessageKind
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
    stopped = stop_channel(session, because, "sms")
    for contact_id in stopped:
        told = because[contact_id]
        audit(
            session, intake.now, "channel_stopped", contact_id, ACTOR, channel="sms", message=told
        )
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
            done += 1
            opt_out(session, contact.contact_id)
            says = (
                f"A mail of {each.received_on} that nobody could link asks us to stop, from an "
                "address of theirs, which gets nothing more. Only its From says who wrote it: "
                f"`dunwell mail show {each.inbound_id}`, then link it or ask them"
            )
            ask_person(session, contact.account_id, "review", says, ACTOR, policy, as_of)
            audit(
                session,
                now,
                "contact_opted_out",
                contact.contact_id,
                ACTOR,
                message=each.inbound_id,
                known_by="sender",
            )
    return done
