from datetime import date
from decimal import Decimal

from engines.reading.amounts import AmountMention, find_amounts
from engines.reading.dates import Anchor, find_dates
from engines.reading.folding import fold
from engines.reading.pairing import Day, pair, without_wholes

ANCHOR = Anchor(date(2026, 3, 10), "US", day_first=True)


def seen(words: str) -> tuple[list[Day], list[AmountMention], str]:
    folded = fold(words)
    dates = find_dates(folded, ANCHOR)
    amounts = find_amounts(folded, [(each.start, each.end) for each in dates])
    return [(each, 0.9 - at / 10) for at, each in enumerate(dates)], amounts, folded


def told(words: str) -> list[tuple[str | None, str | None]]:
    days, amounts, folded = seen(words)
    return [
        (day.isoformat() if day else None, str(amount.value) if amount else None)
        for day, amount in pair(days, amounts, folded)
    ]


def test_one_amount_on_the_way_for_days__is_promised_for_the_surest() -> None:
    assert told("EUR 500.00 leaves on 19 March, with you 21 March") == [("2026-03-19", "500.00")]


def test_one_amount_for_each_of_two_days__is_promised_twice() -> None:
    assert told("EUR 500.00 each on 19 March, 2 April") == [
        ("2026-03-19", "500.00"),
        ("2026-04-02", "500.00"),
    ]


def test_more_amounts_than_days__each_day_takes_the_nearest() -> None:
    assert told("EUR 90.00 for freight, EUR 500.00 on 19 March") == [("2026-03-19", "500.00")]


def test_a_part_of_a_whole__leaves_the_whole_out() -> None:
    _days, amounts, folded = seen("EUR 1,500.00 of the EUR 4,200.00")

    (part,) = without_wholes(amounts, folded, 0)

    assert part.value == Decimal("1500.00")


def test_the_rest_on_a_later_day__takes_no_amount_of_the_first() -> None:
    assert told("EUR 1,500.00 on 11 March and the balance on 5 April") == [
        ("2026-03-11", "1500.00"),
        ("2026-04-05", None),
    ]


def test_an_amount_of_each_part__is_no_whole() -> None:
    _days, amounts, folded = seen("EUR 21,000.00 in equal parts of EUR 7,000.00")

    assert without_wholes(amounts, folded, 0) == tuple(amounts)


def test_the_last_working_day_of_several_months__takes_the_amount_each_time() -> None:
    words = "EUR 4,600.00 on the last working day of March, April and May"

    assert {amount for _day, amount in told(words)} == {"4600.00"}
