"""Which sources are too old to chase anybody on: one answer for gate, report and doctor."""

from collections.abc import Mapping
from datetime import date

from guardrails.business_days import business_days_after
from policies.schema import Policy


def stale_feeds(
    read_through: Mapping[str, date], policy: Policy, as_of: date
) -> dict[str, date | None]:
    """Required feeds older than allowed, by name; None where one was never read.

    Age counts business days after the day a feed was read through, so a weekend adds none.
    """
    found: dict[str, date | None] = {}
    for name, allowed in policy.contact.feed_max_age_days.items():
        through = read_through.get(name)
        if through is None:
            found[name] = None
        elif business_days_after(policy.company.calendar, through, as_of) > allowed:
            found[name] = through
    return found
