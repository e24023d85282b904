"""Senders whose domain only looks like a customer's: acrne.example for acme.example."""

import unicodedata
from collections.abc import Collection, Iterable
from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

_SHORTEST_NAME = 5
_LOOKS = (("rn", "m"), ("vv", "w"), ("cl", "d"), ("0", "o"), ("1", "l"), ("i", "l"), ("-", ""))


def look_alikes(senders: Iterable[str], domains: Collection[str]) -> dict[str, str]:
    """Domains of contacts that senders' domains resemble without being one.

    Args:
        senders: Mail addresses in lower case.
        domains: Every domain a contact has an address at.

    Returns:
        The resembled domain by sender's domain.
    """
    strange = {sender.rpartition("@")[2] for sender in senders if "@" in sender} - set(domains)
    if not strange or not domains:
        return {}
    shapes = {_shape(domain): domain for domain in sorted(domains)}
    names: dict[str, str] = {}
    for domain in sorted(domains):
        names.setdefault(_name(domain), domain)
    found = {}
    for domain in strange:
        if any(domain.endswith(f".{known}") for known in _parents(domain) & set(domains)):
            continue
        near = shapes.get(_shape(domain)) or names.get(_name(domain)) or _one_off(domain, domains)
        if near and len(_name(near)) >= _SHORTEST_NAME:
            found[domain] = near
    return found


def _parents(domain: str) -> set[str]:
    """The domains a domain is a part of."""
    parts = domain.split(".")
    return {".".join(parts[start:]) for start in range(1, len(parts) - 1)}


@lru_cache(maxsize=200_000)
def _shape(domain: str) -> str:
    """How a domain looks at a glance."""
    plain = domain.casefold()
    if not domain.isascii() or "xn--" in plain:
        plain = _without_scripts(plain)
    for looks, like in _LOOKS:
        plain = plain.replace(looks, like)
    return plain


def _without_scripts(domain: str) -> str:
    """The domain in our own letters, wherever one of another script looks like them."""
    try:
        shown = domain.encode("ascii").decode("idna")
    except UnicodeError:
        shown = domain
    decomposed = unicodedata.normalize("NFKD", shown)
    plain = "".join(sign for sign in decomposed if not unicodedata.combining(sign))
    return "".join(_SCRIPTS.get(sign, sign) for sign in plain)


_SCRIPTS = dict(zip("аеорсхуіѕԁһոԛԝοανıα", "aeopcxyisdhnqwoavia", strict=True))
"""Letters of other scripts that look like ours, as they are registered for deception."""


def _name(domain: str) -> str:
    """The part of a domain that names its owner."""
    parts = domain.split(".")
    if len(parts) > 2 and len(parts[-2]) <= 3:  # co.uk, com.au
        return parts[-3]
    return parts[-2] if len(parts) > 1 else domain


def _one_off(domain: str, domains: Collection[str]) -> str | None:
    """The domain that one slip of a key makes of this one."""
    if len(_name(domain)) < _SHORTEST_NAME:
        return None
    near = process.extractOne(domain, domains, scorer=DamerauLevenshtein.distance, score_cutoff=1)
    return near[0] if near else None
