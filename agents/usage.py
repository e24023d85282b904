"""What model calls used and cost, and the budget of a run.

Cost is kept in millionths of a minor unit: a price per million tokens times tokens is exactly
that, so summing thousands of calls that cost a fraction of a cent each loses nothing.
"""

import threading
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Annotated

from pydantic import BaseModel, ConfigDict, Field

if TYPE_CHECKING:
    from langchain_core.messages import BaseMessage

_MILLION = 1_000_000
_CHARACTERS_PER_TOKEN = 4


class Price(BaseModel):
    """What an endpoint charges, in minor units of a currency per million tokens."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    input_minor: Annotated[Decimal, Field(ge=0)]
    output_minor: Annotated[Decimal, Field(ge=0)]
    currency: Annotated[str, Field(pattern="^[A-Z]{3}$")]

    def cost_micros(self, input_tokens: int, output_tokens: int) -> int:
        """Cost of one call in millionths of a minor unit."""
        exact = self.input_minor * input_tokens + self.output_minor * output_tokens
        return int(exact.to_integral_value(ROUND_HALF_UP))


class Usage(BaseModel):
    """The account of one model call, written whether it succeeded or not.

    Attributes:
        prompt_version: The prompt the caller named, id and version.
        attempts: Requests made, retries included; 0 when none was let out.
        cost_micros: Cost in millionths of a minor unit; None when no price is set.
        duration_ms: From the caller's question to the answer, waits included.
        outcome: `ok`, the code of the `ModelError`, or `abandoned` by its reader.
        estimated: The endpoint reported no usage; tokens are a quarter of the characters.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    model: str
    prompt_version: str
    input_tokens: int = 0
    output_tokens: int = 0
    attempts: int
    cost_micros: int | None
    duration_ms: int
    outcome: str
    estimated: bool = False

    @property
    def cost_minor(self) -> int | None:
        """Cost in whole minor units, rounded half up; sum `cost_micros`, never this."""
        return None if self.cost_micros is None else whole_minor(self.cost_micros)


def whole_minor(cost_micros: int) -> int:
    """Millionths of a minor unit as whole minor units, rounded half up."""
    return (cost_micros + _MILLION // 2) // _MILLION


class Spend:
    """What a run has used so far, measured against its budget. Safe to share by threads.

    Args:
        budget_calls: Requests the run may make, each retry counted; None is no limit.
        budget_tokens: Tokens in and out. Checked before a request, so the request that crosses
            the limit is still paid for and the next one is not made.
    """

    def __init__(self, budget_calls: int | None = None, budget_tokens: int | None = None) -> None:
        self._budget_calls = budget_calls
        self._budget_tokens = budget_tokens
        self._lock = threading.Lock()
        self.calls = 0
        self.input_tokens = 0
        self.output_tokens = 0
        self.cost_micros = 0

    @property
    def tokens(self) -> int:
        """Tokens in and out."""
        return self.input_tokens + self.output_tokens

    @property
    def cost_minor(self) -> int:
        """Cost of the run in whole minor units, rounded once."""
        return whole_minor(self.cost_micros)

    def take_call(self) -> str | None:
        """Count one request, or give the code of the budget that forbids it."""
        with self._lock:
            if self._budget_calls is not None and self.calls >= self._budget_calls:
                return "budget_calls"
            if self._budget_tokens is not None and self.tokens >= self._budget_tokens:
                return "budget_tokens"
            self.calls += 1
            return None

    def add(self, usage: Usage) -> None:
        """Add what one call used."""
        with self._lock:
            self.input_tokens += usage.input_tokens
            self.output_tokens += usage.output_tokens
            self.cost_micros += usage.cost_micros or 0


def estimate_tokens(messages: "Sequence[BaseMessage]") -> int:
    """Tokens of the messages at four characters each, for endpoints that report none."""
    characters = sum(len(message.text) + len(_called(message)) for message in messages)
    return -(-characters // _CHARACTERS_PER_TOKEN)


def _called(message: "BaseMessage") -> str:
    return "".join(str(call["args"]) for call in getattr(message, "tool_calls", []))
