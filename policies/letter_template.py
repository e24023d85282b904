"""The shape of a letter template and what it may be used for."""

from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from ledger.states import Segment

Channel = Literal["email", "sms", "portal", "letter"]
CHANNELS: tuple[Channel, ...] = ("email", "sms", "portal", "letter")
Voice = Literal["warm", "plain", "formal"]


class LetterTemplate(BaseModel):
    """An approved letter: subject and body with slots that only ledger facts fill.

    Attributes:
        channel: The channel it is for; without one any channel but SMS, which needs its own.
        segment: The segment it is for; without one any.
        voice: The voice it speaks in; without one it serves every voice that has no other.
        stage: The dunning stage it may be used at; 0 off the ladder; None for no reminder.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    language: str
    version: int = Field(ge=1)
    subject: str
    body: str
    channel: Channel | None = None
    segment: Segment | None = None
    voice: Voice | None = None
    stage: int | None = Field(default=None, ge=0)
    approved_by: str = ""
    approved_on: date | None = None

    @model_validator(mode="after")
    def _has_a_subject(self) -> "LetterTemplate":
        if not self.subject and self.channel != "sms":
            raise ValueError("only a text message has no subject")
        return self

    @property
    def use(self) -> tuple[str, str, str, str, str]:
        """What it is for; two letters of one use replace each other."""
        return (
            self.id,
            self.language,
            self.channel or "",
            self.segment or "",
            self.voice or "",
        )

    @property
    def name(self) -> str:
        """How it is spoken of: its place in the letters folder."""
        return f"letters/{self.language}/{'.'.join([self.id, *filter(None, self.use[2:])])}.txt"

    @property
    def approved(self) -> bool:
        """Whether somebody approved it, on a day."""
        return bool(self.approved_by) and self.approved_on is not None

    def serves(self, channel: str, segment: str, voice: str) -> bool:
        """Whether it may be used on a channel, for a segment and in a voice."""
        return (
            (channel != "sms" if self.channel is None else self.channel == channel)
            and self.segment in (None, segment)
            and self.voice in (None, voice)
        )
