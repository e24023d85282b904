"""The only door to a model: retries, breaker, budget, accounting and redaction in one place.

It reads no environment; `graph.settings` builds `ModelSettings` and `graph.bootstrap` the gateway.
"""

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, cast

import tenacity
from pydantic import BaseModel

from agents.answers import check_answer, read_structured
from agents.breaker import CircuitBreaker
from agents.model_faults import ENDPOINT_FAULTS, ModelError, ModelUnavailable
from agents.model_settings import ModelSettings
from agents.openai_endpoint import OpenAIEndpoint
from agents.redaction import redact_messages
from agents.usage import Spend, Usage, estimate_tokens
from ledger.clock import stopwatch

if TYPE_CHECKING:
    from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
    from langchain_core.tools import BaseTool

    from agents.openai_endpoint import Model

Schema = TypeVar("Schema", bound=BaseModel)
Answer = TypeVar("Answer")

# Outcomes that say nothing about the endpoint: it was never asked, or its reader walked away.
_NOT_ITS_DOING = frozenset({"abandoned", "breaker_open", "budget_calls", "budget_tokens"})


class ChatPort(Protocol):
    """A chat model as the roles know it: the gateway here, or the offline model."""

    def invoke(
        self,
        messages: Sequence["BaseMessage"],
        tools: "Sequence[dict[str, Any] | BaseTool] | None" = None,
        prompt_id: str = "",
    ) -> "AIMessage":
        """Answer the messages with text or calls of the tools offered.

        Args:
            messages: The conversation so far.
            tools: Tool schemas in the OpenAI form, or langchain tools.
            prompt_id: Id and version of the prompt, for the account of the call.

        Raises:
            ModelUnavailable: There is no answer.
            ModelAnswerInvalid: The answer cannot be used.
        """
        ...

    def structured(
        self, messages: Sequence["BaseMessage"], schema: type[Schema], prompt_id: str = ""
    ) -> Schema:
        """Answer the messages with an instance of the schema; raises as `invoke`."""
        ...

    def stream(
        self,
        messages: Sequence["BaseMessage"],
        tools: "Sequence[dict[str, Any] | BaseTool] | None" = None,
        prompt_id: str = "",
    ) -> "Iterator[AIMessageChunk]":
        """Answer piece by piece; raises as `invoke`, at the latest after the last piece."""
        ...


@dataclass(slots=True)
class _Call:
    """One call while it runs."""

    prompt_id: str
    outgoing: "list[BaseMessage]"
    started: float
    attempts: int = 0
    answer: "AIMessage | None" = None


class ChatGateway:
    """Any OpenAI-compatible chat-completions endpoint, behind `ChatPort`.

    Build one per run: its `spend` is what the run's budget is measured on.

    Args:
        settings: The endpoint and the limits.
        on_usage: Told of every call when it ends, failed ones too.
        monotonic: Seconds of a clock that never goes back.
        sleep: Waits between attempts.
    """

    def __init__(
        self,
        settings: ModelSettings,
        *,
        on_usage: Callable[[Usage], None] | None = None,
        monotonic: Callable[[], float] = stopwatch,
        sleep: Callable[[float], None] = tenacity.nap.sleep,
    ) -> None:
        self.settings = settings
        self._endpoint = OpenAIEndpoint(settings)
        self.spend = Spend(settings.budget_calls, settings.budget_tokens)
        self._on_usage = on_usage
        self._monotonic = monotonic
        self._sleep = sleep
        self._secrets = (settings.api_key.get_secret_value(),)
        self._breaker = CircuitBreaker(
            settings.breaker_failures, settings.breaker_cool_down_s, monotonic
        )

    def __repr__(self) -> str:
        return f"ChatGateway(model={self.settings.model!r}, base_url={self.settings.base_url!r})"

    def invoke(
        self,
        messages: Sequence["BaseMessage"],
        tools: "Sequence[dict[str, Any] | BaseTool] | None" = None,
        prompt_id: str = "",
    ) -> "AIMessage":
        """Answer the messages with text or calls of the tools offered; see `ChatPort`."""
        model, offered = self._endpoint.offer(tools)

        def read(answer: "AIMessage") -> "AIMessage":
            check_answer(answer, offered)
            return answer

        return self._ask(model, messages, prompt_id, read)

    def structured(
        self, messages: Sequence["BaseMessage"], schema: type[Schema], prompt_id: str = ""
    ) -> Schema:
        """Answer the messages with an instance of the schema; see `ChatPort`."""
        model = self._endpoint.demand(schema)
        return self._ask(model, messages, prompt_id, lambda answer: read_structured(answer, schema))

    def stream(
        self,
        messages: Sequence["BaseMessage"],
        tools: "Sequence[dict[str, Any] | BaseTool] | None" = None,
        prompt_id: str = "",
    ) -> "Iterator[AIMessageChunk]":
        """Answer piece by piece; retries only while nothing has been handed on."""
        model, offered = self._endpoint.offer(tools)

        def open_stream() -> "tuple[AIMessageChunk, Generator[AIMessageChunk, None, None]]":
            pieces = self._endpoint.pieces(model, call.outgoing)
            return next(pieces), pieces

        with self._accounted(messages, prompt_id) as call:
            said, rest = self._with_retries(call, open_stream)
            call.answer = said
            yield said
            for piece in self._until_deadline(rest, call):
                call.answer = said = cast("AIMessageChunk", said + piece)
                yield piece
            check_answer(said, offered)

    def _ask(
        self,
        model: "Model",
        messages: Sequence["BaseMessage"],
        prompt_id: str,
        read: "Callable[[AIMessage], Answer]",
    ) -> Answer:
        with self._accounted(messages, prompt_id) as call:
            call.answer = self._with_retries(call, lambda: self._endpoint.ask(model, call.outgoing))
            return read(call.answer)

    def _until_deadline(
        self, pieces: "Generator[AIMessageChunk, None, None]", call: _Call
    ) -> "Iterator[AIMessageChunk]":
        with closing(pieces):
            for piece in pieces:
                if self._monotonic() - call.started > self.settings.deadline_s:
                    raise ModelUnavailable("timeout", "the stream ran past the call's deadline")
                yield piece

    def _with_retries(self, call: _Call, ask: Callable[[], Answer]) -> Answer:
        def attempt() -> Answer:
            refusal = self.spend.take_call()
            if refusal:
                raise ModelUnavailable(refusal, "the run has used up its model budget")
            call.attempts += 1
            return ask()

        retrying = tenacity.Retrying(
            stop=tenacity.stop_after_attempt(self.settings.max_attempts)
            | tenacity.stop_before_delay(self.settings.deadline_s),
            wait=self._wait,
            retry=tenacity.retry_if_exception(lambda error: getattr(error, "retryable", False)),
            sleep=self._sleep,
            reraise=True,
        )
        return retrying(attempt)

    def _wait(self, state: tenacity.RetryCallState) -> float:
        """Seconds before the next attempt: what the endpoint asked for, else our own backoff."""
        fault = state.outcome.exception() if state.outcome else None
        asked = getattr(fault, "retry_after_s", None)
        if asked is not None:
            return asked
        backoff = self.settings.backoff_s
        return tenacity.wait_exponential_jitter(multiplier=backoff, jitter=backoff)(state)

    @contextmanager
    def _accounted(self, messages: Sequence["BaseMessage"], prompt_id: str) -> Generator[_Call]:
        """Let one call through the breaker and write its account, however it ends."""
        call = _Call(prompt_id, redact_messages(messages, self._secrets), self._monotonic())
        outcome = "abandoned"
        try:
            if not self._breaker.admits():
                raise ModelUnavailable("breaker_open", "the model endpoint kept failing; resting")
            yield call
            outcome = "ok"
        except ModelError as error:
            outcome = error.code
            raise
        finally:
            self._settle(call, outcome)

    def _settle(self, call: _Call, outcome: str) -> None:
        if outcome in ENDPOINT_FAULTS:
            self._breaker.failed()
        elif outcome not in _NOT_ITS_DOING:
            self._breaker.succeeded()
        usage = self._usage(call, outcome)
        self.spend.add(usage)
        if self._on_usage:
            self._on_usage(usage)

    def _usage(self, call: _Call, outcome: str) -> Usage:
        tokens_in = tokens_out = 0
        reported = call.answer.usage_metadata if call.answer else None
        if reported:
            tokens_in, tokens_out = reported["input_tokens"], reported["output_tokens"]
        elif call.answer:
            tokens_in, tokens_out = estimate_tokens(call.outgoing), estimate_tokens([call.answer])
        price = self.settings.price
        return Usage(
            model=self.settings.model,
            prompt_version=call.prompt_id,
            input_tokens=tokens_in,
            output_tokens=tokens_out,
            attempts=call.attempts,
            cost_micros=price.cost_micros(tokens_in, tokens_out) if price else None,
            duration_ms=round((self._monotonic() - call.started) * 1000),
            outcome=outcome,
            estimated=bool(call.answer) and not reported,
        )
