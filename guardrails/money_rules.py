"""Rules for what moves money on the books: applications, credits, write-offs, returns."""

from collections import Counter
from collections.abc import Mapping
from datetime import date, timedelta

from guardrails.case import Case, concerns
from guardrails.verdict import Hit
from ledger.actions import (
    ApplyCredit,
    ApplyReceipt,
    CreditUse,
    Difference,
    ResolveDispute,
    ReverseReceipt,
    WriteOff,
)
from ledger.facts import OpenCredit, OpenItem, TakenReceipt

# The payer names the document itself; whose it is within a family is then no guess.
_NAMED = frozenset(
    {
        "named_invoice",
        "named_part_payment",
        "named_credit_note",
        "named_less_discount",
        "named_less_fee",
        "remittance_advice",
        "advice_less_discount",
        "advice_part_payment",
    }
)


def allocation_fits_the_books(case: Case) -> Hit | None:
    """Allocations stay within the money and each open balance, in one currency, not before either.

    An invoice or receipt dated after the business date is not in the books of that day.
    """
    action = case.action
    if isinstance(action, ApplyReceipt):
        receipt = next((r for r in case.facts.receipts if r.receipt_id == action.receipt_id), None)
        if receipt is None:
            return Hit("no such unapplied receipt")
        credits_fit = _credits_misfit(case, action.credits, receipt.currency)
        cash = sum(part.amount_minor for part in action.allocations)
        if cash > receipt.unapplied_minor or credits_fit:
            return credits_fit or Hit("more than the money")
        named = [part.invoice_id for part in action.allocations]
        parts = _settled(action)
        return _misfit(case, named, parts, receipt.currency, receipt.received_on)
    if isinstance(action, ApplyCredit):
        uses = tuple(
            CreditUse(credit_id=action.credit_id, **part.model_dump())
            for part in action.allocations
        )
        currency = _currency_of(case.facts.credits, action.credit_id)
        if hit := _credits_misfit(case, uses, currency):
            return hit
        named = [part.invoice_id for part in action.allocations]
        parts = {part.invoice_id: part.amount_minor for part in action.allocations}
        return _misfit(case, named, parts, currency, date.min)
    if isinstance(action, WriteOff):
        item = case.items.get(action.invoice_id)
        if item is None or action.amount_minor > item.open_minor:
            return Hit("more than the open balance")
        if item.issued_on > case.as_of:
            return Hit(f"{item.invoice_number} is issued on {item.issued_on}")
    return None


def _settled(action: ApplyReceipt) -> Counter[str]:
    """What an application takes of each invoice, deductions that stay open as disputes included."""
    parts: Counter[str] = Counter()
    for part in (*action.allocations, *action.differences, *action.credits):
        parts[part.invoice_id] += part.amount_minor
    return parts


def _currency_of(found: tuple[OpenCredit, ...], credit_id: str) -> str:
    return next((each.currency for each in found if each.credit_id == credit_id), "")


def _credits_misfit(case: Case, uses: tuple[CreditUse, ...], currency: str) -> Hit | None:
    known = {credit.credit_id: credit for credit in case.facts.credits}
    used: Counter[str] = Counter()
    for use in uses:
        credit = known.get(use.credit_id)
        if credit is None or credit.currency != currency:
            return Hit("no such open credit")
        if credit.issued_on > case.as_of:
            return Hit(f"the money is of {credit.issued_on}")
        used[use.credit_id] += use.amount_minor
        if used[use.credit_id] > credit.unapplied_minor:
            return Hit("more than the money")
    return None


def _misfit(
    case: Case, named: list[str], parts: Mapping[str, int], currency: str, since: date
) -> Hit | None:
    if since > case.as_of:
        return Hit(f"the money is of {since}")
    if len(set(named)) != len(named):
        return Hit("an invoice is named twice")
    items = case.items | {each.item.invoice_id: each.item for each in case.facts.relatives}
    for invoice_id, minor in parts.items():
        if hit := _item_misfit(case, items.get(invoice_id), invoice_id, minor, currency):
            return hit
    return None


def _item_misfit(
    case: Case, item: OpenItem | None, invoice_id: str, minor: int, currency: str
) -> Hit | None:
    if item is None or item.currency != currency:
        return Hit(f"{invoice_id} is not an open item in {currency}")
    if minor > item.open_minor:
        return Hit(f"{item.invoice_number} has less open")
    if item.issued_on > case.as_of:
        return Hit(f"{item.invoice_number} is issued on {item.issued_on}")
    return None


@concerns(ApplyReceipt)
def cash_for_the_family_needs_person(case: Case) -> Hit | None:
    """Cash pays the payer's own invoices, or one relative's that the payer names."""
    action = case.action
    if not isinstance(action, ApplyReceipt):
        return None
    foreign = {each.item.invoice_id: each.account_number for each in case.facts.relatives}
    named = {part.invoice_id for part in action.allocations}
    owners = {foreign[invoice_id] for invoice_id in named & foreign.keys()}
    if not owners:
        return None
    only_one = len(owners) == 1 and named <= foreign.keys()
    if only_one and action.evidence in _NAMED:
        return None
    return Hit(f"invoices of {', '.join(sorted(owners))}")


@concerns(ApplyReceipt)
def cash_without_certainty_needs_person(case: Case) -> Hit | None:
    """The evidence is one that policy lets post unattended."""
    action = case.action
    if not isinstance(action, ApplyReceipt):
        return None
    if action.evidence not in case.policy.cash.unattended_evidence:
        return Hit(action.evidence)
    items = case.items | {each.item.invoice_id: each.item for each in case.facts.relatives}
    taken = _settled(action)
    partial = any(
        taken[part.invoice_id] < items[part.invoice_id].open_minor
        for part in action.allocations
        if part.invoice_id in items
    )
    if partial and not case.policy.cash.post_named_part_payments:
        return Hit("part payment")
    return None


@concerns(ApplyReceipt, ApplyCredit, ResolveDispute, WriteOff)
def credits_need_finance_lead(case: Case) -> Hit | None:
    """Nothing is given away; what the terms or a tolerance already gave is not."""
    action = case.action
    if isinstance(action, ApplyReceipt):
        given = {each.kind for each in action.differences} - {"deduction"}
        given |= {"credit"} if action.credits else set()
        if not given or given_by_terms(case, action, given):
            return None
        return Hit(", ".join(sorted(given)))
    if isinstance(action, ResolveDispute) and action.gives:
        return Hit(action.resolution.replace("_", " "))
    return Hit(action.type) if isinstance(action, WriteOff | ApplyCredit) else None


# What evidence that posts alone may close beside the cash.
_CLOSES: dict[str, frozenset[str]] = {
    "named_less_fee": frozenset({"fee"}),
    "named_less_discount": frozenset({"discount"}),
    "advice_less_discount": frozenset({"discount"}),
    "named_credit_note": frozenset({"credit"}),
}


def given_by_terms(case: Case, action: ApplyReceipt, given: set[str]) -> bool:
    """Whether what closes beside the cash was given before: by terms, tolerance or credit memo.

    Counted again here from the books and policy, whatever the matching said: a bank fee within the
    tolerance of its currency, a cash discount that was earned by paying early, a credit memo that
    the payer names.
    """
    if action.evidence not in case.policy.cash.unattended_evidence:
        return False
    if not given <= _CLOSES.get(action.evidence, frozenset()):
        return False
    receipt = next((r for r in case.facts.receipts if r.receipt_id == action.receipt_id), None)
    if receipt is None:
        return False
    fee = sum(part.amount_minor for part in action.differences if part.kind == "fee")
    return _fee_is_tolerated(case, action, fee, receipt.currency) and all(
        _discount_is_earned(case, part, receipt.received_on)
        for part in action.differences
        if part.kind == "discount"
    )


def _fee_is_tolerated(case: Case, action: ApplyReceipt, fee: int, currency: str) -> bool:
    cash = case.policy.cash
    named = fee + sum(part.amount_minor for part in action.allocations)
    most = cash.fees_most_minor.get(currency, 0)
    return fee == 0 or (fee <= most and fee * 1000 <= named * cash.fee_most_permille)


def _discount_is_earned(case: Case, part: Difference, received_on: date) -> bool:
    item, cash = case.items.get(part.invoice_id), case.policy.cash
    if item is None or received_on > item.due_on - timedelta(days=cash.discount_days_early):
        return False
    most = (item.open_minor * cash.earned_discount_permille + 500) // 1000  # to the nearest cent
    return part.amount_minor <= most


def return_fits_the_receipt(case: Case) -> Hit | None:
    """What goes back was received, and the line of the bank says so once."""
    action = case.action
    if not isinstance(action, ReverseReceipt):
        return None
    receipt = _taken(case, action)
    if receipt is None:
        return Hit("no such receipt")
    if action.amount_minor > receipt.amount_minor - receipt.returned_minor:
        return Hit("more than was received")
    if receipt.received_on > case.as_of:
        return Hit(f"the money is of {receipt.received_on}")
    return _line_misfit(case, action, receipt)


def _line_misfit(case: Case, action: ReverseReceipt, receipt: TakenReceipt) -> Hit | None:
    if action.bank_line_id is None:
        return None
    lines = case.facts.bank_returns
    line = next((each for each in lines if each.bank_line_id == action.bank_line_id), None)
    if line is None:
        return Hit("no line of the bank that took money back")
    if line.is_used:
        return Hit("the line of the bank is booked already")
    if (line.amount_minor, line.currency) != (action.amount_minor, receipt.currency):
        return Hit("the line of the bank says another amount")
    if not receipt.received_on <= line.booked_on <= case.as_of:
        return Hit(f"the line of the bank is of {line.booked_on}")
    return None


def _taken(case: Case, action: ReverseReceipt) -> TakenReceipt | None:
    found = (each for each in case.facts.taken if each.receipt_id == action.receipt_id)
    return next(found, None)


@concerns(ReverseReceipt)
def returns_without_certainty_need_person(case: Case) -> Hit | None:
    """Reference and whole amount say which receipt went back, and no person matched it."""
    action = case.action
    if not isinstance(action, ReverseReceipt):
        return None
    if action.evidence != "bank_reference":
        return Hit(action.evidence.replace("_", " "))
    receipt = _taken(case, action)
    if receipt is None or action.amount_minor != receipt.amount_minor:
        return Hit("a part of the receipt")
    if receipt.by_person:
        return Hit("a person said what it pays")
    return None


@concerns(ReverseReceipt)
def cash_taken_off_needs_finance_lead(case: Case) -> Hit | None:
    """Cash leaves the books because the bank says that it left."""
    action = case.action
    if isinstance(action, ReverseReceipt) and action.bank_line_id is None:
        return Hit(action.evidence.replace("_", " "))
    return None


MONEY_RULES = (
    allocation_fits_the_books,
    cash_without_certainty_needs_person,
    cash_for_the_family_needs_person,
    credits_need_finance_lead,
    return_fits_the_receipt,
    returns_without_certainty_need_person,
    cash_taken_off_needs_finance_lead,
)
