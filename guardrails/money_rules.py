"""Rules for what moves money on the books: applications, credits, write-offs."""

from datetime import date

from guardrails.case import Case
from guardrails.verdict import Hit
from ledger.actions import Allocation, ApplyCredit, ApplyReceipt, WriteOff


def allocation_fits_the_books(case: Case) -> Hit | None:
    """Allocations stay within the money and each open balance, in one currency, not before either.

    An invoice or receipt dated after the business date is not in the books of that day.
    """
    action = case.action
    if isinstance(action, ApplyReceipt):
        receipt = next((r for r in case.facts.receipts if r.receipt_id == action.receipt_id), None)
        if receipt is None:
            return Hit("no such unapplied receipt")
        return _misfit(
            case,
            action.allocations,
            receipt.unapplied_minor,
            receipt.currency,
            receipt.received_on,
        )
    if isinstance(action, ApplyCredit):
        credit = next((c for c in case.facts.credits if c.credit_id == action.credit_id), None)
        if credit is None:
            return Hit("no such open credit")
        return _misfit(
            case, action.allocations, credit.unapplied_minor, credit.currency, credit.issued_on
        )
    if isinstance(action, WriteOff):
        item = case.items.get(action.invoice_id)
        if item is None or action.amount_minor > item.open_minor:
            return Hit("more than the open balance")
        if item.issued_on > case.as_of:
            return Hit(f"{item.invoice_number} is issued on {item.issued_on}")
    return None


def _misfit(
    case: Case, allocations: tuple[Allocation, ...], available: int, currency: str, since: date
) -> Hit | None:
    if since > case.as_of:
        return Hit(f"the money is of {since}")
    if sum(part.amount_minor for part in allocations) > available:
        return Hit("more than the money")
    if len({part.invoice_id for part in allocations}) != len(allocations):
        return Hit("an invoice is named twice")
    for part in allocations:
        item = case.items.get(part.invoice_id)
        if item is None or item.currency != currency:
            return Hit(f"{part.invoice_id} is not an open item in {currency}")
        if part.amount_minor > item.open_minor:
            return Hit(f"{item.invoice_number} has less open")
        if item.issued_on > case.as_of:
            return Hit(f"{item.invoice_number} is issued on {item.issued_on}")
    return None


def cash_without_certainty_needs_person(case: Case) -> Hit | None:
    """The evidence is one that policy lets post unattended."""
    action = case.action
    if not isinstance(action, ApplyReceipt):
        return None
    if action.evidence not in case.policy.cash.unattended_evidence:
        return Hit(action.evidence)
    partial = any(
        part.amount_minor < case.items[part.invoice_id].open_minor
        for part in action.allocations
        if part.invoice_id in case.items
    )
    if partial and not case.policy.cash.post_named_part_payments:
        return Hit("part payment")
    return None


def credits_need_finance_lead(case: Case) -> Hit | None:
    """Nothing is given away."""
    return Hit(case.action.type) if isinstance(case.action, WriteOff | ApplyCredit) else None


MONEY_RULES = (
    allocation_fits_the_books,
    cash_without_certainty_needs_person,
    credits_need_finance_lead,
)
