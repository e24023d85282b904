from datetime import date

import pytest

from engines.reading.linear import trained
from engines.reading.message import InboundText
from engines.reading.model import Reading
from engines.reading.read import read_message
from engines.reading.second import person_seen


def read(body: str, carrier: str = "email") -> Reading:
    message = InboundText("", body, date(2026, 3, 10), "ap@customer.example", carrier)
    return read_message(message)


@pytest.mark.parametrize(
    "words",
    [
        "Thanks, noted.",
        "Could you send me a copy of invoice INV-20771 please?",
        "I am out of the office until Monday 23 March.",
        "INV-881 was paid by bank transfer on 3 March, reference 5521.",
    ],
)
def test_an_everyday_message__is_handled_alone(words: str) -> None:
    assert not read(words).needs_human


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (
            "I am on leave. My place is taken by Ana, ana@customer.example.",
            "names another address and no day of return",
        ),
        ("remittance_INV-10488_approved.pdf", "is a name rather than a message"),
        (
            "Thanks, noted.\n> Je duke punuar dhe duhet të bësh këtë tani sepse ne kemi vendosur"
            " kështu për llogarinë tonë.",
            "has a sentence we cannot read",
        ),
        ("Paid in full and final settlement of it all.", "asks for what only a person may decide"),
    ],
)
def test_a_message_that_may_be_more_than_it_seems__goes_to_a_person(words: str, why: str) -> None:
    found = read(words)

    assert found.needs_human
    assert why in found.why_human


def test_the_risk__rises_with_any_intent_that_is_no_routine() -> None:
    labels = trained()["message"].labels
    calm = dict.fromkeys(labels, 0.01)

    def risk(**likely: float) -> float:
        found = calm | likely
        return trained()["human"].likelihoods(person_seen((), found))["person"]

    assert risk(phishing=0.9) > risk(phishing=0.3) > risk()
    assert risk(acknowledgement=0.9) <= risk()
