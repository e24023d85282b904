"""What the log of a record proves of what a message says we did."""

import re
from collections.abc import Iterable, Iterator
from datetime import date

from guardrails.content.event_log import LoggedEvent
from guardrails.records.shape import LogEntry

_CHANNELS = {
    "email": re.compile(r"\be-?mail|\bmail sent\b"),
    "sms": re.compile(r"\bsms\b|\btext message|\btexted\b"),
    "phone": re.compile(r"\b(?:tele)?phone[ds]?\b|\bcall(?:s|ed)?\b|\bvoicemail"),
    "letter": re.compile(r"\bletters?\b|\bby post\b|\bregistered mail\b"),
    "portal": re.compile(r"\bportal\b"),
    "meeting": re.compile(r"\bmeeting|\bvisit|\bmet\b"),
}
_DEEDS = {
    "agreed": re.compile(r"\bagree|\bpromise|\bapprov"),
    "escalated": re.compile(r"\bescalat"),
    "reported": re.compile(r"\breport"),
    "suspended": re.compile(r"\bsuspen"),
}
_SENT = re.compile(r"\b(?:reminder|statement|notice|invoice|message)\w* .*\bsent\b")
# What came from the customer, or never arrived, is nothing we did.
_NOT_OURS = re.compile(
    r"\b(?:inbound|incoming|received from|from (?:the )?(?:customer|debtor|client)"
    r"|(?:customer|debtor|client) (?:called|phoned|wrote|emailed|texted|replied|visited)"
    r"|bounced|undeliver\w+|not (?:sent|delivered)|failed|cancelled|drafted)\b"
)


def logged_events(log: Iterable[LogEntry]) -> tuple[LoggedEvent, ...]:
    """The events of a log, each under every kind its words name."""
    return tuple(event for entry in log for event in _kinds(entry.event.casefold(), entry.date))


def _kinds(said: str, day: date) -> Iterator[LoggedEvent]:
    yield from (LoggedEvent(kind, day) for kind, words in _DEEDS.items() if words.search(said))
    if _NOT_OURS.search(said):
        return
    found = [kind for kind, words in _CHANNELS.items() if words.search(said)]
    if not found and _SENT.search(said):
        found = ["portal"]  # it was written, on a channel the log does not name
    yield from (LoggedEvent(kind, day) for kind in found)
