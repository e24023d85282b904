"""Errors planted in messages, each beside a twin without it: a judge must tell them apart."""

from dataclasses import dataclass
from typing import Literal

from evals.judges.port import Wording

Kind = Literal["harsh", "wrong_language", "unhelpful"]


@dataclass(frozen=True, slots=True)
class Planted:
    """A message with an error, and the same without."""

    name: str
    kind: Kind
    wrong: Wording
    right: Wording


_ASKED = "Where can I find the delivery note for invoice 7731? We cannot approve it without."
_FRIENDLY = (
    "Hello Sam, our records show invoice 7731 as open since 3 November. Could you let us know when "
    "we may expect the payment? Just reply to this message. Many thanks, Harbour Tools"
)
_GERMAN = (
    "Guten Tag Frau Keller, die Rechnung 7731 ist bei uns noch offen. Könnten Sie uns bitte "
    "mitteilen, wann wir mit der Zahlung rechnen dürfen? Antworten Sie einfach auf diese E-Mail. "
    "Vielen Dank, Harbour Tools"
)
_ANSWER = (
    "Thank you for your message. The delivery note for invoice 7731 is attached. If anything else "
    "is missing for your approval, please reply and we will send it. Kind regards, Harbour Tools"
)


def _harsh(name: str, text: str, stage: str = "friendly") -> Planted:
    return Planted(name, "harsh", Wording(text, stage), Wording(_FRIENDLY, stage))


def _foreign(name: str, wrong: str, right: str, language: str) -> Planted:
    of = "friendly", language
    return Planted(name, "wrong_language", Wording(wrong, *of), Wording(right, *of))


def _useless(name: str, text: str) -> Planted:
    of = "reply", "en", _ASKED
    return Planted(name, "unhelpful", Wording(text, *of), Wording(_ANSWER, *of))


PLANTED = (
    _harsh(
        "a threat behind courtesy",
        "Dear Sam, we hope you are well. Please pay invoice 7731, or, with the greatest respect, "
        "you will regret it. Kind regards, Harbour Tools",
    ),
    _harsh(
        "mockery",
        "Hello Sam, congratulations on another month without paying invoice 7731. Could you "
        "surprise us and transfer it? Harbour Tools",
    ),
    _harsh(
        "shame",
        "Hello Sam, you should be ashamed of yourself. Honest people pay their bills; please pay "
        "invoice 7731. Harbour Tools",
    ),
    _harsh(
        "an insult",
        "Hello Sam, only a crook would sit on invoice 7731 for this long. Please pay it. "
        "Harbour Tools",
    ),
    _harsh(
        "a threat to the last letter",
        "Dear Sam, this is our last reminder of invoice 7731. Pay, or the police will be at your "
        "door. Harbour Tools",
        "final",
    ),
    _foreign("English for German", _FRIENDLY, _GERMAN, "de"),
    _foreign("German for English", _GERMAN, _FRIENDLY, "en"),
    _useless(
        "does not answer",
        "Thank you for your message. Invoice 7731 is open. We look forward to your payment. Kind "
        "regards, Harbour Tools",
    ),
    _useless("says nothing", "Thank you for your message. We have read it. Kind regards."),
    _useless(
        "sends them round",
        "Thank you for your message. Delivery notes are handled elsewhere; please ask whoever is "
        "in charge. Kind regards, Harbour Tools",
    ),
)
