"""A model as a judge of tone and helpfulness, and of nothing else."""

import functools
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from agents.chat_model import ChatPort
from agents.model_faults import ModelError
from evals.judges.port import ACCEPTABLE, Opinion, Wording
from ledger.ids import digest
from tools.outside_text import CLOSING, OPENING, clean_text

_PROMPT = Path(__file__).with_name("judge.md")


class Marks(BaseModel):
    """The marks a model gives."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    tone: int = Field(ge=1, le=5)
    helpful: int = Field(ge=1, le=5)
    in_language: bool
    why: str


class ModelJudge:
    """A model behind the same door as every role, asked in a form."""

    def __init__(self, model: ChatPort, name: str) -> None:
        """Ask a model.

        Args:
            model: The gateway to it.
            name: What it is called in reports.
        """
        self.name = name
        self._model = model

    def judge(self, wording: Wording) -> Opinion | None:
        """The model's opinion; None where it did not answer, or not in the form."""
        from langchain_core.messages import HumanMessage, SystemMessage

        messages = [SystemMessage(_prompt()), HumanMessage(_asked(wording))]
        try:
            marks = self._model.structured(messages, Marks, reference())
        except ModelError:
            return None
        return Opinion(
            tone=marks.tone,
            acceptable_tone=marks.tone >= ACCEPTABLE,
            helpful=marks.helpful,
            in_language=marks.in_language,
            why=marks.why[:200],
        )


def reference() -> str:
    """The prompt and its version, for the account of the call."""
    return f"judge@{digest(_prompt().encode())[:12]}"


@functools.cache
def _prompt() -> str:
    return _PROMPT.read_text("utf-8")


def _asked(wording: Wording) -> str:
    parts = [f"Stage: {wording.stage}", f"Language: {wording.language}"]
    if wording.asked:
        parts += ["The customer had written:", _fenced(wording.asked)]
    return "\n".join([*parts, "The message:", _fenced(wording.text)])


def _fenced(text: str) -> str:
    return f"{OPENING}\n{clean_text(text)}\n{CLOSING}"
