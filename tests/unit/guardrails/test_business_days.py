"""Business days, permitted hours over clock changes and zones, and the instant a message leaves."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrails.business_days import (
    add_business_days,
    business_days_after,
    contact_window,
    is_business_day,
    next_business_day,
)
from tests.support.facts import account, policy
from tools.outgoing import release_instant

OPENS, CLOSES = time(8), time(20)
NEW_YORK, BERLIN, TOKYO = "America/New_York", "Europe/Berlin", "Asia/Tokyo"


class TestBusinessDays:
    @pytest.mark.parametrize(
        ("calendar", "day", "expected"),
        [
            ("US", date(2026, 11, 6), True),  # a Friday
            ("US", date(2026, 11, 7), False),
            ("US", date(2026, 11, 8), False),
            ("US", date(2026, 11, 26), False),  # Thanksgiving
            ("DE", date(2026, 11, 26), True),
            ("DE", date(2026, 12, 25), False),
            ("US", date(2027, 12, 31), False),  # New Year's Day of a Saturday is observed before
        ],
    )
    def test_weekend_or_holiday__is_none(self, calendar, day, expected) -> None:
        assert is_business_day(calendar, day) == expected

    def test_next__is_the_day_itself_where_it_is_one(self) -> None:
        assert next_business_day("US", date(2026, 11, 6)) == date(2026, 11, 6)
        assert next_business_day("US", date(2026, 11, 7)) == date(2026, 11, 9)

    @pytest.mark.parametrize(
        ("start", "count", "expected"),
        [
            (date(2026, 10, 30), 0, date(2026, 10, 30)),
            (date(2026, 10, 30), 3, date(2026, 11, 4)),
            (date(2026, 10, 31), 1, date(2026, 11, 2)),  # from a Saturday, over the month's end
            (date(2026, 12, 31), 1, date(2027, 1, 4)),
        ],
    )
    def test_some_later__weekends_and_holidays_are_passed_over(self, start, count, expected):
        assert add_business_days("US", start, count) == expected

    @given(st.dates(date(2020, 1, 1), date(2035, 1, 1)), st.integers(1, 15))
    def test_some_later__ends_on_one_and_passes_exactly_so_many(self, start, count) -> None:
        end = add_business_days("DE", start, count)
        between = [start + timedelta(days=n) for n in range(1, (end - start).days + 1)]
        assert is_business_day("DE", end)
        assert sum(is_business_day("DE", day) for day in between) == count


class TestContactWindow:
    @pytest.mark.parametrize(
        ("day", "opens_utc", "closes_utc"),
        [
            (date(2026, 3, 7), 13, 25),  # the day before clocks go forward: UTC-5
            (date(2026, 3, 8), 12, 24),  # from then on: UTC-4
            (date(2026, 10, 31), 12, 24),
            (date(2026, 11, 1), 13, 25),  # the day clocks go back
        ],
    )
    def test_clock_change__hours_stay_local(self, day, opens_utc, closes_utc) -> None:
        midnight = datetime.combine(day, time(0), UTC)
        expected = midnight + timedelta(hours=opens_utc), midnight + timedelta(hours=closes_utc)
        assert contact_window((NEW_YORK,), day, OPENS, CLOSES) == expected

    def test_opening_in_the_hour_that_is_skipped__opens_after_it(self) -> None:
        window = contact_window((NEW_YORK,), date(2026, 3, 8), time(2, 30), CLOSES)
        assert window is not None
        assert window[0].astimezone(ZoneInfo(NEW_YORK)).time() == time(3, 30)

    def test_opening_in_the_hour_that_comes_twice__opens_in_the_second(self) -> None:
        window = contact_window((NEW_YORK,), date(2026, 11, 1), time(1, 30), CLOSES)
        assert window is not None
        assert window[0] == datetime(2026, 11, 1, 6, 30, tzinfo=UTC)

    def test_closing_in_the_hour_that_comes_twice__closes_in_the_first(self) -> None:
        window = contact_window((NEW_YORK,), date(2026, 11, 1), time(0), time(1, 30))
        assert window is not None
        assert window[1] == datetime(2026, 11, 1, 5, 30, tzinfo=UTC)

    def test_two_zones__common_hours_only(self) -> None:
        window = contact_window((NEW_YORK, BERLIN), date(2026, 7, 1), OPENS, CLOSES)
        assert window == (
            datetime(2026, 7, 1, 12, tzinfo=UTC),
            datetime(2026, 7, 1, 18, tzinfo=UTC),
        )

    def test_weeks_when_only_one_side_changed_its_clock__common_hours_move(self) -> None:
        window = contact_window((NEW_YORK, BERLIN), date(2026, 3, 17), OPENS, CLOSES)
        assert window is not None
        assert (window[0].hour, window[1].hour) == (12, 19)

    def test_zones_around_the_world__leave_none(self) -> None:
        zones = ("America/Los_Angeles", BERLIN, TOKYO)
        assert contact_window(zones, date(2026, 7, 1), OPENS, CLOSES) is None


ZONES = st.lists(
    st.sampled_from([NEW_YORK, "America/Los_Angeles", BERLIN, TOKYO, "Australia/Sydney"]),
    max_size=3,
    unique=True,
).map(tuple)
YEAR = timedelta(days=365) // timedelta(minutes=1)
INSTANTS = st.integers(0, YEAR).map(
    lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)


class TestReleaseInstant:
    @given(ZONES, INSTANTS)
    def test_any_night__never_before_now_nor_outside_a_window(self, zones, now) -> None:
        facts = account(as_of=now.date(), time_zones=zones)
        at = release_instant(facts, policy(), now)
        if at is None:
            return
        assert at >= now
        for zone in zones or (policy().company.time_zone,):
            local = at.astimezone(ZoneInfo(zone))
            assert OPENS <= local.time() < CLOSES
            assert local.date() == facts.as_of

    @pytest.mark.parametrize(
        ("zone", "expected"),
        [
            (NEW_YORK, datetime(2026, 11, 30, 13, tzinfo=UTC)),
            (BERLIN, datetime(2026, 11, 30, 7, tzinfo=UTC)),
            (TOKYO, datetime(2026, 11, 30, 0, tzinfo=UTC)),  # eight o'clock there has passed
        ],
    )
    def test_midnight_at_month_end__leaves_on_the_business_date(self, zone, expected) -> None:
        facts = account(as_of=date(2026, 11, 30), time_zones=(zone,))
        midnight = datetime(2026, 11, 30, tzinfo=UTC)
        assert release_instant(facts, policy(), midnight) == expected

    def test_window_closed__does_not_leave_on_this_date(self) -> None:
        facts = account(as_of=date(2026, 11, 30), time_zones=(TOKYO,))
        closing = datetime(2026, 11, 30, 11, tzinfo=UTC)
        before = closing - timedelta(seconds=1)
        assert release_instant(facts, policy(), before) == before
        assert release_instant(facts, policy(), closing) is None

    def test_account_without_a_zone__uses_the_company_zone(self) -> None:
        facts = account(as_of=date(2026, 11, 30), time_zones=())
        midnight = datetime(2026, 11, 30, tzinfo=UTC)
        assert release_instant(facts, policy(), midnight) == datetime(2026, 11, 30, 13, tzinfo=UTC)


class TestBusinessDaysAfter:
    def test_over_a_weekend__counts_only_the_monday(self) -> None:
        friday, monday = date(2026, 11, 20), date(2026, 11, 23)
        assert business_days_after("US", friday, monday) == 1

    def test_same_day_or_ahead__counts_none(self) -> None:
        day = date(2026, 11, 20)
        assert business_days_after("US", day, day) == 0
        assert business_days_after("US", date(2026, 11, 25), day) == 0
