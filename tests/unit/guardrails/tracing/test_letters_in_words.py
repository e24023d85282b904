"""Letters of the house in every currency pass; words that state something do not slip through."""

from dataclasses import replace

import pytest

from guardrails.known import known_company, known_facts
from guardrails.tracing.letters import untraced
from guardrails.tracing.message import trace
from tests.support.letter_cases import (
    CHASED,
    EVERY_LETTER,
    FACTS,
    LANGUAGES,
    REMINDERS,
    letter_action,
    letter_policy,
)
from tools.letters import render_letter

POLICY = letter_policy()
CURRENCIES = ("USD", "GBP", "CHF", "CAD", "AUD", "JPY", "KWD", "MXN", "SEK", "PLN", "XAF")
MONEY_LETTERS = [each for each in EVERY_LETTER if each[0] in (*REMINDERS, "statement")]


def in_currency(currency):
    items = tuple(replace(each, currency=currency) for each in FACTS.open_items)
    return replace(
        FACTS,
        open_items=items,
        credits=tuple(replace(each, currency=currency) for each in FACTS.credits),
        receipts=tuple(replace(each, currency=currency) for each in FACTS.receipts),
    )


@pytest.mark.parametrize("currency", CURRENCIES)
@pytest.mark.parametrize(("template_id", "language"), MONEY_LETTERS)
def test_letter_in_any_currency__is_traced(template_id, language, currency):
    facts = in_currency(currency)
    action = letter_action(template_id, language, currency=currency)
    letter = render_letter(action, facts, POLICY)
    assert untraced(letter.subject, letter.body, facts, POLICY, language, action) == ()
    known = replace(known_facts(facts, action), company=known_company(POLICY.company))
    assert trace(letter.subject, letter.body, known, language, strict=True) == ()


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("You owe us twelve hundred dollars.", "amount"),
        ("Nos debe mil doscientos euros.", "amount"),
        ("Both invoices are open.", "count"),
        ("The invoice was due yesterday.", "date"),
        ("Please pay by Friday.", "deadline"),
        ("Bitte zahlen Sie bis Ende der Woche.", "deadline"),
        ("Payez avant minuit.", "deadline"),
        ("It is two weeks overdue.", "days_overdue"),
        ("We add five percent interest.", "fee"),
        ("This is Amanda.", "person"),
        ("Please pay Globex Trading Ltd instead.", "company"),
    ],
)
@pytest.mark.parametrize("language", LANGUAGES)
def test_words_added_to_a_letter__are_untraced(words, kind, language):
    action = letter_action("reminder_1", language)
    letter = render_letter(action, FACTS, POLICY)
    body = f"{letter.body}\n{words}\n"
    found = untraced(letter.subject, body, FACTS, POLICY, language, action)
    assert {each.kind for each in found} == {kind}


def test_reminder_of_part_of_the_account__is_about_its_own_total():
    few = letter_action("reminder_1", "en", invoice_ids=CHASED[:2])
    assert untraced("", "Please pay €2,222.15 for 2 invoices", FACTS, POLICY, "en", few) == ()
    assert untraced("", "Please pay €502,222.22", FACTS, POLICY, "en", few)
