"""What our own mail server found out about the sender (RFC 8601), and nobody else's word for it."""

import re
from email.message import Message

from adapters.inbound_mail.headers import raw_headers
from adapters.inbound_mail.message import Authentic

_COMMENT = re.compile(r"\([^()]*\)")
_QUOTED = re.compile(r'"[^"]*"')
_METHOD = re.compile(r"^\s*([a-z][a-z0-9-]*)(?:/\d+)?\s*=\s*([a-z]+)", re.IGNORECASE)
_PROPERTIES = ("header.d", "header.i", "smtp.mailfrom", "smtp.helo")
_BAD = frozenset({"fail", "softfail", "permerror", "policy"})


def authenticity(message: Message, our_server: str | None, sender: str) -> Authentic:
    """Whether the sender is proven, by the topmost finding of our own server.

    DMARC decides where it was asked. Otherwise DKIM or SPF prove the sender only for the domain
    the mail says it is from; a failure of either with no such proof is a failure.

    Args:
        message: A mail.
        our_server: The authserv-id our server writes; without one nothing is proven.
        sender: The address it says it is from.
    """
    findings = _own_findings(message, our_server) if our_server else None
    if findings is None:
        return Authentic.NONE
    dmarc = [result for method, result, _domain in findings if method == "dmarc"]
    if dmarc and dmarc[0] in ("pass", "fail"):
        return Authentic(dmarc[0])
    told = [each for each in findings if each[0] in ("dkim", "spf")]
    domain = sender.rpartition("@")[2]
    if any(result == "pass" and _same_site(where, domain) for _method, result, where in told):
        return Authentic.PASS
    return Authentic.FAIL if any(result in _BAD for _m, result, _w in told) else Authentic.NONE


def _own_findings(message: Message, our_server: str) -> list[tuple[str, str, str]] | None:
    """Method, result and domain of each finding of ours; None where our server wrote nothing."""
    for value in raw_headers(message, "Authentication-Results"):
        first, *rest = _without_comments(value).split(";")
        named = first.split()
        if named and named[0].lower() == our_server.lower():
            return [found for each in rest if (found := _finding(each)) is not None]
    return None


def _without_comments(value: str) -> str:
    """The value free of comments, which may hold anything, and of quotes."""
    for _ in range(5):
        value, changed = _COMMENT.subn(" ", value)
        if not changed:
            break
    return _QUOTED.sub(" ", value)


def _finding(text: str) -> tuple[str, str, str] | None:
    method = _METHOD.match(text)
    if method is None:
        return None
    told = (word.partition("=") for word in text.split())
    values = (value for name, _, value in told if name.lower() in _PROPERTIES)
    domain = next(values, "").rpartition("@")[2].strip(".").lower()
    return method[1].lower(), method[2].lower(), domain


def _same_site(proven: str, claimed: str) -> bool:
    """Whether a proven domain is the claimed one, or one is a part of the other."""
    if not proven or "." not in proven or not claimed:
        return False
    return proven == claimed or claimed.endswith(f".{proven}") or proven.endswith(f".{claimed}")
