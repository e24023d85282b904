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
