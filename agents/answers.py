"""Is what the model said usable? Checks on an answer, before anybody acts on it."""

import json
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel, ValidationError

from agents.model_faults import ModelAnswerInvalid

if TYPE_CHECKING:
    from collections.abc import Iterable

    from langchain_core.messages import AIMessage

Schema = TypeVar("Schema", bound=BaseModel)

_MENTIONED_ERRORS = 3


def check_answer(answer: "AIMessage", offered: frozenset[str] = frozenset()) -> None:
    """Accept a complete answer in words or calls of offered tools.

    Whether the arguments of a call fit the tool is the tool's own to say.

    Raises:
        ModelAnswerInvalid: The answer is cut, withheld, empty, or calls what was not offered.
    """
    _check_complete(answer)
    if answer.invalid_tool_calls or not all(map(_is_json_object, _raw_arguments(answer))):
        raise ModelAnswerInvalid("invalid_tool_calls", "the arguments of a tool call are not JSON")
    strangers = sorted({call["name"] for call in answer.tool_calls} - offered)
    if strangers:
        raise ModelAnswerInvalid("unknown_tool", f"no tool offered is called {strangers[0]!r:.60}")
    if not answer.tool_calls and not answer.text.strip():
        raise ModelAnswerInvalid("empty_answer", "the model said nothing")


def read_structured(answer: "AIMessage", schema: type[Schema]) -> Schema:
    """The answer as an instance of the schema, from its text or from a call named after it.

    Raises:
        ModelAnswerInvalid: The answer is unusable or does not match; the message names the
            fields, never their values.
    """
    check_answer(answer, frozenset({schema.__name__}))
    said = json.dumps(answer.tool_calls[0]["args"]) if answer.tool_calls else answer.text
    try:
        return schema.model_validate_json(said)
    except ValidationError as error:
        wrong = _describe(error)
    raise ModelAnswerInvalid("schema_mismatch", f"not a {schema.__name__}: {wrong}")


def _check_complete(answer: "AIMessage") -> None:
    if answer.additional_kwargs.get("refusal"):
        raise ModelAnswerInvalid("refused", "the model refused to answer")
    match answer.response_metadata.get("finish_reason"):
        case "length":
            raise ModelAnswerInvalid("truncated", "the answer was cut at its length limit")
        case "content_filter":
            raise ModelAnswerInvalid("filtered", "the endpoint's content filter withheld it")


def _raw_arguments(answer: "AIMessage") -> "Iterable[str]":
    """Arguments as streamed; adding pieces up repairs broken JSON, which we do not want."""
    pieces: list[Any] = getattr(answer, "tool_call_chunks", [])
    return [piece["args"] for piece in pieces if piece["args"]]


def _is_json_object(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except ValueError:
        return False


def _describe(error: ValidationError) -> str:
    faults = error.errors(include_url=False, include_context=False, include_input=False)
    named = [f"{'.'.join(map(str, fault['loc'])) or 'answer'}: {fault['type']}" for fault in faults]
    return "; ".join(named[:_MENTIONED_ERRORS])
