"""A configured model reads words of their own a second time, through the real client."""

import pytest

from agents.content_check import read_claims, with_claims
from agents.offline_model import OfflineModel
from guardrails.gate import judge
from guardrails.verdict import Allow, Deny, findings_of
from policies.load import load_policy
from tests.support import openai_server as wire
from tests.support.facts import NOON, Draft, account, policy, reminder

WORDS = "We look forward to your answer.\nNorthwind Supplies"
POLICY = load_policy()


def own_words(**more: object):
    return reminder(wording="person", subject="Invoice 1", body=WORDS, **more)


def test_model_finds_a_claim__it_is_added(gateway, openai_server) -> None:
    openai_server.script(wire.structured({"claims": ["vague_consequence", "no such class"]}))
    model = gateway()
    [checked] = with_claims([own_words()], POLICY, model)
    assert checked.reported_claims == ("vague_consequence",)
    asked = str(openai_server.requests[0]["messages"])
    assert WORDS.splitlines()[0] in asked
    assert "vague_consequence:" in asked


def test_added_claim__counts_in_the_gate() -> None:
    words = Draft("Invoice 1", WORDS, "en")
    clean = judge(own_words(), account(), policy(), NOON, words)
    assert not isinstance(clean, Deny | Allow)
    found = judge(
        own_words(reported_claims=("vague_consequence",)), account(), policy(), NOON, words
    )
    assert isinstance(found, Deny)
    assert "UNI-05" in {finding.rule_id for finding in findings_of(found)}


def test_model_finds_nothing__what_the_gate_finds_stays() -> None:
    body = "Settle this by Friday or we will see you in court.\nNorthwind Supplies"
    message = reminder(wording="person", subject="Invoice 1", body=body)
    verdict = judge(message, account(), policy(), NOON, Draft("Invoice 1", body, "en"))
    assert isinstance(verdict, Deny)


@pytest.mark.parametrize("answer", [wire.refused(500), wire.text("I would rather not say.")])
def test_model_fails__the_gate_stands_alone(gateway, openai_server, answer) -> None:
    openai_server.script(*[answer] * 6)
    assert read_claims("Invoice 1", WORDS, POLICY, gateway()) is None


def test_no_model__nothing_is_asked() -> None:
    assert read_claims("Invoice 1", WORDS, POLICY, OfflineModel()) is None


def test_template_letter__is_not_asked_about(gateway, openai_server) -> None:
    letter = reminder()
    assert with_claims([letter], POLICY, gateway()) == [letter]
    assert openai_server.requests == []
