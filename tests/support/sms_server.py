"""The two calls of Twilio's interface that we make, spoken by a server on the loopback."""

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

SID, TOKEN, NUMBER = "AC" + "1" * 32, "s3cr3t/token", "+15035550100"


@dataclass
class SmsServer:
    """What the server was told to do, and what it took.

    Attributes:
        answers: By number, a status and an error code, or "drop" to take it and hang up.
        sent: Numbers and words it took.
        asked: How many requests came.
    """

    answers: dict[str, Any] = field(default_factory=dict)
    sent: list[tuple[str, str]] = field(default_factory=list)
    asked: int = 0
    url: str = ""

    def said_to(self, number: str) -> list[str]:
        """The words somebody got."""
        return [body for to, body in self.sent if to == number]


@contextmanager
def sms_server(**told: Any) -> Iterator[SmsServer]:
    """A server for as long as it is needed."""
    server = SmsServer(**told)

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
    state: SmsServer
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        form = parse_qs(self.rfile.read(length).decode())
        self.state.asked += 1
        to, body = form["To"][0], form["Body"][0]
        answer = self.state.answers.get(to)
        if not self._let_in():
            return
        if answer == "drop":
            self.state.sent.append((to, body))
            self.close_connection = True
            return
        if answer is not None:
            status, code = answer
            said = {"code": code, "message": f"refused {code}", "status": status}
            self._answer(status, said)
            return
        self.state.sent.append((to, body))
        self._answer(201, self._message(to, body, form["From"][0]))

    def do_GET(self) -> None:
        if not self._let_in():
            return
        to = parse_qs(urlsplit(self.path).query)["To"][0]
        found = [self._message(number, body, NUMBER) for number, body in self.state.sent]
        self._answer(200, {"messages": [each for each in found if each["to"] == to]})

    def _let_in(self) -> bool:
        wanted = base64.b64encode(f"{SID}:{TOKEN}".encode()).decode()
        if self.headers["Authorization"] == f"Basic {wanted}":
            return True
        self._answer(401, {"code": 20003, "message": "Authenticate", "status": 401})
        return False

    def _message(self, to: str, body: str, sender: str) -> dict[str, Any]:
        return {"sid": "SM1", "to": to, "from": sender, "body": body, "status": "queued"}

    def _answer(self, status: int, said: dict[str, Any]) -> None:
        data = json.dumps(said).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Say nothing."""
