"""The chat-completions client of langchain-openai, with its errors typed."""

from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel

from agents.model_faults import SHAPE_ERRORS, read_fault, stream_cut
from agents.model_settings import ModelSettings
from agents.redaction import redact_text

if TYPE_CHECKING:
    from langchain_core.language_models import LanguageModelInput
    from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
    from langchain_core.runnables import Runnable
    from langchain_core.tools import BaseTool
    from langchain_openai import ChatOpenAI

    Model = Runnable[LanguageModelInput, AIMessage]

Answer = TypeVar("Answer")


class OpenAIEndpoint:
    """One endpoint; the client is imported and built when it is first used."""

    def __init__(self, settings: ModelSettings) -> None:
        self._settings = settings

    def offer(
        self, tools: "Sequence[dict[str, Any] | BaseTool] | None"
    ) -> "tuple[Model, frozenset[str]]":
        """The model with these tools offered, and their names."""
        if not tools:
            return self._client, frozenset()
        from langchain_core.utils.function_calling import convert_to_openai_tool

        schemas = [convert_to_openai_tool(tool) for tool in tools]
        names = frozenset(schema["function"]["name"] for schema in schemas)
        return self._client.bind_tools(schemas), names

    def demand(self, schema: type[BaseModel]) -> "Model":
        """The model bound to answer with this schema, in the way the settings say."""
        import openai

        function: dict[str, Any] = dict(openai.pydantic_function_tool(schema)["function"])
        if self._settings.structured_by == "function_calling":
            tool = {"type": "function", "function": function}
            return self._client.bind_tools([tool], tool_choice=function["name"])
        wanted = {"name": function["name"], "strict": True, "schema": function["parameters"]}
        return self._client.bind(response_format={"type": "json_schema", "json_schema": wanted})

    def ask(self, model: "Model", messages: "list[BaseMessage]") -> "AIMessage":
        """One request, one answer, or a `ModelError`."""
        return self._typed(lambda: model.invoke(messages))

    def pieces(
        self, model: "Model", messages: "list[BaseMessage]"
    ) -> "Generator[AIMessageChunk, None, None]":
        """One request, its answer in pieces; ends only after the answer's finish reason."""
        finished = False
        stream: Any = model.stream(messages)
        with closing(stream):
            while piece := self._typed(lambda: next(stream, None), streaming=True):
                finished = finished or bool(piece.response_metadata.get("finish_reason"))
                yield piece
        if not finished:
            raise stream_cut()

    def _typed(self, ask: Callable[[], Answer], *, streaming: bool = False) -> Answer:
        import openai

        try:
            return ask()
        except (openai.OpenAIError, *SHAPE_ERRORS) as error:
            fault = read_fault(error, self._scrub, streaming=streaming)
        raise fault  # outside the handler: the client's error, and the key in it, stay behind

    def _scrub(self, text: str) -> str:
        return redact_text(text, (self._settings.api_key.get_secret_value(),))

    @cached_property
    def _client(self) -> "ChatOpenAI":
        from langchain_openai import ChatOpenAI

        return ChatOpenAI(
            model=self._settings.model,
            base_url=self._settings.base_url,
            api_key=self._settings.api_key,
            timeout=self._settings.timeout_s,
            max_retries=0,
            stream_usage=True,
            use_responses_api=False,
        )
