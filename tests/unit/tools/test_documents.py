"""What documents say, what they cannot hold, and that their words are the ledger's."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.documents import page_text, pdf_missing, pdf_page
from guardrails.verdict import Deny, explain
from ledger.actions import AnswerQuery, SendStatement
from ledger.facts import DuePart
from ledger.ids import digest
from tests.support.facts import NIGHT, account
from tests.support.letter_cases import FACTS, LANGUAGES, letter_action, letter_policy
from tools import letters
from tools.documents import documents_for, invoice_copy, plan_document, strays_in
from tools.letters import letter_digest, render_letter
from tools.outgoing import judge_message

POLICY = letter_policy()
COMPANY = POLICY.company
PART_PAID = replace(FACTS.open_items[0], amount_minor=200000)
IN_PARTS = replace(
    FACTS.open_items[2],
    instalments=(DuePart(date(2026, 10, 3), 50000000), DuePart(date(2026, 12, 3), 7)),
)
MIXED = replace(FACTS, open_items=(PART_PAID, FACTS.open_items[1], IN_PARTS, *FACTS.open_items[3:]))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("template", ["statement", "copy_answer", "plan_proposal"])
@pytest.mark.parametrize("facts", [FACTS, MIXED])
def test_every_language__nothing_in_a_document_is_untraced(template, language, facts):
    action = letter_action(template, language)
    letter = render_letter(action, facts, POLICY)
    assert letter.documents
    assert strays_in(letter.documents, action, facts, POLICY) == ()


@pytest.mark.parametrize("language", LANGUAGES)
def test_plan__lists_its_instalments(language):
    action = letter_action("plan_proposal", language)
    made = plan_document(FACTS.plans[0], FACTS, language, COMPANY)
    assert made is not None
    assert "740" in made.text
    assert strays_in([made], action, FACTS, POLICY) == ()


def test_letter_about_a_plan__carries_its_schedule_and_one_about_nothing_none():
    action = letter_action("plan_proposal", "en")
    (made,) = documents_for(action, FACTS, COMPANY)
    assert (made.kind, made.name) == ("plan", f"plan-{FACTS.account_number}.html")
    assert documents_for(action, replace(FACTS, plans=()), COMPANY) == ()
    assert documents_for(letter_action("promise_confirmation", "en"), FACTS, COMPANY) == ()


def test_copy_of_a_part_paid_invoice__says_amount_settled_and_open():
    text = invoice_copy(PART_PAID, FACTS, "en", COMPANY).text
    for line in ("Amount  €2,000.00", "Settled so far  €765.50", "Open amount: €1,234.50"):
        assert line in text
    assert "Your order  PO-7731" in text


def test_statement__nets_credits_and_money_not_yet_applied():
    (made,) = documents_for(letter_action("statement", "en"), FACTS, COMPANY)
    assert "CM-88  25 September 2026  -€45.00" in made.text
    assert "Balance of your account: €502,753.72" in made.text


@pytest.mark.parametrize("channel", ["sms", "portal", "letter"])
def test_channel_that_carries_no_files__has_none(channel):
    action = SendStatement(account_id="acc_1", contact_id="con_1", currency="EUR", channel=channel)
    assert documents_for(action, FACTS, COMPANY) == ()


def test_other_answers__have_none():
    action = AnswerQuery(account_id="acc_1", contact_id="con_1")
    assert documents_for(action, FACTS, COMPANY) == ()


def test_digest_of_a_letter__binds_name_kind_and_bytes_of_its_documents():
    letter = render_letter(letter_action("statement", "en"), FACTS, POLICY)
    words = ("email", letter.recipient, letter.cc, letter.subject, letter.body)
    seal = letter.documents[0].seal
    assert letter_digest(*words, (seal,)) == letter.digest
    others = [("x", *seal[1:]), (seal[0], "text/plain", seal[2]), (*seal[:2], digest(b"x"))]
    assert letter.digest not in {
        letter_digest(*words, seals) for seals in [(), (seal, seal), *((each,) for each in others)]
    }


def test_same_facts__same_bytes():
    action = letter_action("statement", "fr")
    first, second = (render_letter(action, facts, POLICY) for facts in (FACTS, replace(FACTS)))
    assert first.digest == second.digest
    later = replace(FACTS, as_of=date(2026, 11, 5))
    assert render_letter(action, later, POLICY).documents[0] != first.documents[0]


@given(st.text(min_size=1, max_size=40))
def test_text_from_outside__is_inert_in_the_page(text):
    name = f"<img src=x onerror=y>{text}"
    (made,) = documents_for(letter_action("statement", "en"), replace(FACTS, name=name), COMPANY)
    page = made.content.decode()
    for active in ("<img", "<script", "<a ", "<iframe", "href=", "src="):
        assert active not in page.replace("&lt;img src=x onerror=y&gt;", "")
    assert page_text(made.content).startswith("Northwind Supplies\n")


def test_invoice_number_from_outside__makes_a_plain_file_name():
    wild = replace(FACTS.open_items[0], invoice_number="../../etc/pass\nwd\u202e.exe")
    assert invoice_copy(wild, FACTS, "en", COMPANY).name == "invoice-etc-pass-wd.exe.html"


def test_document_with_a_stray_amount__is_refused(monkeypatch):
    facts, action = account(), SendStatement(account_id="acc_1", contact_id="con_1", currency="USD")
    (made,) = documents_for(action, facts, COMPANY)
    wrong = replace(made, content=made.content.replace(b"$100.00", b"$100.01"))
    assert not isinstance(judge_message(action, facts, POLICY, NIGHT).verdict, Deny)
    monkeypatch.setattr(letters, "documents_for", lambda *_: (wrong,))
    verdict = judge_message(action, facts, POLICY, NIGHT).verdict
    assert isinstance(verdict, Deny)
    assert "$100.01" in explain(verdict)


@pytest.mark.skipif(bool(pdf_missing()), reason=f"no PDF here: {pdf_missing()}")
def test_pdf__holds_the_words_of_the_page():
    import io

    from pypdf import PdfReader

    made = invoice_copy(PART_PAID, FACTS, "en", COMPANY)
    words = " ".join(
        page.extract_text() for page in PdfReader(io.BytesIO(pdf_page(made.content))).pages
    )
    assert "INV-10482" in words
    assert "1,234.50" in words


def test_page_that_names_a_file__nothing_is_fetched(tmp_path):
    if missing := pdf_missing():
        pytest.skip(f"no PDF here: {missing}")
    page = f'<p>Hello</p><img src="file://{tmp_path}/x.png"><link rel=stylesheet href="file:///a">'
    assert pdf_page(page.encode()).startswith(b"%PDF")
