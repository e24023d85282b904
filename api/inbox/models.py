"""What a decision is sent as."""

from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, JsonValue

Words = Annotated[str, Field(min_length=1, max_length=2000)]


class _Sent(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Approval(_Sent):
    """Yes to exactly what was seen: the digest of the card, and which of its ways."""

    digest: str = Field(min_length=32, max_length=32)
    choose: int = Field(default=1, ge=1, le=9)


class Edit(_Sent):
    """Fields of the action with their new values; `subject` and `body` are your own words."""

    changes: dict[str, JsonValue] = Field(min_length=1, max_length=20)


class Rejection(_Sent):
    """No, and why: in words, with one of the codes where one fits."""

    reason: Words
    code: str | None = Field(default=None, max_length=40)


class Answer(_Sent):
    """What should be different when it is prepared again."""

    note: Words


class Snooze(_Sent):
    """The date on which it waits again."""

    until: date


class Assignment(_Sent):
    """Who gets it."""

    person_id: Annotated[str, Field(min_length=1, max_length=60)]
