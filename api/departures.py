"""Sends what approvals put into the outbox, once it can no longer be taken back."""

import logging
from collections.abc import Callable
from datetime import date
from threading import Lock, Timer

from ledger.clock import stopwatch

_LOG = logging.getLogger(__name__)
_TOGETHER = 1.0


class Departures:
    """Calls the dispatcher a while after an approval; approvals of one second share a call."""

    def __init__(self, dispatch: Callable[[date], object], seconds: float) -> None:
        self._dispatch = dispatch
        self._seconds = seconds
        self._lock = Lock()
        self._last: float | None = None

    def __call__(self, as_of: date) -> None:
        """Something was approved on a business date."""
        if not self._seconds:
            self._dispatch(as_of)
            return
        with self._lock:
            now = stopwatch()
            if self._last is not None and now - self._last < _TOGETHER:
                return
            self._last = now
        later = Timer(self._seconds + _TOGETHER + 0.5, self._send, (as_of,))
        later.daemon = True  # what has not left stays in the outbox for the next who dispatches
        later.start()

    def _send(self, as_of: date) -> None:
        try:
            self._dispatch(as_of)
        except Exception:  # noqa: BLE001 - a thread of its own: nobody above would hear of it
            _LOG.exception("the outbox could not be dispatched; the next dispatch tries again")
