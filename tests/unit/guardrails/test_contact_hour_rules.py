"""The rules of the hour: when they object, when they do not, to the minute."""

from datetime import UTC, datetime

import pytest

from guardrails import contact_rules as rules
from tests.support.facts import (
    account,
    case_of,
    day,
    policy_with,
    reminder,
)


class TestCommonHourRequired:
    def test_zones_around_the_world__leave_no_hour(self) -> None:
        zones = ("America/Los_Angeles", "Europe/Berlin", "Asia/Tokyo")
        hit = rules.common_hour_required(case_of(account(time_zones=zones)))
        assert hit is not None
        assert "Asia/Tokyo" in hit.detail

    @pytest.mark.parametrize("zones", [(), ("America/Los_Angeles", "America/New_York")])
    def test_zones_share_an_hour__does_not_object(self, zones) -> None:
        assert rules.common_hour_required(case_of(account(time_zones=zones))) is None


class TestInContactWindow:
    @pytest.mark.parametrize(
        ("hour", "minute", "objects"),
        [(12, 59, True), (13, 0, False), (23, 59, False)],  # opens at 08:00 in New York
    )
    def test_opening_hour__is_to_the_minute(self, hour, minute, objects) -> None:
        at = datetime(2026, 11, 4, hour, minute, tzinfo=UTC)
        assert bool(rules.in_contact_window(case_of(account(), at=at))) == objects

    @pytest.mark.parametrize(("minute", "objects"), [(59, False), (60, True)])
    def test_closing_hour__is_outside(self, minute, objects) -> None:
        hours, minutes = divmod(60 * 0 + minute, 60)
        at = datetime(2026, 11, 5, hours, minutes, tzinfo=UTC)
        assert bool(rules.in_contact_window(case_of(account(), at=at))) == objects

    def test_one_zone_of_two_is_closed__objects(self) -> None:
        at = datetime(2026, 11, 4, 14, tzinfo=UTC)
        both = ("America/New_York", "America/Los_Angeles")
        assert rules.in_contact_window(case_of(account(), at=at)) is None
        assert rules.in_contact_window(case_of(account(time_zones=both), at=at))

    def test_account_without_a_zone__uses_the_company_zone(self) -> None:
        early = datetime(2026, 11, 4, 12, tzinfo=UTC)
        facts = account(time_zones=())
        assert rules.in_contact_window(case_of(facts, at=early))
        assert rules.in_contact_window(case_of(facts)) is None

    @pytest.mark.parametrize(
        ("offset", "until"),
        [(3, 5), (4, 5), (7, 8), (22, 23)],  # weekend, weekend, Veterans Day, Thanksgiving
    )
    def test_no_business_day__may_write_on_the_next(self, offset, until) -> None:
        facts = account(as_of=day(offset))
        hit = rules.in_contact_window(case_of(facts))
        assert hit is not None
        assert hit.until == day(until)

    def test_every_day_allowed__weekend_does_not_object(self) -> None:
        daily = policy_with("contact", business_days_only=False)
        at = datetime(2026, 11, 7, 17, tzinfo=UTC)
        assert rules.in_contact_window(case_of(account(as_of=day(3)), by=daily, at=at)) is None

    def test_no_hour_left__may_write_tomorrow(self) -> None:
        hit = rules.in_contact_window(case_of(account(), at=None))
        assert hit is not None
        assert hit.until == day(1)

    @pytest.mark.parametrize(
        ("hour", "minute", "objects"),
        [(13, 59, True), (14, 0, False), (22, 59, False), (23, 0, True)],  # 09:00 to 18:00
    )
    def test_text_message__keeps_its_own_hours_within_the_window(
        self, hour, minute, objects
    ) -> None:
        at = datetime(2026, 11, 4, hour, minute, tzinfo=UTC)
        text = reminder(channel="sms")
        assert bool(rules.in_contact_window(case_of(account(), text, at=at))) == objects
        assert rules.in_contact_window(case_of(account(), at=at)) is None
