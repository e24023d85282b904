"""Cursors of the queue: the place of the last request of a page."""

import base64
import binascii

from ledger.errors import BadInput
from ledger.queries.inbox import Position
from ledger.tables.work import Proposal


def write_cursor(last: Proposal) -> str:
    """A cursor for the requests behind one."""
    text = f"{last.priority_minor}:{last.id}"
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read_cursor(cursor: str) -> Position:
    """The place in a cursor.

    Raises:
        BadInput: It is not one of ours.
    """
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        minor, _, proposal_id = base64.urlsafe_b64decode(padded).decode().partition(":")
        return Position(int(minor), proposal_id)
    except (binascii.Error, ValueError):
        raise BadInput("this is not a cursor; take `next` of the page before") from None
