"""What follows when a customer writes."""

from pydantic import BaseModel, ConfigDict, Field

from ledger.states import HoldReason
from policies.schema_base import PolicyFile


class HandledBy(BaseModel):
    """A role and the intents it gets."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    role: str
    intents: tuple[str, ...]


class RepliesPolicy(PolicyFile):
    """What a claim stops, for how long, and who sees what a person must see."""

    already_paid_pause_days: int = Field(ge=0)
    promise_longest_days: int = Field(ge=0)
    repeats_before_person: int = Field(ge=1)
    repeat_window_days: int = Field(ge=1)
    most_invoices_per_message: int = Field(ge=1)
    handled_alone: tuple[str, ...]
    needs_no_answer: tuple[str, ...]
    handled_by: tuple[HandledBy, ...]
    holds: dict[str, HoldReason]
    dispute_codes: dict[str, str]

    def role_for(self, intents: tuple[str, ...]) -> str:
        """Who gets a message with these intents."""
        return next(
            (entry.role for entry in self.handled_by if set(intents) & set(entry.intents)),
            "collector",
        )
