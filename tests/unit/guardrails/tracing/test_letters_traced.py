"""Every number of a message is the ledger's: what passes, and every way of being wrong."""

import re
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guardrails.formats import format_day, format_money
from guardrails.known import known_company, known_facts
from guardrails.tracing.close_reading import read_closely
from guardrails.tracing.letters import untraced
from guardrails.tracing.message import trace
from ledger.facts import (
    ActivePlan,
    ContactFact,
    OpenCredit,
    PendingPromise,
    PlannedPart,
    ReceivedPayment,
    UnappliedReceipt,
)
from tests.support.letter_cases import (
    EVERY_LETTER,
    FACTS,
    IBAN,
    LANGUAGES,
    OFF_LADDER,
    PORTAL,
    REMINDERS,
    TEMPLATES,
    item,
    letter_action,
    letter_policy,
)
from tools.letters import render_letter

POLICY = letter_policy()
TOTAL = 123450 + 98765 + 50000007


def written(template_id, language, facts=FACTS, policy=POLICY, action=None):
    """A letter as the house writes it, from the template's own slots."""
    action = action or letter_action(template_id, language)
    letter = render_letter(action, facts, policy)
    return letter.subject, letter.body, action


def traced(body, template_id="reminder_1", language="en", facts=FACTS, policy=POLICY):
    action = letter_action(template_id, language)
    return untraced("Your account", body, facts, policy, language, action)


def kinds(found):
    return {each.kind for each in found}


# What a careless or hostile hand does to a finished letter; None where a letter has no such thing.


def one_cent_off(text, language):
    right = format_money(TOTAL, "EUR", language)
    return text.replace(right, format_money(TOTAL + 1, "EUR", language))


def items_one_cent_off(text, language):
    right = format_money(98765, "EUR", language)
    return text.replace(right, format_money(98764, "EUR", language))


def currency_swapped(text, language):
    right = format_money(98765, "EUR", language)
    return text.replace(right, format_money(98765, "USD", language))


def date_shifted(text, language):
    day = date(2026, 9, 12)
    return text.replace(format_day(day, language), format_day(day + timedelta(1), language))


def day_of_facts_shifted(text, language):
    return text.replace(format_day(FACTS.as_of, language), format_day(date(2026, 11, 5), language))


def invoice_digit_changed(text, language):
    return text.replace("INV-10519", "INV-10518")


def order_digit_changed(text, language):
    return text.replace("PO-7731", "PO-7732")


def credit_digit_changed(text, language):
    return text.replace("CM-88", "CM-89")


def sign_dropped(text, language):
    return text.replace(format_money(-20050, "EUR", language), "999")


def sign_added(text, language):
    right = format_money(98765, "EUR", language)
    return text.replace(right, f"-{right}")


def link_added(text, language):
    return f"{text}https://pay.example.net/start\n"


def bare_link_added(text, language):
    return f"{text}pay.example.net\n"


def link_lengthened(text, language):
    return text.replace(PORTAL, f"{PORTAL}.example.net/")


def mail_added(text, language):
    return f"{text}billing@northwind-example.net\n"


def iban_changed(text, language):
    return text.replace(IBAN, IBAN.replace("3704", "3705"))


def iban_added(text, language):
    return f"{text}GB33 BUKB 2020 1555 5555 55\n"


def phone_added(text, language):
    return f"{text}+1 503 555 0148\n"


def zero_width_in_number(text, language):
    return text.replace("INV-10519", "INV-1\u200b0519")


def zero_width_in_word(text, language):
    return text[:30] + "\u2060" + text[30:]


def bidi_override_added(text, language):
    return f"{text}\u202e05.432 euro\u202c\n"


def soft_hyphen_added(text, language):
    return text.replace(" ", " \u00ad", 1)


def cyrillic_in_number(text, language):
    return text.replace("INV-10519", "ІNV-10519")


def cyrillic_in_word(text, language):
    return text.replace("a", "а", 1) if re.search(r"\ba\w|\wa", text) else None


def fullwidth_digit(text, language):
    return text.replace("INV-10519", "INV-１0519")


def superscript_added(text, language):
    return text.replace("INV-10519", "INV-10519²")


def percent_added(text, language):
    return f"{text}- 3 %\n"


def millions(text, language):
    right = format_money(98765, "EUR", language)
    return text.replace(right, f"{right} million")


def deadline_added(text, language):
    return f"{text}within 3 business days\n"


def glued(text, language):
    return text.replace("INV-10519", "INV-10519-B")


def rounded(text, language):
    return text.replace(format_money(98765, "EUR", language), "988 €")


MUTATIONS = [
    one_cent_off,
    items_one_cent_off,
    currency_swapped,
    date_shifted,
    day_of_facts_shifted,
    invoice_digit_changed,
    order_digit_changed,
    credit_digit_changed,
    sign_dropped,
    sign_added,
    link_added,
    bare_link_added,
    link_lengthened,
    mail_added,
    iban_changed,
    iban_added,
    phone_added,
    zero_width_in_number,
    zero_width_in_word,
    bidi_override_added,
    soft_hyphen_added,
    cyrillic_in_number,
    cyrillic_in_word,
    fullwidth_digit,
    superscript_added,
    percent_added,
    millions,
    deadline_added,
    glued,
    rounded,
]


@pytest.mark.parametrize(("template_id", "language"), EVERY_LETTER)
def test_untouched_letter__is_traced(template_id, language):
    subject, body, action = written(template_id, language)
    assert untraced(subject, body, FACTS, POLICY, language, action) == ()
    known, company = known_facts(FACTS, action), known_company(POLICY.company)
    assert read_closely(subject, body, known, company, language) == ()


@pytest.mark.parametrize("mutate", MUTATIONS)
def test_changed_letter__is_caught_wherever_the_change_applies(mutate):
    caught = 0
    for template_id, language in EVERY_LETTER:
        subject, body, action = written(template_id, language)
        for part, changed in (
            ("subject", (mutate(subject, language), body)),
            ("body", (subject, mutate(body, language))),
        ):
            if None in changed or changed == (subject, body):
                continue
            found = untraced(*changed, FACTS, POLICY, language, action)
            assert part in {each.part for each in found}, (template_id, language, part, changed)
            caught += 1
    assert caught >= len(LANGUAGES)


@pytest.mark.parametrize("template_id", REMINDERS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_open_invoice_that_is_not_in_this_letter__is_untraced(template_id, language):
    subject, body, action = written(template_id, language)
    for foreign in ("INV-20001", format_money(77700, "EUR", language), "20 October 2026"):
        found = untraced(subject, f"{body}{foreign}\n", FACTS, POLICY, language, action)
        assert [each.span.strip() for each in found] == [foreign.replace("\u202f", "\u202f")]


def test_answer__may_name_anything_open_on_the_account():
    body = "You asked about INV-20001 (€777.00), INV-30001 ($432.10) and credit memo CM-88."
    assert traced(body, "dispute_acknowledgement") == ()
    assert untraced("", body, FACTS, POLICY, "en") == ()
    assert kinds(traced(body, "reminder_1")) == {"number", "amount"}


def test_finding__says_what_where_and_what_would_be_right():
    action = letter_action("reminder_1", "en")
    found = untraced("Pay €1.00", "Dear Jane,\npay INV-10518", FACTS, POLICY, "en", action)
    first, second = found
    assert (first.span, first.start, first.kind, first.part) == ("€1.00", 4, "amount", "subject")
    assert first.expected == "one of €987.65, €1,234.50, €500,000.07, €502,222.22"
    assert (second.span, second.start, second.part) == ("INV-10518", 15, "body")
    assert "INV-10519" in second.expected


def test_language_without_letters__is_untraced():
    assert kinds(untraced("", "Buongiorno", FACTS, POLICY, "it")) == {"language"}


# Any book: whatever the ledger holds, our own letters pass.

letters_of_names = st.characters(categories=("Lu", "Ll", "Lo", "Nd"), include_characters=" '-")
names = st.one_of(st.text(letters_of_names, max_size=40), st.just("Team 4"), st.just("Łukasz Żak"))
references = st.from_regex(r"[A-ZÄÖÑ]{0,4}[-/_]?[0-9]{3,10}", fullmatch=True)
orders = st.one_of(
    st.none(), st.from_regex(r"[A-Z]{2,5}[ .-][0-9]{2,8}(/[A-Z]{1,2})?", fullmatch=True)
)
days = st.dates(date(2015, 1, 1), date(2032, 12, 31))
minors = st.integers(1, 10**12)
currencies = st.sampled_from(["EUR", "USD", "GBP", "JPY", "KWD", "CHF", "CAD", "XAF", "MXN"])


@st.composite
def books(draw):
    """An account with up to six open invoices of one currency, credits and money received."""
    currency = draw(currencies)
    numbers = draw(st.lists(references, min_size=1, max_size=6, unique=True))
    items = tuple(
        replace(item(n, draw(days), draw(minors), currency), po_number=draw(orders))
        for n in numbers
    )
    lowering = st.lists(st.tuples(references, days, minors), max_size=2)
    return replace(
        FACTS,
        as_of=draw(days),
        open_items=items,
        credits=tuple(
            OpenCredit(f"crd_{n}", n, day, minor, currency) for n, day, minor in draw(lowering)
        ),
        receipts=tuple(
            UnappliedReceipt(f"rcp_{n}", n, day, minor, currency)
            for n, day, minor in draw(lowering)
        ),
        contacts=(
            ContactFact("con_1", draw(names), "ap", "jane@fjord.example", None, None),
            FACTS.contacts[1],
        ),
        payments=(ReceivedPayment("rcp_7", draw(references), draw(days), draw(minors), currency),),
        promises=(draw(promises("prm_1", currency)),),
        broken_lately=(draw(promises("prm_0", currency)),),
        plans=(draw(plans(tuple(each.invoice_id for each in items))),),
    )


def promises(promise_id, currency):
    """A promise to pay on a day, of an amount or of none in particular."""
    amounts = st.one_of(st.none(), minors)
    return st.builds(
        lambda day, minor: PendingPromise(
            promise_id, "theirs", "payment", day, minor, currency if minor else None, ()
        ),
        days,
        amounts,
    )


def plans(invoice_ids):
    """A plan over invoices in up to four parts."""
    parts = st.lists(st.builds(PlannedPart, days, minors), min_size=1, max_size=4)
    return parts.map(lambda found: ActivePlan("pln_1", "active", invoice_ids, None, tuple(found)))


def letter_about(facts, template_id, language):
    own, everything = {}, tuple(each.invoice_id for each in facts.open_items)
    if template_id in (*REMINDERS, *OFF_LADDER, "statement"):
        own["currency"] = facts.open_items[0].currency
    if template_id in (*REMINDERS, *OFF_LADDER, "copy_answer"):
        own["invoice_ids"] = everything
    return written(template_id, language, facts, action=letter_action(template_id, language, **own))


@settings(max_examples=150, deadline=None)
@given(books(), st.sampled_from(TEMPLATES), st.sampled_from(LANGUAGES))
def test_our_own_letter_about_any_book__is_traced(facts, template_id, language):
    subject, body, action = letter_about(facts, template_id, language)
    assert untraced(subject, body, facts, POLICY, language, action) == ()
    known, company = known_facts(facts, action), known_company(POLICY.company)
    assert read_closely(subject, body, known, company, language) == ()


WORDS = ["USD", "EUR ", " USD", " usd", "usd ", " euros", "€", "€ ", " million", "m", "K", " days"]
SIGNS = [
    "-",
    ".",
    ",",
    "%",
    "'",
    "/",
    ". ",
    ".a",
    "(",
    ":",
    " ",
    "\u00a0",
    "\n",
    "\u200b",
    "о",
    "²",
]
DIGITS = ["5", "3 ", " 3", " 3 ", "\u00a03", "INV-10482"]
SNIPPETS = st.sampled_from(WORDS + SIGNS + DIGITS)


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(TEMPLATES),
    st.sampled_from(LANGUAGES),
    st.lists(st.tuples(st.integers(0, 10**6), SNIPPETS), min_size=1, max_size=3),
)
def test_text_cleared_at_once__would_be_cleared_by_close_reading(template_id, language, edits):
    subject, body, action = written(template_id, language)
    for place, snippet in edits:
        # Near a fact, where an edit can change what it says.
        spots = [each.start() for each in re.finditer(r"(?<=\d)(?!\d)|(?=\d)(?<!\d)|€", body)] or [
            0
        ]
        at = spots[place % len(spots)]
        body = body[:at] + snippet + body[at:]
    if untraced(subject, body, FACTS, POLICY, language, action) == ():
        known = replace(known_facts(FACTS, action), company=known_company(POLICY.company))
        assert trace(subject, body, known, language, strict=True) == ()
