"""Plans: parts to the cent, dates that rise on business days, what fits, how a plan moves."""

from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from engines.plans import (
    Debt,
    PayingHabit,
    PlanPart,
    cost_of_waiting,
    debt_of,
    due_dates,
    next_state,
    paying_habit,
    plan_options,
    risk_words,
    split_exactly,
    standing,
)
from guardrails.business_days import add_business_days, is_business_day, next_business_day
from guardrails.plan_limits import beyond_policy
from ledger import actions as act
from ledger.money import Money
from ledger.states import PLAN_MOVES, PlanState
from policies.load import load_policy
from tests.support.facts import AS_OF, account, day, dispute, hold, item, plan

TERMS = load_policy().promises.plans
ROLL = partial(next_business_day, "US")
NO_HABIT = PayingHabit()


def same(day: date) -> date:
    return day


class TestSplitExactly:
    @pytest.mark.parametrize(
        ("amount", "currency", "count", "parts"),
        [
            ("1000.00", "USD", 3, (333_34, 333_33, 333_33)),
            ("1000", "JPY", 3, (334, 333, 333)),
            ("100.000", "KWD", 7, (14286, 14286, 14286, 14286, 14286, 14285, 14285)),
            ("0.02", "EUR", 3, (1, 1, 0)),
        ],
    )
    def test_sum__is_shared_out_to_the_last_unit(self, amount, currency, count, parts):
        assert split_exactly(Money.of(amount, currency), count) == parts

    @given(st.integers(1, 10**12), st.integers(1, 60))
    def test_any_sum__parts_add_up_and_differ_by_one_at_most(self, minor, count):
        parts = split_exactly(Money(minor, "USD"), count)
        assert (len(parts), sum(parts)) == (count, minor)
        assert max(parts) - min(parts) <= 1
        assert list(parts) == sorted(parts, reverse=True)


class TestDueDates:
    @pytest.mark.parametrize(
        ("first", "expected"),
        [
            (date(2026, 1, 31), ["2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30"]),
            (date(2028, 1, 30), ["2028-01-30", "2028-02-29", "2028-03-30", "2028-04-30"]),
            (date(2026, 11, 30), ["2026-11-30", "2026-12-30", "2027-01-30", "2027-02-28"]),
        ],
    )
    def test_short_month__has_its_last_day_and_the_next_the_old_day_again(self, first, expected):
        assert [d.isoformat() for d in due_dates(first, 4, "monthly", same)] == expected

    @pytest.mark.parametrize(
        ("first", "rolled"),
        [
            (date(2026, 11, 7), date(2026, 11, 9)),  # Saturday
            (date(2026, 11, 26), date(2026, 11, 27)),  # Thanksgiving
            (date(2026, 12, 25), date(2026, 12, 28)),  # a holiday before a weekend
        ],
    )
    def test_weekend_or_holiday__is_the_next_business_day(self, first, rolled):
        assert due_dates(first, 1, "monthly", ROLL) == (rolled,)

    def test_payment_run__moves_each_date_to_its_weekday(self):
        days = due_dates(date(2026, 11, 2), 4, "fortnightly", ROLL, weekday=3)
        assert [d.weekday() for d in days] == [3, 3, 3, 3]

    def test_long_holiday__weekly_dates_rise_still(self):
        """A calendar that is closed for two weeks would put two dates on one day."""

        def reopen(day: date) -> date:
            return max(day, date(2026, 10, 15)) if day >= date(2026, 10, 1) else day

        days = due_dates(date(2026, 9, 24), 4, "weekly", reopen)
        assert list(days) == sorted(set(days))

    @given(
        st.dates(date(2026, 1, 1), date(2032, 12, 31)),
        st.integers(1, 40),
        st.sampled_from(["weekly", "fortnightly", "monthly"]),
        st.none() | st.integers(0, 4),
        st.sampled_from(["US", "DE", "GB", "FR", "JP"]),
    )
    def test_any_start__rises_on_business_days(self, first, count, frequency, weekday, calendar):
        days = due_dates(first, count, frequency, partial(next_business_day, calendar), weekday)
        assert len(days) == count
        assert all(earlier < later for earlier, later in pairwise(days))
        assert all(is_business_day(calendar, each) and each >= first for each in days)


class TestPayingHabit:
    def test_months_since_the_first__a_month_without_money_counts(self):
        paid = [(date(2026, 7, 3), 100), (date(2026, 9, 2), 300), (date(2026, 11, 1), 9_999)]
        found = paying_habit(paid, AS_OF)  # July 100, August 0, September 300, October 0
        assert (found.monthly_minor, found.months) == (0, 4)

    def test_day_of_the_month_and_week__are_habits_where_most_payments_agree(self):
        fifteenths = [(date(2026, month, 15), 100) for month in range(3, 10)]
        assert paying_habit(fifteenths, AS_OF).pay_day == 15
        thursdays = [(date(2026, 9, 3) + timedelta(days=7 * n), 100) for n in range(8)]
        found = paying_habit(thursdays, AS_OF)
        assert (found.weekday, found.pay_day) == (3, None)

    def test_few_payments__are_no_habit(self):
        found = paying_habit([(date(2026, 9, 15), 100), (date(2026, 8, 15), 100)], AS_OF)
        assert (found.pay_day, found.weekday) == (None, None)

    def test_nothing_paid_in_a_year__says_nothing(self):
        assert paying_habit([(date(2024, 9, 15), 100)], AS_OF) == NO_HABIT


def options(minor=900_00, habit=NO_HABIT, frequency="monthly", currency="USD"):
    found = plan_options(Money(minor, currency), AS_OF, TERMS, habit, ROLL, frequency)
    assert not isinstance(found, str), found
    return found


class TestPlanOptions:
    def test_no_history__the_usual_number_fits_beside_a_shorter_and_a_longer(self):
        found = options()
        assert [(each.name, len(each.parts)) for each in found] == [
            ("shorter", 2),
            ("fitting", 3),
            ("longer", 5),
        ]
        assert {each.risk for each in found} == {"no payment history to judge it by"}

    def test_habit__sets_what_a_part_may_be(self):
        found = {each.name: each for each in options(habit=PayingHabit(500_00, 12))}
        assert len(found["fitting"].parts) == 5  # 40 % of 500.00 is 200.00
        assert found["fitting"].risk == "within what they can bear"
        assert found["shorter"].risk == "tight: 150 % of what they can bear"

    def test_longer__costs_more(self):
        costs = [each.cost_minor for each in options()]
        assert costs == sorted(set(costs))

    def test_pay_day__first_part_falls_on_it(self):
        (first, *_rest) = options(habit=PayingHabit(500_00, 12, pay_day=20))[0].parts
        assert first.due_on == date(2026, 11, 20)

    def test_too_little_or_no_minimum__is_refused(self):
        for total in (Money(499_99, "USD"), Money(10**9, "SEK")):
            refused = plan_options(total, AS_OF, TERMS, NO_HABIT, ROLL)
            assert isinstance(refused, str)
            assert "too little" in refused

    @given(
        st.integers(500_00, 10**9),
        st.builds(
            PayingHabit,
            st.none() | st.integers(0, 10**7),
            st.integers(0, 12),
            st.none() | st.integers(1, 31),
            st.none() | st.integers(0, 4),
        ),
        st.sampled_from(["weekly", "fortnightly", "monthly"]),
        st.dates(date(2026, 1, 1), date(2030, 12, 31)),
    )
    def test_any_option__sums_up_and_is_one_the_gate_allows(self, minor, habit, frequency, on):
        found = plan_options(Money(minor, "USD"), on, TERMS, habit, ROLL, frequency)
        assert not isinstance(found, str)
        assert 1 <= len(found) <= 3
        assert [each.name for each in found].count("fitting") <= 1
        for option in found:
            assert option.total == Money(minor, "USD")
            parts = [
                act.PlanPart(due_on=p.due_on, amount_minor=p.amount_minor) for p in option.parts
            ]
            assert beyond_policy(parts, "USD", on, TERMS) is None
        lengths = [len(each.parts) for each in found]
        assert lengths == sorted(set(lengths))


class TestCostOfWaiting:
    @pytest.mark.parametrize(("day_count", "cost"), [("actual/365", 80_00), ("actual/360", 81_11)])
    def test_a_year_at_eight_percent__by_its_day_count(self, day_count, cost):
        terms = TERMS.model_copy(update={"annual_rate_percent": Decimal(8), "day_count": day_count})
        parts = [PlanPart(AS_OF + timedelta(days=365), 1_000_00)]
        assert cost_of_waiting(parts, AS_OF, terms) == cost

    def test_due_today__costs_nothing(self):
        assert cost_of_waiting([PlanPart(AS_OF, 1_000_00)], AS_OF, TERMS) == 0


@pytest.mark.parametrize(
    ("part", "words"),
    [(100, "within"), (101, "tight: 101 %"), (150, "tight: 150 %"), (151, "beyond their habit")],
)
def test_risk__is_told_against_what_they_can_bear(part, words):
    assert risk_words(part, 100).startswith(words)


class TestDebtOf:
    def test_due_and_undisputed_items_of_the_currency__are_covered_oldest_first(self):
        facts = account(
            item("1", late=5),
            item("2", late=50),
            item("3", late=-3),
            item("4", currency="EUR"),
            item("5"),
            disputes=(dispute("inv_5"),),
        )
        found = debt_of(facts, "USD")
        assert isinstance(found, Debt)
        assert found.invoice_ids == ("inv_2", "inv_1")
        assert found.total == Money(200_00, "USD")
        named = debt_of(facts, "USD", ("inv_3",))
        assert isinstance(named, Debt)
        assert named.invoice_ids == ("inv_3",)

    @pytest.mark.parametrize(
        "reason", ["insolvency", "legal_representation", "legal_matter", "deceased"]
    )
    def test_where_other_rules_hold__there_is_none(self, reason):
        assert "no plan" in str(debt_of(account(holds=(hold(reason=reason),)), "USD"))

    def test_plan_that_was_breached__may_be_replaced(self):
        assert isinstance(debt_of(account(plans=(plan((9, 1), state="active"),)), "USD"), str)
        assert isinstance(debt_of(account(plans=(plan((9, 1), state="breached"),)), "USD"), Debt)


PARTS = [PlanPart(day(0), 40), PlanPart(day(30), 30), PlanPart(day(60), 30)]
GRACE = partial(add_business_days, "US", count=3)


class TestStanding:
    @pytest.mark.parametrize(
        ("open_minor", "left"),
        [
            (100, [40, 30, 30]),
            (70, [10, 30, 30]),
            (60, [30, 30]),
            (1, [1]),
            (0, []),
            (150, [40, 30, 30]),  # something was taken back: nothing counts as paid
        ],
    )
    def test_paid__goes_to_the_oldest_first(self, open_minor, left):
        found = standing(PARTS, open_minor, day(0), GRACE)
        assert [part.amount_minor for part in found.open_parts] == left

    @pytest.mark.parametrize(("on", "late"), [(5, 0), (6, 40), (40, 70)])
    def test_late__is_what_its_grace_has_passed_for(self, on, late):
        assert standing(PARTS, 100, day(on), GRACE).late_minor == late

    @given(st.integers(0, 150), st.integers(-5, 90))
    def test_any_moment__open_parts_are_what_is_not_paid(self, open_minor, on):
        found = standing(PARTS, open_minor, day(on), GRACE)
        left = sum(part.amount_minor for part in found.open_parts)
        assert left == 100 - found.paid_minor
        assert 0 <= found.late_minor <= left


class PlanLife(RuleBasedStateMachine):
    """A plan that is paid, missed, cured, refused and forgotten in any order."""

    @initialize(answered=st.booleans())
    def offered(self, answered: bool) -> None:
        self.today, self.open = AS_OF - timedelta(days=10), 100
        self.state, self.cure_by = PlanState.PROPOSED, None
        self.answer_by = self.today + timedelta(days=14)
        self.moves: list[tuple[PlanState, PlanState]] = []
        if answered:
            self.accept()

    @rule()
    def accept(self) -> None:
        if self.state is PlanState.PROPOSED:
            self._to(PlanState.ACTIVE)

    @rule(amount=st.integers(1, 60))
    def pay(self, amount: int) -> None:
        self.open = max(0, self.open - amount)

    @rule(amount=st.integers(1, 40))
    def money_goes_back(self, amount: int) -> None:
        self.open = min(100, self.open + amount)

    @rule(days=st.integers(1, 20))
    def night(self, days: int) -> None:
        self.today += timedelta(days=days)
        found = standing(PARTS, self.open, self.today, GRACE)
        new = next_state(self.state, found, self.today, self.cure_by, self.answer_by)
        if new is PlanState.BREACHED and self.state is not PlanState.BREACHED:
            self.cure_by = self.today + timedelta(days=7)
        if new is PlanState.CANCELLED and self.state is PlanState.BREACHED:
            assert self.cure_by is not None
            assert self.today > self.cure_by
        if new is not self.state:
            self._to(new)
        again = next_state(self.state, found, self.today, self.cure_by, self.answer_by)
        assert again is self.state, "the same night twice moves nothing more"

    def _to(self, new: PlanState) -> None:
        self.moves.append((self.state, new))
        self.state = new

    @invariant()
    def only_allowed_moves(self) -> None:
        for old, new in getattr(self, "moves", []):
            assert new in PLAN_MOVES[old]

    @invariant()
    def ends_where_it_should(self) -> None:
        moves = getattr(self, "moves", [])
        assert not any(old in (PlanState.COMPLETED, PlanState.CANCELLED) for old, _new in moves)


TestPlanLife = PlanLife.TestCase
