"""What content checkers find in our own letters: what must stand there, and no claim."""

from dataclasses import replace

import pytest

from guardrails.content.read import read_content
from tests.support.letter_cases import (
    FACTS,
    FORMAL_TEMPLATES,
    LANGUAGES,
    SMS_TEMPLATES,
    TEMPLATES,
    letter_action,
    letter_policy,
)
from tools.letters import render_letter

POLICY = letter_policy()
COLLECTOR = letter_policy(creditor_role="third_party")
LETTERS = [("email", "smb", each) for each in TEMPLATES]
LETTERS += [("sms", "smb", each) for each in SMS_TEMPLATES]
LETTERS += [("email", "enterprise", each) for each in FORMAL_TEMPLATES]
REMINDERS = ("reminder_1", "reminder_2", "reminder_3", "final_notice")
REPLIES = ("copy_answer", "promise_confirmation", "dispute_acknowledgement")


def read(letter, policy, facts):
    names = (
        *(policy.company.name, policy.company.signature, facts.name, facts.contacts[0].name),
        *policy.company.payment_details.splitlines(),
    )
    senders = (policy.company.name,)
    return read_content(
        letter.subject, letter.body, names=names, senders=senders, as_of=facts.as_of
    )


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("channel", "segment", "template_id"), LETTERS)
def test_letter__claims_nothing_and_hides_nothing(channel, segment, template_id, language):
    facts = replace(FACTS, segment=segment)
    action = letter_action(template_id, language, channel=channel)
    found = read(render_letter(action, facts, POLICY), POLICY, facts)
    agreed = {"plan_commitment"} if template_id == "plan_proposal" else set()
    assert found.claim_classes - agreed == set(), found.claims
    assert found.integrity == ()
    assert found.past_actions == ()
    assert found.language == language
    assert "sender_identity" in found.elements
    if channel == "email" and template_id in REMINDERS:
        assert "reply_path" in found.elements  # CA-CASL-01


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("channel", "segment", "template_id"), LETTERS)
def test_letter_to_a_person__holds_what_its_reader_must_be_told(
    channel, segment, template_id, language
):
    policy = COLLECTOR if channel == "email" else POLICY
    facts = replace(FACTS, segment=segment, debtor_type="consumer")
    action = letter_action(template_id, language, channel=channel)
    found = read(render_letter(action, facts, policy), policy, facts)
    wanted = {"reply_path", "opt_out"}
    if channel == "email":
        wanted |= {"collector_initial", "collector_subsequent"}
    if template_id in REPLIES:
        wanted |= {"ai_disclosure"}
    if template_id == "opt_out_confirmation":
        wanted = {"sender_identity"}
    assert wanted - found.elements == set()
