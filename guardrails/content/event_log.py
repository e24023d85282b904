"""Whether the log holds what a message says we did before."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from guardrails.content.report import PastAction

_WRITTEN = frozenset({"email", "sms", "portal", "letter"})
_SHOWN_BY = {
    "wrote": _WRITTEN,
    "emailed": frozenset({"email"}),
    "texted": frozenset({"sms"}),
    "called": frozenset({"phone"}),
    "posted": frozenset({"letter"}),
    "any": _WRITTEN | {"phone", "meeting"},
    "met": frozenset({"meeting"}),
}


@dataclass(frozen=True, slots=True)
class LoggedEvent:
    """Something that happened on an account.

    Attributes:
        kind: A channel we used (email, sms, portal, letter, phone, meeting), or what was done:
            agreed, escalated, reported, suspended.
    """

    kind: str
    day: date


def log_supports(said: Iterable[PastAction], log: Iterable[LoggedEvent], as_of: date) -> bool:
    """Whether every past action a message asserts is in the log.

    An action with a date needs an event of that date; one with a count needs so many events; any
    other needs one. Events after the day of the message prove nothing.
    """
    events = [event for event in log if event.day <= as_of]
    return all(_is_logged(action, events) for action in said)


def _is_logged(action: PastAction, events: list[LoggedEvent]) -> bool:
    shown_by = _SHOWN_BY.get(action.kind, frozenset({action.kind}))
    days = [event.day for event in events if event.kind in shown_by]
    if action.day is not None:
        return action.day in days
    return len(days) >= (action.count or 1)
