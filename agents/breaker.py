"""The circuit breaker before the model endpoint."""

import threading
from collections.abc import Callable


class CircuitBreaker:
    """Stops calling an endpoint that keeps failing, and tries it again after a rest.

    Closed until `failures` calls fail in a row, then open for `cool_down_s`. After the rest one
    trial call is let through (half-open); the others wait until it succeeds or a further rest
    has passed, so a trial that never reports back cannot block the door for good.
    """

    def __init__(self, failures: int, cool_down_s: float, monotonic: Callable[[], float]) -> None:
        self._limit = failures
        self._cool_down_s = cool_down_s
        self._monotonic = monotonic
        self._failed_in_a_row = 0
        self._trial_at: float | None = None
        self._lock = threading.Lock()

    def admits(self) -> bool:
        """True when a call may go out now; in half-open state this takes the one trial."""
        with self._lock:
            if self._trial_at is None:
                return True
            now = self._monotonic()
            if now < self._trial_at:
                return False
            self._trial_at = now + self._cool_down_s
            return True

    def succeeded(self) -> None:
        """The endpoint answered: close."""
        with self._lock:
            self._failed_in_a_row = 0
            self._trial_at = None

    def failed(self) -> None:
        """The endpoint failed a call, retries included."""
        with self._lock:
            self._failed_in_a_row += 1
            if self._failed_in_a_row >= self._limit:
                self._trial_at = self._monotonic() + self._cool_down_s
