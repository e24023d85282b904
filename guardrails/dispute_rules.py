"""Rules for disputes: what may be disputed, and what a resolution may give."""

from guardrails.case import Case, concerns
from guardrails.disputes import disputed_minor, named_dispute, resolved_item
from guardrails.verdict import Hit
from ledger.actions import OpenDisputeCase, ReopenDispute, ResolveDispute


def disputed_amount_fits_the_invoice(case: Case) -> Hit | None:
    """A disputed part is not more than is open of its invoice, and its reason is a known one."""
    action = case.action
    if not isinstance(action, OpenDisputeCase):
        return None
    if action.reason not in case.policy.dispute.reasons:
        return Hit(f"{action.reason} is no reason")
    item = case.items.get(action.invoice_id or "")
    if action.amount_minor is not None and item and action.amount_minor > item.open_minor:
        return Hit(f"{item.invoice_number} has less open")
    return None


def resolution_fits_the_dispute(case: Case) -> Hit | None:
    """What a resolution gives is disputed and open; who denies says why."""
    action = case.action
    if not isinstance(action, ResolveDispute):
        return None
    dispute = named_dispute(action.dispute_id, case.facts)
    if dispute is None:
        return None  # subject_exists says so
    if not action.gives:
        return _gives_nothing(action)
    if dispute.invoice_id and action.invoice_id not in (None, dispute.invoice_id):
        return Hit("another invoice than the disputed one")
    item = resolved_item(action, case.facts)
    if item is None:
        return Hit("no open invoice it could come off")
    if action.amount_minor is not None and action.amount_minor > disputed_minor(dispute, item):
        return Hit(f"more than is disputed of {item.invoice_number}")
    if dispute.invoice_id is None and action.amount_minor is None:
        return Hit("a dispute about the account needs the amount")
    return None


def _gives_nothing(action: ResolveDispute) -> Hit | None:
    if action.amount_minor is not None:
        return Hit(f"{action.resolution} takes nothing off an invoice")
    if action.resolution == "deny" and not action.note.strip():
        return Hit("a denial says why in its note")
    return None


@concerns(ReopenDispute)
def resolutions_are_taken_back_by_people(_case: Case) -> Hit | None:
    """A resolution is taken back by a person."""
    return Hit()


DISPUTE_RULES = (
    disputed_amount_fits_the_invoice,
    resolution_fits_the_dispute,
    resolutions_are_taken_back_by_people,
)
