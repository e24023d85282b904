"""Opaque cursors: the key of the last row of a page, so that nothing is counted or skipped."""

import base64
import binascii

from ledger.errors import BadInput


def write_cursor(key: object) -> str:
    """A cursor for the rows behind a key."""
    return base64.urlsafe_b64encode(str(key).encode()).decode().rstrip("=")


def read_cursor(cursor: str | None) -> str | None:
    """The key in a cursor; None without one.

    Raises:
        BadInput: It is not one of ours.
    """
    if cursor is None:
        return None
    try:
        return base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
    except (binascii.Error, ValueError):
        raise BadInput("this is not a cursor; take `next` of the page before") from None
