"""The shape of experiments.toml: what is tried on whom, written down before it starts."""

from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from policies.schema_base import PolicyFile


class Arm(BaseModel):
    """A random part of the accounts.

    Attributes:
        calls: Whether people call its accounts; if not, the list of work says to hold back. What
            law and contracts ask for is sent to every arm.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    share_percent: int = Field(gt=0, le=100)
    calls: bool = True


class Experiment(BaseModel):
    """A trial, registered before it starts.

    Attributes:
        metric: `paid_share`: accounts that paid all that was overdue at the start; `days_to_pay`.
        segments: Whose accounts take part; all if empty. Arms are drawn within each.
        arms: The first one is the control.
        fewest_accounts: With fewer in an arm nothing is concluded.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    says: str
    metric: Literal["paid_share", "days_to_pay"]
    starts_on: date
    ends_on: date
    segments: tuple[str, ...] = ()
    arms: tuple[Arm, ...] = Field(min_length=2)
    fewest_accounts: int = Field(default=50, gt=0)

    @model_validator(mode="after")
    def _is_sound(self) -> "Experiment":
        if self.ends_on <= self.starts_on:
            raise ValueError(f"{self.id}: it must end after it starts")
        if sum(arm.share_percent for arm in self.arms) != 100:
            raise ValueError(f"{self.id}: the shares of its arms must sum to 100")
        if len({arm.name for arm in self.arms}) < len(self.arms):
            raise ValueError(f"{self.id}: two arms have one name")
        return self


class ExperimentsPolicy(PolicyFile):
    """Every trial; none at first."""

    experiments: tuple[Experiment, ...] = ()

    @model_validator(mode="after")
    def _ids_differ(self) -> "ExperimentsPolicy":
        ids = [each.id for each in self.experiments]
        if len(set(ids)) < len(ids):
            raise ValueError("two experiments have one id")
        return self
