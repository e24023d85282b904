"""The shape of credit.toml and priority.toml: limits, the scorecard, and whom to call first."""

from pydantic import BaseModel, ConfigDict, Field, model_validator

from policies.schema_base import PolicyFile


class ScorePolicy(BaseModel):
    """Most points each fact adds, from which value on it adds them all, and where classes end.

    Attributes:
        assumed_days_late: What an account without payments is taken to pay late.
        classes: Most points of the classes A to D; what is above is E.
        warn_slower_days: Days slower than its own habit that are an early warning.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    habit: int = Field(default=25, ge=0, le=100)
    overdue: int = Field(default=15, ge=0, le=100)
    age: int = Field(default=20, ge=0, le=100)
    trend: int = Field(default=10, ge=0, le=100)
    promises: int = Field(default=10, ge=0, le=100)
    disputes: int = Field(default=5, ge=0, le=100)
    returned: int = Field(default=10, ge=0, le=100)
    part_paid: int = Field(default=5, ge=0, le=100)
    unreachable: int = Field(default=5, ge=0, le=100)
    limit_use: int = Field(default=10, ge=0, le=100)
    assumed_days_late: int = Field(default=5, ge=0)
    days_late_full: int = Field(default=30, gt=0)
    oldest_days_full: int = Field(default=90, gt=0)
    slower_days_full: int = Field(default=20, gt=0)
    warn_slower_days: int = Field(default=5, gt=0)
    classes: tuple[int, int, int, int] = (10, 25, 45, 65)

    @model_validator(mode="after")
    def _classes_climb(self) -> "ScorePolicy":
        if sorted(set(self.classes)) != list(self.classes):
            raise ValueError("classes: the ends must rise from A to D")
        return self


class CreditPolicy(PolicyFile):
    """When the credit analyst speaks up, and how it scores."""

    warn_at_limit_percent: int = Field(gt=0)
    propose_hold_at_limit_percent: int = Field(gt=0)
    propose_hold_oldest_days: int = Field(gt=0)
    lower_limit_of_classes: tuple[str, ...] = ()
    score: ScorePolicy = ScorePolicy()


class PriorityPolicy(PolicyFile):
    """Whom to work first.

    Attributes:
        calls_a_day: What the team can do; who is beyond it is told.
        horizon_days: Days ahead that late money-days are counted over.
        alone_days: Who is likely to pay within these days is left to pay alone.
        effect_percent: Assumed share of the late money-days that a contact now saves, by group.
    """

    calls_a_day: int = Field(gt=0)
    horizon_days: int = Field(gt=0, le=90)
    alone_days: int = Field(gt=0, le=60)
    alone_from_percent: int = Field(ge=0, le=100)
    hopeless_below_percent: int = Field(ge=0, le=100)
    effect_percent: dict[str, int]

    @model_validator(mode="after")
    def _every_group_has_an_effect(self) -> "PriorityPolicy":
        groups = {"act_now", "pays_alone", "other_strategy"}
        if set(self.effect_percent) != groups:
            raise ValueError(f"effect_percent: give one for each of {', '.join(sorted(groups))}")
        if not all(0 <= each <= 100 for each in self.effect_percent.values()):
            raise ValueError("effect_percent: from 0 to 100")
        return self
