"""Every rule is tested by its own examples: what violates it, what keeps it."""

import pytest

from guardrails.compliance.scope import compile_packs
from policies.packs import load_packs
from policies.packs_schema import Example
from tests.support.compliance import message
from tests.support.compliance_examples import EXAMPLE_FACTS

BOOK = compile_packs(load_packs()).rulebook()
RULES = {each.rule.id: each for each in BOOK.rules}
CASES = [
    pytest.param(each.rule.id, number, example, id=f"{each.rule.id}-{example.label}-{number}")
    for each in BOOK.rules
    for number, example in enumerate(each.rule.examples)
]


def test_facts_are_typed__for_every_example_of_every_rule() -> None:
    typed = {rule_id: len(facts) for rule_id, facts in EXAMPLE_FACTS.items()}
    assert typed == {rule_id: len(each.rule.examples) for rule_id, each in RULES.items()}


@pytest.mark.parametrize(("rule_id", "number", "example"), CASES)
def test_example__breaks_or_keeps_its_own_rule(rule_id: str, number: int, example: Example) -> None:
    facts = message(**EXAMPLE_FACTS[rule_id][number])
    kept = RULES[rule_id].test(facts) is True
    assert kept is (example.label == "ok"), example.text


@pytest.mark.parametrize("rule_id", sorted(RULES))
def test_violation__is_more_than_the_quiet_message_lacks(rule_id: str) -> None:
    rule = RULES[rule_id]
    changes = [
        facts
        for facts, example in zip(EXAMPLE_FACTS[rule_id], rule.rule.examples, strict=True)
        if example.label == "violating"
    ]
    assert all(changes), "a violating example says what it changes"
