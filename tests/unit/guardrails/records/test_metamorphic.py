"""Good records are let pass; with one thing spoiled, a rule named beforehand objects."""

from collections import Counter, defaultdict
from itertools import islice

import pytest

from evals.messages.metamorphic import judged, outcomes, report, structured_mutants
from evals.records.claims import claim_mutants, sentences
from evals.records.good import Good, good_records
from evals.records.hours import kept_hours
from evals.records.mutant import Mutant, changed, has_say
from guardrails.compliance.scope import compile_packs
from policies.packs import load_packs

PACKS = compile_packs(load_packs())
GOODS = tuple(good_records(seed=1))
# As many mutants of a kind as suffice here; the acceptance test tries every one.
OF_A_KIND = 4
FEWEST_GOOD = 60
# Sentences caught when first tried: 121 of 132. Fewer is worse wording of the checks.
FEWEST_CAUGHT = 0.85


# Flags no mutation sets, because no rule objects to them alone.
ONLY_HELP = {
    "action_lawful", "attorney_consents_direct", "audit_record_written", "charge_authorised",
    "event_log_supports", "intent_to_act", "lexicon_complete", "statutory_scope_ok",
    "validation_elements_ok", "verification_sent",
}  # fmt: skip
# Their place in a record is a field of its own, which is spoiled there.
OF_THEIR_OWN = {
    "context_complete", "ecomm_consent", "human_reviewed", "is_initial", "model_generated",
    "recipient_authorised", "sender_is_automated", "sms_consent", "template_approved",
}  # fmt: skip
# Ask for words as well (the claims), or for a rule that is not in force yet.
WITH_OTHERS = {"validation_period_open", "scores_natural_person"}


@pytest.fixture(scope="module")
def mutants() -> dict[tuple[str, str], list[Mutant]]:
    """Every structured mutant by its mutation and what it is about."""
    found: defaultdict[tuple[str, str], list[Mutant]] = defaultdict(list)
    for good in GOODS:
        for mutant in structured_mutants(good):
            found[mutant.mutation, mutant.detail].append(mutant)
    return found


def test_good_records__cover_places_channels_languages_and_kinds() -> None:
    assert len(GOODS) >= FEWEST_GOOD
    rows = [good.row for good in GOODS]
    places = {"US-NY-NYC", "US-CA", "GB-ENG", "EU-DE", "EU-FR", "EU-ES", "EU-IE", "CA-ON", "AU-NSW"}
    assert places <= {row["place"] for row in rows}
    assert {row["channel"] for row in rows} == {"email", "sms", "portal", "letter"}
    assert {row["lang"] for row in rows} == {"en", "es", "fr", "de"}
    assert {row["debtor"] for row in rows} == {"business", "consumer", "sole_trader", "guarantor"}
    assert {row["role"] for row in rows} == {"first_party", "third_party"}
    assert {row["kind"] for row in rows} == {
        "reminder", "statement", "receipt", "auto_reply", "dispute_ack", "validation_notice",
        "opt_out_confirmation", "plan_proposal",
    }  # fmt: skip


@pytest.mark.parametrize("good", GOODS, ids=lambda good: good.name)
def test_good_record__is_let_pass(good: Good) -> None:
    assert judged(good.record(), PACKS) == ("allow", frozenset())


@pytest.mark.parametrize("good", GOODS, ids=lambda good: good.name)
def test_good_record_at_the_edge_of_its_hours__is_let_pass(good: Good) -> None:
    for record in kept_hours(good):
        assert judged(record, PACKS) == ("allow", frozenset())


@pytest.mark.parametrize("good", GOODS, ids=lambda good: good.name)
def test_good_record_at_every_cap__is_let_pass(good: Good) -> None:
    counts = {"contacts.d7": 3, "contacts.d30": 10, "contacts.phone_or_sms_d7": 2}
    if has_say("US-NYC-02", good.record()):
        counts["contacts.d7"] = 2
    whole = counts | {"contacts.electronic_d7": 3, "context_age_minutes": 60}
    assert judged(changed(good.record(), whole), PACKS) == ("allow", frozenset())


def test_every_mutation__is_stopped_by_an_expected_rule(mutants) -> None:
    tried = [each for kind in mutants.values() for each in _some(kind)]
    survivors = [each.mutant for each in outcomes(tried, PACKS) if not each.stopped]
    assert [(s.mutation, s.detail, s.good, s.record["text"]) for s in survivors] == []


def test_flags__are_each_tried_or_of_no_harm_alone(mutants) -> None:
    flags = {name for name, spec in load_packs().vocabulary.inputs.items() if spec.type == "bool"}
    tried = {
        flag
        for kind in mutants.values()
        for mutant in kind
        if mutant.sort == "structured"
        for flag in mutant.record.get("context", {}).get("flags", ())
    }
    assert flags - tried <= ONLY_HELP | OF_THEIR_OWN | WITH_OTHERS
    assert not tried & OF_THEIR_OWN


def test_mutations__are_none_of_them_vacuous(mutants) -> None:
    made = Counter(mutation for mutation, _detail in mutants)
    assert len(made) >= 60
    for kind in mutants.values():
        for mutant in kind:
            assert mutant.expected
            assert mutant.record not in [
                good.record() for good in GOODS if good.name == mutant.good
            ]


def test_sentences__are_of_every_class_in_every_language() -> None:
    assert set(sentences()) == set(load_packs().vocabulary.claims)
    assert all(set(each) == {"en", "es", "fr", "de"} for each in sentences().values())
    said = [sentence for each in sentences().values() for sentence in each.values()]
    assert len(said) == len(set(said))


def test_sentences_of_the_claim_classes__are_mostly_stopped() -> None:
    by_sentence: dict[tuple[str, str], list[Mutant]] = defaultdict(list)
    for good in GOODS:
        for mutant in claim_mutants(good):
            by_sentence[mutant.mutation, mutant.detail].append(mutant)
    tried = [each for kind in by_sentence.values() for each in _some(kind)]
    found = [each.stopped for each in outcomes(tried, PACKS)]
    assert len(by_sentence) == len(sentences()) * 4
    assert sum(found) >= FEWEST_CAUGHT * len(found)


def test_report__counts_what_was_judged() -> None:
    few = [good for good in GOODS if good.name in {"us-oh-reminder", "us-ca-third"}]
    text = report(few, PACKS)
    assert "2 of 2 good records are let pass" in text
    mutations = len({m.mutation for good in few for m in structured_mutants(good)})
    table = text.split("## Sentences")[0]
    assert sum(line.startswith("| ") for line in table.splitlines()) == mutations + 2


def _some(kind: list[Mutant]) -> list[Mutant]:
    step = max(1, len(kind) // OF_A_KIND)
    return list(islice(kind[::step], OF_A_KIND))
