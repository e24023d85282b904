"""How disputes are worked: reasons, clocks, owners, and what is checked before a complaint."""

from functools import cached_property
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from policies.schema_base import PolicyFile

Resolution = Literal["credit", "rebill", "deny", "write_off", "allow_discount", "withdrawn"]


class DisputeReason(BaseModel):
    """One reason of the taxonomy, and how a dispute of it is worked.

    Attributes:
        owner: The department that answers it.
        answer_within_days: Business days; left out, those of the file.
        causes: What usually lies behind it.
        resolutions: Kinds it usually ends in, the likeliest first.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(pattern=r"^[A-Z][A-Z_]*$")
    says: str
    owner: str
    answer_within_days: int | None = Field(default=None, gt=0)
    evidence: tuple[str, ...] = ()
    causes: tuple[str, ...] = ()
    next_steps: tuple[str, ...] = ()
    resolutions: tuple[Resolution, ...] = Field(min_length=1)


class DisputePriority(BaseModel):
    """Points a dispute may get for each factor; together at most 100.

    Attributes:
        oldest_days: Age at which a dispute has all points of age.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    value: int = Field(ge=0)
    age: int = Field(ge=0)
    relationship: int = Field(ge=0)
    deadline: int = Field(ge=0)
    oldest_days: int = Field(gt=0)

    @model_validator(mode="after")
    def _points_sum_to_a_hundred(self) -> Self:
        if self.value + self.age + self.relationship + self.deadline != 100:
            raise ValueError("the points of value, age, relationship and deadline sum to 100")
        return self


class BillingChecks(BaseModel):
    """What is looked for in invoices that are not due yet.

    Attributes:
        look_ahead_days: Invoices due within so many days are checked.
        history_days: How far back an account's own invoices are compared with.
        least_invoices: So many invoices make a habit.
        order_number_percent: This share of them with an order number makes one expected.
        duplicate_days: The same order and amount within so many days is one invoice too many.
        note_before_days: Business days before the due date by which billing should look.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    look_ahead_days: int = Field(ge=0)
    history_days: int = Field(gt=0)
    least_invoices: int = Field(ge=2)
    order_number_percent: int = Field(gt=50, le=100)
    duplicate_days: int = Field(ge=0)
    note_before_days: int = Field(ge=0)


class DisputePolicy(PolicyFile):
    """Clock, owners and reasons of disputes.

    Attributes:
        evidence_within_days: Days after which a dispute that nothing speaks for is a person's.
        strategic_owner: Who answers disputes of strategic and enterprise customers.
        escalates_to: The role that gets what is overdue or unproven.
    """

    answer_within_days: int = Field(gt=0)
    evidence_within_days: int = Field(gt=0)
    strategic_owner: str
    escalates_to: str
    correction_within_days: int = Field(gt=0)
    similar_least: int = Field(ge=1)
    priority: DisputePriority
    billing_checks: BillingChecks
    reason: tuple[DisputeReason, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _reasons_are_unique(self) -> Self:
        if doubled := sorted({each for each in self.reasons if self.reasons.count(each) > 1}):
            raise ValueError(f"reason listed twice: {doubled[0]}")
        if "UNDEFINED" not in self.reasons:
            raise ValueError("the reason UNDEFINED is missing; what is not understood is that")
        return self

    @property
    def reasons(self) -> tuple[str, ...]:
        """Codes of the reasons."""
        return tuple(each.id for each in self.reason)

    @cached_property
    def _by_code(self) -> dict[str, DisputeReason]:
        return {each.id: each for each in self.reason}

    def reason_of(self, code: str) -> DisputeReason:
        """How a reason is worked; a code of an earlier policy counts as not understood."""
        return self._by_code.get(code) or self._by_code["UNDEFINED"]

    def days_for(self, code: str) -> int:
        """Business days in which a dispute of a reason is answered."""
        return self.reason_of(code).answer_within_days or self.answer_within_days
