"""What a plan asked for would pay, day by day: promises that wait for a yes."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta

from engines.reading.days import add_months, last_of_month
from engines.reading.model import PlanClaim, PromiseClaim

_MOST = 12
_DAYS = {"weekly": 7, "fortnightly": 14}
_MONTHS = {"monthly": 1, "quarterly": 3}


def with_instalments(
    promises: Sequence[PromiseClaim], plan: PlanClaim | None
) -> tuple[PromiseClaim, ...]:
    """The promises, with each instalment of a plan that says how many, how much and from when.

    Args:
        promises: What was read with a day or amount of its own; stays as it is where it already
            tells of several days or of less than the whole plan.
        plan: What the message asks for.
    """
    days = list(_days_of(plan)) if plan else []
    if plan is None or not days:
        return tuple(promises)
    told = {each.due_on for each in promises if each.due_on} - {plan.first_on}
    if told & set(days):
        return tuple(promises)
    asked = PromiseClaim(None, plan.amount_minor, plan.currency, (), True, plan.span)
    named = next((each.invoices for each in promises), ())
    other = [each for each in promises if each.due_on is not None and each.due_on != plan.first_on]
    return (*other, *(replace(asked, due_on=each, invoices=named) for each in days))


def _days_of(plan: PlanClaim) -> Iterator[date]:
    count, first = plan.installments, plan.first_on
    if not count or count > _MOST or first is None or plan.amount_minor is None:
        return
    ends = first == last_of_month(first)
    for at in range(count):
        if plan.frequency in _DAYS:
            yield first + timedelta(days=at * _DAYS[plan.frequency])
        elif plan.frequency in _MONTHS:
            day = add_months(first, at * _MONTHS[plan.frequency])
            yield last_of_month(day) if ends else day
