import re
from datetime import date

from batch.report_page import charts, days, in_currency, price, report_html, signed
from ledger.money import Money
from tests.unit.tools.test_morning_report import currency_line, eur, morning, sent, waiting
from tools.morning_report import Change, FeedLine, ForecastWeek, ModelLine

WEEKS = (
    ForecastWeek(week_start=date(2026, 3, 16), amounts=(eur(400), Money(10, "USD"))),
    ForecastWeek(week_start=date(2026, 3, 23), amounts=(eur(100),)),
)


def test_page__needs_nothing_from_anywhere_else():
    page = report_html(morning(waiting=waiting(2), sent=sent(3), forecast=WEEKS))

    assert not re.search(r"https?:|src=|<script|@import|url\(|<link", page)


def test_name_with_markup__is_shown_as_text():
    page = report_html(morning(waiting=waiting(1)))

    assert "Acme &lt;b&gt;&amp; Sons&lt;/b&gt;" in page
    assert "<b>& Sons" not in page


def test_waiting_case__shows_amount_role_and_the_command_that_opens_it():
    page = report_html(morning(waiting=waiting(1)))

    for words in ("50.00 EUR", "finance lead", "dunwell inbox show prp_0"):
        assert words in page


def test_stale_feed__alarm_names_the_feed_and_how_old_it_is():
    stale = FeedLine(name="receipts", read_through=date(2026, 3, 1), allowed_days=1, stale=True)
    page = report_html(morning(feeds=(stale,)))

    assert "Nobody was chased" in page
    assert "Receipts were last read through 2026-03-01" in page
    assert 'class="alarm"' not in report_html(morning())


def test_books_that_do_not_tie__page_says_it_at_the_top_and_in_the_row():
    page = report_html(morning(currencies=(currency_line(books=eur(301)),)))

    assert "The books do not tie" in page
    assert "does not tie" in page.split("Against the ledger")[1]


def test_quiet_night__page_leaves_out_every_section():
    page = report_html(morning())

    assert "<section>" not in page
    assert "3.00 EUR open" in page


def test_change_since_last_night__is_signed_in_the_row_of_its_currency():
    change = Change(open=eur(-120), overdue=eur(50), dso=-0.4)
    line = currency_line(change=change)
    page = report_html(morning(sent=sent(1), previous=date(2026, 3, 16), currencies=(line,)))

    for words in ("-1.20", "+0.50", "-0.4", "since the night of 2026-03-16"):
        assert words in page


def test_chart__every_currency_is_drawn_against_its_own_best_week():
    assert charts(WEEKS) == {"EUR": [100, 25], "USD": [100, 0]}
    assert charts(()) == {}
    assert in_currency(WEEKS[1], "USD") == "–"


def test_no_ratio__is_a_dash_and_no_change_is_a_plain_zero():
    assert days(None) == signed(None) == "–"
    assert signed(0.04) == signed(eur(0)) == "0"
    assert signed(eur(123456)) == "+1,234.56"


def test_model_price__is_exact_below_the_cent_and_unset_price_is_not_zero():
    line = ModelLine(model="m", calls=1, input_tokens=9, output_tokens=1, cost_micros=1_250_000)

    assert price(line, "USD") == "0.0125 USD"
    assert price(line.model_copy(update={"cost_micros": None}), "USD") == "no price set"
