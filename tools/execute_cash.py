"""The writes behind the actions of cash: every leg of a payment a posting of its own.

Cash, discount, fee, exchange difference and credit are applications of their kinds; a deduction
becomes a dispute of its amount; what is left of the receipt stays unapplied, on account.
"""

from collections import Counter
from typing import TYPE_CHECKING, assert_never

from guardrails.business_days import add_business_days
from ledger import postings, postings_cases
from ledger.actions import (
    ApplyCredit,
    ApplyReceipt,
    CreditUse,
    Difference,
    ReverseReceipt,
    WriteOff,
)
from ledger.facts import AccountFacts, OpenItem
from ledger.money import Money
from ledger.postings_cash import use_advice
from ledger.postings_disputes import open_dispute
from ledger.postings_returns import WentBack, return_receipt
from ledger.states import ApplicationKind
from tools.execute_disputes import terms_of

if TYPE_CHECKING:
    from tools.execute import Writer

CashAction = ApplyReceipt | ApplyCredit | WriteOff | ReverseReceipt
_KINDS = {
    "fx": ApplicationKind.FX,
    "discount": ApplicationKind.DISCOUNT,
    "fee": ApplicationKind.FEE,
    "write_off": ApplicationKind.WRITE_OFF,
}
_SHOWN = 6


def items_of(facts: AccountFacts) -> dict[str, OpenItem]:
    """Open items of the account, and those of its family that the action names."""
    own = {item.invoice_id: item for item in facts.open_items}
    return own | {each.item.invoice_id: each.item for each in facts.relatives}


def cash_value(
    action: ApplyReceipt | ApplyCredit | ReverseReceipt, facts: AccountFacts
) -> Money | None:
    """The money an action moves; None where the facts do not show its currency."""
    if isinstance(action, ReverseReceipt):
        taken = next((t for t in facts.taken if t.receipt_id == action.receipt_id), None)
        return Money(action.amount_minor, taken.currency) if taken else None
    first = items_of(facts).get(action.allocations[0].invoice_id)
    total = sum(part.amount_minor for part in action.allocations)
    if isinstance(action, ApplyReceipt):  # what is given away needs authority as much as the cash
        total += sum(part.amount_minor for part in action.credits)
        total += sum(
            abs(part.amount_minor) for part in action.differences if part.kind != "deduction"
        )
    return Money(total, first.currency) if first else None


def post_cash(writer: "Writer", action: CashAction) -> str:
    """Post an action of cash; returns one line saying what was done.

    Raises:
        Conflict: The books no longer allow it.
    """
    match action:
        case ApplyReceipt():
            return _apply_receipt(writer, action)
        case ApplyCredit():
            parts = [(part.invoice_id, part.amount_minor) for part in action.allocations]
            return _done(_apply(writer, ApplicationKind.CREDIT, action.credit_id, parts))
        case WriteOff():
            parts = [(action.invoice_id, action.amount_minor)]
            return _done(_apply(writer, _KINDS[action.kind], None, parts))
        case ReverseReceipt():
            return _reverse_receipt(writer, action)
        case _:
            assert_never(action)


def _apply(
    writer: "Writer", kind: ApplicationKind, source: str | None, parts: list[tuple[str, int]]
) -> int:
    made = postings.apply_to_invoices(
        writer.session, kind, source, parts, writer.facts.as_of, writer.cause
    )
    return len(made)


def _done(count: int) -> str:
    return f"{count} application(s) posted"


def _apply_receipt(writer: "Writer", action: ApplyReceipt) -> str:
    """Post every leg; an exchange difference first, because it may raise what is open."""
    postings.identify_payers(writer.session, {action.receipt_id: action.account_id})
    if action.advice_key:
        use_advice(writer.session, action.receipt_id, action.advice_key)
    count = _close(writer, action.differences, ("fx",))
    cash = [(part.invoice_id, part.amount_minor) for part in action.allocations]
    count += _apply(writer, ApplicationKind.CASH, action.receipt_id, cash)
    count += _use_credits(writer, action.credits)
    count += _close(writer, action.differences, ("discount", "fee"))
    disputes = [_dispute(writer, part) for part in action.differences if part.kind == "deduction"]
    return "; ".join([_done(count), *disputes])


def _use_credits(writer: "Writer", uses: tuple[CreditUse, ...]) -> int:
    sums: dict[str, Counter[str]] = {}
    for use in uses:
        sums.setdefault(use.credit_id, Counter())[use.invoice_id] += use.amount_minor
    return sum(
        _apply(writer, ApplicationKind.CREDIT, credit_id, list(parts.items()))
        for credit_id, parts in sums.items()
    )


def _close(writer: "Writer", differences: tuple[Difference, ...], kinds: tuple[str, ...]) -> int:
    count = 0
    for kind in kinds:
        sums: Counter[str] = Counter()
        for part in differences:
            if part.kind == kind:
                sums[part.invoice_id] += part.amount_minor
        count += _apply(writer, _KINDS[kind], None, list(sums.items()))
    return count


def _dispute(writer: "Writer", part: Difference) -> str:
    """What the payer kept back, as a dispute of that amount on the account of its invoice."""
    facts = writer.facts
    relative = next((r for r in facts.relatives if r.item.invoice_id == part.invoice_id), None)
    money = Money(part.amount_minor, items_of(facts)[part.invoice_id].currency)
    reason = part.reason or "UNDEFINED"
    dispute_id = open_dispute(
        writer.session,
        relative.account_id if relative else facts.account_id,
        part.invoice_id,
        reason,
        facts.as_of,
        part.quote,
        terms_of(facts, writer.policy, reason, money),
    )
    return f"dispute {dispute_id} opened over {money}"


def _reverse_receipt(writer: "Writer", action: ReverseReceipt) -> str:
    facts = writer.facts
    taken = next(t for t in facts.taken if t.receipt_id == action.receipt_id)
    back = return_receipt(
        writer.session,
        action.receipt_id,
        action.amount_minor,
        facts.as_of,
        bank_line_id=action.bank_line_id,
        reason=action.reason,
        cause=writer.cause,
    )
    money = Money(action.amount_minor, taken.currency)
    _ask_to_follow_up(writer, action, f"{money} of payment {taken.receipt_number}", back)
    return f"{money} of {taken.receipt_number} went back; {len(back.reopened)} invoice(s) reopened"


def _ask_to_follow_up(writer: "Writer", action: ReverseReceipt, what: str, back: WentBack) -> None:
    """Tell a person that a customer's payment came back, and what it owes again."""
    numbers = [number for number, _minor in back.reopened]
    shown = ", ".join(numbers[:_SHOWN]) + (" and more" if len(numbers) > _SHOWN else "")
    again = f" Open again: {shown}." if shown else ""
    because = action.reason or action.evidence.replace("_", " ")
    row = {
        "account_id": action.account_id,
        "kind": "follow_up",
        "summary": f"{what} returned: {because}.{again}"[:500],
        "due_on": add_business_days(writer.policy.company.calendar, writer.facts.as_of, 1),
        "assignee": None,
        "state": "open",
        "created_by": writer.actor,
    }
    postings_cases.add_call_task(writer.session, row)
