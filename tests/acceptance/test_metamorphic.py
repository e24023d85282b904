"""Every structured mutant of every good record is stopped: none left out, none let through."""

from evals.messages.metamorphic import outcomes, structured_mutants
from evals.records.good import good_records
from guardrails.compliance.scope import compile_packs
from policies.packs import load_packs

FEWEST = 9_000


def test_every_structured_mutant__is_stopped_by_an_expected_rule() -> None:
    packs = compile_packs(load_packs())
    mutants = (mutant for good in good_records() for mutant in structured_mutants(good))
    found = list(outcomes(mutants, packs))
    assert len(found) >= FEWEST
    survivors = [each.mutant for each in found if not each.stopped]
    assert [(each.mutation, each.detail, each.good) for each in survivors] == []
