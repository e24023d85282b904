"""Letters: what stands in them, where it comes from, and what is refused."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import orjson
import pytest

from ledger.ids import digest
from policies.letters.words import REQUIRED, WORDS
from policies.load import with_changes
from policies.schema import LetterTemplate
from tests.support.letter_cases import (
    EVERY_LETTER,
    FACTS,
    LANGUAGES,
    TEMPLATES,
    item,
    letter_action,
    letter_policy,
    with_name,
)
from tests.support.snapshots import matches_snapshot
from tools.letters import LetterError, render_letter

SNAPSHOTS = Path(__file__).parent / "snapshots"
POLICY = letter_policy()


def policy_with(subject: str, body: str):
    """A policy whose first reminder in English says something else."""
    own = LetterTemplate(id="reminder_1", language="en", version=9, subject=subject, body=body)
    return with_changes(letter_policy(), letters=(own,))


def first_reminder(**more):
    return letter_action("reminder_1", "en", **more)


@pytest.mark.parametrize(("template_id", "language"), EVERY_LETTER)
def test_every_template__reads_as_agreed(template_id, language):
    letter = render_letter(letter_action(template_id, language), FACTS, POLICY)
    text = f"To: {letter.recipient}\nSubject: {letter.subject}\n\n{letter.body}"
    assert matches_snapshot(SNAPSHOTS / f"{template_id}.{language}.txt", text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_single_invoice__is_spoken_of_in_the_singular(language):
    action = letter_action("reminder_1", language, invoice_ids=("inv_INV-10519",))
    letter = render_letter(action, FACTS, POLICY)
    text = f"Subject: {letter.subject}\n\n{letter.body}"
    assert matches_snapshot(SNAPSHOTS / f"reminder_1_single.{language}.txt", text)


def test_every_language__has_every_template_and_its_words():
    general = {(each.id, each.language) for each in POLICY.letters if not any(each.use[2:])}
    assert general == {(t, lang) for t in TEMPLATES for lang in LANGUAGES}
    assert set(WORDS) == set(REQUIRED) == set(LANGUAGES)


def test_letter__carries_its_origin_and_a_digest_of_what_is_sent():
    letter = render_letter(first_reminder(), FACTS, POLICY)
    assert (letter.template_id, letter.template_version, letter.language) == ("reminder_1", 2, "en")
    assert letter.cc == ()
    sent = ["email", "jane@fjord.example", [], letter.subject, letter.body]
    assert letter.digest == digest(orjson.dumps(sent))


@pytest.mark.parametrize(
    "changed",
    [
        {"facts": replace(FACTS, as_of=date(2026, 11, 5))},
        {"facts": replace(FACTS, receipts=())},
    ],
)
def test_changed_fact__changes_the_digest(changed):
    action = letter_action("statement", "en")
    before = render_letter(action, FACTS, POLICY)
    assert render_letter(action, changed["facts"], POLICY).digest != before.digest


def test_same_words_to_another_recipient__have_another_digest():
    moved = replace(FACTS, contacts=(replace(FACTS.contacts[0], email="jd@fjord.example"),))
    one, two = (render_letter(first_reminder(), facts, POLICY) for facts in (FACTS, moved))
    assert one.body == two.body
    assert one.digest != two.digest


@pytest.mark.parametrize("wording", ["model", "person"])
def test_own_words__replace_subject_and_body_alone(wording):
    own = first_reminder(wording=wording, subject="About May", body="Hello,\n\nplease call.\n")
    letter = render_letter(own, FACTS, POLICY)
    assert (letter.subject, letter.body) == ("About May", "Hello,\n\nplease call.\n")
    assert (letter.recipient, letter.template_id) == ("jane@fjord.example", "reminder_1")


@pytest.mark.parametrize("subject", ["Hi\nBcc: all@evil.example", "a\r", "a\u202eb", None, ""])
def test_own_subject_that_is_no_line__is_refused(subject):
    own = first_reminder(wording="person", subject=subject, body="Hello")
    with pytest.raises(LetterError, match="subject"):
        render_letter(own, FACTS, POLICY)


def test_contact_name__cannot_add_lines_or_hide():
    letter = render_letter(first_reminder(), with_name("Jane\r\n\r\nTotal due: nil\u202e"), POLICY)
    assert letter.body.splitlines()[0] == "Dear Jane Total due: nil,"
    assert "\u202e" not in letter.body


@pytest.mark.parametrize("name", ["", "  ", "\u200b", "4711", "-", "x" * 81])
@pytest.mark.parametrize("language", LANGUAGES)
def test_contact_without_a_usable_name__is_addressed_neutrally(language, name):
    letter = render_letter(letter_action("reminder_2", language), with_name(name), POLICY)
    assert WORDS[language].anyone in letter.body.splitlines()[0]


def test_invoice_number__cannot_add_lines():
    facts = replace(FACTS, open_items=(item("A1\nB2", date(2026, 9, 1), 100),))
    letter = render_letter(first_reminder(invoice_ids=("inv_A1\nB2",)), facts, POLICY)
    assert "\nA1 B2  " in letter.body


def test_order_numbers__get_a_column_only_when_there_are_any():
    with_orders = render_letter(first_reminder(), FACTS, POLICY)
    bare = render_letter(first_reminder(invoice_ids=("inv_INV-10519",)), FACTS, POLICY)
    assert "Your order" in with_orders.body
    assert "Your order" not in bare.body


def test_statement__nets_credits_and_unapplied_money_of_its_currency():
    body = render_letter(letter_action("statement", "en"), FACTS, POLICY).body
    gross = 123450 + 98765 + 50000007 + 77700
    assert gross - 4500 - 20050 == 50275372
    assert "Balance of your account: €502,753.72" in body
    assert "-€45.00" in body
    assert "-€200.50" in body
    assert "INV-30001" not in body


def test_amounts_due__are_listed_with_their_total():
    body = render_letter(first_reminder(), FACTS, POLICY).body
    assert [line.split()[-1] for line in body.splitlines() if line.startswith("INV-")] == [
        "€1,234.50",
        "€987.65",
        "€500,000.07",
    ]
    assert "Total due: €502,222.22" in body


def test_no_way_to_pay_in_the_settings__leaves_no_gap():
    policy = letter_policy(payment_details="", portal_link="")
    body = render_letter(first_reminder(), FACTS, policy).body
    assert "Payment details" not in body
    assert "\n\n\n" not in body


@pytest.mark.parametrize(
    ("channel", "recipient"), [("email", "jane@fjord.example"), ("sms", "+1 503 555 0199")]
)
def test_recipient__comes_from_the_ledgers_contact(channel, recipient):
    assert render_letter(first_reminder(channel=channel), FACTS, POLICY).recipient == recipient


def test_portal_message__is_addressed_to_the_contact():
    assert render_letter(first_reminder(channel="portal"), FACTS, POLICY).recipient == "con_1"


@pytest.mark.parametrize(
    ("action", "facts", "says"),
    [
        (first_reminder(contact_id="con_9"), FACTS, "no contact 'con_9'"),
        (first_reminder(channel="letter"), FACTS, "no address for channel 'letter'"),
        (
            first_reminder(),
            replace(FACTS, contacts=(replace(FACTS.contacts[0], email=None),)),
            "no address for channel 'email'",
        ),
        (first_reminder(template_id="reminder_9"), FACTS, "no template 'reminder_9'"),
        (first_reminder(language="it"), FACTS, "no template 'reminder_1' in language 'it'"),
        (first_reminder(invoice_ids=("inv_gone",)), FACTS, "inv_gone is not open in EUR"),
        (first_reminder(invoice_ids=("inv_INV-30001",)), FACTS, "is not open in EUR"),
        (first_reminder(invoice_ids=()), FACTS, "at least one invoice"),
        (letter_action("statement", "en", currency="GBP"), FACTS, "nothing is open in GBP"),
    ],
)
def test_missing_piece__is_refused_with_its_name(action, facts, says):
    with pytest.raises(LetterError, match=says):
        render_letter(action, facts, POLICY)


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("{{ bank }}", "unknown slot 'bank'"),
        ("{{ total", "not a template"),
        ("{{ total * 9 }}", "take out the mul"),
        ("{% for a in items %}{{ a }}{% endfor %}", "take out the for"),
        ("{{ total.__class__ }}", "take out the getattr"),
        ("{{ range(9) }}", "take out the call"),
        ("{{ total | upper }}", "take out the filter"),
        ("{% set total = '1' %}", "take out the assign"),
        ("{% include 'x' %}", "take out the include"),
    ],
)
def test_template_that_does_more_than_fill_slots__is_refused(body, says):
    with pytest.raises(LetterError, match=says):
        render_letter(first_reminder(), FACTS, policy_with("Hello", body))


def test_template_with_a_slot_its_letter_lacks__is_refused():
    own = LetterTemplate(
        id="dispute_acknowledgement", language="en", version=1, subject="Hi", body="{{ total }}"
    )
    with pytest.raises(LetterError, match="'total' is undefined"):
        render_letter(
            letter_action("dispute_acknowledgement", "en"),
            FACTS,
            with_changes(letter_policy(), letters=(own,)),
        )


def test_changed_template__is_used_at_once():
    letter = render_letter(first_reminder(), FACTS, policy_with("New {{ total }}", "Text.\n"))
    assert (letter.subject, letter.body) == ("New €502,222.22", "Text.\n")
    assert letter.template_version == 9
