"""Mail by SMTP: a few connections for a whole batch, every refusal told by message."""

import asyncio
import ssl
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import aiosmtplib as smtp
from aiosmtplib import errors

from adapters.mail import MAIL_ENDING, mail_bytes
from adapters.outgoing.message import OutgoingMessage
from adapters.outgoing.refusals import Refusal, RefusalKind, smtp_refusal
from adapters.outgoing.spool import Spool
from ledger.errors import BadInput

_PORTS = {"smtp": 587, "smtps": 465}
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mail is handed over.

    Attributes:
        tls: From the first byte on (`smtps`).
        starttls: After the greeting, or not at all.
        ca_file: Who signed its certificate, where the machine's authorities did not.
    """

    host: str
    port: int
    user: str | None = None
    password: str | None = None
    tls: bool = False
    starttls: bool = False
    ca_file: str | None = None
    connections: int = 4
    timeout_seconds: float = 30.0


def read_smtp_url(url: str) -> MailServer:
    """Read `smtp://user:password@host:587?starttls` or `smtps://user:password@host`.

    Options: `starttls`, `ca=FILE`, `connections=N`.

    Raises:
        BadInput: It is no such address, or would send a password in the clear.
    """
    try:
        parts = urlsplit(url)
        asked = parse_qs(parts.query, keep_blank_values=True)
        connections = int(asked.pop("connections", ["4"])[0])
        server = MailServer(
            host=parts.hostname or "",
            port=parts.port or _PORTS[parts.scheme],
            user=unquote(parts.username) if parts.username else None,
            password=unquote(parts.password) if parts.password else None,
            tls=parts.scheme == "smtps",
            starttls=asked.pop("starttls", None) is not None,
            ca_file=asked.pop("ca", [None])[0],
            connections=connections,
        )
    except (KeyError, ValueError):
        raise BadInput(_SHAPE) from None
    if not server.host or asked or not 1 <= connections <= 20:
        raise BadInput(_SHAPE)
    if server.password and not (server.tls or server.starttls) and server.host not in _LOOPBACK:
        raise BadInput(
            "DUNWELL_SMTP_URL would send the password in the clear: add ?starttls or use smtps://"
        )
    return server


_SHAPE = (
    "DUNWELL_SMTP_URL is not usable: give smtp://user:password@host:587?starttls or "
    "smtps://user:password@host (options: starttls, ca=FILE, connections=1 to 20)"
)


class SmtpMail:
    """A mail server. A copy of every mail is kept, which also tells what a crash left open."""

    plays_the_day = False

    def __init__(self, server: MailServer, folder: Path) -> None:
        self.server = server
        self.spool = Spool(folder, MAIL_ENDING)

    def deliver(self, messages: Sequence[OutgoingMessage]) -> dict[str, Refusal]:
        """Hand over a batch.

        Each mail is noted as begun when its own turn comes, and as kept once accepted: after a
        crash nobody can tell of one mail a connection, and what waited behind it goes again.
        """
        refused: dict[str, Refusal] = {}
        if messages:
            asyncio.run(self._deliver(deque(messages), refused))
        return refused

    def was_delivered(self, message: OutgoingMessage) -> bool | None:
        """A copy that was kept was accepted; of one that was only begun nobody can tell."""
        if self.spool.was_kept(message.outbox_id):
            return True
        return None if self.spool.was_begun(message.outbox_id) else False

    def delivered(self) -> dict[str, list[Path]]:
        """The copies."""
        return self.spool.files()

    def content(self, message: OutgoingMessage) -> bytes:
        """The mail as it went over the wire."""
        return mail_bytes(message)

    def check(self) -> str:
        """Sign in and leave again; returns what is wrong, or nothing."""
        return asyncio.run(self._check())

    async def _check(self) -> str:
        client = self._client()
        try:
            await client.connect()
            await client.quit()
        except (errors.SMTPException, OSError) as error:
            return _told(error)
        return ""

    async def _deliver(self, going: deque[OutgoingMessage], refused: dict[str, Refusal]) -> None:
        """Let a few connections empty the queue; what none of them took was not handed over.

        The first one is opened alone, so that a wrong password is tried once.
        """
        closed: list[Refusal] = []
        first = self._client()
        if await _opened(first, closed):
            more = min(self.server.connections, len(going)) - 1
            clients = [first, *(self._client() for _ in range(more))]
            await asyncio.gather(*(self._work(each, going, refused, closed) for each in clients))
        refused |= {message.outbox_id: closed[-1] for message in going}

    async def _work(
        self,
        client: smtp.SMTP,
        going: deque[OutgoingMessage],
        refused: dict[str, Refusal],
        closed: list[Refusal],
    ) -> None:
        """One connection, reused from mail to mail and opened again when it is lost."""
        try:
            while going and await _opened(client, closed):
                if not going:
                    break  # another connection took the last one meanwhile
                message = going.popleft()
                no = await asyncio.to_thread(self.spool.begin_one, message, mail_bytes)
                no = no or await self._hand_over(client, message)
                self.spool.end_one(message.outbox_id, no)
                if no is not None:
                    refused[message.outbox_id] = no
            if client.is_connected:
                await _leave(client)
        finally:
            client.close()

    def _client(self) -> smtp.SMTP:
        server = self.server
        return smtp.SMTP(
            hostname=server.host,
            port=server.port,
            username=server.user,
            password=server.password,
            use_tls=server.tls,
            start_tls=server.starttls,
            tls_context=ssl.create_default_context(cafile=server.ca_file)
            if server.tls or server.starttls
            else None,
            timeout=server.timeout_seconds,
        )

    async def _hand_over(self, client: smtp.SMTP, message: OutgoingMessage) -> Refusal | None:
        """One mail over an open connection; None once the server has taken it on."""
        asked = ""
        try:
            await client.mail(message.sender)
            for asked in (message.recipient, *message.cc):
                await client.rcpt(asked)
        except errors.SMTPResponseException as error:
            await _start_over(client)
            about_it = asked == message.recipient
            return smtp_refusal(error.code, error.message, of_recipient=about_it)
        except UnicodeEncodeError:
            await _start_over(client)
            return Refusal(RefusalKind.MESSAGE, f"{asked} is no address this server can take")
        except (errors.SMTPException, OSError) as error:
            client.close()
            return Refusal(RefusalKind.LATER, f"not handed over: {_told(error)}")
        return await self._hand_over_words(client, message)

    async def _hand_over_words(self, client: smtp.SMTP, message: OutgoingMessage) -> Refusal | None:
        """From here on a lost connection leaves open whether the mail was taken."""
        try:
            await client.data(mail_bytes(message))
        except errors.SMTPDataError as error:
            await _start_over(client)
            return smtp_refusal(error.code, error.message, of_recipient=False)
        except (errors.SMTPException, OSError) as error:
            client.close()
            says = f"the connection was lost after the words were sent: {_told(error)}"
            return Refusal(RefusalKind.UNCERTAIN, says)
        return None


async def _opened(client: smtp.SMTP, closed: list[Refusal]) -> bool:
    """Whether a connection is open, or could be opened; why not is noted."""
    if client.is_connected:
        return True
    try:
        await client.connect()
    except (errors.SMTPException, OSError) as error:
        client.close()
        closed.append(_closed(error))
        return False
    return True


async def _start_over(client: smtp.SMTP) -> None:
    """Forget the mail that was refused, so that the connection serves the next one."""
    try:
        await client.rset()
    except (errors.SMTPException, OSError):
        client.close()


async def _leave(client: smtp.SMTP) -> None:
    try:
        await client.quit()
    except (errors.SMTPException, OSError):
        client.close()


def _closed(error: Exception) -> Refusal:
    return Refusal(RefusalKind.UNREACHABLE, f"the mail server is not to be had: {_told(error)}")


def _told(error: Exception) -> str:
    """What went wrong in one line; a password is never part of it."""
    if isinstance(error, errors.SMTPAuthenticationError):
        return f"it does not let us in ({error.code})"
    return " ".join(f"{type(error).__name__}: {error}".split())[:200]
