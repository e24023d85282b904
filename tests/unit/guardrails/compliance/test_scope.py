from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from guardrails.compliance.places import around, lineage
from guardrails.compliance.scope import compile_packs
from policies.errors import PolicyError
from policies.packs import load_packs
from tests.support.compliance import SEND_AT, message

PACKS = compile_packs(load_packs())
BOOK = PACKS.rulebook()


def ids(**facts: object) -> set[str]:
    return {each.rule.id for each in BOOK.scope_of(message(**facts)).rules}


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ("US-NY-NYC", ("US-NY-NYC", "US-NY", "US", "*")),
        ("EU-DE", ("EU-DE", "EU", "*")),
        ("DE", ("EU-DE", "EU", "*")),
        ("FR-75", ("EU-FR-75", "EU-FR", "EU", "*")),
        ("GB-ENG", ("GB-ENG", "GB", "*")),
        ("UK", ("GB", "*")),
        ("EL", ("EU-GR", "EU", "*")),
        ("EU-EL", ("EU-GR", "EU", "*")),
        (" us-tx ", ("US-TX", "US", "*")),
        ("US-DE", ("US-DE", "US", "*")),
        ("CH", ("CH", "*")),
        ("EU", ("EU", "*")),
    ],
)
def test_place__inherits_the_places_around_it(place: str, expected: tuple[str, ...]) -> None:
    assert lineage(place) == expected


def test_two_candidate_places__bring_the_rules_of_both() -> None:
    assert around(frozenset({"DE", "US-CA"})) == {"EU-DE", "EU", "US-CA", "US", "*"}
    both = ids(jurisdictions=["DE", "US-TX"])
    assert both == ids(jurisdictions=["DE"]) | ids(jurisdictions=["US-TX"])


def test_member_written_plainly__has_the_rules_of_the_union_and_its_own() -> None:
    found = ids(jurisdictions=["DE"], debtor_type="consumer", debt_purpose="consumer")
    assert {"EU-DE-01", "EU-GDPR-01", "UNI-01", "HITL-01"} <= found
    assert not any(rule_id.startswith(("US-", "UK-", "CA-", "AU-")) for rule_id in found)


def test_place_unknown__leaves_the_floor_and_governance() -> None:
    found = ids(jurisdictions=None)
    assert {rule_id.split("-")[0] for rule_id in found} == {"UNI", "HITL"}


def test_business_email__is_no_regulation_f_case() -> None:
    assert not any("REGF" in rule_id for rule_id in ids())


@pytest.mark.parametrize(
    "facts",
    [
        {"debtor_type": "consumer", "debt_purpose": "consumer"},
        {"debtor_type": "sole_trader", "debt_purpose": None},
        {"debtor_type": "guarantor", "debt_purpose": "consumer"},
        {"debtor_type": None, "debt_purpose": None},
        {"debtor_type": "natural person", "debt_purpose": "commercial"},
    ],
)
def test_doubt_about_the_debtor__counts_as_consumer(facts: dict) -> None:
    assert "US-REGF-13" in ids(creditor_role="third_party", **facts)
    assert "US-REGF-13" in ids(creditor_role=None, **facts)
    assert "US-REGF-13" not in ids(creditor_role="first_party", **facts)


def test_sole_trader_with_commercial_purpose__is_no_consumer() -> None:
    found = ids(debtor_type="sole_trader", creditor_role="third_party", jurisdictions=["US-CA"])
    assert "US-CA-02" in found
    assert "US-REGF-13" not in found


@pytest.mark.parametrize("fact", ["debtor_type", "debt_purpose", "creditor_role", "channel"])
def test_open_fact__binds_at_least_what_each_of_its_values_binds(fact: str) -> None:
    words = BOOK.vocabulary
    values = {
        "debtor_type": words.debtor,
        "debt_purpose": ("consumer", "commercial"),
        "creditor_role": words.creditor_role,
        "channel": words.channel,
    }[fact]
    places = ["US-NY-NYC", "GB-ENG", "EU-FR", "CA-ON", "AU"]
    known = set().union(*(ids(jurisdictions=places, **{fact: value}) for value in values))
    assert ids(jurisdictions=places, **{fact: None}) >= known


NYC = {
    "jurisdictions": ["US-NY-NYC"],
    "debtor_type": "consumer",
    "debt_purpose": "consumer",
}


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2026-07-10", {"US-NYC-01"}),
        ("2026-08-31", {"US-NYC-01"}),
        ("2026-09-01", {"US-NYC-02"}),
        ("2026-11-24", {"US-NYC-02"}),
    ],
)
def test_new_york_city__each_day_has_the_rules_of_its_time(day: str, expected: set[str]) -> None:
    at = datetime.fromisoformat(f"{day}T10:00").replace(tzinfo=ZoneInfo("America/New_York"))
    assert {i for i in ids(send_at=at, **NYC) if i.startswith("US-NYC")} == expected


def test_midnight_between_two_zones__both_days_count() -> None:
    last = datetime(2026, 8, 31, 23, 30, tzinfo=ZoneInfo("America/Chicago"))
    zones = (last, last.astimezone(ZoneInfo("America/New_York")))
    found = ids(send_at=last, local_times=zones, **NYC)
    assert {"US-NYC-01", "US-NYC-02"} <= found


def test_pending_rule__never_binds_but_in_shadow() -> None:
    late = SEND_AT + timedelta(days=3650)
    assert "EU-AIA-02" not in ids(send_at=late, jurisdictions=["FR"], debtor_type="consumer")
    facts = message(jurisdictions=frozenset({"FR"}), debtor_type="consumer")
    assert [each.rule.id for each in BOOK.pending_for(facts).rules] == ["EU-AIA-02"]


def test_opt_out_confirmation__is_spared_what_the_vocabulary_lists_and_nothing_else() -> None:
    reminder = {"channel": "sms", "creditor_role": "third_party", **NYC}
    spared = BOOK.vocabulary.message_kind_exemptions["opt_out_confirmation"].skip
    confirmation = ids(message_kind="opt_out_confirmation", **reminder)
    assert ids(**reminder) - confirmation == ids(**reminder) & set(spared) != set()


@pytest.mark.parametrize(
    "facts",
    [{"template_approved": False}, {"template_approved": None}, {"model_generated": True}],
)
def test_opt_out_confirmation_in_free_words__is_spared_nothing(facts: dict) -> None:
    kind = {"message_kind": "opt_out_confirmation", "channel": "sms"}
    assert ids(**kind, **facts) == ids(channel="sms")


class TestKnowledge:
    def test_unknown_version__is_refused(self) -> None:
        with pytest.raises(PolicyError, match=r"no ruleset version 2020\.01\.01"):
            PACKS.rulebook("2020.01.01")

    def test_version_of_today__is_the_default(self) -> None:
        assert PACKS.rulebook("2026.11.21") is BOOK

    def test_same_packs__are_compiled_once(self) -> None:
        assert compile_packs(load_packs()) is PACKS

    def test_scope__is_looked_up_once_per_day_and_kind(self) -> None:
        first = message()
        again = replace(first, text="other words", send_at=first.send_at + timedelta(hours=1))
        assert BOOK.scope_of(first) is BOOK.scope_of(again)
        assert BOOK.scope_of(replace(first, channel="sms")) is not BOOK.scope_of(first)
