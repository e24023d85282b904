"""Actions that move money on the books: receipts, credits, write-offs, money that went back."""

from typing import Literal, Self

from pydantic import Field, model_validator

from ledger.action_base import Action, ActionPart


class Allocation(ActionPart):
    """Part of a receipt or credit memo for one invoice, in minor units."""

    invoice_id: str
    amount_minor: int = Field(gt=0)


DifferenceKind = Literal["discount", "fee", "fx", "deduction"]


class Difference(ActionPart):
    """What an invoice lacks beside the cash, in minor units.

    A discount, a bank fee and an exchange difference close it, the last one either way. A
    deduction closes nothing: it stays open and becomes a dispute of that amount, with the reason
    code and the payer's words.
    """

    kind: DifferenceKind
    invoice_id: str
    amount_minor: int
    reason: str = ""
    quote: str = ""

    @model_validator(mode="after")
    def _has_a_sign_of_its_kind(self) -> Self:
        if self.amount_minor == 0 or (self.amount_minor < 0 and self.kind != "fx"):
            raise ValueError(f"a {self.kind} is above zero")
        return self


class CreditUse(ActionPart):
    """Part of a credit memo for one invoice, in minor units."""

    credit_id: str
    invoice_id: str
    amount_minor: int = Field(gt=0)


CashEvidence = Literal[
    "named_invoice",
    "named_part_payment",
    "named_credit_note",
    "named_less_discount",
    "named_less_fee",
    "nearly_named_invoice",
    "remittance_advice",
    "advice_less_discount",
    "advice_part_payment",
    "unique_exact_amount",
    "unique_set_of_items",
    "run_by_due_date",
    "whole_account",
    "equal_amounts",
    "likely_combination",
    "short_payment",
    "overpayment",
    "conflicting_reference",
    "oldest_first",
    "person",
]


class ApplyReceipt(Action):
    """Apply money received to invoices, and settle what it leaves of them.

    What is not allocated stays unapplied, on account. Invoices may be those of the family of the
    account: its parent, its children and theirs.

    Attributes:
        differences: What the named invoices lack beside the cash.
        credits: Credit memos the payer netted.
        advice_key: The remittance advice that says so; it is used up by this.
    """

    type: Literal["apply_receipt"] = "apply_receipt"
    receipt_id: str
    allocations: tuple[Allocation, ...] = Field(min_length=1)
    evidence: CashEvidence = "named_invoice"
    differences: tuple[Difference, ...] = ()
    credits: tuple[CreditUse, ...] = ()
    advice_key: str = ""


class ApplyCredit(Action):
    """Apply a credit memo to invoices."""

    type: Literal["apply_credit"] = "apply_credit"
    credit_id: str
    allocations: tuple[Allocation, ...] = Field(min_length=1)


ReturnEvidence = Literal["bank_reference", "payer_and_amount", "same_money_twice", "person"]


class ReverseReceipt(Action):
    """Money of a receipt went back, or was never there: what it paid is open again.

    Attributes:
        bank_line_id: The line by which the bank took it back; None where no bank line did.
    """

    type: Literal["reverse_receipt"] = "reverse_receipt"
    receipt_id: str
    amount_minor: int = Field(gt=0)
    bank_line_id: str | None = None
    reason: str = Field(default="", max_length=300)
    evidence: ReturnEvidence = "person"


class WriteOff(Action):
    """Write off an invoice's open balance, or close what a payment left of it.

    Attributes:
        kind: What it is booked as: a cash discount, a bank fee, or a plain write-off.
        receipt_id: The payment beside which a discount or a fee was taken.
    """

    type: Literal["write_off"] = "write_off"
    invoice_id: str
    amount_minor: int = Field(gt=0)
    note: str = ""
    kind: Literal["write_off", "discount", "fee"] = "write_off"
    receipt_id: str | None = None
