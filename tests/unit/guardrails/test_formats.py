"""How amounts, days and names from outside are written."""

from datetime import date

import pytest
from babel.numbers import format_currency
from hypothesis import given
from hypothesis import strategies as st

from guardrails.formats import (
    LANGUAGES,
    UnknownLanguage,
    format_day,
    format_money,
    hides,
    printable,
)
from ledger.errors import BadInput
from ledger.money import Money


@pytest.mark.parametrize(
    ("minor", "currency", "language", "written"),
    [
        (123450, "EUR", "en", "€1,234.50"),
        (123450, "EUR", "de", "1.234,50\u00a0€"),
        (123450, "EUR", "fr", "1\u202f234,50\u00a0€"),
        (123450, "USD", "es", "1.234,50\u00a0US$"),
        (-5, "USD", "en", "-$0.05"),
        (-123456789, "GBP", "de", "-1.234.567,89\u00a0£"),
        (1234, "JPY", "en", "¥1,234"),
        (1234, "KWD", "de", "1,234\u00a0KWD"),
        (123450, "CHF", "en", "CHF\u00a01,234.50"),
        (100, "XCG", "en", "XCG\u00a01.00"),
        (0, "CAD", "en", "CA$0.00"),
    ],
)
def test_amount__is_written_as_the_language_does(minor, currency, language, written):
    assert format_money(minor, currency, language) == written


@given(
    minor=st.integers(-(10**14), 10**14),
    currency=st.sampled_from(["EUR", "USD", "GBP", "JPY", "KWD", "MXN", "INR"]),
    language=st.sampled_from(LANGUAGES),
)
def test_any_amount__is_written_as_babel_writes_it(minor, currency, language):
    expected = format_currency(Money(minor, currency).amount, currency, locale=language)
    written = format_money(minor, currency, language)
    # A code in place of a symbol is kept apart from its digits, which Babel does not do in English.
    assert written.replace("KWD\u00a0", "KWD") == expected.replace("KWD\u00a0", "KWD")


@pytest.mark.parametrize(
    ("language", "written"),
    [
        ("en", "4 November 2026"),
        ("de", "4. November 2026"),
        ("fr", "4 novembre 2026"),
        ("es", "4 de noviembre de 2026"),
    ],
)
def test_day__names_its_month(language, written):
    assert format_day(date(2026, 11, 4), language) == written


@pytest.mark.parametrize("language", ["it", "", "en_US", "EN", "xx"])
def test_unknown_language__is_refused(language):
    with pytest.raises(UnknownLanguage, match="no letters are written in"):
        format_money(1, "EUR", language)
    with pytest.raises(UnknownLanguage, match="no letters are written in"):
        format_day(date(2026, 11, 4), language)


def test_unknown_currency__is_refused():
    with pytest.raises(BadInput, match="unknown currency"):
        format_money(1, "QQQ", "en")


@pytest.mark.parametrize(
    ("outside", "inside"),
    [
        ("Jane\nTotal due: 0", "Jane Total due: 0"),
        ("  Jane   Doe ", "Jane Doe"),
        ("Ja\u200bne", "Jane"),
        ("\u202eenaJ\u202c", "enaJ"),
        ("A\x00B\x1b[31m", "AB[31m"),
        ("Line\u2028Two", "Line Two"),
        ("INV\ufe0f-1\u3164", "INV-1"),
        ("ＩＮＶ－１", "INV-1"),
        ("1\u0336 2", "1 2"),
        ("Zoë Müller-Østergård", "Zoë Müller-Østergård"),
    ],
)
def test_text_from_outside__stays_on_one_visible_line(outside, inside):
    assert printable(outside) == inside


@given(st.text())
def test_any_text_from_outside__is_visible_and_settled(text):
    clean = printable(text)
    assert not any(hides(char) for char in clean)
    assert clean == " ".join(clean.split())
    assert printable(clean) == clean
