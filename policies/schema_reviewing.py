"""How people review: the time to take a message back, how much a day, how fast, exercises."""

from pydantic import BaseModel, ConfigDict, Field


class ReviewPolicy(BaseModel):
    """The guard over reviewing; no seconds switch a check off.

    Attributes:
        undo_seconds: How long an approved message stays in the outbox, so that it can be taken
            back.
        warn_after: Decisions of a day after which a person is told to leave some for tomorrow.
        stop_after: Decisions of a day after which a person decides no more.
        pace_of: Approvals whose pace is looked at, the newest of the last hour.
        pace_seconds: Where half of them took fewer seconds than this, the person pauses.
        pause_minutes: For how long.
        training: Whether bad drafts are mixed in that send nothing and count what is noticed.
        training_every: Decisions from one such draft to the next.
        digest: Whether people who asked for it get a letter a day on what waits for them.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    undo_seconds: int = Field(default=60, ge=0, le=3600)
    warn_after: int = Field(default=120, ge=1)
    stop_after: int = Field(default=200, ge=1)
    pace_of: int = Field(default=10, ge=3, le=100)
    pace_seconds: int = Field(default=4, ge=0, le=600)
    pause_minutes: int = Field(default=5, ge=1, le=240)
    training: bool = False
    training_every: int = Field(default=25, ge=1)
    digest: bool = False
