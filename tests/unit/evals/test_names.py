import random
import re

import phonenumbers
import pytest

from evals.worlds.names import (
    MARKETS,
    Market,
    company_name,
    domain,
    person_name,
    phone_number,
    pick_market,
)
from ledger.money import currency_digits

each_market = pytest.mark.parametrize("market", MARKETS, ids=lambda market: market.place)


@each_market
def test_domain_of_a_company__is_ascii_and_reserved_for_examples(market: Market) -> None:
    rng = random.Random(3)
    for _ in range(50):
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)+\.example", domain(company_name(rng, market)))


@each_market
def test_person__has_first_and_last_name(market: Market) -> None:
    assert len(person_name(random.Random(5), market).split()) == 2


@each_market
def test_phone_number__parses_as_one_of_its_country(market: Market) -> None:
    number = phone_number(random.Random(1), market)
    if market.phone is None:
        assert number is None
        return
    assert number is not None
    parsed = phonenumbers.parse(number)
    assert phonenumbers.is_possible_number(parsed)
    expected = {"EU-DE": "DE", "EU-FR": "FR"}.get(market.place, market.place[:2])
    assert expected in phonenumbers.region_codes_for_country_code(parsed.country_code)


@each_market
def test_currency__has_two_digits_as_the_amounts_assume(market: Market) -> None:
    assert currency_digits(market.currency) == 2


@pytest.mark.parametrize("language", ["en", "de", "fr", "es"])
def test_market_of_a_language__speaks_it(language: str) -> None:
    assert pick_market(random.Random(2), language).language == language
