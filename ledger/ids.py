"""Prefixed text ids, made from content so that the same thing always gets the same id."""

import base64
import hashlib
from typing import NewType

AccountId = NewType("AccountId", str)
ContactId = NewType("ContactId", str)
InvoiceId = NewType("InvoiceId", str)
ReceiptId = NewType("ReceiptId", str)
CreditId = NewType("CreditId", str)
ProposalId = NewType("ProposalId", str)
RunId = NewType("RunId", str)

_SEPARATOR = "\x1f"


def digest(data: bytes) -> str:
    """Hex digest (BLAKE2b, 128 bit) used for facts, policies, letters and chains."""
    return hashlib.blake2b(data, digest_size=16).hexdigest()


def make_id(prefix: str, *parts: object) -> str:
    """Id such as `inv_5k2f...` from the parts that make the thing what it is.

    Equal parts give equal ids: importing or proposing twice cannot double a row.
    """
    content = _SEPARATOR.join(str(part) for part in parts).encode("utf-8", "surrogatepass")
    short = base64.b32encode(hashlib.blake2b(content, digest_size=10).digest()).decode().lower()
    return f"{prefix}_{short}"
