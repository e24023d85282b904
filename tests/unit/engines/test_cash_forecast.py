"""Each open item in the week its payer is used to pay it."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engines.cash_forecast import ExpectedWeek, expected_day, forecast_weeks

WEDNESDAY = date(2026, 11, 4)
MONDAY = date(2026, 11, 2)


def weeks(*items: tuple[str, str, int, date], delays: dict[str, int] | None = None, count: int = 4):
    return forecast_weeks(items, delays or {}, WEDNESDAY, count, fallback_delay_days=7)


class TestExpectedDay:
    @pytest.mark.parametrize(("late", "expected"), [(0, 10), (5, 15), (-20, 1), (-9, 1)])
    def test_delay__counts_from_the_due_date_but_never_into_the_past(self, late, expected) -> None:
        due_on = WEDNESDAY + timedelta(days=10)
        assert expected_day(due_on, late, WEDNESDAY) == WEDNESDAY + timedelta(days=expected)


class TestForecastWeeks:
    def test_payer_with_history__own_delay_else_the_fallback(self) -> None:
        due_on = MONDAY + timedelta(days=7)
        found = weeks(
            ("acc_1", "USD", 100, due_on), ("acc_2", "USD", 30, due_on), delays={"acc_1": 14}
        )
        assert found == [
            ExpectedWeek(MONDAY + timedelta(weeks=2), "USD", 30),
            ExpectedWeek(MONDAY + timedelta(weeks=3), "USD", 100),
        ]

    def test_overdue__is_expected_in_the_first_week(self) -> None:
        assert weeks(("acc_1", "USD", 5, date(2020, 1, 1))) == [ExpectedWeek(MONDAY, "USD", 5)]

    def test_sunday_night__the_first_week_is_the_coming_one(self) -> None:
        found = forecast_weeks([("acc_1", "USD", 5, date(2020, 1, 1))], {}, date(2026, 11, 8), 1, 7)
        assert found == [ExpectedWeek(date(2026, 11, 9), "USD", 5)]

    def test_currencies__are_never_added_up(self) -> None:
        old = date(2020, 1, 1)
        assert weeks(("acc_1", "USD", 5, old), ("acc_1", "EUR", 7, old)) == [
            ExpectedWeek(MONDAY, "EUR", 7),
            ExpectedWeek(MONDAY, "USD", 5),
        ]

    @pytest.mark.parametrize(("offset", "counted"), [(27, True), (28, False)])
    def test_last_week__ends_on_its_sunday(self, offset, counted) -> None:
        due_on = MONDAY + timedelta(days=offset)
        assert bool(weeks(("acc_1", "USD", 5, due_on), delays={"acc_1": 0})) == counted

    @given(
        st.lists(
            st.tuples(
                st.sampled_from(["acc_1", "acc_2"]),
                st.sampled_from(["USD", "JPY"]),
                st.integers(1, 10**9),
                st.dates(date(2026, 1, 1), date(2026, 12, 31)),
            )
        )
    )
    def test_far_horizon__all_of_the_book_is_expected_to_the_cent(self, items) -> None:
        found = weeks(*items, count=60)
        for currency in ("USD", "JPY"):
            expected = sum(week.amount_minor for week in found if week.currency == currency)
            assert expected == sum(minor for _a, of, minor, _d in items if of == currency)
