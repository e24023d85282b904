"""What every proposed action has: it is frozen, closed, and about one account."""

from pydantic import BaseModel, ConfigDict


class Action(BaseModel):
    """Something somebody wants done about an account."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    account_id: str


class ActionPart(BaseModel):
    """A part of an action, as frozen and closed as the whole."""

    model_config = ConfigDict(frozen=True, extra="forbid")
