"""A real mail server on the loopback that can be told to refuse, to fail and to hang up."""

import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

USER, PASSWORD = "ar", "s p@ce/word"


@dataclass
class MailServer:
    """What the server was told to do, and what it took.

    Attributes:
        answers: By recipient, what it answers to RCPT.
        after_words: By recipient, what it answers to the words, or "drop" to hang up.
        from_mail: What it answers to MAIL, for everybody.
        taken: Mails by recipient.
        sessions: How many connections were opened.
        most_at_once: How many were open at the same time.
        at_most: How many may be open at the same time.
        turned_away: How many came when that many were open.
        at_words: Called with the recipient once the words of a mail were taken, before it is told.
    """

    answers: dict[str, str] = field(default_factory=dict)
    after_words: dict[str, str] = field(default_factory=dict)
    from_mail: str = ""
    taken: dict[str, list[bytes]] = field(default_factory=dict)
    sessions: int = 0
    most_at_once: int = 0
    authenticated: int = 0
    at_most: int = 99
    turned_away: int = 0
    encrypted: int = 0
    url: str = ""
    at_words: Callable[[str], object] = str

    def mail_to(self, recipient: str) -> Message:
        """The one mail somebody got."""
        (only,) = self.taken[recipient]
        return message_from_bytes(only)


class _Handler:
    def __init__(self, server: MailServer, auth: bool) -> None:
        self.server, self.auth = server, auth
        self.open = 0
        self.lock = threading.Lock()

    def authenticate(self, _smtp: Any, _session: Any, _envelope: Any, mechanism: str, data: Any):
        good = (data.login, data.password) == (USER.encode(), PASSWORD.encode())
        self.server.authenticated += good
        return AuthResult(success=good, handled=False)

    async def handle_MAIL(  # noqa: N802 - the name the library calls
        self, _server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self.server.encrypted += session.ssl is not None
        if self.auth and not session.authenticated:
            return "530 5.7.0 authentication required"
        if self.server.from_mail:
            return self.server.from_mail
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: Any
    ) -> str:
        answer = self.server.answers.get(address, "250 OK")
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        said = self.server.after_words.get(envelope.rcpt_tos[0], "250 taken")
        if said.startswith("250") or said == "drop":
            for address in envelope.rcpt_tos:
                self.server.taken.setdefault(address, []).append(envelope.content)
            self.server.at_words(envelope.rcpt_tos[0])
        if said == "drop":
            server.transport.close()
        return said


class _Counting(SMTP):
    def connection_made(self, transport: Any) -> None:
        first = self.transport is None
        handler = self.event_handler
        if first:
            handler.open += 1
            if handler.open > handler.server.at_most:
                handler.server.turned_away += 1
                transport.write(b"421 too many connections\r\n")
                transport.close()
        super().connection_made(transport)
        if first:
            handler.server.sessions += 1
            handler.server.most_at_once = max(handler.server.most_at_once, handler.open)

    def connection_lost(self, error: Exception | None) -> None:
        self.event_handler.open -= 1
        super().connection_lost(error)


class _Controller(Controller):
    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]  # the one that was free
        super()._trigger_server()

    def factory(self) -> SMTP:
        return _Counting(self.handler, **self.SMTP_kwargs)


@contextmanager
def mail_server(
    tls: ssl.SSLContext | None = None, auth: bool = False, **told: Any
) -> Iterator[MailServer]:
    """A mail server for as long as it is needed.

    Args:
        tls: Its certificate, which also makes it insist on STARTTLS.
        auth: Whether it asks for the password.
        told: Fields of `MailServer`.
    """
    server = MailServer(**told)
    handler = _Handler(server, auth)
    controller = _Controller(
        handler,
        hostname="127.0.0.1",
        port=0,
        tls_context=tls,
        require_starttls=tls is not None,
        auth_require_tls=False,
        authenticator=handler.authenticate if auth else None,
    )
    controller.start()
    try:
        server.url = f"127.0.0.1:{controller.port}"
        yield server
    finally:
        controller.stop()
