"""Sets of amounts that make a sum."""

from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from engines.matching.sums import exact_sets, few, runs, runs_less_one

small = st.lists(st.integers(1, 30), min_size=1, max_size=9)


def brute(amounts: list[int], target: int) -> set[tuple[int, ...]]:
    places = range(len(amounts))
    return {
        chosen
        for size in range(1, len(amounts) + 1)
        for chosen in combinations(places, size)
        if sum(amounts[at] for at in chosen) == target
    }


@given(small, st.integers(1, 120))
@settings(max_examples=150, deadline=None)
def test_exact_sets__finds_all_of_them(amounts: list[int], target: int) -> None:
    found = [tuple(sorted(each)) for each in exact_sets(amounts, target, 10_000)]
    assert len(found) == len(set(found))
    assert set(found) == brute(amounts, target)


@given(small, st.integers(1, 120))
@settings(max_examples=150, deadline=None)
def test_few__finds_every_set_of_two_to_four_once(amounts: list[int], target: int) -> None:
    found = [tuple(sorted(each)) for each in few(amounts, target)]
    assert len(found) == len(set(found))
    assert set(found) == {each for each in brute(amounts, target) if 2 <= len(each) <= 4}


@given(small, st.integers(1, 120))
@settings(max_examples=150, deadline=None)
def test_runs__are_gap_free_and_make_the_sum(amounts: list[int], target: int) -> None:
    every = {
        each
        for each in brute(amounts, target)
        if len(each) > 1 and each[-1] - each[0] == len(each) - 1
    }
    assert set(runs(amounts, target, 10_000)) == every


@given(small, st.integers(1, 120))
@settings(max_examples=100, deadline=None)
def test_runs_less_one__leave_out_one_inside(amounts: list[int], target: int) -> None:
    for each in runs_less_one(amounts, target, 10):
        assert sum(amounts[at] for at in each) == target
        assert each[-1] - each[0] == len(each)


def test_credit_in_the_pool__may_take_part() -> None:
    assert exact_sets([500, -120, 90], 380) == [(0, 1)]
