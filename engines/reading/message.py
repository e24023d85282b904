"""A customer's message as it came: raw words of an outsider, to be read and never obeyed."""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class InboundText:
    """What arrived.

    Attributes:
        subject: Its subject line; empty where the carrier has none.
        body: Its text, with quotes, signature and all.
        received: When it came; relative dates count from here.
        sender: The address or name it claims to come from.
        carrier: How it came: email, sms, portal, voicemail, bank_feed, remittance and so on.
    """

    subject: str
    body: str
    received: date | datetime
    sender: str
    carrier: str

    @property
    def received_on(self) -> date:
        """The day it came."""
        return self.received.date() if isinstance(self.received, datetime) else self.received
