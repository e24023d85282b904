"""What kind of message an action is, and what it may state of the row it is about."""

from datetime import date
from typing import get_args

import pytest

from guardrails.message_facts import stated
from guardrails.message_kinds import MessageKind, message_kind, subject_of
from ledger.actions import AnswerQuery, AnswerTemplate
from tests.support.letter_cases import FACTS, TEMPLATES, letter_action

KINDS = {
    "statement": "statement",
    "dispute_acknowledgement": "dispute_ack",
    "receipt": "receipt",
    "promise_confirmation": "auto_reply",
    "copy_answer": "auto_reply",
    "plan_proposal": "plan_proposal",
    "opt_out_confirmation": "opt_out_confirmation",
}


@pytest.mark.parametrize("template_id", TEMPLATES)
def test_every_template__is_of_a_kind_the_packs_know(template_id) -> None:
    kind = message_kind(letter_action(template_id, "en"))
    assert kind == KINDS.get(template_id, "reminder")
    assert kind in get_args(MessageKind)


@pytest.mark.parametrize("template_id", get_args(AnswerTemplate))
@pytest.mark.parametrize("wording", ["model", "person"])
def test_answer_in_own_words__enjoys_no_exemption(template_id, wording) -> None:
    words = {"wording": wording, "subject": "Re", "body": "Hello"}
    action = AnswerQuery(account_id="acc_1", contact_id="con_1", template_id=template_id, **words)
    assert message_kind(action) == "auto_reply"


@pytest.mark.parametrize(
    ("template_id", "given"),
    [
        ("receipt", {"about": None}),
        ("promise_confirmation", {"about": None}),
        ("plan_proposal", {"about": None}),
        ("copy_answer", {"invoice_ids": ()}),
        ("dispute_acknowledgement", {"about": "prm_1"}),
        ("opt_out_confirmation", {"invoice_ids": ("inv_1",)}),
    ],
)
def test_answer_without_what_it_is_about__is_no_action(template_id, given) -> None:
    with pytest.raises(ValueError, match=template_id):
        letter_action(template_id, "en", **given)


@pytest.mark.parametrize(
    ("template_id", "amounts", "days", "numbers"),
    [
        ("receipt", {(640050, "EUR")}, {date(2026, 10, 21)}, ("RC-398",)),
        ("promise_confirmation", {(98765, "EUR")}, {date(2026, 11, 18)}, ()),
        ("broken_promise", {(123450, "EUR")}, {date(2026, 10, 22)}, ()),
        (
            "plan_proposal",
            {(74072, "EUR"), (74071, "EUR"), (222215, "EUR")},
            {date(2026, 11, 30), date(2026, 12, 28), date(2027, 1, 25)},
            (),
        ),
        ("statement", set(), set(), ()),
    ],
)
def test_message__states_the_row_it_is_about_and_no_other(template_id, amounts, days, numbers):
    told = stated(letter_action(template_id, "en"), FACTS)
    assert (told.amounts, told.days, told.numbers) == (amounts, days, numbers)


@pytest.mark.parametrize("template_id", ["receipt", "promise_confirmation", "plan_proposal"])
def test_row_of_nobody__is_no_subject_and_states_nothing(template_id) -> None:
    action = letter_action(template_id, "en", about="of_another_account")
    assert subject_of(action, FACTS) is None
    assert stated(action, FACTS).amounts == frozenset()
