"""What a resolution comes to: the invoice it is about and the amount, from action and facts."""

from ledger.actions import ResolveDispute
from ledger.facts import AccountFacts, OpenDispute, OpenItem


def named_dispute(dispute_id: str, facts: AccountFacts) -> OpenDispute | None:
    """The open dispute of an id."""
    return next((each for each in facts.disputes if each.dispute_id == dispute_id), None)


def resolved_item(action: ResolveDispute, facts: AccountFacts) -> OpenItem | None:
    """The open invoice a resolution is about; None where it is settled or none is named."""
    dispute = named_dispute(action.dispute_id, facts)
    if dispute is None:
        return None
    wanted = dispute.invoice_id or action.invoice_id
    return next((item for item in facts.open_items if item.invoice_id == wanted), None)


def disputed_minor(dispute: OpenDispute, item: OpenItem) -> int:
    """How much of an invoice a dispute is about, in minor units; never more than is open."""
    if dispute.amount_minor is None:
        return item.open_minor
    return min(dispute.amount_minor, item.open_minor)


def resolved_minor(action: ResolveDispute, facts: AccountFacts) -> int:
    """What a resolution gives, or would give if it gave all that is disputed."""
    dispute, item = named_dispute(action.dispute_id, facts), resolved_item(action, facts)
    if dispute is None or item is None:
        return 0
    return action.amount_minor or disputed_minor(dispute, item)
