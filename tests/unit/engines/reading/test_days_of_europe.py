from datetime import date

import pytest

from engines.reading.dates import Anchor, find_dates
from engines.reading.folding import fold

TUESDAY = Anchor(date(2026, 3, 10), "US", day_first=True)


def days(words: str) -> list[date | None]:
    return [each.ahead for each in find_dates(fold(words), TUESDAY)]


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("zapłacimy w piątek", date(2026, 3, 13)),
        ("zapłacę do czwartku", date(2026, 3, 12)),
        ("do końca miesiąca", date(2026, 3, 31)),
        ("w ciągu 7 dni", date(2026, 3, 17)),
        ("we betalen komende maandag", date(2026, 3, 16)),
        ("uitstel tot eind april", date(2026, 4, 30)),
        ("binnen de 14 dagen", date(2026, 3, 24)),
        ("volgende week", date(2026, 3, 20)),
        ("pago a fine mese", date(2026, 3, 31)),
        ("entro 10 giorni", date(2026, 3, 20)),
        ("la settimana prossima", date(2026, 3, 20)),
        ("no fim do mês", date(2026, 3, 31)),
        ("na quinta feira", date(2026, 3, 12)),
    ],
)
def test_a_day_in_another_tongue__is_read_against_the_day_of_the_message(
    words: str, day: date
) -> None:
    assert days(words) == [day]


def test_a_weekday_after_another_day__is_the_one_after_it() -> None:
    assert days("£900 this Friday and £900 the Friday after") == [
        date(2026, 3, 13),
        date(2026, 3, 20),
    ]


def test_from_weekday_to_weekday__names_no_day() -> None:
    assert days("This mailbox is monitored Monday to Friday.") == []


def test_a_list_of_short_dates__is_read_to_its_end() -> None:
    assert days("on 6/4, 20/4 and 3/5") == [date(2026, 4, 6), date(2026, 4, 20), date(2026, 5, 3)]
