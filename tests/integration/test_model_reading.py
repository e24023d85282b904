"""A configured model reads customers' messages too, through the real client."""

from dataclasses import replace
from datetime import date

import pytest

from agents.model_reading import add_claims
from engines.reading.message import InboundText
from policies.load import load_policy
from tests.support import openai_server as wire
from tests.support.readings import reading

POLICY = load_policy()
BODY = "INV-7 goes out in Friday's run for 1,200.00 EUR. The other one we never ordered."
MESSAGE = InboundText("Your invoices", BODY, date(2026, 3, 17), "pat@a.example", "email")
READ = replace(reading("acknowledgement"), own_text=BODY)
PROMISE = {
    "quote": "INV-7 goes out in Friday's run for 1,200.00 EUR",
    "due_on": "2026-03-20",
    "amount": "1200.00",
    "currency": "EUR",
    "invoices": ["INV-7"],
    "conditional": False,
}
DISPUTE = {"intent": "dispute", "quote": "The other one we never ordered"}


def claims(**parts: object) -> dict[str, object]:
    return {"intents": [], "promises": [], "disputes": [], "person": False} | parts


def read(gateway, openai_server, answer):
    openai_server.script(answer)
    return add_claims(READ, MESSAGE, POLICY, gateway(), "US")


def test_claims_that_stand_in_the_text__are_added(gateway, openai_server) -> None:
    answer = wire.structured(claims(intents=[DISPUTE], promises=[PROMISE]))
    found = read(gateway, openai_server, answer)
    assert found.intents == ("acknowledgement", "dispute")
    (promise,) = found.promises
    assert (promise.due_on, promise.amount_minor) == (date(2026, 3, 20), 1_200_00)
    assert not found.needs_human
    asked = str(openai_server.requests[0])
    assert "we never ordered" in asked
    assert "tools" not in openai_server.requests[0] or "MessageClaims" in asked


@pytest.mark.parametrize(
    "wrong",
    [
        {"quote": "we will certainly pay everything"},
        {"due_on": "2026-03-21"},
        {"amount": "9200.00"},
        {"invoices": ["INV-8"]},
    ],
)
def test_promise_that_does_not_follow_from_the_text__is_dropped_and_a_person_asked(
    gateway, openai_server, wrong
) -> None:
    answer = wire.structured(claims(promises=[PROMISE | wrong]))
    found = read(gateway, openai_server, answer)
    assert found.promises == ()
    assert found.needs_human


def test_model_takes_nothing_away(gateway, openai_server) -> None:
    certain = replace(READ, intents=("dispute", "legal_threat"), needs_human=True, why_human=("x",))
    openai_server.script(wire.structured(claims()))
    found = add_claims(certain, MESSAGE, POLICY, gateway(), "US")
    assert (found.intents, found.needs_human) == (certain.intents, True)


@pytest.mark.parametrize("answer", [wire.refused(500), wire.text("I would rather not say.")])
def test_model_fails__the_trained_reading_stands(gateway, openai_server, answer) -> None:
    openai_server.script(*[answer] * 6)
    assert add_claims(READ, MESSAGE, POLICY, gateway(), "US") == READ
