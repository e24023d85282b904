"""What is switched off: every rule of the gate and the packs, and the controls around them."""

from collections.abc import Iterator

from evals.mutations.controls import controls
from evals.mutations.mutation import Mutation
from evals.threats.taken_out import without_dropped
from guardrails.gate import RULES
from policies.packs import load_packs

SHOWN_BY_NO_MESSAGE = ("HITL-16", "US-REGF-22")
"""They ask for a record of everything: `dunwell verify` proves them, no message shows them."""


def mutations() -> Iterator[Mutation]:
    """Every mutation, kind by kind."""
    yield from _rules_of_the_gate()
    yield from _rules_of_the_packs()
    yield from controls()


def _rules_of_the_gate() -> Iterator[Mutation]:
    for rule in RULES:
        yield Mutation("gate rule", rule.__name__, f"{rule.__module__}:{rule.__name__}")


def _rules_of_the_packs() -> Iterator[Mutation]:
    active = (each for each in load_packs().rules if each.status == "active")
    for rule in active:
        if rule.id in SHOWN_BY_NO_MESSAGE:
            continue
        yield Mutation(
            "pack rule",
            rule.id,
            "guardrails.compliance.judge:judge_packs",
            without_dropped,
            dropped=rule.id,
        )
