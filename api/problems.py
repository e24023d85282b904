"""Every error as a problem document (RFC 9457): what is wrong, where, what to do.

Where a person looks at a page, the same title and line are told on a page.
"""

import json
import logging
from collections.abc import Callable
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict
from starlette.exceptions import HTTPException

from ledger.errors import ArError

MEDIA_TYPE = "application/problem+json"
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
    # Never to others: paths are told to nobody else. Said to nobody at all, a browser that knows no
    # Sec-Fetch-Site would name the origin of our own forms as null, and none could be sent.
    "Referrer-Policy": "same-origin",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_CODES = {
    400: ("bad_request", "The request cannot be understood"),
    401: ("unauthorized", "Sign in"),
    403: ("refused", "Not allowed"),
    404: ("not_found", "Not found"),
    405: ("method_not_allowed", "This address does not take the method"),
    409: ("conflict", "Somebody or something was first"),
    413: ("too_large", "The request is too large"),
    415: ("unsupported_media_type", "Send JSON"),
    422: ("bad_input", "The input cannot be used"),
    429: ("too_many", "Too many tries"),
    500: ("error", "Something went wrong on our side"),
}
_KEYED = frozenset({"p", "stop"})
_LOG = logging.getLogger(__name__)


class Fault(BaseModel):
    """One thing wrong with the input."""

    model_config = ConfigDict(extra="forbid")

    pointer: str
    detail: str


class Problem(BaseModel):
    """A problem document. `type` is stable: programs may act on it."""

    model_config = ConfigDict(extra="forbid")

    type: str
    title: str
    status: int
    detail: str
    instance: str | None = None
    errors: list[Fault] | None = None


class Unauthorized(ArError):
    """No key, or one that opens nothing."""

    code = "unauthorized"
    status_code = 401


class TooMany(ArError):
    """Somebody tried too often.

    Attributes:
        retry_after: Seconds until a try counts again.
    """

    code = "too_many"
    status_code = 429

    def __init__(self, message: str, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after


def problem(
    status: int,
    detail: str,
    instance: str | None = None,
    code: str | None = None,
    errors: list[Fault] | None = None,
    headers: dict[str, str] | None = None,
) -> JSONResponse:
    """A problem document as the answer to a request."""
    known, title = _CODES.get(status, ("error", "The request failed"))
    told = Problem(
        type=f"/problems/{(code or known).replace('_', '-')}",
        title=title,
        status=status,
        detail=detail,
        instance=instance,
        errors=errors,
    )
    content = told.model_dump(exclude_none=True)
    return JSONResponse(content, status, HEADERS | (headers or {}), MEDIA_TYPE)


def problem_of(error: ArError, instance: str) -> JSONResponse:
    """The problem document of one of our own errors."""
    headers = {"WWW-Authenticate": "Bearer"} if error.status_code == 401 else None
    if isinstance(error, TooMany):
        headers = {"Retry-After": str(error.retry_after)}
    return problem(error.status_code, error.message, instance, error.code, headers=headers)


def add_handlers(
    app: FastAPI, as_page: Callable[[Request, int, str, str], Response | None]
) -> None:
    """Answer every error of an app with a problem document, or with a page for people.

    Args:
        app: The application.
        as_page: Makes the page of an error from status, title and detail; None where a program
            asked.
    """

    def told(request: Request, answer: JSONResponse) -> Response:
        held = json.loads(bytes(answer.body))
        shown = as_page(request, held["status"], held["title"], held["detail"])
        if shown is not None and "retry-after" in answer.headers:
            shown.headers["Retry-After"] = answer.headers["retry-after"]
        return shown or answer

    @app.exception_handler(ArError)
    async def on_ours(request: Request, error: ArError) -> Response:
        return told(request, problem_of(error, request.url.path))

    @app.exception_handler(RequestValidationError)
    async def on_invalid(request: Request, error: RequestValidationError) -> Response:
        # What was sent is not echoed: it may hold a key, and nobody needs it back.
        faults = [
            Fault(pointer="/".join(("", *map(str, each["loc"]))), detail=each["msg"])
            for each in error.errors()
        ]
        detail = "; ".join(f"{fault.pointer}: {fault.detail}" for fault in faults[:3])
        return told(request, problem(422, detail, request.url.path, errors=faults))

    @app.exception_handler(HTTPException)
    async def on_http(request: Request, error: HTTPException) -> Response:
        headers = dict(error.headers or {})
        path = request.url.path
        return told(request, problem(error.status_code, str(error.detail), path, headers=headers))

    @app.exception_handler(Exception)
    async def on_accident(request: Request, error: Exception) -> Response:
        path = without_token(request.url.path)
        _LOG.error("%s %s failed", request.method, path, exc_info=error)
        detail = "it may have been done all the same: look before you repeat it; the log says what"
        return told(request, problem(500, detail, request.url.path))


def without_token(path: str) -> str:
    """An address as a log may hold it: a customer's link is its key, so the key is left out."""
    parts = path.split("/")
    if len(parts) > 2 and parts[1] in _KEYED:
        parts[2] = "-"
    return "/".join(parts)


RESPONSES: dict[int | str, dict[str, Any]] = {
    status: {
        "description": description,
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    for status, description in (
        ("4XX", "A problem with the request"),
        ("5XX", "A problem on our side"),
    )
}
