import shutil
from datetime import date
from pathlib import Path

import pytest
import yaml

from policies.errors import PolicyError
from policies.packs import (
    check_started,
    load_packs,
    pending_rules,
    review_due,
)
from policies.packs_expression import mentions, read_expression
from policies.packs_schema import PackRule, Packs

PACKS = load_packs()
AU = Path(__file__).resolve().parents[3] / "policies" / "compliance" / "au.yaml"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "compliance").mkdir()
    return tmp_path


def write(home: Path, old: str, new: str, count: int = 1) -> Path:
    """A home whose pack for Australia says something else."""
    said = AU.read_text("utf-8")
    assert old in said
    (home / "compliance" / "au.yaml").write_text(said.replace(old, new, count), "utf-8")
    return home


class TestTheProjectsPacks:
    def test_every_rule_is_there(self) -> None:
        families = [rule.family for rule in PACKS.rules]
        assert {name: families.count(name) for name in sorted(set(families))} == {
            "au": 2, "ca": 4, "eu": 7, "floor": 28, "hitl": 20,
            "uk": 8, "us_federal": 32, "us_state": 12,
        }  # fmt: skip

    @pytest.mark.parametrize("rule", PACKS.rules, ids=lambda rule: rule.id)
    def test_rule__names_only_what_is_declared(self, rule: PackRule) -> None:
        words = PACKS.vocabulary
        named = mentions(read_expression(rule.pass_when))
        assert named.inputs <= set(rule.inputs) <= set(words.inputs)
        assert named.claims <= set(words.claims)
        assert named.elements <= set(words.elements)
        assert set(named.scopes) <= set(words.approval_matrix)
        assert {each.label for each in rule.examples} == {"violating", "ok"}
        assert {each.basis for each in rule.source} <= set(words.basis)

    def test_ids__are_unique(self) -> None:
        ids = [rule.id for rule in PACKS.rules]
        assert len(ids) == len(set(ids)) == len(PACKS.by_id)

    def test_hashes__are_stable_and_differ(self) -> None:
        again = load_packs()
        assert again.hash == PACKS.hash
        assert [rule.hash for rule in again.rules] == [rule.hash for rule in PACKS.rules]
        assert len({rule.hash for rule in PACKS.rules}) == len(PACKS.rules)


class TestHome:
    def test_file_of_the_same_name__stands_for_ours(self, home: Path) -> None:
        packs = load_packs(write(home, "contacts_30d <= 10", "contacts_30d <= 5"))
        assert "contacts_30d <= 5" in packs.by_id["AU-RG96-01"].pass_when
        assert packs.hash != PACKS.hash
        assert packs.by_id["AU-RG96-01"].hash != PACKS.by_id["AU-RG96-01"].hash
        assert packs.by_id["AU-RG96-02"].hash == PACKS.by_id["AU-RG96-02"].hash

    def test_file_of_another_name__is_added(self, home: Path) -> None:
        said = AU.read_text("utf-8").replace("AU-", "NZ-").replace("[AU]", "[NZ]")
        (home / "compliance" / "nz.yaml").write_text(said, "utf-8")
        packs = load_packs(home)
        assert len(packs.rules) == len(PACKS.rules) + 2
        assert packs.by_id["NZ-RG96-01"].jurisdiction == ("NZ",)

    def test_home_without_packs__has_ours(self, tmp_path: Path) -> None:
        assert load_packs(tmp_path).hash == PACKS.hash

    def test_copy_of_ours__says_the_same(self, home: Path) -> None:
        for path in AU.parent.glob("*.yaml"):
            shutil.copy(path, home / "compliance")
        assert load_packs(home).hash == PACKS.hash


@pytest.mark.parametrize(
    ("old", "new", "finding"),
    [
        ("contacts_30d <= 10", "contacts_90d <= 10", "names contacts_90d, which is not in"),
        ("contacts_30d <= 10", "calls_7d <= 10", "reads calls_7d, which is not listed under"),
        ("contacts_30d <= 10", "contacts_30d.real", "which is no condition"),
        ("contacts_30d <= 10", "open('x')", "calls 'open', which is no helper"),
        ("contacts_30d <= 10", "any_in(claims, ['shouting'])", "names shouting, which is not in"),
        ("contacts_30d <= 10", "approved('anything')", "names anything, which is not in"),
        ("contacts_30d <= 10", "has(elements, 'a_smile')", "names a_smile, which is not in"),
        ("[contacts_7d, contacts_30d]", "[contacts_7d, contacts_30d, moon]", "moon is not in the"),
        ("basis: primary", "basis: hearsay", "source.basis: hearsay is not in the vocabulary"),
        ("label: violating", "label: ok", "there is none labelled violating"),
        ("label: ok", "label: violating", "there is none labelled ok"),
        ("stage: frequency", "stage: later", "stage: later is not in the vocabulary"),
        ("debtor: [consumer,", "debtor: [shopper,", "applies_to.debtor: shopper is not in"),
        ("severity: block", "severity: shout", "AU-RG96-01: severity: Input should be"),
        ("status: active", "status: pending\n    until: soon", "AU-RG96-01: until: String should"),
        ("status: active", "status: retired", "a retired rule says until when it held"),
        ("from: 2021-04-13, to: null", "from: 2021-04-13, to: 2020-01-01", "ends before it begins"),
        ("id: AU-RG96-02", "id: AU-RG96-01", "AU-RG96-01: a record of this id for the same days"),
        ("    trigger:", "    colour: red\n    trigger:", "AU-RG96-01: colour: Extra inputs"),
        ("family: au", "family: [", "not readable YAML"),
        ("family: au", "", "family: a pack has family, read_on and rules"),
        ("rules:", "rules: 1\nold:", "old: a pack has family, read_on and rules"),
    ],
)
def test_faulty_pack__names_file_rule_and_fault(
    home: Path, old: str, new: str, finding: str
) -> None:
    with pytest.raises(PolicyError) as refused:
        load_packs(write(home, old, new))
    said = refused.value.message
    assert said.startswith("compliance/au.yaml: ")
    assert finding in said
    assert "\n" not in said


@pytest.mark.parametrize(
    "text",
    [
        *("", "- a list", "family: au\nread_on: 2026-01-01\nrules: 7", "a: &a [*a]", "!!python/x"),
        "family: au\nread_on: 2026-13-45\nrules: []",
    ],
)
def test_file_that_is_no_pack__one_clear_line(home: Path, text: str) -> None:
    (home / "compliance" / "au.yaml").write_text(text, "utf-8")
    with pytest.raises(PolicyError, match=r"^compliance/au\.yaml: "):
        load_packs(home)


def test_pack_is_a_folder_or_named_otherwise__one_clear_line(home: Path) -> None:
    (home / "compliance" / "nz.yml").touch()
    with pytest.raises(PolicyError, match=r"^compliance/nz\.yml: .*name it nz\.yaml"):
        load_packs(home)
    (home / "compliance" / "nz.yml").unlink()
    (home / "compliance" / "nz.yaml").mkdir()
    with pytest.raises(PolicyError, match=r"^compliance/nz\.yaml: not readable"):
        load_packs(home)


def test_exempted_rule_is_gone__vocabulary_is_told(home: Path) -> None:
    (home / "compliance" / "ca.yaml").write_text("family: ca\nread_on: 2026-01-01\nrules: []\n")
    with pytest.raises(
        PolicyError, match=r"vocabulary\.yaml: .*skips CA-CASL-01, which is no rule"
    ):
        load_packs(home)


@pytest.mark.parametrize(
    ("old", "new", "finding"),
    [
        (
            "legal_language: [legal]",
            "legal_language: [intern]",
            "names intern, which is no",
        ),
        ("both_required: [suspension", "both_required: [breakfast", "breakfast is no scope"),
        ('only_if: "template_approved', 'only_if: "template_lovely', "names template_lovely"),
        ("  covered: ", "  eval: ", "helpers: covered is told in one place"),
    ],
)
def test_faulty_vocabulary__is_refused(home: Path, old: str, new: str, finding: str) -> None:
    said = AU.with_name("vocabulary.yaml").read_text("utf-8")
    assert old in said
    (home / "compliance" / "vocabulary.yaml").write_text(said.replace(old, new), "utf-8")
    with pytest.raises(PolicyError) as refused:
        load_packs(home)
    assert finding in refused.value.message


class TestPending:
    def test_next_to_start__comes_first(self) -> None:
        assert [r.id for r in pending_rules(PACKS)] == ["UK-LPA-02", "US-TCPA-03", "EU-AIA-02"]

    def test_start_has_come__fails_until_a_person_activates_it(self, home: Path) -> None:
        check_started(PACKS, date(2026, 12, 31))
        with pytest.raises(PolicyError, match="UK-LPA-02 was to hold from 2027-01-01 and is still"):
            check_started(PACKS, date(2027, 1, 1))
        said = AU.with_name("uk.yaml").read_text("utf-8")
        (home / "compliance" / "uk.yaml").write_text(
            said.replace("status: pending", "status: active"), "utf-8"
        )
        check_started(load_packs(home), date(2027, 1, 1))


class TestKnowledge:
    """AU-RG96-01 is closed in a later ruleset and stands anew with another cap."""

    @pytest.fixture
    def packs(self, home: Path) -> Packs:
        pack = yaml.safe_load(AU.read_text("utf-8"))
        old = pack["rules"][0]
        new = old | {"since": "2027.02.01", "pass_when": "contacts_7d <= 2 and contacts_30d <= 10"}
        pack["rules"] = [old | {"until": "2027.02.01"}, new, *pack["rules"][1:]]
        (home / "compliance" / "au.yaml").write_text(yaml.safe_dump(pack), "utf-8")
        words = AU.with_name("vocabulary.yaml").read_text("utf-8")
        (home / "compliance" / "vocabulary.yaml").write_text(
            words.replace('ruleset_version: "2026.11.21"', 'ruleset_version: "2027.02.01"'), "utf-8"
        )
        return load_packs(home)

    def said(self, packs: Packs, version: str | None) -> list[str]:
        return [r.pass_when for r in packs.rules_known_at(version) if r.id == "AU-RG96-01"]

    def test_each_version__knows_its_own_record(self, packs: Packs) -> None:
        assert self.said(packs, "2026.11.21") == ["contacts_7d <= 3 and contacts_30d <= 10"]
        assert self.said(packs, "2027.02.01") == ["contacts_7d <= 2 and contacts_30d <= 10"]
        assert self.said(packs, None) == self.said(packs, "2027.02.01")
        assert packs.by_id["AU-RG96-01"].since == "2027.02.01"

    def test_before_the_first_version__nothing_was_known(self, packs: Packs) -> None:
        assert packs.rules_known_at("2026.11.20") == ()

    def test_several_versions_of_a_day__are_ordered_by_number(self, packs: Packs) -> None:
        assert self.said(packs, "2027.01.31.12") == self.said(packs, "2026.11.21")


def test_source_read_more_than_a_year_ago__is_a_review_task() -> None:
    rule = PACKS.by_id["UNI-01"]
    assert rule.reviewed_on == date(2026, 11, 21)
    assert not review_due(rule, date(2027, 11, 21))
    assert review_due(rule, date(2027, 11, 22))
