"""What people write by hand: every fair way of writing a fact passes, nothing else does."""

from dataclasses import replace
from datetime import date

import pytest

from guardrails.known import known_company, known_facts
from guardrails.tracing.close_reading import read_closely
from guardrails.tracing.letters import untraced
from tests.support.letter_cases import (
    FACTS,
    IBAN,
    LANGUAGES,
    PORTAL,
    item,
    letter_action,
    letter_policy,
)
from tools.letters import render_letter

POLICY = letter_policy()


def traced(body, template_id="reminder_1", language="en", facts=FACTS, policy=POLICY):
    action = letter_action(template_id, language)
    return untraced("Your account", body, facts, policy, language, action)


def kinds(found):
    return {each.kind for each in found}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "words",
    [
        "€1,234.50",
        "1.234,50 €",
        "1 234,50 €",
        "1\u202f234,50\u00a0€",
        "1'234.50 EUR",
        "1234.50 EUR",
        "EUR 1234,50",
        "1234,5 EUR",
        "1.234,50 Euro",
        "1,234.50",
        "1234.50",
        "(€1,234.50)",
        "€1,234.50.",
        "500.000,07 €",
        "EUR 502,222.22",
        "2026-08-31",
        "31.08.2026",
        "31.8.2026",
        "08/31/2026",
        "31/08/2026",
        "31-08-2026",
        "August 31, 2026",
        "August 31st, 2026",
        "31. August 2026",
        "31 août 2026",
        "31 de agosto de 2026",
        "31 Aug 2026",
        "31. August",
        "INV-10482, INV-10519 (INV-10577)",
        "PO-7731",
        "3",
        "C-20417",
        IBAN.replace(" ", ""),
        "+1 (503) 555-0147",
        PORTAL,
        f"({PORTAL}).",
        "ar@northwind.example",
        "14 Harbour Street, Portland",
        "Jane Doe",
    ],
)
def test_fact_as_people_write_it__is_traced(words, language):
    assert traced(f"Hello,\n\nabout this: {words}\n\nThank you", language=language) == ()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("$1,234.50", "amount"),
        ("1234.50 USD", "amount"),
        ("1234.50 usd", "amount"),
        ("USD 1,234.50 EUR", "amount"),
        ("€1,234.50 USD", "amount"),
        ("1,234.50 dollars", "amount"),
        ("-€1,234.50", "amount"),
        ("€1,234.50 million", "amount"),
        ("€1234.5k", "number"),
        ("€12,34.50", "amount"),
        ("€1,234.500", "amount"),
        ("€01,234.50", "amount"),
        ("$INV-10482", "number"),
        ("1,234.51", "number"),
        ("2,222.22", "number"),
        ("2026-09-01", "date"),
        ("03/10/2026", "date"),
        ("10/03/2026", "date"),
        ("31.08.2025", "date"),
        ("31 August 2025", "date"),
        ("September 1, 2026", "date"),
        ("30. August", "date"),
        ("31.08.26", "number"),
        ("inv-10482", "number"),
        ("INV-1048", "number"),
        ("#INV-10482#", "number"),
        ("4", "number"),
        ("3%", "number"),
        ("3 %", "number"),
        ("3 days", "number"),
        ("3 working days", "number"),
        ("10:30", "number"),
        ("www.northwind.example", "link"),
        ("northwind.example", "link"),
        ("evil.com/pay", "link"),
        ("HTTPS://EVIL.COM", "link"),
        (f"{PORTAL}/other", "link"),
        (f"{PORTAL}?to=1", "link"),
        ("jane@fjord.example", "email"),
        ("ar@northwind.example.net", "email"),
        ("DE89 3704 0044 0532 0130 01", "bank_account"),
        ("DE89370400440532013000X", "bank_account"),
        ("+1 503 555 0148", "number"),
        ("pаypal", "look_alike"),
        ("１", "look_alike"),
        ("½", "look_alike"),
        ("𝟑", "look_alike"),
        ("ﬁnal", "look_alike"),
        ("in\u00advoice", "hidden_character"),
        ("in\ufeffvoice", "hidden_character"),
        ("a\u0000b", "hidden_character"),
        ("a\u0001b", "hidden_character"),
        ("a\rb", "hidden_character"),
        ("\u3164", "hidden_character"),
        ("a\ufe0fb", "hidden_character"),
        ("INV-1048\u03362", "hidden_character"),
    ],
)
def test_what_is_no_fact__is_untraced(words, kind, language):
    assert kind in kinds(traced(f"Hello,\n\nabout this: {words}\n\nThank you", language=language))


@pytest.mark.parametrize("language", LANGUAGES)
def test_company_with_its_legal_form__is_traced_if_known_and_no_link(language):
    body = "Hello,\n\nabout this: Müller & Söhne GmbH & Co. KG\n\nThank you"
    assert kinds(traced(body, language=language)) == {"company"}
    facts = replace(FACTS, name="Müller & Söhne GmbH & Co.KG")
    assert traced(body, language=language, facts=facts) == ()


def test_three_decimals__are_read_as_the_language_reads_them():
    facts = replace(FACTS, open_items=(item("INV-10482", date(2026, 8, 31), 1234, "KWD"),))
    assert traced("KWD 1.234", facts=facts) == ()
    assert kinds(traced("KWD 1,234", facts=facts)) == {"amount"}
    assert traced("1,234 KWD", facts=facts, language="de") == ()
    assert kinds(traced("1.234 KWD", facts=facts, language="de")) == {"amount"}


def test_bare_amount__is_untraced_where_two_currencies_are_open():
    assert untraced("", "about 777.00", FACTS, POLICY, "en")
    assert not untraced("", "about €777.00", FACTS, POLICY, "en")


def test_web_form_and_decomposed_letters__are_read_like_any_text():
    body = "Zoe\u0308,\r\nplease pay INV-10482 by return.\r\n"
    assert traced(body) == ()
    late = traced("Zoe\u0308 4")
    assert [(each.span, each.start) for each in late] == [("4", 4)]


def test_name_that_carries_a_link__is_untraced():
    facts = replace(FACTS, contacts=(replace(FACTS.contacts[0], name="Jane evil.example"),))
    action = letter_action("reminder_1", "en")
    letter = render_letter(action, facts, POLICY)
    found = untraced(letter.subject, letter.body, facts, POLICY, "en", action)
    assert kinds(found) == {"link"}


def test_reference_inside_a_grouped_amount__does_not_break_it_up():
    facts = replace(FACTS, open_items=(item("234", FACTS.as_of, 1_234_567_00),))
    known, company = known_facts(facts, None), known_company(POLICY.company)
    body = "Il reste 1\u202f234\u202f567,00\u00a0€"
    assert read_closely("", body, known, company, "fr") == ()
