"""Letters: what stands in them, where it comes from, and what is refused."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import orjson
import pytest

from guardrails.formats import format_day
from guardrails.tracing.letters import untraced
from ledger.facts import PastContact
from ledger.ids import digest
from policies.letters.words import REQUIRED, WORDS
from policies.load import with_changes
from policies.schema import LetterTemplate
from tests.support.letter_cases import (
    CHASED,
    EVERY_LETTER,
    FACTS,
    FORMAL_TEMPLATES,
    LANGUAGES,
    REMINDERS,
    SMS_TEMPLATES,
    TEMPLATES,
    item,
    letter_action,
    letter_policy,
    with_name,
)
from tests.support.snapshots import matches_snapshot
from tools.letters import MAX_SMS, LetterError, render_letter

SNAPSHOTS = Path(__file__).parent / "snapshots"
POLICY = letter_policy()
COLLECTOR = letter_policy(creditor_role="third_party")


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


@pytest.mark.parametrize("template_id", SMS_TEMPLATES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_text_messages__read_as_agreed_and_are_short(template_id, language):
    many = render_letter(letter_action(template_id, language, channel="sms"), FACTS, POLICY)
    named = {} if template_id == "opt_out_confirmation" else {"invoice_ids": one_of(template_id)}
    one = render_letter(letter_action(template_id, language, channel="sms", **named), FACTS, POLICY)
    assert (many.subject, one.subject) == ("", "")
    assert max(len(many.body), len(one.body)) <= MAX_SMS
    text = f"To: {many.recipient}\n\n{many.body}\n{one.body}"
    assert matches_snapshot(SNAPSHOTS / f"{template_id}_sms.{language}.txt", text)


def one_of(template_id):
    return ("inv_INV-40001",) if template_id == "pre_due" else ("inv_INV-10482",)


@pytest.mark.parametrize("template_id", FORMAL_TEMPLATES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_formal_letters__read_as_agreed(template_id, language):
    facts = replace(FACTS, segment="enterprise")
    letter = render_letter(letter_action(template_id, language), facts, POLICY)
    text = f"To: {letter.recipient}\nSubject: {letter.subject}\n\n{letter.body}"
    assert matches_snapshot(SNAPSHOTS / f"{template_id}_formal.{language}.txt", text)


MANY = tuple(
    item(
        f"INV-{number}", date(2026, 10, 1 + number % 20), 100_00 + number, po_number=f"PO-{number}"
    )
    for number in range(50, 110)
)
VARIANTS = [("email", "smb", each) for each in TEMPLATES]
VARIANTS += [("sms", "smb", each) for each in SMS_TEMPLATES]
VARIANTS += [("email", "strategic", each) for each in FORMAL_TEMPLATES]


@pytest.mark.parametrize(("channel", "segment", "template_id"), VARIANTS)
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("debtor_type", ["business", "consumer"])
@pytest.mark.parametrize("ids", [CHASED, CHASED[:1], tuple(each.invoice_id for each in MANY)])
def test_every_letter_of_every_kind__traces_clean(
    channel, segment, template_id, language, debtor_type, ids
):
    facts = replace(
        FACTS,
        open_items=(*FACTS.open_items, *MANY),
        segment=segment,
        debtor_type=debtor_type,
    )
    named = (
        {}
        if template_id not in (*REMINDERS, "broken_promise", "copy_answer")
        else {"invoice_ids": ids}
    )
    action = letter_action(template_id, language, channel=channel, **named)
    # A collector's text messages have no room for what they must say, and are refused.
    policy = POLICY if channel == "sms" else COLLECTOR
    letter = render_letter(action, facts, policy)
    found = untraced(letter.subject, letter.body, facts, policy, language, action)
    assert found == ()
    assert "{" not in letter.subject + letter.body
    assert POLICY.company.name in letter.body


class TestRequiredLines:
    """What the renderer adds, whatever the template or its author says."""

    def body(self, template_id="reminder_1", language="en", policy=POLICY, facts=FACTS, **more):
        return render_letter(letter_action(template_id, language, **more), facts, policy).body

    @pytest.mark.parametrize("language", LANGUAGES)
    @pytest.mark.parametrize("debtor_type", ["consumer", "sole_trader", "guarantor", "unheard of"])
    def test_mail_to_a_person__says_how_to_stop_it(self, language, debtor_type):
        facts = replace(FACTS, debtor_type=debtor_type)
        line = REQUIRED[language].opt_out_email
        assert self.body(language=language, facts=facts).splitlines()[-1] == line
        assert line not in self.body(language=language)

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_every_text_message__says_how_to_stop_them(self, language):
        body = self.body(language=language, channel="sms")
        assert body.endswith(f" {REQUIRED[language].opt_out_sms}\n")

    def test_own_words_to_a_person__carry_it_too_and_once_when_edited(self):
        facts = replace(FACTS, debtor_type="consumer")
        own = {"wording": "person", "subject": "May", "body": "Hello,\n\nplease call.\n"}
        said = self.body(facts=facts, **own)
        assert said == f"Hello,\n\nplease call.\n\n{REQUIRED['en'].opt_out_email}\n"
        assert self.body(facts=facts, **own | {"body": said}) == said

    @pytest.mark.parametrize("language", LANGUAGES)
    @pytest.mark.parametrize(
        ("template_id", "automated"),
        [
            ("copy_answer", True),
            ("promise_confirmation", True),
            ("dispute_acknowledgement", True),
            ("receipt", False),
            ("statement", False),
        ],
    )
    def test_automatic_reply__says_first_that_it_is_one(self, language, template_id, automated):
        first = self.body(template_id, language).splitlines()[0]
        assert (first == REQUIRED[language].automated) == automated

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_collector__says_so_to_a_person_and_more_the_first_time(self, language):
        person, lines = replace(FACTS, debtor_type="consumer"), REQUIRED[language]
        first = self.body(language=language, facts=person, policy=COLLECTOR)
        assert lines.collector in first
        assert lines.collector_first in first
        told = PastContact(date(2026, 10, 20), "email", "send_reminder", 1, "EUR")
        later = replace(person, contact_history=(told,))
        again = self.body(language=language, facts=later, policy=COLLECTOR)
        assert lines.collector in again
        assert lines.collector_first not in again
        assert lines.collector not in self.body(language=language, policy=COLLECTOR)
        assert lines.collector not in self.body(language=language, facts=person)

    @pytest.mark.parametrize("channel", ["email", "sms"])
    def test_confirmed_opt_out__holds_nothing_else(self, channel):
        person = replace(FACTS, debtor_type="consumer")
        body = self.body("opt_out_confirmation", facts=person, policy=COLLECTOR, channel=channel)
        plain = self.body("opt_out_confirmation", channel=channel)
        assert body == plain
        assert len(body) < 100


@pytest.mark.parametrize("language", LANGUAGES)
def test_promise_without_an_amount__is_spoken_of_without_one(language):
    open_promise = replace(FACTS.promises[0], amount_minor=None, currency=None)
    facts = replace(FACTS, promises=(open_promise,))
    body = render_letter(letter_action("promise_confirmation", language), facts, POLICY).body
    assert format_day(date(2026, 11, 18), language) in body
    assert "987" not in body


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


@pytest.mark.parametrize("body", ["", " \n"])
def test_own_words_without_a_body__are_refused(body):
    own = first_reminder(wording="person", subject="Pay today", body=body)
    with pytest.raises(LetterError, match="needs words"):
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


def test_letter__names_contact_account_and_number():
    to = f"{FACTS.contacts[0].name} | {FACTS.name} | {FACTS.account_number}"
    assert render_letter(first_reminder(channel="letter"), FACTS, POLICY).recipient == to


def test_portal_message__is_addressed_to_the_contact():
    assert render_letter(first_reminder(channel="portal"), FACTS, POLICY).recipient == "con_1"


@pytest.mark.parametrize(
    ("action", "facts", "says"),
    [
        (first_reminder(contact_id="con_9"), FACTS, "no contact 'con_9'"),
        (
            first_reminder(channel="sms"),
            replace(FACTS, contacts=(replace(FACTS.contacts[0], phone=None),)),
            "no address for channel 'sms'",
        ),
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
        (letter_action("receipt", "en", about="rcp_1"), FACTS, "no 'rcp_1' a receipt could"),
        (letter_action("promise_confirmation", "en", about="prm_0"), FACTS, "no 'prm_0'"),
        (letter_action("plan_proposal", "en", about="pln_9"), FACTS, "no 'pln_9'"),
        (letter_action("plan_proposal", "en"), replace(FACTS, open_items=()), "no open invoice"),
        (letter_action("broken_promise", "en", promise_id="prm_1"), FACTS, "no 'prm_1'"),
        (letter_action("copy_answer", "en", invoice_ids=("inv_9",)), FACTS, "inv_9 is not open on"),
        (
            letter_action("opt_out_confirmation", "en", contact_id="con_1"),
            FACTS,
            "con_1 has not asked us to stop",
        ),
        (letter_action("statement", "en", channel="sms"), FACTS, "language 'en' for SMS"),
        (
            first_reminder(channel="sms", wording="person", body="x" * 300),
            FACTS,
            "a text message has at most 306",
        ),
    ],
)
def test_missing_piece__is_refused_with_its_name(action, facts, says):
    with pytest.raises(LetterError, match=says):
        render_letter(action, facts, POLICY)


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


def test_acknowledgement_of_nothing__is_refused():
    quiet = replace(FACTS, inbound_unanswered=False)
    with pytest.raises(LetterError, match="nothing to acknowledge"):
        render_letter(letter_action("dispute_acknowledgement", "en"), quiet, letter_policy())


def test_changed_template__is_used_at_once():
    letter = render_letter(first_reminder(), FACTS, policy_with("New {{ total }}", "Text.\n"))
    assert (letter.subject, letter.body) == ("New €502,222.22", "Text.\n")
    assert letter.template_version == 9
