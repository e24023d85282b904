"""Payment plans: options to the cent, their dates, what they cost, how a plan stands. Pure.

Nothing here decides: options are prepared for a person, and a plan moves only as `next_state` says.
"""

from calendar import monthrange
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from statistics import median_low
from typing import Literal

from ledger.facts import AccountFacts, OpenItem
from ledger.money import Money
from ledger.states import HoldReason, PlanState
from policies.schema_promises import Frequency, PlanTerms

Roll = Callable[[date], date]
"""The first business day on or after a day."""
OptionName = Literal["shorter", "fitting", "longer"]

_OTHER_RULES_HOLD = frozenset(
    {
        HoldReason.INSOLVENCY,
        HoldReason.LEGAL_REPRESENTATION,
        HoldReason.LEGAL_MATTER,
        HoldReason.DECEASED,
    }
)
_STEP_DAYS = {"weekly": 7, "fortnightly": 14}
_A_YEAR_HAS = {"weekly": 52, "fortnightly": 26, "monthly": 12}
_FEW = 4  # payments below which no day of the month or week is called a habit
_MOSTLY = Decimal("0.6")


@dataclass(frozen=True, slots=True)
class PayingHabit:
    """How an account pays, from its history.

    Attributes:
        monthly_minor: Median of what it paid in a calendar month; None without a history.
        months: Complete months that rests on.
        pay_day: Day of the month most payments come on or just after; None where there is none.
        weekday: Weekday most payments come on, Monday is 0; None where there is none.
    """

    monthly_minor: int | None = None
    months: int = 0
    pay_day: int | None = None
    weekday: int | None = None


@dataclass(frozen=True, slots=True)
class Debt:
    """What a plan may be made over: undisputed items of one currency."""

    currency: str
    items: tuple[OpenItem, ...]

    @property
    def total(self) -> Money:
        """Their open balance."""
        return Money(sum(item.open_minor for item in self.items), self.currency)

    @property
    def invoice_ids(self) -> tuple[str, ...]:
        """Ids, the earliest due first."""
        return tuple(item.invoice_id for item in self.items)


@dataclass(frozen=True, slots=True)
class PlanPart:
    """One instalment."""

    due_on: date
    amount_minor: int


@dataclass(frozen=True, slots=True)
class PlanOption:
    """One way to pay in instalments.

    Attributes:
        cost_minor: What waiting costs us at the annual rate of policy; nobody is charged for it.
        risk: How the parts compare to what the customer usually pays, in words.
    """

    name: OptionName
    frequency: Frequency
    currency: str
    parts: tuple[PlanPart, ...]
    cost_minor: int
    risk: str

    @property
    def total(self) -> Money:
        """Sum of the parts."""
        return Money(sum(part.amount_minor for part in self.parts), self.currency)

    @property
    def in_words(self) -> str:
        """The option as one line."""
        first, last = self.parts[0], self.parts[-1]
        amount = Money(first.amount_minor, self.currency)
        cost = Money(self.cost_minor, self.currency)
        return (
            f"{self.name}: {len(self.parts)} {self.frequency} parts of {amount}, {first.due_on} "
            f"to {last.due_on}, costs us {cost}, {self.risk}"
        )


def debt_of(facts: AccountFacts, currency: str, named: Sequence[str] = ()) -> Debt | str:
    """What a plan of an account may cover, or why there can be none.

    Args:
        facts: The account.
        currency: The currency of the plan.
        named: Invoices asked for; without any, all that is due.
    """
    held = {hold.reason for hold in facts.holds if hold.invoice_id is None}
    if stopped := sorted(held & _OTHER_RULES_HOLD):
        return f"no plan while the account is held for {stopped[0].replace('_', ' ')}"
    disputed = {dispute.invoice_id for dispute in facts.disputes}
    if None in disputed:
        return "no plan while the whole account is disputed"
    taken = {
        i for plan in facts.plans if plan.state != PlanState.BREACHED for i in plan.invoice_ids
    }
    taken |= {hold.invoice_id for hold in facts.holds if hold.invoice_id} | disputed
    items = [
        item
        for item in facts.open_items
        if item.currency == currency
        and item.open_minor > 0
        and item.invoice_id not in taken
        and (item.invoice_id in named if named else item.due_on <= facts.as_of)
    ]
    if not items:
        return f"no undisputed item in {currency} is due that is not held or in a plan already"
    return Debt(currency, tuple(sorted(items, key=lambda i: (i.due_on, i.invoice_number))))


def paying_habit(payments: Iterable[tuple[date, int]], as_of: date) -> PayingHabit:
    """How an account pays, over the complete months of the year before a date.

    A month without a payment counts as nothing once there was a first one.

    Args:
        payments: Day and minor units of money received, all of one currency.
        as_of: The business date; its own month is not complete and left out.
    """
    this_month = as_of.replace(day=1)
    first = _add_months(this_month, -12, 1)
    known = [(day, minor) for day, minor in payments if first <= day < this_month]
    if not known:
        return PayingHabit()
    sums: Counter[date] = Counter()
    for day, minor in known:
        sums[day.replace(day=1)] += minor
    start = min(sums)
    months = (this_month.year - start.year) * 12 + this_month.month - start.month
    paid = [sums[_add_months(start, n, 1)] for n in range(months)]
    days = [day for day, _minor in known]
    return PayingHabit(
        median_low(paid), months, _pay_day(days), _mostly(day.weekday() for day in days)
    )


def _mostly(values: Iterable[int]) -> int | None:
    counted = Counter(values)
    number = counted.total()
    value, count = counted.most_common(1)[0]
    return value if number >= _FEW and count >= _MOSTLY * number else None


def _pay_day(days: Sequence[date]) -> int | None:
    """The day of the month from which on, within three days, most payments come."""
    if len(days) < _FEW:
        return None
    counts = {
        first: sum(0 <= day.day - first <= 3 for day in days)
        for first in sorted({day.day for day in days})
    }
    best = max(counts, key=lambda first: counts[first])
    return best if counts[best] >= _MOSTLY * len(days) else None


def split_exactly(total: Money, count: int) -> tuple[int, ...]:
    """Parts that sum to the total and differ by a minor unit at most; the first are larger."""
    return tuple(part.minor for part in total.split([1] * count))


def due_dates(
    first: date, count: int, frequency: Frequency, roll: Roll, weekday: int | None = None
) -> tuple[date, ...]:
    """Rising business days, each as near after its step as the calendar and payment run allow.

    A month without the day of the first has its last day instead, and the next has it again.

    Args:
        first: Where the steps start.
        count: How many.
        frequency: weekly, fortnightly or monthly.
        roll: The first business day on or after a day.
        weekday: Weekday of the customer's payment run, if it has one.
    """
    found: list[date] = []
    for number in range(count):
        day = (
            _add_months(first, number, first.day)
            if frequency == "monthly"
            else first + timedelta(days=_STEP_DAYS[frequency] * number)
        )
        if weekday is not None:
            day += timedelta(days=(weekday - day.weekday()) % 7)
        day = roll(day)
        if found and day <= found[-1]:
            day = roll(found[-1] + timedelta(days=1))
        found.append(day)
    return tuple(found)


def _add_months(day: date, months: int, wanted: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(wanted, monthrange(year, month + 1)[1]))


def cost_of_waiting(parts: Sequence[PlanPart], as_of: date, terms: PlanTerms) -> int:
    """Interest forgone from a day to each due date: actual days over the day count of policy."""
    basis = Decimal(terms.day_count.removeprefix("actual/"))
    days = sum(part.amount_minor * max(0, (part.due_on - as_of).days) for part in parts)
    cost = Decimal(days) * terms.annual_rate_percent / 100 / basis
    return int(cost.quantize(Decimal(1), ROUND_HALF_UP))


def plan_options(
    total: Money,
    as_of: date,
    terms: PlanTerms,
    habit: PayingHabit,
    roll: Roll,
    frequency: Frequency = "monthly",
) -> tuple[PlanOption, ...] | str:
    """Up to three ways to pay, the shortest first, or why there can be none.

    The fitting one asks for what the customer's habit can bear; without a history it has the usual
    number of parts. The shorter and the longer one stand beside it to compare.
    """
    least = terms.minimum_minor.get(total.currency)
    if least is None or total.minor < least:
        return f"{total} is too little for a plan, or its currency has no minimum"
    most = _most_parts(total, terms, frequency)
    if most < 2:
        return f"{total} cannot be split into parts that policy allows"
    bearable = _bearable(habit, terms, frequency)
    wanted = -(-total.minor // bearable) if bearable else terms.usual_instalments
    fitting = min(max(wanted, 2), most)
    first = _first_date(as_of, terms, habit)
    last_allowed = as_of + timedelta(days=terms.first_within_days)
    if roll(first) > last_allowed:
        first = as_of + timedelta(days=terms.first_after_days)
    options = []
    for count in _counts(fitting, most):
        days = due_dates(first, count, frequency, roll, habit.weekday)
        if days[0] > last_allowed or days[-1] > _last_day(as_of, terms):
            days = due_dates(first, count, frequency, roll)
        if days[-1] > _last_day(as_of, terms):
            continue
        amounts = split_exactly(total, count)
        parts = tuple(PlanPart(*pair) for pair in zip(days, amounts, strict=True))
        name: OptionName = "fitting"
        if count != fitting:
            name = "shorter" if count < fitting else "longer"
        cost = cost_of_waiting(parts, as_of, terms)
        risk = risk_words(amounts[0], bearable)
        options.append(PlanOption(name, frequency, total.currency, parts, cost, risk))
    return tuple(options) or f"no dates within {terms.most_months} months fit"


def _most_parts(total: Money, terms: PlanTerms, frequency: Frequency) -> int:
    smallest = terms.smallest_minor.get(total.currency, total.minor)
    in_time = terms.most_months * _A_YEAR_HAS[frequency] // 12
    return min(terms.most_instalments, in_time, total.minor // max(1, smallest))


def _bearable(habit: PayingHabit, terms: PlanTerms, frequency: Frequency) -> int | None:
    """What one part may be at most, beside the invoices that go on being paid."""
    if not habit.monthly_minor:
        return None
    yearly = habit.monthly_minor * 12 * terms.bearable_percent // 100
    return max(1, yearly // _A_YEAR_HAS[frequency])


def _counts(fitting: int, most: int) -> list[int]:
    """Three numbers of parts with the fitting one among them, fewer where there is no room."""
    counts = {max(2, -(-fitting // 2)), fitting, min(most, -(-fitting * 3 // 2))}
    while len(counts) < 3 and (min(counts) > 2 or max(counts) < most):
        counts.add(max(counts) + 1 if max(counts) < most else min(counts) - 1)
    return sorted(counts)


def _first_date(as_of: date, terms: PlanTerms, habit: PayingHabit) -> date:
    """Some days from now, or on the customer's next pay day after that."""
    earliest = as_of + timedelta(days=terms.first_after_days)
    if habit.pay_day is None:
        return earliest
    this_month = _add_months(earliest, 0, habit.pay_day)
    return this_month if this_month >= earliest else _add_months(earliest, 1, habit.pay_day)


def _last_day(as_of: date, terms: PlanTerms) -> date:
    return _add_months(as_of, terms.most_months, as_of.day)


def risk_words(part_minor: int, bearable_minor: int | None) -> str:
    """A part against what the customer can bear, in words."""
    if bearable_minor is None:
        return "no payment history to judge it by"
    share = part_minor * 100 // bearable_minor
    if share <= 100:
        return "within what they can bear"
    told = "tight" if share <= 150 else "beyond their habit"
    return f"{told}: {share} % of what they can bear"


@dataclass(frozen=True, slots=True)
class Standing:
    """How a plan stands: what was paid on it, what is late, and what comes next."""

    paid_minor: int
    late_minor: int
    open_parts: tuple[PlanPart, ...]


def standing(
    parts: Sequence[PlanPart], open_minor: int, as_of: date, last_day_of: Roll
) -> Standing:
    """What is paid goes to the oldest instalment first.

    Args:
        parts: The instalments, the earliest first.
        open_minor: What is open of the plan's invoices.
        as_of: The business date.
        last_day_of: The last day on which an instalment of a day still counts as paid in time.
    """
    paid = max(0, sum(part.amount_minor for part in parts) - open_minor)
    due = sum(part.amount_minor for part in parts if last_day_of(part.due_on) < as_of)
    rest, left = [], paid
    for part in parts:
        taken = min(left, part.amount_minor)
        left -= taken
        if part.amount_minor > taken:
            rest.append(PlanPart(part.due_on, part.amount_minor - taken))
    return Standing(paid, max(0, due - paid), tuple(rest))


def next_state(
    state: PlanState, found: Standing, as_of: date, cure_by: date | None, answer_by: date | None
) -> PlanState:
    """The state a plan moves to: nothing but its books and dates decides.

    Args:
        state: Where it is.
        found: How it stands.
        as_of: The business date.
        cure_by: Until when a breach may be made good.
        answer_by: Until when a proposal waits for the customer's answer.
    """
    if state in (PlanState.COMPLETED, PlanState.CANCELLED):
        return state
    if not found.open_parts:
        return PlanState.COMPLETED
    if state is PlanState.PROPOSED:
        expired = answer_by is not None and as_of > answer_by
        return PlanState.CANCELLED if expired else state
    if not found.late_minor:
        return PlanState.ACTIVE
    if state is PlanState.ACTIVE:
        return PlanState.BREACHED
    expired = cure_by is not None and as_of > cure_by
    return PlanState.CANCELLED if expired else state
