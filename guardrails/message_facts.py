"""What a message may state of the payment, promise or plan it is about."""

from datetime import date
from typing import NamedTuple

from guardrails.message_kinds import plan_currency, subject_of
from ledger.actions import MessageAction
from ledger.facts import AccountFacts, ActivePlan, PendingPromise, ReceivedPayment


class Stated(NamedTuple):
    """Facts a message may state beside those of open items.

    Attributes:
        amounts: (minor units, currency).
        days: Days of a payment made, promised or planned.
        numbers: Numbers of payments.
        asked_for: Those of the days on which a payment is expected.
    """

    amounts: frozenset[tuple[int, str]] = frozenset()
    days: frozenset[date] = frozenset()
    numbers: tuple[str, ...] = ()
    asked_for: frozenset[date] = frozenset()


_NOTHING = Stated()


def stated(action: MessageAction | None, facts: AccountFacts) -> Stated:
    """The facts of the one payment, promise or plan a message names; nothing without one."""
    match subject_of(action, facts):
        case ReceivedPayment() as payment:
            return Stated(
                frozenset({(payment.amount_minor, payment.currency)}),
                frozenset({payment.received_on}),
                (payment.receipt_number,),
            )
        case PendingPromise() as promise:
            amounts = (
                {(promise.amount_minor, promise.currency)}
                if promise.amount_minor is not None and promise.currency is not None
                else set()
            )
            days = frozenset({promise.due_on})
            return Stated(frozenset(amounts), days, (), days)
        case ActivePlan() as plan:
            return _planned(plan, facts)
        case _:
            return _NOTHING


def _planned(plan: ActivePlan, facts: AccountFacts) -> Stated:
    currency = plan_currency(plan, facts)
    if currency is None:
        return _NOTHING
    parts = [part.amount_minor for part in plan.parts]
    days = frozenset(part.due_on for part in plan.parts)
    amounts = frozenset((minor, currency) for minor in (*parts, sum(parts)))
    return Stated(amounts, days, (), days)
