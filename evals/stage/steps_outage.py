"""Models that fail in the middle of the work: out of reach, out of form, out of their depth."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from pydantic import BaseModel

from agents.model_faults import ModelAnswerInvalid, ModelUnavailable
from agents.offline_model import OfflineModel
from evals.stage.listening import ListeningModel
from evals.stage.scene import Stage

Schema = TypeVar("Schema", bound=BaseModel)
_ANSWERS_BEFORE_IT_GOES = 2
Tools = Sequence[Any] | None


def _unreachable() -> AIMessage:
    raise ModelUnavailable("unreachable", "nobody answers at this address")


def _timeout() -> AIMessage:
    raise ModelUnavailable("timeout", "no answer in time")


def _rate_limited() -> AIMessage:
    raise ModelUnavailable("rate_limited", "too many requests", retryable=True, retry_after_s=60.0)


def _malformed() -> AIMessage:
    raise ModelAnswerInvalid("malformed_body", "it stopped in the middle of a word")


def _called(name: str) -> AIMessage:
    return AIMessage("", tool_calls=[{"name": name, "args": {}, "id": "call_1"}])


def _broken_call() -> AIMessage:
    broken = {"name": "propose_action", "args": '{"action": {', "id": "x", "error": None}
    return AIMessage("", invalid_tool_calls=[broken])


_FAULTS: dict[str, Callable[[], AIMessage]] = {
    "timeout": _timeout,
    "unreachable": _unreachable,
    "rate_limited": _rate_limited,
    "malformed": _malformed,
    "empty": lambda: AIMessage(""),
    "broken_call": _broken_call,
    "unknown_tool": lambda: _called("drop_table"),
    "nonsense": lambda: AIMessage("Lorem ipsum dolor sit amet, all is well and nothing is due."),
}


class FailingModel:
    """Fails in one way, at once or after a few good answers; never ends where it is to loop."""

    def __init__(self, kind: str) -> None:
        self._kind = kind
        self._good = _ANSWERS_BEFORE_IT_GOES if kind == "goes_away" else 0
        self._offline = OfflineModel()

    def invoke(
        self, messages: Sequence[BaseMessage], tools: Tools = None, prompt_id: str = ""
    ) -> AIMessage:
        """Fail, or ask for the same reading for ever."""
        if self._good:
            self._good -= 1
            return self._offline.invoke(messages, tools, prompt_id)
        if self._kind == "looping":
            names = [each["function"]["name"] for each in tools or ()]
            return _called(names[0]) if names else AIMessage("")
        return _FAULTS.get(self._kind, _timeout)()

    def structured(
        self, messages: Sequence[BaseMessage], schema: type[Schema], prompt_id: str = ""
    ) -> Schema:
        """Answer in no form that was asked for."""
        if self._good:
            self._good -= 1
            return self._offline.structured(messages, schema, prompt_id)
        _FAULTS.get(self._kind, _timeout)()
        raise ModelAnswerInvalid("schema_mismatch", "it is in no form that was asked for")

    def stream(
        self, messages: Sequence[BaseMessage], tools: Tools = None, prompt_id: str = ""
    ) -> Iterator[AIMessageChunk]:
        """Fail as a whole answer does."""
        answer = self.invoke(messages, tools, prompt_id)
        yield AIMessageChunk(str(answer.text), tool_calls=answer.tool_calls)


def outage(stage: Stage, kind: str) -> None:
    """From here on the configured model fails: a fault above, `looping` or `goes_away`."""
    house = stage.house
    house.settings = house.settings.model_copy(update={"model": f"{kind}-model"})
    stage.model = ListeningModel(FailingModel(kind))
    house.model = stage.model


def model_calls(stage: Stage) -> int:
    """How often the model was asked until now."""
    return stage.model.calls if stage.model else 0


STEPS: dict[str, Any] = {"outage": outage, "model_calls": model_calls}
