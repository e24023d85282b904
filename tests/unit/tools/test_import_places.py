"""Candidate places and zones: every clock once, and nothing where nothing is known."""

import pytest

from tools.import_places import candidate_zones, phone_country

US_CLOCKS = (
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Phoenix",
    "America/Los_Angeles",
    "America/Anchorage",
    "America/Adak",
    "Pacific/Honolulu",
)


@pytest.mark.parametrize(
    ("country", "phone", "zones"),
    [
        (None, None, ()),
        ("DE", None, ("Europe/Berlin",)),
        ("US", None, US_CLOCKS),
        ("US", "+14155550142", ("America/Los_Angeles",)),
        ("US", "+18005551234", US_CLOCKS),
        (None, "+18005551234", ()),
        ("DE", "+14155550142", ("America/Los_Angeles", "Europe/Berlin")),
        ("XX", None, ()),
    ],
)
def test_country_and_phone__give_each_clock_once(
    country: str | None, phone: str | None, zones: tuple[str, ...]
) -> None:
    assert candidate_zones(country, phone, 2026) == zones


@pytest.mark.parametrize(
    ("phone", "country"),
    [("+4930123456", "DE"), ("+14165550142", "CA"), ("+18005551234", None), (None, None)],
)
def test_phone__tells_its_country_unless_anybody_may_rent_it(
    phone: str | None, country: str | None
) -> None:
    assert phone_country(phone) == country
