"""What moved between two snapshots of one account, in sentences a reviewer can read."""

from collections.abc import Iterable
from typing import Any

from ledger.facts import AccountFacts
from ledger.money import Money

_CONCEPTS = (
    ("disputes", "dispute_id", "a dispute was opened", "a dispute was closed"),
    ("holds", "hold_id", "a hold was placed", "a hold ended"),
    ("promises", "promise_id", "a promise was recorded", "a promise is settled"),
    ("plans", "plan_id", "a plan was agreed", "a plan ended"),
    ("tickets", "ticket_id", "a ticket was opened", "a ticket was closed"),
    ("credits", "credit_id", "a credit came in", "a credit was used"),
    ("receipts", "receipt_id", "cash came in", "cash was applied"),
    ("suggested", "receipt_id", "money that may be theirs came in", "it is settled whose money"),
)
_FIELDS = ("segment", "strategic", "owner", "renewal_on", "sensitive_contract", "debtor_type")


def what_moved(before: AccountFacts, after: AccountFacts) -> tuple[str, ...]:
    """Differences that matter to a decision, most telling first; empty when nothing did."""
    told = [*_items(before, after)]
    for concept, key, came, went in _CONCEPTS:
        old, new = _by(getattr(before, concept), key), _by(getattr(after, concept), key)
        told += [f"{came} ({_label(new[k])})" for k in sorted(new.keys() - old.keys())]
        told += [f"{went} ({_label(old[k])})" for k in sorted(old.keys() - new.keys())]
    if after.inbound_unanswered and not before.inbound_unanswered:
        told.append("the customer wrote")
    told += _contacts(before, after)
    for name in _FIELDS:
        old_value, new_value = getattr(before, name), getattr(after, name)
        if old_value != new_value:
            told.append(f"{name.replace('_', ' ')} changed from {old_value} to {new_value}")
    return tuple(told)


def _items(before: AccountFacts, after: AccountFacts) -> Iterable[str]:
    old, new = _by(before.open_items, "invoice_id"), _by(after.open_items, "invoice_id")
    for key in sorted(old.keys() | new.keys()):
        was, now = old.get(key), new.get(key)
        if now is None and was is not None:
            yield f"{was.invoice_number} is settled ({was.open} was open)"
        elif was is None and now is not None:
            yield f"{now.invoice_number} is new ({now.open} open)"
        elif was.open_minor != now.open_minor:
            paid = Money(was.open_minor - now.open_minor, now.currency)
            told = f"{paid} arrived, {now.open} still" if paid.minor > 0 else f"{now.open} now"
            yield f"{now.invoice_number}: {told} open"


def _contacts(before: AccountFacts, after: AccountFacts) -> list[str]:
    old, new = _by(before.contacts, "contact_id"), _by(after.contacts, "contact_id")
    return [
        f"contact {new[key].name or key} changed"
        for key in sorted(old.keys() & new.keys())
        if old[key] != new[key]
    ]


def _by(rows: Iterable[Any], key: str) -> dict[str, Any]:
    return {getattr(row, key): row for row in rows}


def _label(row: Any) -> str:
    for name in ("reason", "ticket_number", "credit_number", "receipt_number", "kind", "state"):
        if hasattr(row, name):
            return str(getattr(row, name))
    return ""
