"""The shape of experiments.toml: what is tried on whom, written down before it starts."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from ledger.facts import DrawnArm
from policies.schema_base import PolicyFile

Metric = Literal["paid_share", "days_to_pay", "days_late"]


class Arm(BaseModel):
    """A random part of the accounts.

    Attributes:
        calls: Whether people call its accounts; if not, the list of work says to hold back. What
            law and contracts ask for is sent to every arm.
        letters: Another letter for the one a stage of the ladder uses, by template; where it lacks
            the language or channel of a customer, they get the usual one.
        days_later: Days by which its stages wait longer than the ladder says. Never fewer: the
            ladder is the least that policy and law allow.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    share_percent: int = Field(gt=0, le=100)
    calls: bool = True
    letters: dict[str, str] = Field(default_factory=dict)
    days_later: int = Field(default=0, ge=0, le=60)


@dataclass(frozen=True, slots=True)
class Treatment:
    """What the arms of an account change in its reminders.

    Attributes:
        letters: Another template for that of a stage.
        days_later: Days added before a stage is reached, but never past `until`, from which day
            on everybody is as usual.
    """

    letters: Mapping[str, str]
    days_later: int = 0
    until: date = date.max

    def reached(self, usually_on: date) -> date:
        """The day a stage is reached that is usually reached on another."""
        if not self.days_later:
            return usually_on
        return max(usually_on, min(usually_on + timedelta(days=self.days_later), self.until))


AS_USUAL = Treatment({})


class Experiment(BaseModel):
    """A trial, registered before it starts.

    Attributes:
        metric: `paid_share`: accounts that paid all that was overdue at the start; `days_to_pay`:
            days until they had; `days_late`: mean days past due of what fell due while it ran.
        segments: Whose accounts take part; all if empty. Arms are drawn within each.
        arms: The first one is the control.
        fewest_accounts: With fewer in an arm nothing is concluded.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    says: str
    metric: Metric
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

    def runs_on(self, as_of: date) -> bool:
        """Whether its arms are treated as it says; from the end on everybody is as usual."""
        return self.starts_on <= as_of < self.ends_on


class ExperimentsPolicy(PolicyFile):
    """Every trial; none at first."""

    experiments: tuple[Experiment, ...] = ()

    @model_validator(mode="after")
    def _ids_differ(self) -> "ExperimentsPolicy":
        ids = [each.id for each in self.experiments]
        if len(set(ids)) < len(ids):
            raise ValueError("two experiments have one id")
        return self

    def treatment(self, drawn: Iterable[DrawnArm], as_of: date) -> Treatment:
        """What the arms drawn for an account change on a day; the longest wait counts."""
        found = [
            (arm, each.ends_on)
            for one in drawn
            for each in self.experiments
            if each.id == one.experiment_id and each.runs_on(as_of)
            for arm in each.arms
            if arm.name == one.arm
        ]
        if not found:
            return AS_USUAL
        letters = {usual: other for arm, _ in found for usual, other in arm.letters.items()}
        longest, until = max(found, key=lambda pair: pair[0].days_later)
        return Treatment(letters, longest.days_later, until)
