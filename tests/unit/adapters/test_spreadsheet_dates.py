"""Dates: the order of day and month comes from the file or from a person."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.spreadsheets.dates import (
    DateOrder,
    NotADate,
    decide_date_order,
    is_blank_date,
    parse_date,
)

DAYS = st.dates(min_value=date(1990, 1, 1), max_value=date(2060, 12, 31))
FORMATS = {DateOrder.DMY: "%d{}%m{}%Y", DateOrder.MDY: "%m{}%d{}%Y", DateOrder.YMD: "%Y{}%m{}%d"}


@given(day=DAYS, order=st.sampled_from(DateOrder), mark=st.sampled_from("/-."))
def test_date_in_a_known_order__round_trips(day: date, order: DateOrder, mark: str) -> None:
    assert parse_date(day.strftime(FORMATS[order].format(mark, mark)), order) == day


@given(day=DAYS)
def test_form_that_shows_its_order__needs_none(day: date) -> None:
    forms = [
        day.isoformat(),
        f"{day.isoformat()}T10:00:00Z",
        f"{day:%Y%m%d}",
        f"{day:%d %b %Y}",
        f"{day:%B} {day.day}, {day.year}",
        f"{day:%d.%m.%Y}",
        str((day - date(1899, 12, 30)).days),
    ]
    assert {parse_date(form, None) for form in forms} == {day}


@pytest.mark.parametrize(
    "cell",
    ["4. März 2026", "4 mars 2026", "4 de marzo de 2026", "4 mrt. 2026", "04-Mar-26", "Mar 4, 2026",
     "4 maart 2026", "Wednesday, March 4, 2026", "Mi., 4. Mär 2026", "2026-03-04 0:03:02",
     "March 4th, 2026"],
)  # fmt: skip
def test_month_name_in_five_languages__is_read(cell: str) -> None:
    assert parse_date(cell, None) == date(2026, 3, 4)


@pytest.mark.parametrize(
    "cell",
    ["2026-02-30", "31/02/2026", "12345678", "hello", "4 Smarch 2026", "13/13/2026", "99999"],
)
def test_no_day_of_the_calendar__is_refused(cell: str) -> None:
    with pytest.raises(NotADate):
        parse_date(cell, DateOrder.DMY)


def test_open_order__is_refused_without_a_decision() -> None:
    with pytest.raises(NotADate, match="order is open"):
        parse_date("03/04/2026", None)


def test_one_day_above_twelve__settles_the_column() -> None:
    assert decide_date_order([(2, "03/04/2026"), (3, "25/04/2026")]).value == "DMY"
    assert decide_date_order([(2, "03/04/2026"), (3, "04/25/2026")]).value == "MDY"


def test_two_orders_in_one_file__is_refused() -> None:
    decision = decide_date_order([(2, "25/04/2026"), (3, "04/25/2026")])

    assert not decision.settled
    assert "line 2 '25/04/2026' and line 3 '04/25/2026'" in decision.reason


def test_only_small_days__asks_and_names_two_cells() -> None:
    decision = decide_date_order([(2, "03/04/2026"), (3, "05/06/2026")])

    assert not decision.settled
    assert "line 2 '03/04/2026' and line 3 '05/06/2026'" in decision.reason
    assert "--dates DMY|MDY|YMD" in decision.reason


def test_one_row_out_of_sequence__is_not_enough_to_decide() -> None:
    pairs = [("10/05/2026", "11/04/2026")]

    assert not decide_date_order([(2, "10/05/2026")], pairs).settled


def test_two_rows_out_of_sequence__decide_against_that_order() -> None:
    pairs = [("10/05/2026", "11/04/2026"), ("09/05/2026", "10/04/2026")]

    decision = decide_date_order([(2, "10/05/2026"), (3, "09/05/2026")], pairs)

    assert decision.value == "MDY"
    assert "2 rows" in decision.reason


def test_dates_after_the_report__decide_against_that_order() -> None:
    pairs = [("04/11/2026", ""), ("05/12/2026", "")]

    decision = decide_date_order([(2, "04/11/2026")], pairs, latest=date(2026, 6, 1))

    assert decision.value == "MDY"


def test_dotted_dates__are_day_first_unless_one_denies_it() -> None:
    dotted = decide_date_order([(2, "02.10.2026"), (3, "03.11.2026")])

    assert (dotted.value, dotted.settled) == (None, True)
    assert parse_date("02.10.2026", None) == date(2026, 10, 2)
    assert decide_date_order([(2, "10.25.2026")]).value == "MDY"


def test_two_digit_year__turns_at_69() -> None:
    assert parse_date("01/02/68", DateOrder.DMY).year == 2068
    assert parse_date("01/02/69", DateOrder.DMY).year == 1969
    assert parse_date("26/02/01", DateOrder.YMD) == date(2026, 2, 1)


def test_exporters_blank__is_no_date() -> None:
    assert all(is_blank_date(cell) for cell in ("", " ", "0", "00000000", "0000-00-00", "-"))
    assert not is_blank_date("2026-01-01")


def test_serial_just_outside__is_refused() -> None:
    assert parse_date("20000", None) == date(1899, 12, 30) + timedelta(days=20_000)
    with pytest.raises(NotADate):
        parse_date("19999", None)
