"""Where a customer may be: places and every candidate time zone, from country and phone number."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from importlib import resources
from zoneinfo import ZoneInfo

import phonenumbers
from phonenumbers import PhoneNumberType, timezone

# Numbers anybody may rent anywhere say nothing about where their owner is.
_NOWHERE = frozenset(
    {
        PhoneNumberType.TOLL_FREE,
        PhoneNumberType.PREMIUM_RATE,
        PhoneNumberType.SHARED_COST,
        PhoneNumberType.VOIP,
        PhoneNumberType.PERSONAL_NUMBER,
        PhoneNumberType.UAN,
    }
)


def phone_country(phone: str | None) -> str | None:
    """The country an E.164 number belongs to, None when it cannot be told."""
    number = _placed(phone)
    return phonenumbers.region_code_for_number(number) if number else None


def candidate_zones(country: str | None, phone: str | None, year: int) -> tuple[str, ...]:
    """Every time zone the customer may be in, one per clock that differs in that year.

    Args:
        country: ISO 3166 code of the address.
        phone: E.164 number of the contact.
        year: Year whose winter and summer clocks are compared.
    """
    number = _placed(phone)
    zones: list[str] = []
    if number:
        zones += [
            z for z in timezone.time_zones_for_number(number) if z != timezone.UNKNOWN_TIMEZONE
        ]
    if country and (not zones or phone_country(phone) != country):
        zones += _zones_by_country().get(country, ())
    return _distinct(zones, year)


def _placed(phone: str | None) -> phonenumbers.PhoneNumber | None:
    if not phone:
        return None
    number = phonenumbers.parse(phone, None)
    return None if phonenumbers.number_type(number) in _NOWHERE else number


def _distinct(zones: Iterable[str], year: int) -> tuple[str, ...]:
    first: dict[tuple[object, object], str] = {}
    for name in zones:
        zone = ZoneInfo(name)
        clocks = (
            datetime(year, 1, 1, tzinfo=zone).utcoffset(),
            datetime(year, 7, 1, tzinfo=zone).utcoffset(),
        )
        first.setdefault(clocks, name)
    return tuple(first.values())


@lru_cache(maxsize=1)
def _zones_by_country() -> dict[str, tuple[str, ...]]:
    """Zones of each country, the most populous first, as the time zone database lists them."""
    table = resources.files("tzdata.zoneinfo").joinpath("zone.tab").read_text("utf-8")
    found: dict[str, list[str]] = defaultdict(list)
    for line in table.splitlines():
        if not line.startswith("#"):
            country, _position, zone, *_comment = line.split("\t")
            found[country].append(zone)
    return {country: tuple(zones) for country, zones in found.items()}
