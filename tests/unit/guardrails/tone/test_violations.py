"""What breaks the tone, and the words that do."""

from datetime import date

import pytest

from guardrails.content.report import ClaimSpan
from guardrails.tone.score import score_tone
from guardrails.tone.violations import TAG_OF_CLAIM

BROKEN = [
    ("en", "insult", "You are a liar and we all know it."),
    ("en", "sarcasm", "How lovely that you ordered again but did not pay."),
    ("en", "passive_aggressive", "Decent customers would at least answer."),
    ("en", "condescending", "Even a child could read this invoice."),
    ("en", "blame", "This is your own fault."),
    ("en", "dismissive", "That is what they all say."),
    ("en", "ultimatum", "Pay by Friday or else."),
    ("en", "false_urgency", "Settle it within the hour."),
    ("en", "harassment", "We will phone you day and night."),
    ("en", "guilt", "You ought to be ashamed."),
    ("en", "discriminatory", "In your country rules may not matter."),
    ("en", "pressure_hardship", "Your wife is in hospital, but the invoice has to be paid."),
    ("en", "ignores_dispute", "Your objection changes nothing, pay in full."),
    ("en", "ignores_stop_request", "We will not remove you as long as you owe us."),
    ("en", "disclosure_other_customer", "Baker Ltd also owes us 300."),
    ("en", "privacy_detail", "Your neighbour told us that you moved."),
    ("en", "all_caps", "SEND US THE MONEY TODAY"),
    ("en", "exclamation", "Invoice 12 is open!!!"),
    ("es", "sarcasm", "Qué amable que nos escriba, pero no nos paga."),
    ("es", "insult", "Es usted un mentiroso."),
    ("es", "harassment", "Le llamaremos día y noche."),
    ("es", "dismissive", "Todo el mundo tiene problemas."),
    ("fr", "blame", "Tout cela est de votre faute."),
    ("fr", "insult", "Vous êtes des menteurs."),
    ("fr", "harassment", "Nous vous appellerons jour et nuit."),
    ("fr", "pressure_hardship", "Vous êtes malade, mais la facture est à payer."),
    ("de", "blame", "Daran sind Sie allein schuld."),
    ("de", "insult", "Sie sind ein Lügner."),
    ("de", "harassment", "Wir rufen Sie Tag und Nacht an."),
    ("de", "ignores_dispute", "Ihre Reklamation liegt vor. Bitte zahlen Sie trotzdem."),
]
CIVIL = [
    ("en", "We are sorry that you are ill. Please do not worry about the invoice."),
    ("en", "Thank you for your complaint; reminders are paused while we look into it."),
    ("en", "We have removed you from our list, as you asked."),
    ("en", "Please call me every time something about an invoice is unclear."),
    ("en", "IBM UK LTD and ACME GMBH have a new address."),
    ("en", "Could you tell us why the payment is late? We can find another date."),
    ("en", "Congratulations on the new shop! Invoice 12 is attached."),
    ("es", "Sentimos que esté enfermo. No tiene que hacer nada."),
    ("fr", "Nous sommes désolés d'apprendre la maladie de votre mari. Prenez votre temps."),
    ("de", "Es tut uns leid, dass Sie krank sind. Bitte lassen Sie sich Zeit."),
]


@pytest.mark.parametrize(("language", "tag", "text"), BROKEN)
def test_broken_tone__is_named_with_its_words(language, tag, text):
    found = [each for each in score_tone(text, language=language).violations if each.tag == tag]
    assert found
    for each in found:
        assert text[each.start : each.start + len(each.span)] == each.span
        assert each.span.strip() == each.span != ""


@pytest.mark.parametrize(("language", "text"), CIVIL)
def test_civil__has_no_violation(language, text):
    assert score_tone(text, language=language).violations == ()


def test_two_violations__come_in_the_order_of_the_text():
    text = "You are a liar. This is your own fault."
    assert score_tone(text, language="en").tags == ("insult", "blame")


def test_accents_and_curly_quotes__spans_keep_their_place():
    text = "Señor Peña – “hola”. Es usted un mentiroso."
    (found,) = score_tone(text, language="es").violations
    assert text[found.start :].startswith("mentiroso")


def test_claim_of_the_content_checkers__counts_as_what_it_sounds_like():
    claim = ClaimSpan("arrest_or_crime", "the police", 5, "body", "lexicon")
    tone = score_tone("Here the police are named.", language="en", claims=(claim,))
    assert [(each.tag, each.span, each.start) for each in tone.violations] == [
        ("threat_criminal", "the police", 5)
    ]


def test_claim_that_is_no_question_of_tone__is_left_to_the_rules():
    claim = ClaimSpan("marketing", "offer", 0, "body", "lexicon")
    assert score_tone("offer", language="en", claims=(claim,)).violations == ()
    assert "marketing" not in TAG_OF_CLAIM


def test_day__is_no_part_of_it():
    text = f"Invoice 12 was due on {date(2026, 3, 2):%d %B}."
    assert score_tone(text, language="en").violations == ()
