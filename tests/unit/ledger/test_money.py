"""Money is exact: minor units of one currency, read, split, added and written without a loss."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import BadInput
from ledger.money import CurrencyMismatch, Money, currency_digits

CURRENCIES = st.sampled_from(["EUR", "USD", "JPY", "KWD", "CLF", "RSD"])
MINOR = st.integers(-(10**15), 10**15)
AMOUNTS = st.builds(Money, MINOR, CURRENCIES)


class TestCurrencyDigits:
    @pytest.mark.parametrize(
        ("currency", "digits"),
        [("EUR", 2), ("JPY", 0), ("KRW", 0), ("KWD", 3), ("BHD", 3), ("CLF", 4), ("HUF", 2)],
    )
    def test_digits__are_those_of_iso_4217(self, currency, digits) -> None:
        assert currency_digits(currency) == digits

    @pytest.mark.parametrize(("currency", "digits"), [("RSD", 2), ("ALL", 2), ("IQD", 3)])
    def test_written_without_digits__is_counted_with_them(self, currency, digits) -> None:
        assert currency_digits(currency) == digits

    @pytest.mark.parametrize("unknown", ["", "eur", "EURO", "QQQ", "€"])
    def test_no_currency__is_refused(self, unknown) -> None:
        with pytest.raises(BadInput, match="unknown currency"):
            currency_digits(unknown)


class TestOf:
    @pytest.mark.parametrize(
        ("amount", "currency", "minor"),
        [
            ("12.50", "EUR", 1250),
            ("12.5", "EUR", 1250),
            ("12", "EUR", 1200),
            (12, "EUR", 1200),
            (Decimal("12.500"), "EUR", 1250),
            ("-0.01", "EUR", -1),
            ("1E+2", "EUR", 10000),
            ("1250", "JPY", 1250),
            ("0.001", "KWD", 1),
        ],
    )
    def test_decimal__becomes_minor_units(self, amount, currency, minor) -> None:
        assert Money.of(amount, currency) == Money(minor, currency)

    @pytest.mark.parametrize(
        ("amount", "currency"),
        [("12.505", "EUR"), ("0.5", "JPY"), ("0.0001", "KWD"), ("NaN", "EUR"), ("Infinity", "EUR")],
    )
    def test_more_digits_than_the_currency_has__is_refused_not_rounded(self, amount, currency):
        with pytest.raises(BadInput):
            Money.of(amount, currency)

    @pytest.mark.parametrize("amount", ["", "12,50", "twelve", "1 000"])
    def test_no_number__is_refused(self, amount) -> None:
        with pytest.raises(BadInput, match="not an amount"):
            Money.of(amount, "EUR")

    @given(AMOUNTS)
    def test_any_amount__reads_back_from_its_decimal_and_its_json(self, money) -> None:
        assert Money.of(money.amount, money.currency) == money
        wire = money.as_json()
        assert Money.of(wire["amount"], wire["currency"]) == money
        assert Money.of(str(money).split()[0].replace(",", ""), money.currency) == money


class TestArithmetic:
    @given(MINOR, MINOR, CURRENCIES)
    def test_sums__are_those_of_integers(self, one, two, currency) -> None:
        first, second = Money(one, currency), Money(two, currency)
        assert (first + second).minor == one + two
        assert first - second == -(second - first)
        assert (first < second) == (one < two)
        assert (first <= second) == (one <= two)
        assert bool(first) == bool(one)
        assert first + Money.zero(currency) == first

    @pytest.mark.parametrize("operation", ["__add__", "__sub__", "__lt__", "__le__"])
    def test_two_currencies__never_meet(self, operation) -> None:
        with pytest.raises(CurrencyMismatch, match="EUR with USD"):
            getattr(Money(1, "EUR"), operation)(Money(1, "USD"))

    def test_same_number_of_another_currency__is_not_equal(self) -> None:
        assert Money(1, "EUR") != Money(1, "USD")

    @pytest.mark.parametrize(
        ("money", "text"),
        [
            (Money(123456, "EUR"), "1,234.56 EUR"),
            (Money(-5, "EUR"), "-0.05 EUR"),
            (Money(1250, "JPY"), "1,250 JPY"),
            (Money(1, "KWD"), "0.001 KWD"),
        ],
    )
    def test_words__show_every_digit(self, money, text) -> None:
        assert str(money) == text


class TestSplit:
    @given(AMOUNTS, st.lists(st.integers(0, 1000), min_size=1, max_size=12).filter(any))
    def test_parts__sum_to_the_whole_and_none_is_a_unit_off(self, money, weights) -> None:
        parts = money.split(weights)
        assert sum(part.minor for part in parts) == money.minor
        for part, weight in zip(parts, weights, strict=True):
            assert part.currency == money.currency
            assert abs(part.minor * sum(weights) - money.minor * weight) < sum(weights)

    @given(AMOUNTS, st.integers(1, 12))
    def test_equal_weights__parts_differ_by_one_unit_at_most(self, money, count) -> None:
        parts = [part.minor for part in money.split([1] * count)]
        assert max(parts) - min(parts) <= 1

    def test_largest_remainder__gets_the_odd_unit(self) -> None:
        assert [p.minor for p in Money(100, "EUR").split([1, 1, 1])] == [34, 33, 33]
        assert [p.minor for p in Money(10, "EUR").split([1, 6])] == [1, 9]

    @pytest.mark.parametrize("weights", [[], [0, 0], [1, -1], [-1, 3]])
    def test_no_weights_to_split_by__is_refused(self, weights) -> None:
        with pytest.raises(BadInput):
            Money(100, "EUR").split(weights)
