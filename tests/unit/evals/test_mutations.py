"""The mutation check: a control that is off is noticed, and what proves nothing is told apart."""

import pytest

from evals.mutations.mutation import Killed, Mutation
from evals.mutations.page import page
from evals.mutations.run import run_mutations
from evals.mutations.table import SHOWN_BY_NO_MESSAGE, mutations
from evals.scenario import read_cases, read_suites
from evals.threats.taken_out import empty, nothing
from guardrails.gate import RULES
from policies.packs import load_packs


def test_table__names_every_rule_of_the_gate_and_of_the_packs() -> None:
    named = {each.name for each in mutations()}
    assert {rule.__name__ for rule in RULES} <= named
    decided = {rule.id for rule in load_packs().rules if rule.status == "active"}
    assert decided - named == set(SHOWN_BY_NO_MESSAGE)


def test_table__a_case_of_the_suites_names_every_control() -> None:
    named = {
        rule
        for suite in read_suites()
        for case in read_cases(suite)
        for rule in case.scenario.rules
    }
    assert [each.name for each in mutations() if each.name not in named] == []


@pytest.mark.parametrize(
    ("mutation", "noticed"),
    [
        (Mutation("gate call", "check_rules", "guardrails.gate:check_rules", nothing), True),
        (Mutation("gate call", "check_rules", "guardrails.gate:_failed", empty), False),
        (Mutation("gate call", "no case names this", "guardrails.gate:check_rules"), False),
    ],
)
def test_one_control_switched_off__is_noticed_by_the_cases_that_rest_on_it(
    mutation: Mutation, noticed: bool
) -> None:
    (found,) = run_mutations(chosen=[mutation])
    assert bool(found.noticed) is noticed
    assert found.said


def test_page__shows_who_noticed_and_what_nothing_did() -> None:
    mutation = Mutation("gate rule", "no_send_under_hold", "guardrails.gate:judge")
    told = page(
        [
            Killed(mutation, 3, "policy/holds[a]", "expected deny | found allow", 0.1),
            Killed(mutation, 0, "", "no case names it", 0.0),
        ],
        1.0,
    )
    assert "Noticed: 1 of 2" in told
    assert "`policy/holds[a]` | expected deny / found allow" in told
    assert "**nothing**" in told
