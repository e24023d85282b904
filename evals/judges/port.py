"""What a judge is asked, and what it says."""

from dataclasses import dataclass
from typing import Protocol

ACCEPTABLE = 3.0
"""From this mark on, of 1 to 5, wording is acceptable."""


@dataclass(frozen=True, slots=True)
class Wording:
    """A message to be judged.

    Attributes:
        stage: Such as `friendly`, `final` or `reply`.
        language: It should be in.
        asked: What the customer had written, where it is an answer.
    """

    text: str
    stage: str
    language: str = "en"
    asked: str = ""


@dataclass(frozen=True, slots=True)
class Opinion:
    """What a judge says of a message.

    Attributes:
        tone: 1 to 5.
        acceptable_tone: Whether the tone will do for the stage.
        helpful: 1 to 5; None where the judge cannot tell.
        in_language: Whether it is in the language it should be in.
    """

    tone: float
    acceptable_tone: bool
    helpful: float | None
    in_language: bool
    why: str = ""

    @property
    def passes(self) -> bool:
        """Whether nothing the judge can tell is wrong."""
        useful = self.helpful is None or self.helpful >= ACCEPTABLE
        return self.acceptable_tone and useful and self.in_language


class Judge(Protocol):
    """Says how a message is worded."""

    name: str

    def judge(self, wording: Wording) -> Opinion | None:
        """An opinion; None where there is none to be had."""
        ...
