"""The address a customer's reply comes back to: ours, with the message it answers and a seal.

A reply is joined to a message of ours by this address only if the seal is right, so nobody can make
up the address of somebody else's message.
"""

import base64
import hashlib
import hmac
import re

_SEAL_BYTES = 10
_TAGGED = re.compile(r"[^@+]+\+([a-z]+_[a-z2-7]+)\.([a-z2-7]{16})@[^@]+", re.IGNORECASE)


def seal_of(outbox_id: str, key: bytes) -> str:
    """A truncated HMAC-SHA256 of an outbox id in base32, which survives any change of case."""
    whole = hmac.digest(key, outbox_id.encode(), hashlib.sha256)
    return base64.b32encode(whole[:_SEAL_BYTES]).decode().lower()


def make_reply_address(reply_to: str, outbox_id: str, key: bytes) -> str:
    """Our address with an outbox id and its seal, such as `ar+out_x2.seal@ours.example`."""
    local, at, domain = reply_to.rpartition("@")
    if not at:
        return reply_to
    return f"{local}+{outbox_id}.{seal_of(outbox_id, key)}@{domain}"


def read_reply_address(address: str, key: bytes) -> str | None:
    """The outbox id an address names, where its seal is right."""
    found = _TAGGED.fullmatch(address.strip().strip("<>"))
    if found is None:
        return None
    outbox_id, seal = found[1].lower(), found[2].lower()
    return outbox_id if hmac.compare_digest(seal, seal_of(outbox_id, key)) else None


def make_token(outbox_id: str, key: bytes) -> str:
    """An outbox id and its seal, as the end of a link in the header of that letter."""
    return f"{outbox_id}.{seal_of(outbox_id, key)}"


def read_token(token: str, key: bytes) -> str | None:
    """The outbox id at the end of a link, where its seal is right."""
    outbox_id, _, seal = token.lower().partition(".")
    given = seal.encode("ascii", "replace")
    return outbox_id if hmac.compare_digest(given, seal_of(outbox_id, key).encode()) else None
