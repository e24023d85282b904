from string import Formatter

import pytest

from evals.worlds.cases import CASES, GROUPS, RULES_WITHOUT_A_CASE, cases_of_rule
from evals.worlds.inbound import LETTERS
from evals.worlds.mix import SHARES

HUMAN_LED_RULES = [f"HITL-{number:02d}" for number in range(1, 21)]


@pytest.mark.parametrize("rule_id", HUMAN_LED_RULES)
def test_human_led_rule__has_a_case_or_a_reason_not_to(rule_id: str) -> None:
    assert bool(cases_of_rule(rule_id)) != (rule_id in RULES_WITHOUT_A_CASE)


def test_case__names_known_rules_only() -> None:
    named = {rule_id for case in CASES.values() for rule_id in case.rules}
    assert named <= set(HUMAN_LED_RULES)


def test_share__leads_to_cases() -> None:
    assert set(GROUPS) | {"due", "paying"} == set(SHARES)
    assert {name for group in GROUPS.values() for name in group} <= set(CASES)


@pytest.mark.parametrize("letter", LETTERS)
def test_letter__has_a_subject_a_body_and_known_slots_in_each_language(letter: str) -> None:
    assert "en" in LETTERS[letter]
    for text in LETTERS[letter].values():
        subject, _, body = text.partition("\n")
        assert subject
        assert body
        slots = {name for _text, name, _spec, _conversion in Formatter().parse(text) if name}
        assert slots <= {"invoice", "amount"}
