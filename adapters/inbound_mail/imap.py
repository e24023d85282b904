"""Mail from a server by IMAP: what is new, marked as seen once the books have it.

What was read is remembered by UID, so a mail that a person opened first is still fetched; a mail
fetched twice after a crash is the same message to the books.
"""

import imaplib
import re
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import orjson

from adapters.inbound_mail.parsing import MailReader
from adapters.inbound_mail.source import BATCH, Found
from ledger.errors import BadInput

_PORTS = {"imap": 143, "imaps": 993}
_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_SECONDS = 60.0
_ARRIVED = re.compile(rb'INTERNALDATE "([^"]{10,40})"')
_SHAPE = (
    "DUNWELL_IMAP_URL is not usable: give imaps://user:password@host/INBOX or "
    "imap://user:password@host/INBOX?starttls (option: ca=FILE)"
)


@dataclass(frozen=True, slots=True)
class MailBoxServer:
    """A mailbox on a server.

    Attributes:
        tls: From the first byte on (`imaps`).
        starttls: After the greeting.
        ca_file: Who signed its certificate, where the machine's authorities did not.
    """

    host: str
    port: int
    user: str
    password: str
    folder: str = "INBOX"
    tls: bool = True
    starttls: bool = False
    ca_file: str | None = None


def read_imap_url(url: str) -> MailBoxServer:
    """Read `imaps://user:password@host:993/FOLDER`.

    Raises:
        BadInput: It is no such address, or would send the password in the clear.
    """
    try:
        parts = urlsplit(url)
        asked = parse_qs(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query))
        server = MailBoxServer(
            host=parts.hostname or "",
            port=parts.port or _PORTS[parts.scheme],
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
            folder=unquote(parts.path.strip("/")) or "INBOX",
            tls=parts.scheme == "imaps",
            starttls=asked.pop("starttls", None) is not None,
            ca_file=asked.pop("ca", [None])[0],
        )
    except (KeyError, ValueError):
        raise BadInput(_SHAPE) from None
    if not (server.host and server.user) or asked:
        raise BadInput(_SHAPE)
    if not (server.tls or server.starttls) and server.host not in _LOOPBACK:
        raise BadInput(
            "DUNWELL_IMAP_URL would send the password in the clear: add ?starttls or use imaps://"
        )
    return server


class ImapMail:
    """A mailbox on a server.

    Args:
        server: Where it is.
        state: File that remembers how far it was read.
        reader: Takes the mails apart.
    """

    def __init__(self, server: MailBoxServer, state: Path, reader: MailReader) -> None:
        self.server = server
        self.state = state
        self.reader = reader
        self.refused: list[str] = []
        self._box: Any = None
        self._validity = 0

    def batches(self, now: datetime) -> Iterator[list[Found]]:
        """What was not read before or is marked as unread.

        Raises:
            BadInput: The server cannot be reached, lets nobody in, or hangs up.
        """
        with self._told():
            try:
                with self._open() as self._box:
                    uids = self._waiting()
                    for start in range(0, len(uids), BATCH):
                        part = uids[start : start + BATCH]
                        yield [found for uid in part for found in self._fetch(uid, now)]
            finally:
                self._box = None

    def check(self) -> None:
        """Sign in, open the folder and leave again.

        Raises:
            BadInput: It does not work; the message says why.
        """
        with self._told(), self._open():
            pass

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Whatever goes wrong with the server is one line, without the password."""
        from imap_tools import ImapToolsError

        try:
            yield
        except (ImapToolsError, imaplib.IMAP4.error, OSError) as error:
            where = f"{self.server.host}:{self.server.port}"
            what = " ".join(str(error).split())[:200] or type(error).__name__
            what = what.replace(self.server.password or "\n", "...")
            raise BadInput(f"mail server {where}: {what}; check DUNWELL_IMAP_URL") from None

    def put_away(self, taken: Sequence[Found]) -> None:
        """Mark as seen, and remember how far the mailbox was read."""
        from imap_tools import MailMessageFlags

        uids = [each.place for each in taken]
        with self._told():
            self._box.flag(uids, MailMessageFlags.SEEN, True)
        read_to = max(*(int(uid) for uid in uids), self._read_to())
        fresh = self.state.with_name(f"{self.state.name}.new")
        fresh.write_bytes(orjson.dumps({"uidvalidity": self._validity, "uid": read_to}))
        fresh.replace(self.state)

    def _open(self) -> Any:
        from imap_tools import ImapToolsError, MailBox, MailBoxStartTls, MailBoxUnencrypted

        server = self.server
        if not (server.tls or server.starttls):
            box: Any = MailBoxUnencrypted(server.host, server.port, timeout=_SECONDS)
        else:
            trust = ssl.create_default_context(cafile=server.ca_file)
            kind = MailBox if server.tls else MailBoxStartTls
            box = kind(server.host, server.port, timeout=_SECONDS, ssl_context=trust)
        try:
            return box.login_utf8(server.user, server.password, initial_folder=server.folder)
        except (ImapToolsError, imaplib.IMAP4.error, OSError):
            box.client.shutdown()
            raise

    def _waiting(self) -> list[str]:
        """UIDs to read, oldest first; a mailbox that was numbered anew is read by its marks."""
        from imap_tools import AND, OR, U

        status = self._box.folder.status(self.server.folder, ["UIDVALIDITY"])
        self._validity = int(status["UIDVALIDITY"])
        read_to = self._read_to()
        unseen = AND(seen=False)
        asked = OR(unseen, AND(uid=U(str(read_to + 1), "*"))) if read_to else unseen
        unread = set(self._box.uids(unseen)) if read_to else set()
        # `n:*` names the last mail even where its number is below n.
        found = [uid for uid in self._box.uids(asked) if int(uid) > read_to or uid in unread]
        return sorted(found, key=int)

    def _read_to(self) -> int:
        """The last UID the books have, in the numbering of this mailbox."""
        try:
            kept = orjson.loads(self.state.read_bytes())
            return int(kept["uid"]) if kept["uidvalidity"] == self._validity else 0
        except (FileNotFoundError, ValueError, KeyError, TypeError):
            return 0

    def _fetch(self, uid: str, now: datetime) -> list[Found]:
        """One mail, without marking it; one that has gone meanwhile is nothing."""
        most = self.reader.limits.message_bytes + 1
        _status, told = self._box.client.uid("FETCH", uid, f"(INTERNALDATE BODY.PEEK[]<0.{most}>)")
        part = next((each for each in told if isinstance(each, tuple)), None)
        if part is None:
            return []
        head = b" ".join(each if isinstance(each, bytes) else each[0] for each in told)
        return [Found(self.reader.read(part[1], min(_arrived(head, now), now)), uid)]


def _arrived(head: bytes, now: datetime) -> datetime:
    found = _ARRIVED.search(head)
    try:
        return parsedate_to_datetime(found[1].decode()).astimezone(UTC) if found else now
    except (ValueError, TypeError):
        return now
