"""Statements are typed and stand where their words stand, before anything is known of them."""

from datetime import date
from decimal import Decimal

import pytest

from guardrails.tracing.report import Money, Span
from guardrails.tracing.stated import stated
from tests.support.traced_accounts import AS_OF
from tests.support.traced_texts import HARMLESS
from tests.support.untraced_texts import WRONG

USD = frozenset({"USD"})
EUR = frozenset({"EUR"})


@pytest.mark.parametrize(
    ("text", "language", "kind", "value"),
    [
        ("1.250,00 EUR", "de", "amount", Money(Decimal(1250), EUR)),
        ("1,250.5 USD", "en", "amount", Money(Decimal("1250.5"), USD)),
        ("zwölfhundert Euro", "de", "amount", Money(Decimal(1200), EUR)),
        ("mil doscientos euros y diez céntimos", "es", "amount", Money(Decimal("1200.1"), EUR)),
        ("douze cents euros", "fr", "amount", Money(Decimal(1200), EUR)),
        ("1.2k EUR", "en", "amount", Money(None, EUR)),
        ("2,5 %", "de", "percentage", Decimal("2.5")),
        ("A fee of 5%", "en", "fee", Decimal(5)),
        ("both invoices", "en", "count", 2),
        ("las tres facturas", "es", "count", 3),
        ("4 overdue invoices", "en", "count", 4),
        ("on 1er décembre 2026", "fr", "date", frozenset({date(2026, 12, 1)})),
        ("on 1 décembre", "fr", "date", frozenset({date(2026, 12, 1)})),
        ("yesterday", "en", "date", frozenset({date(2026, 11, 9)})),
        ("vorgestern", "de", "date", frozenset({date(2026, 11, 8)})),
        ("hier", "fr", "date", frozenset({date(2026, 11, 9)})),
        ("el viernes pasado", "es", "date", frozenset({date(2026, 11, 6)})),
        ("vor zehn Tagen", "de", "date", frozenset({date(2026, 10, 31)})),
        ("il y a 10 jours", "fr", "date", frozenset({date(2026, 10, 31)})),
        ("3 weeks overdue", "en", "days_overdue", Span(3, 7)),
        ("more than 30 days late", "en", "days_overdue", Span(30, 1, 1)),
        ("Zahlungsziel 30 Tage", "de", "terms", 30),
        ("Pay by Friday", "en", "deadline", frozenset({date(2026, 11, 13)})),
        ("Pay within a week", "en", "deadline", frozenset({date(2026, 11, 17)})),
        ("Pay by the end of the month", "en", "deadline", frozenset({date(2026, 11, 30)})),
        ("Payez avant demain", "fr", "deadline", frozenset({date(2026, 11, 11)})),
        ("in drei Raten", "de", "instalments", 3),
        ("Rechnung Nr. 4711", "de", "invoice_ref", "4711"),
        ("under clause 7.2", "en", "number", "7.2"),
        ("Dear Ms Alvarez,", "en", "person", "Alvarez"),
        ("by Globex Trading Ltd", "en", "company", "Globex Trading Ltd"),
        ("see https://xn--bcher-kva.example/x", "en", "link", "bücher.example"),
        ("a card ending 4412", "en", "bank_account", "4412"),
        ("sort code 20-00-00", "en", "bank_account", "200000"),
        ("call 030 1234567", "en", "phone", "0301234567"),
    ],
)
def test_statement__has_its_kind_and_value(text, language, kind, value):
    found = stated("", text, language, AS_OF)
    assert [(each.kind, each.value) for each in found] == [(kind, value)]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("hier finden Sie die Rechnung", "de"),
        ("Guten Morgen, bis später", "de"),
        ("por la mañana", "es"),
        ("once you have paid", "en"),
        ("you may call", "en"),
        ("24/7, page 1 of 2, ISO 9001, A4, 20 boxes, since 1987", "en"),
        ("one of our colleagues, in a second, an invoice", "en"),
        ("Monday to Friday until 17:00", "en"),
        ("within the last 30 days", "en"),
        ("100 % recycled", "en"),
        ("Please reply.Thanks", "en"),
        ("statement.pdf", "en"),
        ("Dear customer,", "en"),
        ("Liebe Grüße,", "de"),
    ],
)
def test_words_and_harmless_numbers__state_nothing(text, language):
    assert stated("", text, language, AS_OF) == ()


@pytest.mark.parametrize("text", [each[2] for each in (*HARMLESS, *WRONG)])
def test_statement__stands_where_it_says(text):
    for each in stated("Your account INV-1 of 2 December", text, "en", AS_OF):
        part = text if each.part == "body" else "Your account INV-1 of 2 December"
        assert part[each.start : each.end] == each.span
