"""What a proposed action would do, in words a reviewer reads."""

from typing import assert_never

from guardrails.disputes import resolved_item
from ledger import actions as act
from ledger.facts import AccountFacts
from ledger.money import Money
from tools.execute import action_value
from tools.execute_cash import items_of


def action_words(action: act.ProposedAction, facts: AccountFacts) -> str:
    """One sentence on what approving the action would do.

    Args:
        action: The proposed action.
        facts: The account it is judged on; invoices are told by their numbers.
    """
    match action:
        case act.SendReminder() | act.SendStatement() | act.AnswerQuery():
            return _message(action, facts)
        case act.ApplyReceipt() | act.ApplyCredit() | act.WriteOff() | act.ReverseReceipt():
            return _money(action, facts)
        case act.OpenDisputeCase() | act.ResolveDispute() | act.ReopenDispute():
            return _dispute(action, facts)
        case act.RecordPromise() | act.KeepPromise():
            return _promise(action, facts)
        case act.ProposePlan() | act.AcceptPlan() | act.EndPlan():
            return _plan(action, facts)
        case act.PlaceHold() | act.ReleaseHold():
            return _hold(action, facts)
        case act.SetCreditLimit() | act.SetCreditHold():
            return _credit(action)
        case act.CreateCallTask():
            return f"Ask a person to {action.kind.replace('_', ' ')} by {action.due_on}."
        case act.Escalate():
            return f"Hand the case to {action.to_role}; the system does nothing itself."
        case _:
            assert_never(action)


def _message(action: act.MessageAction, facts: AccountFacts) -> str:
    value = action_value(action, facts)
    words = {"template": "the approved letter", "model": "a letter worded by a model"}.get(
        action.wording, "a letter worded by a person"
    )
    to = f"by {action.channel} in {action.language}, {words}"
    match action:
        case act.SendReminder():
            count = len(action.invoice_ids)
            items = "1 invoice" if count == 1 else f"{count} invoices"
            if action.stage == 0:
                what = action.template_id.replace("_", " ")
                return f"Send a reminder outside the stages ({what}) for {items}, {value}, {to}."
            return f"Send reminder {action.stage} for {items}, {value}, {to}."
        case act.SendStatement():
            return f"Send a statement of {value}, {to}."
        case act.AnswerQuery():
            return f"Answer the customer ({action.template_id.replace('_', ' ')}), {to}."


def _money(
    action: act.ApplyReceipt | act.ApplyCredit | act.WriteOff | act.ReverseReceipt,
    facts: AccountFacts,
) -> str:
    if isinstance(action, act.ReverseReceipt):
        return _went_back(action, facts)
    value = action_value(action, facts)
    if isinstance(action, act.WriteOff):
        return f"Write off {value or 'the rest'} of {_number(action.invoice_id, facts)}."
    what = "credit" if isinstance(action, act.ApplyCredit) else "receipt"
    numbers = ", ".join(_number(part.invoice_id, facts) for part in action.allocations)
    if isinstance(action, act.ApplyReceipt):
        return _receipt(action, facts, numbers)
    return f"Apply {value or 'part'} of a {what} to {numbers}."


_BESIDE = {
    "fee": "close {} of {} as a bank fee",
    "discount": "close {} of {} as a cash discount",
    "fx": "close {} of {} as an exchange difference",
    "deduction": "open a dispute over {} of {}",
}


def _receipt(action: act.ApplyReceipt, facts: AccountFacts, numbers: str) -> str:
    """Every leg of a payment, and what stays on account."""
    receipt = next((r for r in facts.receipts if r.receipt_id == action.receipt_id), None)
    if receipt is None:
        return f"Apply a receipt to {numbers}."
    currency = receipt.currency
    cash = sum(part.amount_minor for part in action.allocations)
    legs = [f"Apply {Money(cash, currency)} of a receipt to {numbers}"]
    for use in action.credits:
        money = Money(use.amount_minor, currency)
        legs.append(f"set {money} of a credit memo against {_number(use.invoice_id, facts)}")
    for part in action.differences:
        money = Money(part.amount_minor, currency)
        legs.append(_BESIDE[part.kind].format(money, _number(part.invoice_id, facts)))
    rest = receipt.unapplied_minor - cash
    if rest > 0:
        legs.append(f"keep {Money(rest, currency)} on account")
    return f"{'; '.join(legs)}."


def _went_back(action: act.ReverseReceipt, facts: AccountFacts) -> str:
    value = action_value(action, facts)
    taken = next((t for t in facts.taken if t.receipt_id == action.receipt_id), None)
    number = taken.receipt_number if taken else action.receipt_id
    because = action.reason or action.evidence.replace("_", " ")
    what = f"{value or 'the money'} of payment {number}"
    return f"Take {what} back; what it paid is open again: {because}."


_ENDS = {
    "credit": "credit {} of {}",
    "rebill": "credit {} of {} and promise a corrected invoice",
    "write_off": "write off {} of {}",
    "allow_discount": "allow {} of {} as a discount",
}


def _dispute(
    action: act.OpenDisputeCase | act.ResolveDispute | act.ReopenDispute, facts: AccountFacts
) -> str:
    value = action_value(action, facts)
    match action:
        case act.OpenDisputeCase():
            where = _number(action.invoice_id, facts) if action.invoice_id else "the whole account"
            part = f" over {value}" if value else ""
            return f"Open a dispute on {where}{part}: {action.reason.lower().replace('_', ' ')}."
        case act.ResolveDispute():
            item = resolved_item(action, facts)
            if not action.gives or item is None:
                return f"Close the dispute: {action.resolution.replace('_', ' ')}."
            done = _ENDS[action.resolution].format(value, item.invoice_number)
            return f"Close the dispute: {done}."
        case act.ReopenDispute():
            charged = f", {value} is charged back" if value and value.minor else ""
            return f"Take the resolution back: the dispute is open again{charged}."


def _promise(action: act.RecordPromise | act.KeepPromise, facts: AccountFacts) -> str:
    value = action_value(action, facts)
    amount = f" of {value}" if value else ""
    if isinstance(action, act.RecordPromise):
        who = "the customer's" if action.direction == "theirs" else "our own"
        return f"Record {who} promise ({action.kind}){amount} for {action.due_on}."
    found = next((each for each in facts.promises if each.promise_id == action.promise_id), None)
    if found is None:
        return f"Note promise {action.promise_id} as {action.outcome}."
    who = "the customer's" if found.direction == "theirs" else "our own"
    return f"Note {who} promise ({found.kind}){amount} for {found.due_on} as {action.outcome}."


def _plan(action: act.ProposePlan | act.AcceptPlan | act.EndPlan, facts: AccountFacts) -> str:
    value = action_value(action, facts)
    match action:
        case act.ProposePlan():
            first, last, count = action.parts[0].due_on, action.parts[-1].due_on, len(action.parts)
            return f"Offer a plan over {value} in {count} parts, {first} to {last}."
        case act.AcceptPlan():
            return f"Let the plan over {value or 'its invoices'} run: the customer accepted it."
        case act.EndPlan():
            return f"End the plan over {value or 'its invoices'}: they go back to the ladder."


def _hold(action: act.PlaceHold | act.ReleaseHold, facts: AccountFacts) -> str:
    if isinstance(action, act.ReleaseHold):
        reason = next((h.reason for h in facts.holds if h.hold_id == action.hold_id), "its")
        return f"Lift the hold ({reason.replace('_', ' ')})."
    where = _number(action.invoice_id, facts) if action.invoice_id else "the account"
    until = f" until {action.ends_on}" if action.ends_on else " until somebody lifts it"
    return f"Hold {where} ({action.reason.replace('_', ' ')}){until}; no message leaves."


def _credit(action: act.SetCreditLimit | act.SetCreditHold) -> str:
    if isinstance(action, act.SetCreditLimit):
        return f"Set the credit limit to {Money(action.limit_minor, action.currency)}."
    return "Put the account on credit hold." if action.on else "Lift the credit hold."


def _number(invoice_id: str, facts: AccountFacts) -> str:
    item = items_of(facts).get(invoice_id)
    return item.invoice_number if item else invoice_id
