"""Text messages by Twilio's own library, which is loaded when the first message goes.

Twilio knows no key under which a second sending would be told, so a request that got no answer is
uncertain: what it lists as sent to the number settles it, or a person does.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from adapters.outgoing.files import text_message
from adapters.outgoing.message import OutgoingMessage
from adapters.outgoing.refusals import Refusal, RefusalKind
from adapters.outgoing.spool import Spool
from ledger.errors import BadInput

_DEAD_NUMBERS = frozenset({21211, 21214, 21217, 21219, 21401, 21421, 21610, 21614, 63003, 63024})
"""No such number, no mobile number, or its owner has told Twilio to stop."""
_CLOSED = frozenset({401, 403, 404})
_SHAPE = (
    "DUNWELL_SMS_URL is not usable: give twilio://ACCOUNT_SID:AUTH_TOKEN@SENDER, where SENDER is "
    "your number or messaging service (option: api=https://HOST)"
)


@dataclass(frozen=True, slots=True)
class TwilioAccount:
    """Whose account, and the number or messaging service that sends.

    Attributes:
        api: Another address of the same interface.
    """

    sid: str
    token: str
    sender: str
    api: str | None = None
    timeout_seconds: float = 20.0


def read_sms_url(url: str) -> TwilioAccount:
    """Read `twilio://SID:TOKEN@+15550001111`.

    Raises:
        BadInput: It is no such address.
    """
    try:
        parts = urlsplit(url)
        asked = parse_qs(parts.query)
    except ValueError:
        raise BadInput(_SHAPE) from None
    sender = unquote(parts.netloc.rpartition("@")[2])
    api = asked.pop("api", [None])[0]
    if parts.scheme != "twilio" or asked or not (parts.username and parts.password and sender):
        raise BadInput(_SHAPE)
    return TwilioAccount(unquote(parts.username), unquote(parts.password), sender, api)


class TwilioSms:
    """Text messages; a copy of each is kept."""

    plays_the_day = False

    def __init__(self, account: TwilioAccount, folder: Path) -> None:
        self.account = account
        self.spool = Spool(folder, ".json", begun=".begun", kept=".", taken="taken")

    def deliver(self, messages: Sequence[OutgoingMessage]) -> dict[str, Refusal]:
        """One request a message, one connection for all; ends where Twilio is not to be had."""
        refused: dict[str, Refusal] = {}
        closed: Refusal | None = None
        for message in messages:
            no = closed or self._hand_over(message)
            if no is not None:
                refused[message.outbox_id] = no
                closed = no if no.kind is RefusalKind.UNREACHABLE else None
        return refused

    def _hand_over(self, message: OutgoingMessage) -> Refusal | None:
        """One message, noted as begun just before, so that a crash leaves open no other."""
        no = self.spool.begin_one(message, self.content) or self._send(message)
        self.spool.end_one(message.outbox_id, no)
        return no

    def was_delivered(self, message: OutgoingMessage) -> bool | None:
        """The copy tells; where it was only begun, what Twilio has sent to the number."""
        if self.spool.was_kept(message.outbox_id):
            return True
        if not self.spool.was_begun(message.outbox_id):
            return False
        if self._is_listed(message):
            self.spool.keep_one(message.outbox_id)
            return True
        return None

    def delivered(self) -> dict[str, list[Path]]:
        """The copies."""
        return self.spool.files()

    def content(self, message: OutgoingMessage) -> bytes:
        """The message as it is kept."""
        return text_message(message)

    @cached_property
    def _client(self) -> Any:
        try:
            from twilio.http.http_client import TwilioHttpClient
            from twilio.rest import Client
        except ImportError:
            raise BadInput(
                "text messages by Twilio need its library: install dunwell[sms]"
            ) from None
        account = self.account
        http = TwilioHttpClient(timeout=account.timeout_seconds, max_retries=0)
        client = Client(account.sid, account.token, http_client=http)
        if account.api:
            client.api.base_url = account.api.rstrip("/")
        return client

    def _send(self, message: OutgoingMessage) -> Refusal | None:
        from requests.exceptions import ConnectTimeout, RequestException
        from twilio.base.exceptions import TwilioException, TwilioRestException
        from urllib3.exceptions import NewConnectionError

        client, sender = self._client, self.account.sender
        by = "messaging_service_sid" if sender.startswith("MG") else "from_"
        try:
            client.messages.create(to=message.recipient, body=message.body, **{by: sender})
        except TwilioRestException as error:
            return _refusal(error.status, error.code, str(error.msg))
        except ConnectTimeout as error:
            return _closed(error)
        except RequestException as error:
            # A connection that was never made is named as the reason inside.
            reason = getattr(error.args[0], "reason", None) if error.args else None
            if isinstance(reason, NewConnectionError):
                return _closed(error)
            return _open_question(error)
        except TwilioException as error:
            return _open_question(error)
        return None

    def _is_listed(self, message: OutgoingMessage) -> bool:
        """Whether Twilio lists these words to this number since just before the attempt."""
        from requests.exceptions import RequestException
        from twilio.base.exceptions import TwilioException

        since = message.sent_at - timedelta(minutes=5)
        try:
            sent = self._client.messages.list(to=message.recipient, date_sent_after=since, limit=50)
        except (TwilioException, RequestException):
            return False
        return any(each.body.endswith(message.body) for each in sent if each.body)


def _refusal(status: int, code: int, text: str) -> Refusal:
    says = f"{code} {' '.join(text.split())}"[:300]
    if code in _DEAD_NUMBERS:
        return Refusal(RefusalKind.ADDRESS, says, code)
    if status == 429:
        return Refusal(RefusalKind.LATER, says, code)
    if status in _CLOSED:
        return Refusal(RefusalKind.UNREACHABLE, f"Twilio does not let us in: {says}", code)
    if status >= 500:
        return Refusal(RefusalKind.UNCERTAIN, f"Twilio failed after it was asked: {says}", code)
    return Refusal(RefusalKind.MESSAGE, says, code)


def _closed(error: Exception) -> Refusal:
    return Refusal(RefusalKind.UNREACHABLE, f"Twilio is not to be had: {type(error).__name__}")


def _open_question(error: Exception) -> Refusal:
    says = f"the connection was lost after Twilio was asked: {type(error).__name__}"
    return Refusal(RefusalKind.UNCERTAIN, says)
