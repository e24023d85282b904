"""The plain credit view: exposure against the limit and age of the oldest item. Pure."""

from dataclasses import dataclass
from datetime import date

from ledger.money import Money
from policies.schema_credit import CreditPolicy


@dataclass(frozen=True, slots=True)
class CreditView:
    """What an account owes against what it may owe."""

    exposure: Money
    limit: Money
    used_percent: float | None
    oldest_days: int
    advice: str

    @property
    def propose_hold(self) -> bool:
        """Whether the analyst asks for a credit hold."""
        return self.advice == "hold"


def review_credit(
    exposure: Money, limit: Money, oldest_due_on: date, as_of: date, policy: CreditPolicy
) -> CreditView:
    """Compare exposure with the limit.

    Exposure is what is open, delivered and not billed, or ordered, less unapplied cash and open
    credits. A hold is advised only where the limit is exceeded beyond the policy's percentage and
    the oldest item is overdue that long; one of the two is a warning.
    """
    owing = exposure.minor > 0
    over = owing and exposure.minor * 100 >= limit.minor * policy.propose_hold_at_limit_percent
    near = owing and exposure.minor * 100 >= limit.minor * policy.warn_at_limit_percent
    old = (as_of - oldest_due_on).days >= policy.propose_hold_oldest_days
    advice = "hold" if over and old else "watch" if over or old or near else "none"
    used = round(exposure.minor * 100 / limit.minor, 1) if limit.minor else None
    return CreditView(exposure, limit, used, max((as_of - oldest_due_on).days, 0), advice)
