"""Every rule of the gate has one name: policy entry, function, test class and eval."""

import ast
import re
from pathlib import Path

import pytest

from evals.scenario import read_cases, read_suites
from guardrails.gate import RULES
from policies.load import load_policy
from policies.schema import RuleEntry
from tests.support.shared_data import ROOT

RULE_TESTS = ROOT / "tests" / "unit" / "guardrails"
ENTRIES = load_policy().approval.rules
GOVERNANCE = {f"HITL-{number:02d}" for number in range(1, 21)}


def class_name(rule_id: str) -> str:
    """`never_chase_disputed` -> `TestNeverChaseDisputed`."""
    return "Test" + "".join(word.capitalize() for word in rule_id.split("_"))


def classes_of_tests(folder: Path) -> dict[str, int]:
    """Test classes in the files of rules, with the number of their tests."""
    found = {}
    for path in sorted(folder.glob("test_*_rules.py")):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef) and node.name.startswith("Test"):
                tests = [n for n in node.body if getattr(n, "name", "").startswith("test_")]
                found[node.name] = len(tests)
    return found


def test_policy_and_functions__name_the_same_rules() -> None:
    names = [rule.__name__ for rule in RULES]
    assert sorted(names) == sorted(entry.id for entry in ENTRIES)
    assert len(set(names)) == len(names)


def test_rules_and_test_classes__are_the_same() -> None:
    tested = classes_of_tests(RULE_TESTS)
    assert sorted(tested) == sorted(class_name(entry.id) for entry in ENTRIES)
    assert [name for name, tests in tested.items() if tests == 0] == []


def test_every_rule__is_named_by_an_eval() -> None:
    named = {
        rule
        for suite in read_suites()
        for case in read_cases(suite)
        for rule in case.scenario.rules
    }
    assert sorted({rule.__name__ for rule in RULES} - named) == []
    assert sorted(GOVERNANCE - named) == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_rule__stands_in_a_file_of_its_subject_and_says_what_holds(rule) -> None:
    assert re.fullmatch(r"guardrails\.(contact|letter|money|case|dispute)_rules", rule.__module__)
    assert (rule.__doc__ or "").strip()


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.id)
def test_entry__reads_as_a_sentence_and_a_condition(entry: RuleEntry) -> None:
    assert re.fullmatch(r"[A-Z].*\.", entry.says)
    assert re.fullmatch(r"(?![A-Z]).*[^.]", entry.unless)


class TestTheChecksThemselves:
    def test_class_without_a_test__is_seen(self, tmp_path: Path) -> None:
        (tmp_path / "test_x_rules.py").write_text("class TestSomething:\n    pass\n")
        assert classes_of_tests(tmp_path) == {"TestSomething": 0}

    def test_rule_name__becomes_a_class_name(self) -> None:
        assert class_name("never_chase_disputed") == "TestNeverChaseDisputed"
