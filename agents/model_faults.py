"""What can go wrong at the model's door, as two typed outcomes.

`ModelUnavailable` means there is no answer: fall back to the offline model or to a person.
`ModelAnswerInvalid` means there is one that cannot be used: ask once more, then a person.
No error here is chained to the client's own, whose request and body may hold the key.
"""

import math
from collections.abc import Callable
from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from ledger.errors import ArError

# Codes that say the endpoint itself is not well: the circuit breaker counts these.
ENDPOINT_FAULTS = frozenset(
    {
        "endpoint_failed",
        "malformed_body",
        "model_not_found",
        "not_authorised",
        "quota_exhausted",
        "rate_limited",
        "stream_cut",
        "timeout",
        "unreachable",
    }
)

# What the client raises when an endpoint fails or answers in no shape it knows.
SHAPE_ERRORS = (ValueError, LookupError, TypeError, AttributeError)

_DETAIL_LENGTH = 200
_STATUS_CODES = {401: "not_authorised", 403: "not_authorised", 404: "model_not_found"}


class ModelError(ArError):
    """A model call that gave nothing usable.

    Attributes:
        code: Stable word, such as `timeout` or `schema_mismatch`.
    """

    code = "model_error"
    status_code = 502

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class ModelUnavailable(ModelError):
    """No answer: endpoint down, retries or budget used up, breaker open.

    Attributes:
        retryable: True when the same request may succeed a little later.
        retry_after_s: Seconds the endpoint asked us to wait, if it did.
    """

    code = "model_unavailable"
    status_code = 503

    def __init__(
        self,
        code: str,
        message: str,
        *,
        retryable: bool = False,
        retry_after_s: float | None = None,
    ) -> None:
        super().__init__(code, message)
        self.retryable = retryable
        self.retry_after_s = retry_after_s


class ModelAnswerInvalid(ModelError):
    """An answer came, but it is malformed, cut, refused or not what was asked for."""

    code = "model_answer_invalid"


def read_fault(
    error: Exception, scrub: Callable[[str], str], *, streaming: bool = False
) -> ModelError:
    """Turn what the client raised into a typed outcome.

    Args:
        error: An error of the openai package or one of `SHAPE_ERRORS`.
        scrub: Takes secrets out of text; an endpoint may echo the key it was sent.
        streaming: The answer was being streamed, so broken JSON or a lost connection is a cut.
    """
    import openai

    match error:
        case openai.APITimeoutError():
            return ModelUnavailable("timeout", "the model did not answer in time", retryable=True)
        case openai.APIConnectionError() if streaming:
            return stream_cut()
        case openai.APIConnectionError():
            return ModelUnavailable(
                "unreachable", "no connection to the model endpoint", retryable=True
            )
        case openai.APIStatusError():
            return _read_status(error, scrub)
        case openai.LengthFinishReasonError():
            return ModelAnswerInvalid("truncated", "the answer was cut at its length limit")
        case openai.ContentFilterFinishReasonError():
            return ModelAnswerInvalid("filtered", "the endpoint's content filter withheld it")
        case openai.OpenAIError():
            return ModelUnavailable(
                "endpoint_failed", _detail("the endpoint failed", error, scrub), retryable=True
            )
        case ValueError() if streaming:
            return stream_cut()
        case IndexError():
            return ModelAnswerInvalid("no_choices", "the answer holds no choice")
        case _:
            kind = type(error).__name__
            return ModelAnswerInvalid(
                "malformed_body", f"the answer is not a chat completion ({kind})"
            )


def stream_cut() -> ModelUnavailable:
    """The stream ended before its finish reason: what came so far is not an answer."""
    return ModelUnavailable(
        "stream_cut", "the stream broke off before the answer was complete", retryable=True
    )


def _read_status(error: Any, scrub: Callable[[str], str]) -> ModelUnavailable:
    status = error.status_code
    wait = retry_after(error.response.headers)
    if status == 429 and error.code == "insufficient_quota":
        return ModelUnavailable("quota_exhausted", "the endpoint's quota is used up")
    if status == 429:
        return ModelUnavailable(
            "rate_limited", "the endpoint limits our rate", retryable=True, retry_after_s=wait
        )
    message = _detail(f"the endpoint answered {status}", error, scrub)
    if status >= 500 or status in (408, 409):
        return ModelUnavailable("endpoint_failed", message, retryable=True, retry_after_s=wait)
    return ModelUnavailable(_STATUS_CODES.get(status, "request_refused"), message)


def _detail(what: str, error: Any, scrub: Callable[[str], str]) -> str:
    said = " ".join(scrub(str(getattr(error, "message", ""))).split())
    return f"{what}: {said[:_DETAIL_LENGTH]}" if said else what


def retry_after(headers: Any) -> float | None:
    """Seconds an endpoint asks us to wait (RFC 9110 section 10.2.3), or None.

    A date is read against the response's own Date header, so no clock is needed.
    """
    value = headers.get("retry-after")
    if value is None:
        return None
    try:
        seconds = float(value)
    except ValueError:
        seconds = _seconds_until(value, headers.get("date"))
    return max(seconds, 0.0) if math.isfinite(seconds) else None


def _seconds_until(moment: str, sent_at: str | None) -> float:
    try:
        wait = parsedate_to_datetime(moment) - parsedate_to_datetime(sent_at or "")
    except (TypeError, ValueError):
        return math.nan
    return wait / timedelta(seconds=1)
