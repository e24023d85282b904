"""How often somebody may try: counted in memory, in a fixed number of places, gone on restart."""

import hashlib
import math
import secrets
from dataclasses import dataclass
from ipaddress import ip_address, ip_network

from fastapi import Request
from limits import RateLimitItem, RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter

from api.problems import TooMany
from ledger.clock import SystemClock

PLACES = 1 << 16
"""Names and addresses share this many counters, so that inventing them fills no memory."""


@dataclass(frozen=True, slots=True)
class Allowance:
    """So many tries in so many minutes, of one kind.

    Attributes:
        instead: What else somebody may do than wait.
    """

    kind: str
    tries: int
    minutes: int
    instead: str = ""

    @property
    def item(self) -> RateLimitItem:
        """As the library counts it."""
        return RateLimitItemPerMinute(self.tries, self.minutes, namespace=self.kind)


_BY_LINK = ", or come in by a link, which `dunwell people link` makes"
SIGN_IN_AS = Allowance("sign-in-as", 10, 10, _BY_LINK)
"""As one name from one address: nobody elsewhere can use it up."""
SIGN_IN_FROM = Allowance("sign-in-from", 60, 10, _BY_LINK)
"""As whoever from one address."""
SIGN_IN_STRANGE = Allowance("sign-in-strange", 60, 10, _BY_LINK)
"""As one name from all addresses that it never signed in from."""
SIGN_IN_LINK = Allowance("sign-in-link", 60, 10)
"""By links from one address: wrong passwords keep no link from working, nor the provider."""
SIGN_IN_PROVIDER = Allowance("sign-in-provider", 60, 10)
NEW_PASSWORD = Allowance("new-password", 10, 10)
CHAT = Allowance("chat", 120, 1)
PORTAL_FROM = Allowance("portal-from", 120, 1)


class Limits:
    """The counters of one running application.

    Args:
        counts: False for a measurement, where one caller stands for many.
    """

    def __init__(self, counts: bool = True) -> None:
        self._counts = counts
        self._limiter = FixedWindowRateLimiter(MemoryStorage())
        # Drawn anew, so that nobody can look for a name that shares somebody's counter.
        self._salt = secrets.token_bytes(16)

    def take(self, allowance: Allowance, whose: str) -> None:
        """Count a try.

        Raises:
            TooMany: There were too many; says when the next one counts again.
        """
        place = self._place(whose)
        if not self._counts or self._limiter.hit(allowance.item, place):
            return
        ends = self._limiter.get_window_stats(allowance.item, place).reset_time
        seconds = max(1, math.ceil(ends - SystemClock().now().timestamp()))
        told = f"too many tries; wait {seconds} seconds, then try again{allowance.instead}"
        raise TooMany(told, seconds)

    def forget(self, allowance: Allowance, whose: str) -> None:
        """Start the count again, once a try was right."""
        self._limiter.clear(allowance.item, self._place(whose))

    def _place(self, whose: str) -> str:
        folded = hashlib.sha256(self._salt + whose.strip().casefold().encode()).digest()
        return str(int.from_bytes(folded[:4]) % PLACES)


def limits_of(request: Request) -> Limits:
    """The counters of the application a request came to."""
    return request.app.state.limits


def address_of(request: Request) -> str:
    """Where a request comes from; behind a proxy, what uvicorn believes of its headers.

    Of an IPv6 address the first 64 bits count: the rest is its owner's to choose.
    """
    host = request.client.host if request.client else ""
    try:
        return str(ip_network(f"{ip_address(host)}/64", strict=False)) if ":" in host else host
    except ValueError:
        return host
