"""Letters of one template leave the same words; words of the customer's own stay to be read."""

from dataclasses import replace

from guardrails.tracing.letters import skeleton
from tests.support.facts import NIGHT, account, policy, reminder
from tools.outgoing import judge_message


def words_of(facts) -> str:
    action = reminder()
    letter = judge_message(action, facts, policy(), NIGHT).letter
    text = f"{letter.subject}\n{letter.body}"
    return skeleton(text, facts, policy(), letter.language, action)


def test_other_customer_amount_and_day__the_same_words() -> None:
    one = account()
    first, *rest = one.open_items
    moved = replace(first, open_minor=98_765_43, amount_minor=98_765_43, invoice_number="RX-9/77")
    other = replace(
        one,
        name="Lindqvist & Sons Ltd",
        contacts=(replace(one.contacts[0], name="Maria Ortega"),),
        open_items=(moved, *rest),
    )
    assert words_of(one) == words_of(other)


def test_number_of_the_customer_with_words__is_left_to_be_read() -> None:
    one = account()
    first, *rest = one.open_items
    worded = replace(first, po_number="see you in court 7")
    assert "see you in court" in words_of(replace(one, open_items=(worded, *rest)))


def test_nothing_of_the_template__is_lost() -> None:
    assert "This is a short note about an invoice" in words_of(account())
