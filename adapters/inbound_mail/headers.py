"""Headers of mails, read so that no broken one stops anything."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from email.errors import HeaderParseError, MessageError
from email.header import decode_header
from email.message import Message
from email.utils import getaddresses, parsedate_to_datetime

from adapters.inbound_mail.message import storable

BROKEN = (
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    AssertionError,
    OverflowError,
    RecursionError,
    MessageError,
)
"""What the standard library raises over mails that are not well formed."""

_MOST_CHARACTERS = 8_000
_MOST_HEADERS = 60
_MOST_IDS = 100
_ID = re.compile(r"<[^<>\s]{1,400}>")
_ADDRESS = re.compile(r"[^\s<>\"(),:;\[\]\\@]{1,120}@[^\s<>\"(),:;\[\]\\@]{1,250}")
_OLDEST = timedelta(days=30)
_AHEAD = timedelta(minutes=10)
_TO_US = ("Delivered-To", "X-Original-To", "Envelope-To", "To", "Cc")


def header_text(message: Message, name: str) -> str:
    """A header as a person reads it, on one line; empty where there is none."""
    raw = raw_header(message, name)
    return decoded(raw)


def decoded(raw: str) -> str:
    """Encoded words of a header, decoded as far as they can be."""
    try:
        parts = decode_header(raw)
    except (HeaderParseError, *BROKEN):
        parts = [(raw, None)]
    words = []
    for part, charset in parts:
        words.append(part if isinstance(part, str) else decoded_bytes(part, charset))
    return " ".join(storable("".join(words), _MOST_CHARACTERS).split())


_NO_TEXT = frozenset({"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined"})


def decoded_bytes(data: bytes, charset: str | None) -> str:
    """Text of bytes: by the charset they name if it fits, else the likeliest one."""
    named = (charset or "utf-8").strip().strip("\"'").lower()[:40]
    if named.replace("-", "_") not in _NO_TEXT:
        try:
            return data.decode(named)
        except (LookupError, UnicodeError, ValueError):
            pass
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def raw_header(message: Message, name: str) -> str:
    """The first header of a name, undecoded."""
    found = raw_headers(message, name)
    return found[0] if found else ""


def raw_headers(message: Message, name: str) -> list[str]:
    """Every header of a name from the top, undecoded, each cut to a bearable length."""
    values = message.get_all(name, [])[:_MOST_HEADERS]
    return [_plain(value)[:_MOST_CHARACTERS] for value in values]


def _plain(value: object) -> str:
    try:
        text = str(value)
    except BROKEN:
        return ""
    # Bytes beyond ASCII arrive as half characters; most often they are UTF-8.
    whole = decoded_bytes(text.encode("utf-8", "surrogateescape"), None)
    return "".join(sign if sign.isprintable() or sign > "\x9f" else " " for sign in whole)


def ids_in(message: Message, *names: str) -> tuple[str, ...]:
    """Message-IDs in some headers, the last of each first, each once."""
    found: list[str] = []
    for name in names:
        for value in raw_headers(message, name):
            found.extend(reversed(_ID.findall(value)))
    return tuple(dict.fromkeys(found))[:_MOST_IDS]


def addresses_in(values: Iterable[str]) -> list[tuple[str, str]]:
    """Pairs of name and address, lower case; of what is no address nothing."""
    found: list[tuple[str, str]] = []
    for value in values:
        try:
            pairs = getaddresses([value])
        except BROKEN:
            pairs = []
        good = [(decoded(name), each.lower()) for name, each in pairs if _ADDRESS.fullmatch(each)]
        if not good:  # a list the library gives up on still names somebody
            good = [("", each.lower()) for each in _ADDRESS.findall(value)[:_MOST_HEADERS]]
        found.extend(good)
    return found


def recipients_of(message: Message) -> tuple[str, ...]:
    """Whom it was sent to, as our server and the header say."""
    values = [value for name in _TO_US for value in raw_headers(message, name)]
    return tuple(dict.fromkeys(address for _name, address in addresses_in(values)))[:_MOST_IDS]


def sent_at(message: Message, arrived_at: datetime) -> datetime:
    """When it was written; when it arrived, where the date it bears cannot be true.

    Args:
        message: A mail.
        arrived_at: Aware, in UTC.
    """
    try:
        told = parsedate_to_datetime(raw_header(message, "Date"))
        told = (told if told.tzinfo else told.replace(tzinfo=UTC)).astimezone(UTC)
    except BROKEN:
        return arrived_at
    if arrived_at - _OLDEST <= told <= arrived_at + _AHEAD:
        return min(told, arrived_at)
    return arrived_at
