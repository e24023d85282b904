"""What people and models write: what is no fact is found, and nothing else."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from guardrails.formats import LANGUAGES, format_day, format_money
from guardrails.tracing.facts import KnownInvoice, known_record
from guardrails.tracing.message import matches, trace
from tests.support.traced_accounts import ACCOUNTS, AS_OF, DOLLARS, EUROS, IBAN
from tests.support.traced_texts import HARMLESS
from tests.support.untraced_texts import WRONG

KNOWN = ACCOUNTS[DOLLARS]


def kinds(text, known=KNOWN, language="en", strict=False):
    return {each.kind for each in trace("", text, known, language, strict=strict)}


@pytest.mark.parametrize(("account", "language", "text"), HARMLESS)
def test_text_of_facts_and_plain_words__is_traced(account, language, text):
    assert trace("Your account", text, ACCOUNTS[account], language, strict=False) == ()


@pytest.mark.parametrize(("account", "language", "text", "found"), WRONG)
def test_statement_that_is_no_fact__is_found_with_its_kind(account, language, text, found):
    assert kinds(text, ACCOUNTS[account], language) == found


# A letter may put a known amount beside another invoice: its slots cannot be swapped by hand.
IN_LETTERS = [each for each in WRONG if each[2] != "INV-881 ($310.50) is open."]


@pytest.mark.parametrize(("account", "language", "text", "found"), IN_LETTERS)
def test_same_statement_in_a_letter__is_untraced_too(account, language, text, found):
    assert trace("", text, ACCOUNTS[account], language, strict=True)


@pytest.mark.parametrize(
    "written",
    [
        "$1,240.00",
        "$1.240,00",
        "1 240,00 $",
        "1'240.00 USD",
        "US$1,240",
        "USD1240.00",
        "usd 1,240.00",
        "1,240.00 US dollars",
        "1240 dollars",
        "twelve hundred and forty dollars",
        "one thousand two hundred forty dollars",
    ],
)
def test_amount_in_any_form__is_the_ledgers(written):
    assert kinds(f"INV-881 shows {written} today.") == set()


@pytest.mark.parametrize(
    "written",
    ["$1,240.01", "$12,40.00", "$1.24k", "$1,240 million", "-$1,240.00", "a thousand dollars"],
)
def test_amount_that_is_not_the_ledgers__is_untraced(written):
    assert kinds(f"INV-881 shows {written} today.") == {"amount"}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("INV-881 for $1,240.00 and INV-902 for $310.50", set()),
        ("INV-881 for $310.50 and INV-902 for $1,240.00", {"amount"}),
        ("$310.50 on invoice INV-881", {"amount"}),
        ("INV-881 and INV-902, together $1,240.00", {"total"}),
        ("a total of $1,240.00 for INV-881", set()),
    ],
)
def test_amount_beside_an_invoice__is_that_invoices(text, found):
    assert kinds(text) == found


@pytest.mark.parametrize(
    ("written", "day_first", "found"),
    [
        ("12/10/2026", None, {"date"}),
        ("12/10/2026", True, set()),
        ("10/12/2026", False, set()),
        ("10/12/2026", True, {"date"}),
        ("10/31/2026", None, set()),
        ("2026-10-31", None, set()),
        ("31.10.26", None, set()),
        ("31 Oct", None, set()),
        ("the thirty-first of October", None, set()),
        ("the thirtieth of October", None, {"date"}),
        ("Saturday 31 October 2026", None, set()),
        ("Sunday, October 31, 2026", None, {"date"}),
    ],
)
def test_day__is_read_only_where_it_can_be_read_in_one_way(written, day_first, found):
    known = replace(KNOWN, day_first=day_first)
    assert kinds(f"INV-881 and INV-902 were due {written}.", known) == found


@pytest.mark.parametrize(
    ("link", "found"),
    [
        ("https://pay.northwind.example/x", set()),
        ("https://eu.pay.northwind.example/x", set()),
        ("http://PAY.northwind.example:8080", set()),
        ("https://northwind.example.evil.example", {"link"}),
        ("https://pay.northwind.example@evil.example", {"link"}),
        ("https://evil.example/pay.northwind.example", {"link"}),
        ("https://evil.example\\@pay.northwind.example", {"link"}),
        ("https://xn--nrthwind-n4a.example", {"link"}),
        ("pay.nоrthwind.example", {"link"}),
        ("evil[.]example/pay", {"link"}),
        ("mailto:ar@northwind.example", set()),
        ("jane@evil.example", {"email"}),
        ("someone@northwind.example", set()),
    ],
)
def test_link_or_address__leads_to_a_known_host_or_is_untraced(link, found):
    assert kinds(f"Please see {link} for it") == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (f"IBAN {IBAN}", set()),
        ("the account ending 3000", set()),
        ("call 020 7946 0018", set()),
        ("call +1 503 555 0148", {"phone"}),
        ("0x52908400098527886E0F7030069857D2E4169EE7", {"bank_account"}),
        ("account number C-20417", set()),
        ("account number C-20418", {"bank_account"}),
    ],
)
def test_bank_detail_or_phone__is_known_or_untraced(text, found):
    assert kinds(f"Please use {text} for it.") == found


def test_record_that_keeps_no_phones__has_none_to_be_wrong():
    known = replace(KNOWN, phones=None)
    assert kinds("Call 555-0100 or (503) 555-0148.", known) == set()


def test_strict__wants_every_number_to_be_a_fact():
    hours = "We are open from 9:00, since 1987."
    assert kinds(hours) == set()
    assert kinds(hours, strict=True) == {"number"}


def test_language_without_letters__is_untraced():
    assert kinds("Buongiorno", language="it") == {"language"}


def test_finding__stands_where_the_words_stand():
    subject, body = "INV-818 is open", "Dear Zoe\u0308,\n\nyou owe twelve dollars."
    first, second, third = trace(subject, body, KNOWN, "en", strict=False)
    assert (first.span, first.start, first.kind, first.part) == (
        *("INV-818", 0, "invoice_ref"),
        "subject",
    )
    assert first.expected == "one of INV-881, INV-902, PO-7731, C-20417, ..."
    assert (second.kind, second.span, second.start) == ("person", "Zo\u00eb", 5)
    assert (third.span, third.start, third.part) == ("twelve dollars", 19, "body")


def test_matches__says_which_kinds_of_statement_hold():
    found = trace(
        "", "INV-881 for $9.99 was due yesterday; pay by Friday.", KNOWN, "en", strict=False
    )
    held = matches(found)
    assert {kind for kind, holds in held.items() if not holds} == {"amount", "date", "deadline"}
    assert all(matches(()).values())
    fee = matches(trace("", "A late fee of $5.00 applies.", KNOWN, "en", strict=False))
    assert not fee["fee"]
    assert not fee["amount"]
    assert not matches(trace("", "Three invoices.", KNOWN, "en", strict=False))["total"]


# Whatever the account holds, what is true of it passes and a cent or a day beside it does not.

days_late = st.integers(1, 400)
minors = st.integers(100, 10**9)
currencies = st.sampled_from(["EUR", "USD", "GBP", "JPY", "CHF"])


@settings(max_examples=120, deadline=None)
@given(minors, days_late, currencies, st.sampled_from(LANGUAGES))
def test_any_open_amount_and_due_day__are_facts_and_what_is_beside_them_is_not(
    minor, late, currency, language
):
    due = AS_OF - timedelta(late)
    invoice = KnownInvoice("INV-4711", currency, minor, due, due - timedelta(30))
    known = known_record(AS_OF, [invoice])

    def said(amount, day):
        return f"INV-4711: {format_money(amount, currency, language)}, {format_day(day, language)}."

    assert kinds(said(minor, due), known, language) == set()
    assert kinds(said(minor + 1, due), known, language) == {"amount"}
    assert kinds(said(minor, due + timedelta(late + 1)), known, language) == {"date"}


@settings(max_examples=60, deadline=None)
@given(days_late, st.integers(-3, 3), st.sampled_from(LANGUAGES))
def test_days_overdue__are_send_day_minus_due_day(late, beside, language):
    due = AS_OF - timedelta(late)
    known = known_record(AS_OF, [KnownInvoice("INV-4711", "EUR", 100, due)])
    says = {
        "en": "INV-4711 is {} days overdue.",
        "de": "INV-4711 ist seit {} Tagen überfällig.",
        "es": "INV-4711 lleva {} días de retraso.",
        "fr": "INV-4711 est en retard depuis {} jours.",
    }[language]
    assume(late + beside > 0)
    found = kinds(says.format(late + beside), known, language)
    assert found == (set() if beside == 0 else {"days_overdue"})


@settings(max_examples=60, deadline=None)
@given(st.dates(date(2026, 11, 11), date(2027, 11, 1)), st.sampled_from(LANGUAGES))
def test_day_to_pay_by__is_one_that_was_asked_for(day, language):
    by = {"en": "Please pay by ", "de": "Bitte zahlen Sie bis ", "es": "Pague antes del "}
    text = f"{by.get(language, 'Merci de payer avant le ')}{format_day(day, language)}."
    asked = replace(KNOWN, deadlines=frozenset({day}))
    assert kinds(text, asked, language) == set()
    assert kinds(text, replace(KNOWN, deadlines=frozenset()), language) == {"deadline"}


def test_rate__is_recorded_or_untraced():
    known = replace(ACCOUNTS[EUROS], percentages=frozenset({Decimal("2.5")}))
    assert kinds("Ein Nachlass von 2,5 % gilt.", known, "de") == set()
    assert kinds("Ein Nachlass von drei Prozent gilt.", known, "de") == {"percentage"}
