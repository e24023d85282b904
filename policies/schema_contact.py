"""When and by what a customer may be written to."""

from datetime import time
from typing import Literal

from pydantic import Field, model_validator

from policies.schema_base import Amounts, PolicyFile


class ContactPolicy(PolicyFile):
    """When a customer may be written to."""

    window_opens: time
    window_closes: time
    business_days_only: bool
    max_contacts_per_7_days: int = Field(ge=0)
    max_contacts_per_30_days: int = Field(ge=0)
    min_days_between: int = Field(ge=1)
    promise_grace_days: int = Field(ge=0)
    dispute_scope: Literal["account", "item"]
    channels_needing_consent: tuple[str, ...]
    proposal_expires_days: int = Field(ge=1)
    look_again_days: int = Field(ge=1)
    feed_max_age_days: dict[str, int]
    high_value: Amounts

    @model_validator(mode="after")
    def _window_opens_first(self) -> "ContactPolicy":
        if self.window_opens >= self.window_closes:
            raise ValueError("window_opens must be earlier than window_closes")
        return self
