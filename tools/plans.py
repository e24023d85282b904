"""Payment plans before a person: options of an account, one built from a request, and the writes.

Nothing here agrees to a plan. What a customer asks for is compared with what policy and their habit
allow; the fitting option is put before finance, and runs only once the customer has accepted it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, assert_never

from sqlmodel import Session

from engines.dunning import choose_channel, choose_contact
from engines.plans import (
    Debt,
    PayingHabit,
    PlanOption,
    debt_of,
    paying_habit,
    plan_options,
)
from engines.reading.model import PlanClaim
from guardrails.business_days import next_business_day
from guardrails.message_kinds import plan_currency
from ledger.actions import AcceptPlan, AnswerQuery, EndPlan, PlanPart, ProposePlan
from ledger.errors import NotFound
from ledger.facts import AccountFacts
from ledger.money import Money
from ledger.postings_promises import accept_plan, move_plan, propose_plan
from ledger.queries import plans as reads
from ledger.queries.account_facts import load_facts
from ledger.states import PlanState
from policies.schema import Policy
from policies.schema_promises import Frequency

if TYPE_CHECKING:
    from tools.execute import Writer

PlanAction = ProposePlan | AcceptPlan | EndPlan
_YEAR = timedelta(days=400)
_FREQUENCIES: dict[str, Frequency] = {
    "weekly": "weekly",
    "biweekly": "fortnightly",
    "fortnightly": "fortnightly",
    "monthly": "monthly",
}


@dataclass(frozen=True, slots=True)
class PlanChoices:
    """What a plan would cover, how the customer pays, and the ways to pay it."""

    account_id: str
    debt: Debt
    habit: PayingHabit
    options: tuple[PlanOption, ...]

    @property
    def fitting(self) -> PlanOption:
        """The option their habit can bear, or the nearest to it."""
        named = (option for option in self.options if option.name == "fitting")
        return next(named, self.options[-1])

    def as_json(self) -> dict[str, Any]:
        """Amounts on the wire form."""
        currency, usual = self.debt.currency, self.habit.monthly_minor
        return {
            "account_id": self.account_id,
            "total": self.debt.total.as_json(),
            "invoice_ids": self.debt.invoice_ids,
            "usual_month": Money(usual, currency).as_json() if usual is not None else None,
            "months": self.habit.months,
            "options": [
                {
                    "name": option.name,
                    "frequency": option.frequency,
                    "parts": [
                        {"due_on": p.due_on, "amount": Money(p.amount_minor, currency).as_json()}
                        for p in option.parts
                    ],
                    "cost": Money(option.cost_minor, currency).as_json(),
                    "risk": option.risk,
                }
                for option in self.options
            ],
        }

    @property
    def habit_in_words(self) -> str:
        """What is due, and how they pay."""
        habit = "no payments in the last year"
        if self.habit.monthly_minor is not None:
            usual = Money(self.habit.monthly_minor, self.debt.currency)
            habit = f"they pay {usual} in a usual month ({self.habit.months} months)"
        return f"Due and undisputed: {self.debt.total}; {habit}."

    @property
    def in_words(self) -> str:
        """The choices for a reviewer."""
        told = "; ".join(option.in_words for option in self.options)
        return f"{self.habit_in_words} Options: {told}."


def habits_of(
    session: Session, accounts: set[str], as_of: date
) -> dict[str, dict[str, PayingHabit]]:
    """How accounts pay, by account and currency."""
    habits: dict[str, dict[str, PayingHabit]] = {account: {} for account in accounts}
    if accounts:
        found = reads.payments(session, accounts, as_of - _YEAR)
        for (account, currency), payments in found.items():
            habits[account][currency] = paying_habit(payments, as_of)
    return habits


def choices(
    facts: AccountFacts,
    habit: PayingHabit,
    policy: Policy,
    currency: str,
    named: tuple[str, ...] = (),
    frequency: Frequency = "monthly",
) -> PlanChoices | str:
    """The ways an account could pay in instalments, or why it cannot.

    Args:
        facts: The account.
        habit: How it pays.
        policy: The policy in force.
        currency: The currency of the plan.
        named: Invoices asked for; without any, all that is due.
        frequency: weekly, fortnightly or monthly.
    """
    debt = debt_of(facts, currency, named)
    if isinstance(debt, str):
        return debt
    roll = partial(next_business_day, policy.company.calendar)
    terms = policy.promises.plans
    options = plan_options(debt.total, facts.as_of, terms, habit, roll, frequency)
    return (
        options if isinstance(options, str) else PlanChoices(facts.account_id, debt, habit, options)
    )


def choices_of(
    session: Session,
    policy: Policy,
    account_id: str,
    as_of: date,
    currency: str | None = None,
    frequency: Frequency = "monthly",
) -> PlanChoices | str:
    """The ways an account could pay, read from the ledger; its only currency where none is named.

    Raises:
        NotFound: No such account.
    """
    facts = load_facts(session, as_of, [account_id]).get(account_id)
    if facts is None:
        raise NotFound(f"no account {account_id!r}")
    if currency is None and len(facts.currencies) != 1:
        there = ", ".join(facts.currencies) or "nothing"
        return f"name the currency of the plan: open is {there}"
    named = currency or facts.currencies[0]
    habit = habits_of(session, {account_id}, as_of)[account_id].get(named, PayingHabit())
    return choices(facts, habit, policy, named, frequency=frequency)


def plan_of(account_id: str, found: PlanChoices, option: PlanOption, note: str) -> ProposePlan:
    """The action that offers an option."""
    return ProposePlan(
        account_id=account_id,
        currency=option.currency,
        invoice_ids=found.debt.invoice_ids,
        parts=tuple(
            PlanPart(due_on=part.due_on, amount_minor=part.amount_minor) for part in option.parts
        ),
        frequency=option.frequency,
        note=note[:2000],
    )


def requested_plan(
    claim: PlanClaim | None,
    facts: AccountFacts,
    habits: Mapping[str, PayingHabit],
    policy: Policy,
    named: tuple[str, ...] = (),
) -> ProposePlan | str:
    """The fitting option for a customer who asks for instalments, or why there is none.

    What they asked for is told beside the options; it decides nothing but how often they pay and
    the currency.

    Args:
        claim: What was read of the request.
        facts: The account.
        habits: How it pays, by currency.
        policy: The policy in force.
        named: Invoices they named.
    """
    asked = claim.currency if claim else None
    if asked is None and len(facts.currencies) != 1:
        return "the currency of the plan is not clear"
    currency = asked or facts.currencies[0]
    frequency = _FREQUENCIES.get((claim.frequency if claim else None) or "monthly", "monthly")
    habit = habits.get(currency, PayingHabit())
    found = choices(facts, habit, policy, currency, named, frequency)
    if isinstance(found, str):
        return found
    note = f"{_asked_for(claim, currency)} {found.in_words}"
    return plan_of(facts.account_id, found, found.fitting, note)


def _asked_for(claim: PlanClaim | None, currency: str) -> str:
    if claim is None:
        return "They ask for instalments and name no terms."
    told = [
        f"{claim.installments} parts" if claim.installments else "",
        f"of {Money(claim.amount_minor, currency)}" if claim.amount_minor else "",
        claim.frequency or "",
        f"from {claim.first_on}" if claim.first_on else "",
    ]
    said = " ".join(part for part in told if part)
    return f"They ask for {said}." if said else "They ask for instalments and name no terms."


def plan_letter(plan_id: str, facts: AccountFacts, policy: Policy) -> AnswerQuery | None:
    """The letter that offers an approved plan; None where there is nobody to write to."""
    contact = choose_contact(facts)
    if contact is None:
        return None
    language = contact.language or facts.language or policy.company.language
    return AnswerQuery(
        account_id=facts.account_id,
        contact_id=contact.contact_id,
        channel=choose_channel(facts, contact, "plan_proposal", language, policy),
        language=language,
        template_id="plan_proposal",
        about=plan_id,
    )


def plan_value(action: PlanAction, facts: AccountFacts) -> Money | None:
    """The total of the plan an action is about."""
    if isinstance(action, ProposePlan):
        return Money(sum(part.amount_minor for part in action.parts), action.currency)
    plan = next((each for each in facts.plans if each.plan_id == action.plan_id), None)
    currency = plan_currency(plan, facts) if plan else None
    if plan is None or currency is None:
        return None
    return Money(sum(part.amount_minor for part in plan.parts), currency)


def post_plan(writer: "Writer", action: PlanAction) -> str:
    """Post an action on a plan; returns one line saying what was done.

    Raises:
        Conflict: The plan has moved on.
        NotFound: No such plan.
    """
    match action:
        case ProposePlan():
            row: dict[str, Any] = {
                "account_id": action.account_id,
                "currency": action.currency,
                "invoice_ids": ",".join(action.invoice_ids),
                "frequency": action.frequency,
                "proposed_on": writer.facts.as_of,
                "approved_by": writer.actor,
            }
            parts = [(part.due_on, part.amount_minor) for part in action.parts]
            plan_id = propose_plan(writer.session, row, parts)
            return f"plan {plan_id} proposed; it runs once the customer accepts it"
        case AcceptPlan():
            accept_plan(writer.session, action.plan_id, writer.facts.as_of)
            return f"plan {action.plan_id} accepted; it runs from now on"
        case EndPlan():
            move_plan(writer.session, action.plan_id, PlanState.CANCELLED, writer.facts.as_of)
            return f"plan {action.plan_id} ended; what it covers goes back to the ladder"
        case _:
            assert_never(action)
