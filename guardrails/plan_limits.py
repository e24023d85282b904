"""How far a payment plan may go: what policy does not allow anybody, and how long a plan is."""

from calendar import monthrange
from collections.abc import Sequence
from datetime import date

from ledger.actions import PlanPart
from policies.schema_promises import PlanTerms


def months_after(day: date, months: int) -> date:
    """The same day some months later, or the last of a month that lacks it."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def beyond_policy(
    parts: Sequence[PlanPart], currency: str, as_of: date, terms: PlanTerms
) -> str | None:
    """What of a plan is beyond policy; None where all is within it."""
    total = sum(part.amount_minor for part in parts)
    least, smallest = terms.minimum_minor.get(currency), terms.smallest_minor.get(currency, 0)
    if least is None or total < least:
        return "too little for a plan"
    if len(parts) > terms.most_instalments:
        return f"{len(parts)} instalments"
    if (first := (parts[0].due_on - as_of).days) > terms.first_within_days:
        return f"the first instalment in {first} days"
    if parts[-1].due_on > months_after(as_of, terms.most_months):
        return f"longer than {terms.most_months} months"
    if min(part.amount_minor for part in parts) < smallest:
        return "an instalment too small"
    return None
