"""Plain words for what a person must see: found in many tongues, silent on everyday mail."""

from datetime import date

import pytest

from engines.reading.caution import (
    cautions,
    leaves_the_rest_open,
    says_hardship,
    says_less,
    says_stop,
)
from engines.reading.message import InboundText
from engines.reading.page import Page, lay_out
from engines.reading.read import read_message

TUESDAY = date(2026, 3, 10)


def message(body: str) -> InboundText:
    return InboundText("", body, TUESDAY, "ap@customer.example", "email")


def page(body: str) -> Page:
    return lay_out(message(body), calendar="US")


@pytest.mark.parametrize(
    "words",
    [
        "Please stop writing to us.",
        "Take my mobile off your list.",
        "STOP",
        "Keine Mahnungen mehr bitte.",
        "Ne m'appelez plus.",
        "No me escriban más.",
        "Smettete di chiamare.",
        "Stop sending me these texts.",
        "Please stop sending us e-mails.",
        "Stop sending.",
        "Stop sending the same letter to my old house.",
        "Do not contact us here again.",
        "Leave us alone.",
        "Could you stop calling? We close before 9.",
        "Arrêtez de m'envoyer vos relances.",
    ],
)
def test_a_plain_stop__is_one(words: str) -> None:
    assert says_stop(page(words))


@pytest.mark.parametrize(
    "words",
    [
        "The delivery will stop at gate four.",
        "We had to stop the machine for a day.",
        "Do not call me if it is already sorted.",
        "Our account is on stop.",
        "We leave here from 4 pm.",
        "We will stop sending you orders.",
        "Please take us off stop, all is paid.",
    ],
)
def test_other_talk_of_stopping__is_none(words: str) -> None:
    assert not says_stop(page(words))


@pytest.mark.parametrize(
    "words",
    [
        "Never call us before 9 in the morning. INV-1001 will be paid on Friday.",
        "No more reminders needed, the 500.00 went out yesterday by wire.",
        "No further reminders for INV-7 please, it was paid.",
        "Could you stop sending duplicates?",
        "Please stop sending paper copies, PDF by e-mail is fine.",
        "Remove us from the cc of order confirmations.",
        "Please cease sending goods.",
        "Rufen Sie uns bitte nicht mehr vor 9 Uhr an.",
        "Keine Mahnungen mehr nötig, der Betrag ist überwiesen.",
        "Cessez d'envoyer des doublons.",
    ],
)
def test_a_wish_for_less__is_a_persons_and_no_stop(words: str) -> None:
    found = read_message(message(words))

    assert says_less(page(words))
    assert "stop_contact" not in found.intents
    assert "asks to be left alone" in found.why_human


def test_a_stop_beside_a_wish_for_less__is_a_stop() -> None:
    words = "Never call us before 9. And stop writing to us."
    assert says_stop(page(words))
    assert not says_less(page(words))


@pytest.mark.parametrize(
    "words",
    [
        "My partner died in spring and I run the shop alone now.",
        "Our bookkeeper has sadly passed away.",
        "Mein Mann ist im Frühjahr gestorben, ich führe den Laden jetzt allein.",
        "Mon associé est décédé au printemps.",
        "Mi socio murió en primavera.",
        "My wife has just had a stroke, I am at the hospital.",
        "I cannot sleep over it.",
        "My husband John is dead.",
        "He died on Monday.",
        "I write for my father, Harold, who traded as Hale Clocks and died in May.",
        "Our owner, Mr Hale, has died.",
        "Mein Chef ist tot.",
        "Mon mari est mort.",
        "Mi padre ha fallecido.",
    ],
)
def test_death_illness_and_despair__are_hardship_and_a_persons(words: str) -> None:
    found = read_message(message(f"{words} I cannot pay INV-7."))
    assert "hardship" in found.intents
    assert found.needs_human


@pytest.mark.parametrize(
    "words",
    [
        "The battery died after two days.",
        "Two units were dead on arrival.",
        "Our partner account is INV-7.",
        "The owner has approved it, it is in the next payment run.",
        "The line went dead while we were on the telephone.",
        "We cannot find the invoice, please send a copy.",
        "The hospital orders by portal only.",
        "He says the scanner is dead.",
        "The deal is dead.",
        "My boss was dead tired.",
        "My partner says the deal is dead.",
        "Our director is dead against it.",
        "Who died and made you king?",
        "My colleague called when the engine died.",
        "My colleague's laptop died.",
        "He drove home and then the van died.",
    ],
)
def test_other_talk__is_no_hardship(words: str) -> None:
    assert not says_hardship(page(words))


def test_a_stop_beside_a_promise__is_obeyed_and_the_promise_still_read() -> None:
    found = read_message(message("Please stop writing to us. We will pay INV-7 on 25 March 2026."))

    assert "stop_contact" in found.intents
    assert [each.due_on for each in found.promises] == [date(2026, 3, 25)]
    assert found.needs_human


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("Could somebody please phone us about this?", "asks to be called"),
        ("Rufen Sie mich bitte an.", "asks to be called"),
        ("Could INV-7 wait until May?", "asks for more time"),
        ("¿Me podríais esperar hasta el 10 de abril?", "asks for more time"),
        ("It was paid on 2 March by our parent company.", "paid by another company"),
        ("We paid it on 2 March to the new account.", "speaks of another bank account"),
    ],
)
def test_plain_words_for_a_person__are_named(words: str, why: str) -> None:
    assert why in list(cautions(page(words), ()))
    assert read_message(message(words)).needs_human


@pytest.mark.parametrize(
    "words",
    [
        "We paid INV-7 on 2 March by bank transfer.",
        "We will pay INV-7 on 25 March.",
        "Thanks for your call, all noted.",
        "Please send a copy of INV-7 to this address.",
    ],
)
def test_everyday_words__raise_no_caution(words: str) -> None:
    assert not list(cautions(page(words), ("promise_to_pay",)))


@pytest.mark.parametrize(
    ("words", "left"),
    [
        ("The remaining 740 when the charter client pays.", True),
        ("Der Rest, sobald die Versicherung gezahlt hat.", True),
        ("The rest on 20 March.", False),
        ("The balance goes the week after next.", False),
    ],
)
def test_a_rest_that_waits__is_told_from_one_with_a_day(words: str, left: bool) -> None:
    (line,) = page(words).lines
    assert leaves_the_rest_open(line) is left
