"""A model with a pen: it answers as another does, and notes what was asked and answered."""

from collections.abc import Iterator, Sequence
from typing import Any, TypeVar

import orjson
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from pydantic import BaseModel

from agents.chat_model import ChatPort
from agents.model_faults import ModelError

Schema = TypeVar("Schema", bound=BaseModel)
_LONGEST = 1_200
_MOST = 400


class ListeningModel:
    """A model behind `ChatPort` whose every call is kept for the transcript."""

    def __init__(self, model: ChatPort) -> None:
        self.model = model
        self.calls = 0
        self.heard: list[str] = []

    def invoke(
        self,
        messages: Sequence[BaseMessage],
        tools: Sequence[Any] | None = None,
        prompt_id: str = "",
    ) -> AIMessage:
        """Answer, and note it."""
        try:
            answer = self.model.invoke(messages, tools, prompt_id)
        except ModelError as error:
            self._note(prompt_id, messages, f"{type(error).__name__}: {error}")
            raise
        calls = [
            f"{call['name']}({orjson.dumps(call['args'], default=str).decode()})"
            for call in answer.tool_calls
        ]
        self._note(prompt_id, messages, "\n".join((str(answer.text), *calls)))
        return answer

    def structured(
        self, messages: Sequence[BaseMessage], schema: type[Schema], prompt_id: str = ""
    ) -> Schema:
        """Answer in a form, and note it."""
        try:
            answer = self.model.structured(messages, schema, prompt_id)
        except ModelError as error:
            self._note(prompt_id, messages, f"{type(error).__name__}: {error}")
            raise
        self._note(prompt_id, messages, answer.model_dump_json())
        return answer

    def stream(
        self,
        messages: Sequence[BaseMessage],
        tools: Sequence[Any] | None = None,
        prompt_id: str = "",
    ) -> Iterator[AIMessageChunk]:
        """Answer piece by piece; the whole is noted."""
        said = []
        for piece in self.model.stream(messages, tools, prompt_id):
            said.append(str(piece.text))
            yield piece
        self._note(prompt_id, messages, "".join(said))

    def _note(self, prompt_id: str, messages: Sequence[BaseMessage], answer: str) -> None:
        self.calls += 1
        if len(self.heard) < _MOST:
            asked = str(messages[-1].text)[:_LONGEST] if messages else ""
            self.heard.append(f"{prompt_id} was told: {asked}\nand said: {answer[:_LONGEST]}")
