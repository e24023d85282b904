"""The order of work: three groups, an effect assumed in the open, and the order without it."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engines.priority import Group, WorkFacts, group_of, prioritise
from policies.load import load_policy
from policies.schema_credit import PriorityPolicy

POLICY = load_policy().priority
UNITS = {"USD": 1}
LATE = WorkFacts("a", "USD", money_days=1_000, soon_permille=200, ever_permille=900)


def named(name: str, **values: int) -> WorkFacts:
    return replace(LATE, account_id=name, **values)


class TestGroups:
    def test_late_and_likely_to_pay_in_the_end__act_now(self) -> None:
        assert group_of(LATE, POLICY) is Group.ACT_NOW

    def test_expected_within_days__pays_alone(self) -> None:
        assert group_of(replace(LATE, soon_permille=850), POLICY) is Group.PAYS_ALONE

    def test_hopeless__asks_for_another_strategy(self) -> None:
        assert group_of(replace(LATE, ever_permille=100), POLICY) is Group.OTHER_STRATEGY

    def test_in_dispute__asks_for_another_strategy_whatever_is_expected(self) -> None:
        disputed = replace(LATE, soon_permille=950, stops=("in dispute",))
        assert group_of(disputed, POLICY) is Group.OTHER_STRATEGY


class TestOrder:
    def test_owed_to_several_of_ours__is_told(self) -> None:
        (found,) = prioritise([replace(LATE, entities=("DE01", "US01"))], POLICY, UNITS)
        assert found.factors[-1] == "owed to DE01, US01"

    def test_more_at_stake__comes_first(self) -> None:
        found = prioritise([named("a", money_days=10), named("b", money_days=90)], POLICY, UNITS)
        assert [each.account_id for each in found] == ["b", "a"]
        assert [each.gain_money_days for each in found] == [13, 1]

    def test_who_pays_alone__comes_after_who_does_not(self) -> None:
        big = named("big", money_days=9_000, soon_permille=900)
        found = prioritise([big, LATE], POLICY, UNITS)
        assert [each.account_id for each in found] == ["a", "big"]
        assert [each.rank_without_effect for each in found] == [2, 1]

    def test_beyond_capacity__is_told(self) -> None:
        few = POLICY.model_copy(update={"calls_a_day": 2})
        found = prioritise([named(f"a{n}") for n in range(4)], few, UNITS)
        assert [each.within_capacity for each in found] == [True, True, False, False]

    def test_currencies__are_weighed_by_their_units(self) -> None:
        yen = replace(named("yen", money_days=50_000), currency="JPY")
        found = prioritise([yen, LATE], POLICY, {"JPY": 1_000_000, "USD": 10_000})
        assert [each.account_id for each in found] == ["a", "yen"]

    def test_nothing_at_stake__is_left_out(self) -> None:
        assert prioritise([named("a", money_days=0)], POLICY, UNITS) == []

    @given(st.lists(st.integers(1, 10_000), min_size=1, max_size=12), st.integers(1, 100))
    def test_same_effect_for_all__changes_no_order(self, costs: list[int], effect: int) -> None:
        alike = dict.fromkeys(POLICY.effect_percent, effect)
        policy = POLICY.model_copy(update={"effect_percent": alike})
        found = prioritise(
            [named(f"a{n}", money_days=c) for n, c in enumerate(costs)], policy, UNITS
        )
        assert [each.rank for each in found] == [each.rank_without_effect for each in found]


def test_group_without_an_effect__is_refused() -> None:
    said = load_policy().priority.model_dump() | {"effect_percent": {"act_now": 15}}
    with pytest.raises(ValueError, match="pays_alone"):
        PriorityPolicy.model_validate(said)
