"""Actions on promises, theirs and ours, and on payment plans."""

from datetime import date
from typing import Literal

from pydantic import Field

from ledger.action_base import Action, ActionPart


class RecordPromise(Action):
    """Record a promise to pay, or one we made.

    Attributes:
        kind: `payment` for theirs; for ours what was promised: credit, callback, copy, correction.
        method_days: Banking days the way of paying takes after the date.
        owner: Who sees to a promise of ours; the owner of the account where nobody is named.
        claim_id: The claim of the message it was read from.
    """

    type: Literal["record_promise"] = "record_promise"
    direction: Literal["theirs", "ours"] = "theirs"
    kind: str = "payment"
    due_on: date
    amount_minor: int | None = Field(default=None, gt=0)
    currency: str | None = None
    invoice_ids: tuple[str, ...] = ()
    quote: str = ""
    method_days: int = Field(default=0, ge=0, le=20)
    owner: str | None = None
    claim_id: str | None = None


class KeepPromise(Action):
    """Say that a promise was kept, or counts no more, where the ledger cannot see it."""

    type: Literal["keep_promise"] = "keep_promise"
    promise_id: str
    outcome: Literal["kept", "cancelled"] = "kept"
    note: str = Field(default="", max_length=500)


class PlanPart(ActionPart):
    """One instalment, in minor units."""

    due_on: date
    amount_minor: int = Field(gt=0)


class ProposePlan(Action):
    """Offer a payment plan over due invoices; it runs once the customer accepts it.

    Attributes:
        note: What it was compared with, for the person who decides.
    """

    type: Literal["propose_plan"] = "propose_plan"
    currency: str
    invoice_ids: tuple[str, ...] = Field(min_length=1)
    parts: tuple[PlanPart, ...] = Field(min_length=2)
    frequency: Literal["weekly", "fortnightly", "monthly"] = "monthly"
    note: str = Field(default="", max_length=2000)


class AcceptPlan(Action):
    """The customer said yes to a plan: it runs, and what it replaces ends."""

    type: Literal["accept_plan"] = "accept_plan"
    plan_id: str
    quote: str = ""
    claim_id: str | None = None


class EndPlan(Action):
    """A plan ends before it is paid: what it covers goes back to the ladder."""

    type: Literal["end_plan"] = "end_plan"
    plan_id: str
    note: str = Field(default="", max_length=500)
