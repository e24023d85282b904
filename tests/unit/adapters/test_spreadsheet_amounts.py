"""Amounts: every format of the field is read exactly, everything else is refused."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.spreadsheets.amounts import (
    DecimalMark,
    NotAnAmount,
    decide_decimal_mark,
    exact_decimal,
    known_currency,
    parse_amount,
    take_apart,
    to_minor,
)

POINT, COMMA = DecimalMark.POINT, DecimalMark.COMMA


def _grouped(whole: int, group: str) -> str:
    return f"{whole:,}".replace(",", group)


FORMATS = [
    (POINT, ","), (POINT, ""), (POINT, "'"), (POINT, "’"), (POINT, " "),
    (COMMA, "."), (COMMA, ""), (COMMA, " "), (COMMA, "\u00a0"), (COMMA, "\u202f"), (COMMA, "'"),
]  # fmt: skip
SIGNS = ["-{}", "{}-", "({})", "- {}", "−{}", "{} CR", "{}CR", "-{} €", "EUR {}-", "({}) EUR"]


@given(
    minor=st.integers(min_value=1, max_value=10**15),
    style=st.sampled_from(FORMATS),
    sign=st.sampled_from(SIGNS),
)
def test_amount_in_any_format__round_trips(
    minor: int, style: tuple[DecimalMark, str], sign: str
) -> None:
    mark, group = style
    digits = f"{_grouped(minor // 100, group)}{'.' if mark is POINT else ','}{minor % 100:02d}"

    assert to_minor(parse_amount(digits, mark), "EUR") == minor
    assert to_minor(parse_amount(sign.format(digits), mark), "EUR") == -minor
    decision = decide_decimal_mark([(1, sign.format(digits))])
    assert decision.value == mark.value


@given(minor=st.integers(min_value=-(10**13), max_value=10**13))
def test_float_of_an_exporter__is_exact(minor: int) -> None:
    assert to_minor(parse_amount(repr(minor / 100), POINT), "USD") == minor
    assert to_minor(exact_decimal(minor / 100), "USD") == minor


@pytest.mark.parametrize(
    ("cell", "mark", "value"),
    [
        ("$2,180.75", POINT, "2180.75"),
        ("24254.0", POINT, "24254.0"),
        ("12,34,567.00", POINT, "1234567.00"),
        ("12.400,-", COMMA, "12400"),
        ("100.--", POINT, "100"),
        ("Fr. 100.50", POINT, "100.50"),
        ("100,00 S", COMMA, "100.00"),
        ("100,00 H", COMMA, "-100.00"),
        ("-5,00 DR", COMMA, "-5.00"),
        ("1.234.567", COMMA, "1234567"),
        (".50", POINT, "0.50"),
        ("+7", POINT, "7"),
    ],
)
def test_written_amount__is_read(cell: str, mark: DecimalMark, value: str) -> None:
    assert parse_amount(cell, mark) == Decimal(value)


@pytest.mark.parametrize(
    ("cell", "mark"),
    [
        ("1,23.5", POINT), ("1.234.56", COMMA), ("1,234.56", COMMA), ("1.234,56", POINT),
        ("(5)-", POINT), ("--5", POINT), ("abc", POINT), ("", POINT), ("5 apples", POINT),
        ("1.2E+05", POINT), ("1E5", POINT), ("1 2'3", POINT), ("=1+1", POINT),
        ("12/11/2026", POINT),
        ("1,2,3", COMMA), ("1..2", POINT), ("1.0000000000000000000000000000001", POINT),
        ("9" * 40 + ",00", COMMA), ("9,999," + "999," * 12 + "999.00", POINT),
        ("NaN", POINT), ("inf", POINT),
    ],
)  # fmt: skip
def test_cell_that_does_not_fit__is_refused(cell: str, mark: DecimalMark) -> None:
    with pytest.raises(NotAnAmount):
        parse_amount(cell, mark)


def test_ambiguous_column__asks_and_names_two_cells() -> None:
    decision = decide_decimal_mark([(2, "1.234"), (3, "100"), (4, "5.678"), (5, "9.999")])

    assert not decision.settled
    assert decision.value is None
    assert "line 2 '1.234' and line 4 '5.678'" in decision.reason
    assert "--decimal comma|point" in decision.reason


def test_one_clear_cell__settles_the_whole_column() -> None:
    decision = decide_decimal_mark([(2, "1.234"), (3, "5.678,90")])

    assert (decision.value, decision.settled) == ("comma", True)


def test_two_marks_in_one_column__is_refused() -> None:
    decision = decide_decimal_mark([(2, "1.234,50"), (3, "1,234.50")])

    assert not decision.settled
    assert "line 2 '1.234,50' and line 3 '1,234.50'" in decision.reason


@pytest.mark.parametrize("cell", ["0.123", "12345.678", "1'234.567", "1.5"])
def test_point_that_cannot_group__proves_decimals(cell: str) -> None:
    assert decide_decimal_mark([(1, cell)]).value == "point"


def test_minor_units__follow_the_currency() -> None:
    assert to_minor(Decimal("1234"), "JPY") == 1234
    assert to_minor(Decimal("1.234"), "KWD") == 1234
    assert to_minor(Decimal("12.5000"), "USD") == 1250


@pytest.mark.parametrize(("value", "currency"), [("0.5", "JPY"), ("1.005", "EUR"), ("1E30", "EUR")])
def test_amount_that_cannot_be_stored__is_refused(value: str, currency: str) -> None:
    with pytest.raises(NotAnAmount):
        to_minor(Decimal(value), currency)


def test_currency_beside_the_digits__is_kept() -> None:
    assert take_apart("12.400,00 EUR").currency == "EUR"
    assert take_apart("€ 5").currency == "EUR"
    assert (take_apart("$5").currency, take_apart("$5").symbol) == (None, "$")
    assert take_apart("VES 5").currency == "VES"


def test_currency_names__are_iso_or_nothing() -> None:
    assert known_currency(" usd ") == "USD"
    assert known_currency("£") == "GBP"
    assert known_currency("ZZZ") is None
    assert known_currency("1") is None
    assert known_currency("$") is None
