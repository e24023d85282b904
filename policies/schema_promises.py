"""Promises both ways and payment plans: what counts, how long, how far a plan may go."""

from decimal import Decimal
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from policies.schema_base import Amounts, PolicyFile, minor_amounts

Frequency = Literal["weekly", "fortnightly", "monthly"]


class PayingMethod(BaseModel):
    """A way of paying: the business days it takes, and the words it is named by."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    method: str
    days: int = Field(ge=0, le=20)
    words: tuple[str, ...]


class PlanTerms(BaseModel):
    """How far a payment plan may go; a person decides each within this.

    Attributes:
        minimum_total: Least total worth a plan; no plan in a currency that is not listed.
        smallest_part: Least instalment.
        bearable_percent: Share of what they usually pay in a month that a plan may ask for.
        long_plan_months: A plan longer than this is looked at by a second role.
        annual_rate_percent: What money costs us, for comparing options; nobody is charged.
        rate_source: Where that rate comes from.
        day_count_source: Where the day count is defined.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    minimum_total: Amounts
    smallest_part: Amounts
    most_months: int = Field(ge=1, le=60)
    most_instalments: int = Field(ge=2, le=60)
    usual_instalments: int = Field(ge=2)
    first_after_days: int = Field(ge=0)
    first_within_days: int = Field(ge=1)
    bearable_percent: int = Field(ge=1, le=100)
    long_plan_months: int = Field(ge=1)
    cure_business_days: int = Field(ge=1)
    answer_days: int = Field(ge=1)
    annual_rate_percent: Decimal = Field(ge=0, le=100)
    rate_source: str
    day_count: Literal["actual/365", "actual/360"]
    day_count_source: str

    @model_validator(mode="after")
    def _first_date_can_be_met(self) -> "PlanTerms":
        if self.first_after_days > self.first_within_days:
            raise ValueError("first_after_days must not exceed first_within_days")
        return self

    @property
    def minimum_minor(self) -> dict[str, int]:
        """Least total per currency in minor units."""
        return minor_amounts(self.minimum_total)

    @property
    def smallest_minor(self) -> dict[str, int]:
        """Least instalment per currency in minor units."""
        return minor_amounts(self.smallest_part)


class PromisesPolicy(PolicyFile):
    """What counts as kept, who is told of ours, and the terms of plans.

    Attributes:
        wait_for_unidentified_days: So long no promise is broken while money of nobody may be it.
        ours_overdue_to: The role that is told when we have not done what we promised.
        methods: Ways of paying, asked in this order.
    """

    wait_for_unidentified_days: int = Field(ge=0)
    ours_overdue_to: str
    methods: tuple[PayingMethod, ...]
    plans: PlanTerms
