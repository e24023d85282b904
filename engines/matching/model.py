"""What cash application reads and what it answers; money is integer minor units throughout."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum


class Action(StrEnum):
    """What happens to a payment."""

    AUTO = "auto"
    SUGGEST = "suggest"
    HOLD = "hold"


class Reason(StrEnum):
    """Why a person looks, or what an automatic post had to explain."""

    AMBIGUOUS_EQUAL_AMOUNTS = "ambiguous_equal_amounts"
    AMBIGUOUS_COMBINATION = "ambiguous_combination"
    PARTIAL_PAYMENT = "partial_payment"
    SHORT_PAY = "short_pay"
    DISCOUNT_UNEARNED = "discount_unearned"
    OVERPAYMENT = "overpayment"
    BANK_FEE = "bank_fee"
    CREDIT_NOT_NAMED = "credit_not_named"
    DUPLICATE_PAYMENT = "duplicate_payment"
    DUPLICATE_BANK_LINE = "duplicate_bank_line"
    UNKNOWN_PAYER = "unknown_payer"
    PAYER_CONFLICT = "payer_conflict"
    REFERENCE_CONFLICT = "reference_conflict"
    REFERENCE_NOT_OPEN = "reference_not_open"
    FX = "fx"
    REVERSAL = "reversal"
    NOT_A_CUSTOMER_PAYMENT = "not_a_customer_payment"
    MULTI_CUSTOMER = "multi_customer"


@dataclass(frozen=True, slots=True)
class OpenDocument:
    """An open invoice, or a credit note with a negative amount.

    Attributes:
        references: Other numbers it goes by: purchase order, order, delivery.
        discount_minor: Discount offered in its terms; 0 where the terms are not known.
        discount_until: Last day of that discount.
    """

    doc_id: str
    customer_no: str
    amount_minor: int
    currency: str
    due_on: date | None = None
    customer_name: str = ""
    references: tuple[str, ...] = ()
    discount_minor: int = 0
    discount_until: date | None = None

    @property
    def is_credit(self) -> bool:
        """Whether it lowers what is owed."""
        return self.amount_minor < 0


@dataclass(frozen=True, slots=True)
class Customer:
    """Who may pay: names it goes by, bank accounts it paid from, the company above it."""

    customer_no: str
    name: str
    accounts: tuple[str, ...] = ()
    parent: str = ""


@dataclass(frozen=True, slots=True)
class Payment:
    """A line of the bank; all text in it is from outside and only a key to look up."""

    payment_id: str
    value_on: date
    amount_minor: int
    currency: str
    channel: str = ""
    payer_name: str = ""
    payer_account: str = ""
    bank_ref: str = ""
    memo: str = ""


@dataclass(frozen=True, slots=True)
class AdviceLine:
    """A line of a remittance advice; `net` is what the payer says it paid for it."""

    reference: str
    gross_minor: int
    deduction_minor: int
    net_minor: int
    reason_text: str = ""


@dataclass(frozen=True, slots=True)
class Advice:
    """A remittance advice that came apart from its payment.

    `key` is what the asker knows it by; two advices may have the same number.
    """

    advice_id: str
    received_on: date | None
    payer_text: str
    total_minor: int
    currency: str
    lines: tuple[AdviceLine, ...]
    key: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """Cash on one document; negative on a credit note that is netted."""

    doc_id: str
    cash_minor: int


@dataclass(frozen=True, slots=True)
class Difference:
    """What closes beside the cash: `discount`, `deduction` or `fee` of one document."""

    kind: str
    doc_id: str
    minor: int


@dataclass(frozen=True, slots=True)
class Alternative:
    """One way to spend a payment to the cent, with what speaks for it.

    Attributes:
        pattern: The kind of evidence, whose measured precision decides about posting.
        probability: Calibrated chance that it is right, from 0 to 1.
    """

    parts: tuple[Part, ...]
    pattern: str
    evidence: tuple[str, ...]
    probability: float
    on_account_minor: int = 0
    differences: tuple[Difference, ...] = ()

    @property
    def documents(self) -> tuple[str, ...]:
        """Documents it pays, in order."""
        return tuple(part.doc_id for part in self.parts)


@dataclass(frozen=True, slots=True)
class Outcome:
    """The answer for one payment: `auto` has one alternative, `suggest` up to three.

    `advice_key` is the advice the first alternative rests on.

    Attributes:
        named: Open documents its words name, whatever the alternatives came to.
        payers: Customers that its bank account, a customer number or the very name says sent it.
    """

    payment_id: str
    action: Action
    reason: Reason | None = None
    alternatives: tuple[Alternative, ...] = ()
    customer_no: str | None = None
    advice_key: str = ""
    named: tuple[str, ...] = ()
    payers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Book:
    """Everything a batch of payments is matched against.

    Attributes:
        closed: Recently closed document numbers and whose they were.
        paid_before: Payments applied within the duplicate window, for double payments.
    """

    documents: tuple[OpenDocument, ...]
    customers: tuple[Customer, ...] = ()
    advices: tuple[Advice, ...] = ()
    closed: Mapping[str, str] = field(default_factory=dict)
    paid_before: tuple[Payment, ...] = ()
