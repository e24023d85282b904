"""Days said by their names: in words, with the weekday, from now on."""

from datetime import date

import pytest

from engines.reading.date_mention import Anchor
from engines.reading.dates import find_dates
from engines.reading.folding import fold
from engines.reading.message import InboundText
from engines.reading.page import lay_out

THURSDAY = date(2026, 6, 18)


def ahead(words: str, day: date = THURSDAY) -> list[date | None]:
    return [each.ahead for each in find_dates(fold(words), Anchor(day, "US", True))]


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("on the fifth day of November", date(2026, 11, 5)),
        ("the twenty-first of July", date(2026, 7, 21)),
        ("by the fifteenth", date(2026, 7, 15)),
        ("el viernes 26 os pago", date(2026, 6, 26)),
        ("Freitag, den 26. zahlen wir", date(2026, 6, 26)),
        ("Monday 6th 200", date(2026, 7, 6)),
        ("it is in fridays run", date(2026, 6, 19)),
        ("before the month is out", date(2026, 6, 30)),
        ("within 10 days from today", date(2026, 6, 28)),
    ],
)
def test_a_day_by_its_name__is_read_once(words: str, day: date) -> None:
    assert ahead(words) == [day]


@pytest.mark.parametrize("words", ["Friday 26 quid", "Friday 20:15", "Friday, 24 boxes"])
def test_a_number_beside_a_weekday_it_does_not_fit__is_no_day(words: str) -> None:
    assert ahead(words) == [date(2026, 6, 19)]


def test_this_week_said_on_a_sunday__is_the_one_that_comes() -> None:
    assert ahead("Wednesday this week", date(2026, 3, 29)) == [date(2026, 4, 1)]
    assert ahead("Wednesday this week", date(2026, 3, 27)) == [None]


def test_dollars_of_another_country__count_days_first() -> None:
    def day(body: str) -> date | None:
        message = InboundText("", body, date(2026, 8, 31), "", "email")
        (line,) = lay_out(message, calendar="US").lines
        return line.dates[0].ahead

    assert day("INV-511 S$1,480 paid on 08/09") == date(2026, 9, 8)
    assert day("INV-511 $1,480 paid on 09/08") == date(2026, 9, 8)
