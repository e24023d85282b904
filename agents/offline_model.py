"""The embedded default: a deterministic model that plays every role by rules, behind `ChatPort`.

It works through the same loop as any other model: it calls tools, reads their answers, proposes and
explains. It knows nothing but what the messages say, and in a conversation it says that it is
offline.
"""

import itertools
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from langchain_core.messages import AIMessage, AIMessageChunk, HumanMessage
from pydantic import BaseModel

from agents.model_faults import ModelAnswerInvalid
from agents.offline_cases import case_move
from agents.offline_questions import question_move, route_question
from agents.offline_turn import Want, read_turn

if TYPE_CHECKING:
    from langchain_core.messages import BaseMessage
    from langchain_core.tools import BaseTool

Schema = TypeVar("Schema", bound=BaseModel)


class OfflineModel:
    """A chat model of rules; the same messages always get the same answer."""

    def invoke(
        self,
        messages: "Sequence[BaseMessage]",
        tools: "Sequence[dict[str, Any] | BaseTool] | None" = None,
        prompt_id: str = "",
    ) -> AIMessage:
        """Answer the messages with text or calls of the tools offered; see `ChatPort`."""
        offered = [_name(tool) for tool in tools or ()]
        turn = read_turn(messages, offered, prompt_id.partition("@")[0])
        move = case_move(turn) if turn.case is not None else question_move(turn)
        if isinstance(move, str):
            return AIMessage(move)
        calls = [_call(want, place) for place, want in zip(itertools.count(len(messages)), move)]
        return AIMessage("", tool_calls=calls)

    def structured(
        self,
        messages: "Sequence[BaseMessage]",
        schema: type[Schema],
        prompt_id: str = "",  # noqa: ARG002 - part of the port
    ) -> Schema:
        """Choose the role that answers the newest question: all the supervisor's schema asks.

        Raises:
            ModelAnswerInvalid: Something else is asked, which rules cannot answer.
        """
        if "role" not in schema.model_fields:
            raise ModelAnswerInvalid("offline", "the offline model only chooses roles")
        asked = [message.text for message in messages if isinstance(message, HumanMessage)]
        return schema.model_validate({"role": route_question(asked[-1] if asked else "")})

    def stream(
        self,
        messages: "Sequence[BaseMessage]",
        tools: "Sequence[dict[str, Any] | BaseTool] | None" = None,
        prompt_id: str = "",
    ) -> Iterator[AIMessageChunk]:
        """Answer in one piece; see `ChatPort`."""
        answer = self.invoke(messages, tools, prompt_id)
        yield AIMessageChunk(answer.content, tool_calls=answer.tool_calls)


def _name(tool: "dict[str, Any] | BaseTool") -> str:
    return tool["function"]["name"] if isinstance(tool, dict) else tool.name


def _call(want: Want, place: int) -> Any:
    return {"name": want.tool, "args": want.arguments, "id": f"call_{place}", "type": "tool_call"}
