"""Outgoing webhooks: where one may go, and one signed telling by the Standard Webhooks scheme.

An address is looked up at every try and the connection goes to the very address that was judged,
so that a name cannot point elsewhere between the look and the call. No redirect is followed. To
this machine itself a telling goes only where whoever is at its command line said so: over HTTP,
that would let a caller reach services that answer nobody else.
"""

import socket
from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_address, ip_network
from urllib.parse import SplitResult, urlsplit

from ledger.errors import BadInput

SECONDS = 10.0
_GONE = 410
_BUSY = frozenset({408, 425, 429})
_NAT64 = ip_network("64:ff9b::/96")


@dataclass(frozen=True, slots=True)
class Told:
    """What a receiver made of a telling.

    Attributes:
        says: In a few words, of ours only: a status, or the kind of failure.
        gone: It wants to hear nothing any more.
        unwell: Anything else sent there now would fail as well.
    """

    delivered: bool
    says: str
    gone: bool = False
    unwell: bool = False


def check_address(url: str, *, at_the_machine: bool = False) -> None:
    """Whether tellings may go there at all; looks a name up, so no transaction should be open.

    Args:
        url: The address.
        at_the_machine: Whoever names it is at the command line of this machine, and may name the
            machine itself.

    Raises:
        BadInput: It is not https, carries a password, or leads into a private network.
    """
    _judged(url, at_the_machine)


def send(url: str, secret: str, message_id: str, body: str, now: datetime) -> Told:
    """Post one telling; never raises for what the receiver or the network does.

    An address that names this machine was judged when it was added, and no name is looked up that
    could have come to mean it since.
    """
    from httpx2 import Client, HTTPError
    from standardwebhooks import Webhook

    try:
        parts, address = _judged(url, to_itself=True)
    except BadInput as error:
        return Told(False, error.message[:200], unwell=True)
    headers = {
        "host": parts.netloc,
        "content-type": "application/json",
        "user-agent": "dunwell-webhooks",
        "webhook-id": message_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(secret).sign(message_id, now, body),
    }
    client = Client(timeout=SECONDS, follow_redirects=False, trust_env=False)
    named = {"sni_hostname": parts.hostname or ""}
    try:
        with (
            client,
            client.stream(
                "POST",
                _pinned(parts, address),
                content=body.encode(),
                headers=headers,
                extensions=named,
            ) as answer,
        ):
            return _heard(answer.status_code)  # the body is never read: nothing of it is needed
    except HTTPError as error:
        return Told(False, type(error).__name__, unwell=True)


def _heard(status: int) -> Told:
    unwell = status >= 500 or status in _BUSY
    return Told(200 <= status < 300, f"status {status}", status == _GONE, unwell)


def _judged(url: str, to_itself: bool) -> tuple[SplitResult, str]:
    """The address in parts, and the IP address that a connection goes to."""
    parts = _parts(url)
    host = parts.hostname or ""
    if _is_loopback(host):
        if not to_itself:
            raise BadInput(
                f"{host} is this machine itself; add it there, with `dunwell webhooks add`"
            )
        return parts, "127.0.0.1" if host == "localhost" else host
    if parts.scheme != "https":
        raise BadInput("a webhook goes to an https address")
    found = _looked_up(host, parts.port or 443)
    if private := [each for each in found if not _is_public(each)]:
        raise BadInput(f"{host} leads to {private[0]}, a private address; webhooks leave only out")
    return parts, found[0]


def _parts(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise BadInput("this is no address; write https://host/path") from None
    if parts.scheme not in ("http", "https") or not parts.hostname or port == 0:
        raise BadInput("this is no address; write https://host/path")
    if parts.username or parts.password or parts.fragment or not url.isprintable() or " " in url:
        raise BadInput("an address carries no name, password, blank or fragment")
    return parts


def _is_loopback(host: str) -> bool:
    """Named as this machine; a name elsewhere that points here is not meant."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _is_public(address: str) -> bool:
    given = ip_address(address)
    inner = getattr(given, "ipv4_mapped", None) or getattr(given, "sixtofour", None) or given
    if given in _NAT64:
        inner = ip_address(given.packed[-4:])
    return given.is_global and inner.is_global and not given.is_multicast


def _looked_up(host: str, port: int) -> list[str]:
    try:
        rows = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise BadInput(f"{host} is not found; check the address") from None
    return list(dict.fromkeys(str(row[4][0]).partition("%")[0] for row in rows))


def _pinned(parts: SplitResult, address: str) -> str:
    host = f"[{address}]" if ":" in address else address
    port = f":{parts.port}" if parts.port else ""
    return parts._replace(netloc=f"{host}{port}").geturl()
