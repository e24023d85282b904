"""Why a message was not accepted, and what that means for the message and for the address."""

import re
from dataclasses import dataclass
from enum import StrEnum


class RefusalKind(StrEnum):
    """What follows from a refusal."""

    ADDRESS = "address"
    """The address does not work: it is paused and a person finds another."""
    MESSAGE = "message"
    """The message is not wanted as it is: a person looks."""
    LATER = "later"
    """Not now: it is tried again, a bounded number of times."""
    UNREACHABLE = "unreachable"
    """Nobody answered, or nobody let us in: nothing was handed over, and nothing counts."""
    UNCERTAIN = "uncertain"
    """It may have been accepted: never repeated blindly, a person looks."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A message that was not, or not surely, accepted.

    Attributes:
        says: One line for a person.
        code: The code of the protocol, such as 550 of SMTP, where there was one.
    """

    kind: RefusalKind
    says: str
    code: int | None = None


_ENHANCED = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
# Of the statuses of RFC 3463 about addresses, these are about our own: the sender's, or its syntax.
_OUR_ADDRESS = ("1.7", "1.8")
_GONE_MAILBOXES = ("2.1",)
_ABOUT_MAILBOXES = (550, 551, 553)


def is_dead_address(code: int, text: str) -> bool:
    """Whether an answer says that the address will never work.

    An enhanced status decides where there is one: 5.1.x is about addresses, 5.2.1 about a mailbox
    that was switched off; 5.7.x is about policy and says nothing of the address. A plain 550, 551
    or 553 is about the mailbox.

    Args:
        code: The three digits of the answer, or of the first part of a status.
        text: What was said with it, or the whole status of a delivery report.
    """
    found = _ENHANCED.search(text)
    if found is None:
        return code in _ABOUT_MAILBOXES
    detail = f"{found[2]}.{found[3]}"
    about_it = found[2] == "1" and detail not in _OUR_ADDRESS
    return found[1] == "5" and (about_it or detail in _GONE_MAILBOXES)


def smtp_refusal(code: int, text: str, *, of_recipient: bool) -> Refusal:
    """What the answer of a mail server means.

    Args:
        code: 4xx is for now, 5xx is for good.
        text: What the server said.
        of_recipient: Whether it answered to the recipient, not to the sender or the words.
    """
    says = f"{code} {' '.join(text.split())}"[:300]
    if code < 500:
        return Refusal(RefusalKind.LATER, says, code)
    if of_recipient and is_dead_address(code, text):
        return Refusal(RefusalKind.ADDRESS, says, code)
    return Refusal(RefusalKind.MESSAGE, says, code)
