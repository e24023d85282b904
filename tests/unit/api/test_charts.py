"""The geometry of the small charts."""

from api.pages.charts import band, bars, line
from ledger.money import Money


def test_bars__are_shares_of_the_longest_and_never_negative() -> None:
    amounts = [Money(50, "EUR"), Money(200, "EUR"), Money(-10, "EUR")]
    made = bars(["a", "b", "c"], amounts, ["/1", "/2", "/3"])
    assert [each.length for each in made] == [25.0, 100.0, 0.0]


def test_nothing_open__bars_have_no_length() -> None:
    assert bars(["a"], [Money(0, "EUR")], ["/"])[0].length == 0


def test_band__reaches_the_top_at_its_highest_value_and_the_floor_at_zero() -> None:
    made = band([0, 5], [0, 2], [0, 10], ["x", "y"])
    assert made is not None
    assert made.highest == 10
    assert made.line == "8.0,152.0 592.0,80.0"
    assert made.area == "8.0,152.0 592.0,8.0 592.0,123.2 8.0,152.0"


def test_one_point__is_no_line() -> None:
    assert line([1.0, None], ["x", "y"]) is None
