"""Ways to apply a receipt, in ids of the ledger, and the actions they are asked for as."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

from engines.matching.model import Action
from ledger.actions import (
    Allocation,
    ApplyReceipt,
    CashEvidence,
    CreditUse,
    Difference,
)
from ledger.cash_actions import DifferenceKind

FREE_TEXT = "free_text"
"""The pattern of a way that rests on a payer's own words; it is never measured, and never posts."""
ON_ACCOUNT = "on_account"
"""Why cash waits that somebody left unapplied."""
PART_PAYMENT = "part_payment"
"""Why cash waits that is certain, and that policy leaves to a person all the same."""

EVIDENCE: dict[str, CashEvidence] = {
    "named": "named_invoice",
    "named_part": "named_part_payment",
    "named_credit": "named_credit_note",
    "named_discount": "named_less_discount",
    "named_fee": "named_less_fee",
    "named_tail": "nearly_named_invoice",
    "named_slip": "nearly_named_invoice",
    "advised": "remittance_advice",
    "advised_discount": "advice_less_discount",
    "advised_part": "advice_part_payment",
    "amount_account": "unique_exact_amount",
    "amount_number": "unique_exact_amount",
    "amount_name": "unique_exact_amount",
    "set_account": "unique_set_of_items",
    "set_number": "unique_set_of_items",
    "set_name": "unique_set_of_items",
    "run": "run_by_due_date",
    "due_to_date": "run_by_due_date",
    "whole_book": "whole_account",
    "equal_amount": "equal_amounts",
    "combination": "likely_combination",
    "short_pay": "short_payment",
    "over": "overpayment",
    "conflict": "conflicting_reference",
    "conflict_named": "conflicting_reference",
    "oldest_first": "oldest_first",
}


@dataclass(frozen=True, slots=True)
class Way:
    """One way to apply a receipt of an account on its invoices, or its family's; minor units.

    Attributes:
        cash: Cash per invoice.
        numbers: The documents with what the payer spends on each, credits below zero.
        credits: (credit memo, invoice, amount) of credits that are netted.
        given_up: (kind, invoice, amount) of a fee, a discount or a deduction.
        on_account_minor: Cash that stays unapplied.
        claims: (invoice, words) of deductions the payer gives a reason for.
        advice_key: The advice that says so.
        is_own: Whether every document is the account's own, none its family's.
    """

    account_id: str
    cash: tuple[tuple[str, int], ...]
    numbers: tuple[tuple[str, int], ...]
    credits: tuple[tuple[str, str, int], ...]
    given_up: tuple[tuple[DifferenceKind, str, int], ...]
    on_account_minor: int
    evidence: CashEvidence
    pattern: str
    probability: float
    claims: tuple[tuple[str, str], ...] = ()
    advice_key: str = ""
    is_own: bool = True

    def action(self, receipt_id: str, evidence: CashEvidence | None = None) -> ApplyReceipt:
        """The cash leg as an action."""
        return ApplyReceipt(
            account_id=self.account_id,
            receipt_id=receipt_id,
            allocations=tuple(Allocation(invoice_id=i, amount_minor=m) for i, m in self.cash),
            evidence=evidence or self.evidence,
            advice_key=self.advice_key,
        )

    def whole_action(
        self,
        receipt_id: str,
        dispute_reason: Callable[[str], str],
        disputed: Collection[str | None] = (),
        evidence: CashEvidence | None = None,
    ) -> ApplyReceipt:
        """Every leg as one action: cash, credits, what closes beside it, and disputes.

        Args:
            receipt_id: The receipt.
            dispute_reason: Tells the reason code that fits a payer's words best.
            disputed: Invoices under dispute already; they are not disputed twice.
            evidence: What it rests on, where that is another than the way's own.
        """
        claims = dict(self.claims)
        differences = []
        for kind, invoice_id, minor in self.given_up:
            part = Difference(kind=kind, invoice_id=invoice_id, amount_minor=minor)
            if kind != "deduction":
                differences.append(part)
            elif invoice_id in claims and invoice_id not in disputed:
                told = {"reason": dispute_reason(claims[invoice_id]), "quote": claims[invoice_id]}
                differences.append(part.model_copy(update=told))
        uses = tuple(
            CreditUse(credit_id=credit, invoice_id=invoice, amount_minor=minor)
            for credit, invoice, minor in self.credits
        )
        more = {"differences": tuple(differences), "credits": uses}
        return self.action(receipt_id, evidence).model_copy(update=more)

    @property
    def cash_alone(self) -> "Way":
        """The same cash; what is missing stays open, and nothing is given up."""
        return replace(self, given_up=(), claims=())

    @property
    def closes_beside(self) -> bool:
        """Whether a fee or a discount is given up."""
        return any(kind != "deduction" for kind, _invoice, _minor in self.given_up)


@dataclass(frozen=True, slots=True)
class Matched:
    """What the engine says of a receipt, in ids of the ledger; ways are best first.

    Attributes:
        account_id: Whose receipt it is known to be.
        again: It was looked at before and set aside.
        candidates: (account, currency) of those it may belong to.
    """

    receipt_id: str
    account_id: str | None
    currency: str
    action: Action
    reason: str
    ways: tuple[Way, ...]
    again: bool
    candidates: tuple[tuple[str, str], ...] = ()


def net_of_credits(
    parts: Sequence[tuple[Any, int]],
) -> tuple[tuple[tuple[str, int], ...], tuple[tuple[str, str, int], ...]]:
    """Cash per invoice once credits are taken off, last invoice first, and what those pay."""
    cash = {row.id: minor for row, minor in parts if minor > 0}
    netted = []
    for row, minor in parts:
        rest = max(0, -minor)
        for invoice_id in reversed(cash):
            taken = min(rest, cash[invoice_id])
            if taken:
                netted.append((row.id, invoice_id, taken))
                cash[invoice_id] -= taken
                rest -= taken
    return tuple((i, minor) for i, minor in cash.items() if minor), tuple(netted)
