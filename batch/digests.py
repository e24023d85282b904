"""Sends the daily letters to our own people, beside the outbox: no customer gets one.

Each is noted as being sent before it is handed over, so a crash costs a letter and never doubles
one.
"""

from dataclasses import dataclass
from datetime import date, datetime

from adapters.outgoing.message import OutgoingMessage
from adapters.outgoing.refusals import RefusalKind
from graph.bootstrap import House
from graph.channels import open_internal_mail
from tools.digests import DigestLetter, note_sent, write_digests

LOCAL = "http://127.0.0.1:8321"
"""Where `dunwell serve` answers unless it is told otherwise."""


@dataclass(frozen=True, slots=True)
class Digests:
    """How many letters left, and how many were not accepted."""

    sent: int
    refused: int


def send_digests(house: House, as_of: date) -> Digests:
    """Send everybody who asked for it what waits for them; once a day, however often it is called.

    Args:
        house: The home.
        as_of: The business date.
    """
    now = house.system_clock.now()
    link = (house.settings.public_url or LOCAL).rstrip("/")
    letters = write_digests(house.ledger, house.policy, as_of, link, now)
    if not letters:
        return Digests(0, 0)
    port = open_internal_mail(house.settings)
    refused = port.deliver([_envelope(house, letter, now) for letter in letters])
    uncertain = [name for name, no in refused.items() if no.kind is RefusalKind.UNCERTAIN]
    with house.ledger.write() as session:
        certain = [name for name in refused if name not in uncertain]
        note_sent(session, [letter.id for letter in letters], certain, uncertain)
    return Digests(len(letters) - len(refused), len(refused))


def _envelope(house: House, letter: DigestLetter, now: datetime) -> OutgoingMessage:
    company = house.policy.company
    return OutgoingMessage(
        outbox_id=letter.id,
        message_id=f"<{letter.id}@{company.sender_email.partition('@')[2]}>",
        sender=company.sender_email,
        sender_name=company.name,
        reply_to=company.reply_to,
        recipient=letter.recipient,
        cc=(),
        subject=letter.subject,
        body=letter.body,
        sent_at=now,
        automatic="auto-generated",
    )
