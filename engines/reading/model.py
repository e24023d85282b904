"""What a message claims. Claims are an outsider's word: no fact until ledger or person says so."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

INTENTS = (
    "promise_to_pay",
    "already_paid",
    "dispute",
    "short_pay",
    "request_copy",
    "request_info",
    "payment_plan_request",
    "hardship",
    "insolvency",
    "legal_threat",
    "stop_contact",
    "out_of_office",
    "wrong_person",
    "contact_change",
    "bank_change_request",
    "remittance_advice",
    "credit_request",
    "process_blocker",
    "callback_request",
    "complaint_tone",
    "acknowledgement",
    "data_request",
    "phishing",
    "bounce",
    "extension_request",
    "approval_claim",
)
REASONS = (
    "price",
    "quantity",
    "damaged_quality",
    "not_delivered",
    "returned_goods",
    "duplicate",
    "wrong_po_or_entity",
    "tax",
    "terms",
    "service_not_rendered",
    "service_quality",
    "credit_note_missing",
    "fee_or_interest",
    "promotion_allowance",
    "cancelled_contract",
    "unauthorised_order",
    "amount_mismatch",
    "currency",
)
Part = Literal["subject", "body"]


@dataclass(frozen=True, slots=True)
class Span:
    """The very words a claim was read from.

    Attributes:
        kind: An intent, or promise, plan, already_paid, invoice, amount, date, injection.
        text: The words as written.
        start: Where they start in their part.
        part: Subject or body.
    """

    kind: str
    text: str
    start: int
    part: Part


@dataclass(frozen=True, slots=True)
class PromiseClaim:
    """They say they will pay; what they left open is None."""

    due_on: date | None
    amount_minor: int | None
    currency: str | None
    invoices: tuple[str, ...]
    conditional: bool
    span: str


@dataclass(frozen=True, slots=True)
class PaidClaim:
    """They say they have paid."""

    paid_on: date | None
    amount_minor: int | None
    currency: str | None
    reference: str | None
    span: str


@dataclass(frozen=True, slots=True)
class PlanClaim:
    """They ask to pay in instalments."""

    installments: int | None
    amount_minor: int | None
    first_on: date | None
    frequency: str | None
    total_minor: int | None
    currency: str | None
    span: str


@dataclass(frozen=True, slots=True)
class Reading:
    """All that was read from one message.

    Attributes:
        intents: What they want or say, the surest first.
        confidence: How sure each intent of the closed list is, 0 to 1.
        why_human: Why a person must look; empty where none need.
        risk: How likely the message is one for a person, 0 to 1.
        own_text: What the customer wrote now, without quotes, signature and disclaimer.
    """

    language: str
    intents: tuple[str, ...]
    confidence: Mapping[str, float]
    promises: tuple[PromiseClaim, ...]
    disputed_invoices: tuple[str, ...]
    dispute_reasons: tuple[str, ...]
    disputed_amount_minor: int | None
    mentioned_invoices: tuple[str, ...]
    already_paid: PaidClaim | None
    plan: PlanClaim | None
    sentiment: str
    injection: bool
    needs_human: bool
    why_human: tuple[str, ...]
    spans: tuple[Span, ...]
    own_text: str
    disputed_currency: str | None = None
    risk: float = 0.0
