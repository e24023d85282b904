"""Which model endpoint to ask, and within which limits."""

from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator

from agents.usage import Price


class ModelSettings(BaseModel):
    """Which endpoint to ask, and how patiently.

    Attributes:
        timeout_s: Longest silence on one request.
        max_attempts: Requests per call, the first included.
        deadline_s: No retry starts and no stream runs past this many seconds into a call.
        backoff_s: First wait between attempts; doubles each time, with as much jitter again.
        budget_calls: Requests a run may make; None is no limit.
        budget_tokens: Tokens a run may use; None is no limit.
        price: What the endpoint charges; None leaves cost unknown.
        breaker_failures: Failed calls in a row that open the breaker.
        breaker_cool_down_s: Rest before one trial call is let through.
        structured_by: How a schema is asked for; `function_calling` suits older endpoints.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    model: Annotated[str, Field(min_length=1)]
    base_url: str
    api_key: Annotated[SecretStr, Field(min_length=1)]
    timeout_s: Annotated[float, Field(gt=0)] = 30.0
    max_attempts: Annotated[int, Field(ge=1, le=10)] = 3
    deadline_s: Annotated[float, Field(gt=0)] = 120.0
    backoff_s: Annotated[float, Field(ge=0)] = 0.5
    budget_calls: Annotated[int, Field(ge=0)] | None = None
    budget_tokens: Annotated[int, Field(ge=0)] | None = None
    price: Price | None = None
    breaker_failures: Annotated[int, Field(ge=1)] = 5
    breaker_cool_down_s: Annotated[float, Field(ge=0)] = 30.0
    structured_by: Literal["json_schema", "function_calling"] = "json_schema"

    @field_validator("base_url")
    @classmethod
    def _plain_web_address(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("a model's base URL starts with http:// or https:// and names a host")
        if parts.username or parts.password:
            raise ValueError("put the key into the API key setting, not into the base URL")
        return value
