"""The shapes of the OpenAI chat API, as far as an agent of ours speaks them."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from ledger.errors import BadInput


class _Sent(BaseModel):
    """What a client sends; fields that mean nothing here are taken and left alone."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Piece(_Sent):
    """A part of a message; only text is read."""

    type: str
    text: str | None = None


class Message(_Sent):
    """A line of the client's own record; the kept conversation is ours."""

    role: str
    content: str | list[Piece] | None = None

    @property
    def text(self) -> str:
        """Its words."""
        if isinstance(self.content, list):
            return "\n".join(each.text for each in self.content if each.text)
        return self.content or ""


class StreamOptions(_Sent):
    """What a stream carries beside the answer."""

    include_usage: bool = False


class Completion(_Sent):
    """A request for an answer."""

    model: str = Field(min_length=1, max_length=120)
    messages: list[Message] = Field(min_length=1, max_length=500)
    stream: bool = False
    stream_options: StreamOptions | None = None
    n: int | None = 1
    user: str | None = Field(default=None, max_length=512)

    @property
    def question(self) -> str:
        """The turn: the newest message of the user, and nothing before it.

        Raises:
            BadInput: The newest message is not the user's, or several answers are wanted.
        """
        if self.n not in (None, 1):
            raise BadInput("n is 1: an agent gives one answer")
        newest = next((each for each in reversed(self.messages) if each.role != "system"), None)
        if newest is None or newest.role != "user":
            raise BadInput("the newest message is the user's; tool calls never leave the house")
        return newest.text


class Model(BaseModel):
    """An agent, as a model."""

    id: str
    object: Literal["model"] = "model"
    created: int = 0
    owned_by: str = "dunwell"


class Models(BaseModel):
    """The agents there are."""

    object: Literal["list"] = "list"
    data: list[Model]


class Said(BaseModel):
    """What an agent said; `dunwell` holds the blocks its words are made of."""

    role: Literal["assistant"] = "assistant"
    content: str
    refusal: str | None = None
    reasoning_content: str = ""
    dunwell: dict[str, Any] = Field(default_factory=dict)


class Choice(BaseModel):
    """The one answer there is."""

    index: int = 0
    message: Said
    finish_reason: Literal["stop"] = "stop"
    logprobs: None = None


class Usage(BaseModel):
    """An estimate at four letters a token, of what was said; what tools read is not counted."""

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int


class ChatCompletion(BaseModel):
    """A whole answer."""

    id: str
    object: Literal["chat.completion"] = "chat.completion"
    created: int
    model: str
    choices: list[Choice]
    usage: Usage


class ErrorDetail(BaseModel):
    """What was wrong with a request."""

    message: str
    type: str
    param: str | None = None
    code: str | None = None


class ErrorAnswer(BaseModel):
    """An error in the shape clients of this API read."""

    error: ErrorDetail


def usage(question: str, answer: str) -> Usage:
    """What a turn is said to have used."""
    asked, said = (max(1, len(text) // 4) for text in (question, answer))
    return Usage(prompt_tokens=asked, completion_tokens=said, total_tokens=asked + said)


def chunk(
    key: str, model: str, at: int, delta: dict[str, Any] | None, finish: str | None = None
) -> dict[str, Any]:
    """A piece of an answer; without a delta it carries the usage alone."""
    choice = {"index": 0, "delta": delta, "finish_reason": finish, "logprobs": None}
    return {
        "id": key,
        "object": "chat.completion.chunk",
        "created": at,
        "model": model,
        "choices": [] if delta is None else [choice],
    }
