"""A plan that says how many, how much and from when is read day by day; all of it waits."""

from datetime import date
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from engines.reading.instalments import with_instalments
from engines.reading.model import PlanClaim, PromiseClaim


def plan(**told: object) -> PlanClaim:
    values = {
        "installments": 3,
        "amount_minor": 25_000,
        "first_on": date(2026, 5, 10),
        "frequency": "monthly",
        "total_minor": 75_000,
        "currency": "EUR",
        "span": "three of 250",
    }
    return PlanClaim(**{**values, **told})  # type: ignore[arg-type]


def test_a_plan_in_months__is_a_promise_a_month_that_waits_for_a_yes() -> None:
    found = with_instalments((), plan())

    assert [each.due_on for each in found] == [date(2026, month, 10) for month in (5, 6, 7)]
    assert {(each.amount_minor, each.currency, each.conditional) for each in found} == {
        (25_000, "EUR", True)
    }


def test_a_plan_from_the_end_of_a_month__keeps_to_the_ends() -> None:
    found = with_instalments((), plan(first_on=date(2026, 2, 28)))

    assert [each.due_on for each in found] == [
        date(2026, 2, 28),
        date(2026, 3, 31),
        date(2026, 4, 30),
    ]


def test_a_plan_without_a_first_day__adds_nothing() -> None:
    assert with_instalments((), plan(first_on=None)) == ()


def test_the_first_day_read_as_a_promise__is_not_told_twice() -> None:
    first = PromiseClaim(date(2026, 5, 10), 75_000, "EUR", ("INV-7",), False, "from 10 May")
    found = with_instalments((first,), plan())

    assert len(found) == 3
    assert all(each.conditional and each.invoices == ("INV-7",) for each in found)


def test_days_told_one_by_one__stay_as_they_were_read() -> None:
    told = tuple(
        PromiseClaim(date(2026, month, 10), 25_000, "EUR", (), False, "") for month in (5, 6)
    )
    assert with_instalments(told, plan()) == told


def test_a_promise_of_another_day__stays_beside_the_plan() -> None:
    today = PromiseClaim(date(2026, 3, 10), 200_000, "EUR", (), False, "today")
    found = with_instalments((today,), plan())

    assert found[0] == today
    assert len(found) == 4


@given(
    count=st.integers(2, 12),
    first=st.dates(date(2024, 1, 1), date(2030, 1, 1)),
    often=st.sampled_from(["weekly", "fortnightly", "monthly", "quarterly"]),
)
def test_any_plan__has_as_many_days_as_instalments_each_later(
    count: int, first: date, often: str
) -> None:
    found = with_instalments((), plan(installments=count, first_on=first, frequency=often))
    days = [each.due_on for each in found]

    assert len(days) == count
    assert days[0] == first
    assert all(one < other for one, other in pairwise(days) if one and other)
