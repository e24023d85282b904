"""The one call of Stripe's interface that we make, spoken by a server on the loopback."""

import hashlib
import hmac
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

KEY, SECRET = "rk_test_loopback", "whsec_loopback"


@dataclass
class StripeServer:
    """What the server was told, and the sessions it made.

    Attributes:
        status: What it answers with, where it is not 200.
        sessions: By idempotency key, so that a call repeated makes no second one.
    """

    status: int = 200
    asked: list[dict[str, str]] = field(default_factory=list)
    sessions: dict[str, dict[str, Any]] = field(default_factory=dict)
    url: str = ""

    def session_for(self, key: str, form: dict[str, str]) -> dict[str, Any]:
        """The session of a call, the same for the same key."""
        if key not in self.sessions:
            number = len(self.sessions) + 1
            lines = [name for name in form if name.endswith("[unit_amount]")]
            self.sessions[key] = {
                "id": f"cs_test_{number}",
                "object": "checkout.session",
                "url": f"{self.url}/c/pay/cs_test_{number}",
                "client_reference_id": form["client_reference_id"],
                "amount_total": sum(int(form[name]) for name in lines),
                "currency": form["line_items[0][price_data][currency]"],
                "payment_intent": f"pi_test_{number}",
                "payment_status": "unpaid",
            }
        return self.sessions[key]

    def event(
        self, session: dict[str, Any], kind: str = "checkout.session.completed", **changed: Any
    ) -> bytes:
        """A notice as Stripe sends it."""
        told = {
            "id": changed.pop("event_id", f"evt_{session['id']}_{kind}"),
            "object": "event",
            "type": kind,
            "created": 1_773_763_200,
            "data": {"object": session | {"payment_status": "paid"} | changed},
        }
        return json.dumps(told).encode()


def signature(payload: bytes, secret: str = SECRET, at: int | None = None) -> str:
    """The header Stripe signs a notice with."""
    stamp = int(time.time()) if at is None else at
    sealed = hmac.new(secret.encode(), f"{stamp}.".encode() + payload, hashlib.sha256).hexdigest()
    return f"t={stamp},v1={sealed}"


@contextmanager
def stripe_server(**told: Any) -> Iterator[StripeServer]:
    """A server for as long as it is needed."""
    server = StripeServer(**told)

    class Handler(_Handler):
        state = server

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=http.serve_forever, daemon=True)
    thread.start()
    server.url = f"http://127.0.0.1:{http.server_address[1]}"
    try:
        yield server
    finally:
        http.shutdown()
        http.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    state: StripeServer

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        form = {name: values[0] for name, values in parse_qs(body).items()}
        self.state.asked.append(form | {"authorization": self.headers["Authorization"]})
        if self.state.status != 200 or self.path != "/v1/checkout/sessions":
            told = {"error": {"message": "no", "type": "api_error"}}
            return self._answer(self.state.status, told)
        return self._answer(200, self.state.session_for(self.headers["Idempotency-Key"], form))

    def _answer(self, status: int, told: dict[str, Any]) -> None:
        data = json.dumps(told).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_args: Any) -> None:
        """Say nothing."""
