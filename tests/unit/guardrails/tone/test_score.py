"""Courtesy and firmness of single messages."""

import time

import pytest

from guardrails.tone.score import score_tone

KIND_AND_RUDE = {
    "en": (
        "Hello Jo, could you please have a look at invoice 12? Many thanks for your help.",
        "You never pay. Stop making stupid excuses and transfer the money.",
    ),
    "es": (
        "Hola Ana, ¿podría revisar la factura 12, por favor? Muchas gracias por su ayuda.",
        "Usted nunca paga. Basta de excusas ridículas, es una vergüenza.",
    ),
    "fr": (
        "Bonjour Anne, pourriez-vous regarder la facture 12, s'il vous plaît ? Merci beaucoup.",
        "Vous ne payez jamais. Assez de prétextes ridicules, c'est une honte.",
    ),
    "de": (
        "Guten Tag, könnten Sie bitte die Rechnung 12 prüfen? Vielen Dank für Ihre Hilfe.",
        "Sie zahlen nie. Schluss mit den lächerlichen Ausreden, schämen Sie sich.",
    ),
}
GENTLE = (
    "Hello Jo, just a friendly note that invoice 12 falls due on 3 May. A copy is attached in case "
    "it helps. Thank you!"
)
FINAL = (
    "Final reminder: despite four letters invoice 12 is unpaid. Unless we receive full payment by "
    "3 May, new orders will be placed on hold."
)


@pytest.mark.parametrize("language", KIND_AND_RUDE)
def test_kind_and_rude__courtesy_tells_them_apart(language):
    kind, rude = (score_tone(text, language=language) for text in KIND_AND_RUDE[language])
    assert kind.courtesy >= 3.8
    assert rude.courtesy <= 2.2


@pytest.mark.parametrize("language", KIND_AND_RUDE)
def test_language_not_named__is_detected(language):
    for text in KIND_AND_RUDE[language]:
        assert score_tone(text) == score_tone(text, language=language)


def test_note_and_final_reminder__firmness_tells_them_apart():
    assert score_tone(GENTLE).firmness <= 2.0
    assert score_tone(FINAL).firmness >= 4.0


def test_firm_but_civil__is_not_discourteous():
    assert score_tone(FINAL).violations == ()
    assert score_tone(FINAL).courtesy >= 2.3


@pytest.mark.parametrize("text", ["", " ", "\n\n", "!", "12", "🙂", "ﷺ", "a" * 5_000, "x\x00y"])
def test_hardly_a_text__still_gets_scores_on_the_scale(text):
    tone = score_tone(text)
    assert 1.0 <= tone.courtesy <= 5.0
    assert 1.0 <= tone.firmness <= 5.0


def test_same_text__same_scores_whatever_was_read_before():
    first = score_tone(GENTLE)
    for number in range(300):
        score_tone(f"unheard{number} of word{number}x: {FINAL}")
    assert score_tone(GENTLE) == first


def test_scores__have_one_decimal():
    tone = score_tone(GENTLE)
    assert tone.courtesy == round(tone.courtesy, 1)
    assert tone.firmness == round(tone.firmness, 1)


@pytest.mark.parametrize("unit", ["!", "a ", "?!", "you are ", "not the only ", "A!", "<s> "])
def test_long_and_repetitive__time_grows_no_faster_than_the_text(unit):
    text = unit * (60_000 // len(unit))
    began = time.perf_counter()
    score_tone(text, language="en")
    assert time.perf_counter() - began < 5.0
