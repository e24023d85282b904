"""What a service writes down: one line a request, and accidents, without what is personal.

Lines name the template of a route, never an address, because addresses hold links that open
things. Bank details, cards, keys, passwords, mail addresses and telephone numbers are taken out of
every text, also out of tracebacks.
"""

import logging
import re
import secrets
from collections.abc import MutableMapping
from typing import Any, TextIO

import phonenumbers
import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from agents.redaction import redact_text
from api.metrics import route_of
from ledger.clock import stopwatch

HEADER = "X-Request-Id"
_USABLE_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
_MAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+")
_LOG = structlog.stdlib.get_logger("dunwell.requests")
_NOT_WORDS = {"timestamp", "level", "logger", "request_id", "method", "route"}


def redacted(text: str) -> str:
    """A text without bank details, cards, keys, passwords, mail addresses and telephone numbers."""
    text = _MAIL.sub("[redacted mail]", redact_text(text))
    # Only numbers with a country code: any other run of digits may be an invoice number.
    found = list(phonenumbers.PhoneNumberMatcher(text, None)) if "+" in text else []
    for each in reversed(found):
        text = f"{text[: each.start]}[redacted phone]{text[each.end :]}"
    return text


def redact_event(
    _logger: Any, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """A structlog processor: every text of an event, however deep, is redacted."""
    for key in event.keys() - _NOT_WORDS:
        event[key] = _clean(event[key])
    return event


def _clean(value: Any) -> Any:
    match value:
        case str():
            return redacted(value)
        case dict():
            return {key: _clean(item) for key, item in value.items()}
        case list() | tuple():
            return [_clean(item) for item in value]
        case int() | float() | None:
            return value
        case _:
            return redacted(str(value))


def write_log(stream: TextIO) -> None:
    """Write everything that is logged to a stream: JSON lines, or plain ones on a terminal."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    last: Any = (
        structlog.dev.ConsoleRenderer()
        if stream.isatty()
        else structlog.processors.JSONRenderer(ensure_ascii=False)
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                redact_event,
                last,
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    # Libraries speak up for warnings only: their informative lines name whole addresses.
    root.setLevel(logging.WARNING)
    logging.getLogger("dunwell").setLevel(logging.INFO)


class RequestLog:
    """Gives every request an id, which comes back in its answer and stands on every line of it."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on and write it down when its answer begins."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        sent = Headers(scope=scope).get(HEADER, "")
        request_id = sent if _USABLE_ID.fullmatch(sent) else secrets.token_hex(8)
        start = stopwatch()

        async def watch(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)[HEADER] = request_id
                _LOG.info(
                    "request",
                    method=scope["method"],
                    route=route_of(scope),
                    status=message["status"],
                    ms=round((stopwatch() - start) * 1000, 1),
                )
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=request_id):
            await self.app(scope, receive, watch)
