"""Which differences between policies let more happen without a person."""

from datetime import date, time
from decimal import Decimal
from typing import Any

import pytest

from cli.policy_diff import missing_letters, told
from ledger.states import ContactRole
from policies.compare import Change, compare
from policies.load import load_policy, with_changes
from policies.schema import Authority, AutonomyException, AutonomyPolicy, Policy, Stage

OLD = load_policy()


def changed(file: str, **values: Any) -> Policy:
    return with_changes(OLD, **{file: getattr(OLD, file).model_copy(update=values)})


def changes_of(file: str, **values: Any) -> list[Change]:
    return compare(OLD, changed(file, **values))


def rules(**values: Any) -> tuple[Any, ...]:
    first = OLD.approval.by_id["no_free_text_unattended"]
    return tuple(
        rule.model_copy(update=values) if rule is first else rule for rule in OLD.approval.rules
    )


def stages(**values: Any) -> tuple[Any, ...]:
    *others, last = OLD.dunning.stages
    return (*others, last.model_copy(update=values))


UNATTENDED = Stage(
    level=len(OLD.dunning.stages) + 1,
    template="reminder_1",
    tone="friendly",
    days_past_due=999,
    days_since_last=0,
    needs_approval=False,
)
PLANS = OLD.promises.plans
LOOSENING = [
    ("autonomy", {"mode": "auto"}),
    ("autonomy", {"exceptions": (AutonomyException(mode="auto", segment="smb"),)}),
    ("contact", {"max_contacts_per_7_days": 9}),
    ("contact", {"min_days_between": 1}),
    ("contact", {"business_days_only": False}),
    ("contact", {"dispute_scope": "item"}),
    ("contact", {"channels_needing_consent": ()}),
    ("contact", {"fallback_channels": ("email", "sms", "letter")}),
    ("contact", {"sms_roles": (*OLD.contact.sms_roles, ContactRole.LEGAL)}),
    ("contact", {"sms_never_for": ()}),
    ("contact", {"sms_window_opens": time(8)}),
    ("contact", {"sms_window_closes": time(20)}),
    ("contact", {"delivery_attempts": 9}),
    ("contact", {"list_unsubscribe": "never"}),
    ("contact", {"high_value": OLD.contact.high_value | {"USD": Decimal("1000000.00")}}),
    ("contact", {"high_value": OLD.contact.high_value | {"SEK": Decimal("1000000.00")}}),
    ("contact", {"feed_max_age_days": {"invoices": 1}}),
    ("contact", {"proposal_expires_days": 90}),
    ("dunning", {"stages": stages(needs_approval=False)}),
    ("dunning", {"stages": (*OLD.dunning.stages, UNATTENDED)}),
    ("dunning", {"minimum_total": {}}),
    ("dunning", {"pre_due_days": 14}),
    ("tone", {"otherwise": OLD.tone.otherwise.model_copy(update={"courtesy_min": 1.0})}),
    ("tone", {"otherwise": OLD.tone.otherwise.model_copy(update={"allows": ("sarcasm",)})}),
    ("dunning", {"stages": stages(days_since_last=1)}),
    ("cash", {"unattended_evidence": (*OLD.cash.unattended_evidence, "person")}),
    ("cash", {"fee_most": OLD.cash.fee_most | {"USD": Decimal("30.01")}}),
    ("cash", {"fee_most": OLD.cash.fee_most | {"INR": Decimal("1.00")}}),
    ("cash", {"duplicate_days": OLD.cash.duplicate_days - 1}),
    ("promises", {"wait_for_unidentified_days": 0}),
    ("promises", {"plans": PLANS.model_copy(update={"most_months": 24})}),
    ("promises", {"plans": PLANS.model_copy(update={"long_plan_months": 9})}),
    ("promises", {"plans": PLANS.model_copy(update={"smallest_part": {}})}),
    ("portal", {"asks_fact": False}),
    ("portal", {"link_days": 365}),
    ("portal", {"facts_per_hour": 50}),
    ("portal", {"wrong_facts_per_link": 200}),
    ("approval", {"rules": rules(roles=("collector", "auditor"))}),
    ("approval", {"rules": rules(covers=("HITL-10", "UNI-05"))}),
    ("approval", {"authority": (*OLD.approval.authority, Authority(role="admin", actions=("*",)))}),
    ("approval", {"stands_for": OLD.approval.stands_for | {"collector": ("finance_lead",)}}),
]


@pytest.mark.parametrize(("file", "values"), LOOSENING)
def test_more_happens_without_a_person__it_is_marked(file: str, values: dict[str, Any]) -> None:
    changes = changes_of(file, **values)
    assert changes
    assert changes[0].loosens
    assert told(changes[0]).startswith("LOOSENS ")


@pytest.mark.parametrize(("file", "values"), LOOSENING)
def test_the_other_way_round__it_tightens(file: str, values: dict[str, Any]) -> None:
    back = compare(changed(file, **values), OLD)
    assert back
    assert not any(change.loosens for change in back)


SMALL_AUTO = AutonomyException(mode="auto", segment="smb", max_stage=1)
MID_WAITS = AutonomyException(mode="draft", segment="mid")


def autonomy(mode: str, *exceptions: AutonomyException) -> Policy:
    values = {"mode": mode, "exceptions": exceptions}
    return with_changes(OLD, autonomy=AutonomyPolicy(**(dict(OLD.autonomy) | values)))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (autonomy("auto", MID_WAITS), autonomy("auto")),
        (
            autonomy("auto", MID_WAITS),
            autonomy("auto", MID_WAITS.model_copy(update={"segment": "smb"})),
        ),
        (
            autonomy("auto", MID_WAITS),
            autonomy("auto", MID_WAITS.model_copy(update={"max_stage": 1})),
        ),
        (
            autonomy("draft", SMALL_AUTO),
            autonomy("draft", SMALL_AUTO.model_copy(update={"max_stage": None})),
        ),
        (
            autonomy("draft", SMALL_AUTO),
            autonomy("draft", SMALL_AUTO.model_copy(update={"segment": None})),
        ),
    ],
)
def test_exception_to_autonomy_reaches_further__it_is_marked(old: Policy, new: Policy) -> None:
    assert any(change.loosens for change in compare(old, new))


def test_exception_to_autonomy_repeats_what_holds__nothing_is_loosened() -> None:
    changes = compare(autonomy("auto"), autonomy("auto", SMALL_AUTO))
    assert changes
    assert not any(change.loosens for change in changes)


@pytest.mark.parametrize(
    ("file", "values"),
    [
        ("company", {"place": "BR"}),
        ("company", {"time_zone": "Asia/Tokyo"}),
        ("dunning", {"stages": stages(template="reminder_1")}),
        ("tone", {"stages": {}}),
    ],
)
def test_nobody_can_tell_by_machine__it_counts_as_loosening(
    file: str, values: dict[str, Any]
) -> None:
    assert any(change.loosens for change in changes_of(file, **values))


def test_we_become_first_party__agency_rules_go() -> None:
    agency = changed("company", creditor_role="third_party")
    assert [change.loosens for change in compare(agency, OLD)] == [True]
    assert [change.loosens for change in compare(OLD, agency)] == [False]


def test_second_authority_of_the_same_role_and_actions__it_is_seen() -> None:
    first = Authority(role="desk lead", actions=("write_off",), up_to={"USD": Decimal("10.00")})
    tight = changed("approval", authority=(*OLD.approval.authority, first))
    free = first.model_copy(update={"up_to": {"USD": Decimal("999999.00")}})
    hidden = changed("approval", authority=(*OLD.approval.authority, free, first))
    raised = changed("approval", authority=(*OLD.approval.authority, free))
    assert any(change.loosens for change in compare(tight, hidden))
    assert any(change.loosens for change in compare(tight, raised))


def test_rule_is_left_out__it_is_marked() -> None:
    approval = OLD.approval.model_copy(update={"rules": OLD.approval.rules[1:]})
    changes = compare(OLD, with_changes(OLD, approval=approval))
    assert any(change.loosens and change.new is None for change in changes)


@pytest.mark.parametrize(
    ("file", "values"),
    [
        ("company", {"phone": "555"}),
        ("approval", {"rules": rules(says="Said otherwise.")}),
        ("contact", {"version": 9}),
        ("autonomy", {"exceptions": (AutonomyException(mode="shadow", segment="smb"),)}),
    ],
)
def test_words_differ__nothing_is_loosened(file: str, values: dict[str, Any]) -> None:
    assert not any(change.loosens for change in changes_of(file, **values))


def test_only_the_head_of_a_file_differs__it_is_shown() -> None:
    found = changes_of("dunning", version=2, effective_from=date(2999, 1, 1))
    assert [told(each).split()[1] for each in found] == [
        "dunning.effective_from:",
        "dunning.version:",
    ]
    assert not any(each.loosens for each in found)


def test_same_policy__no_difference() -> None:
    assert compare(OLD, load_policy()) == []


def test_rules_in_another_order__no_difference() -> None:
    approval = OLD.approval.model_copy(update={"rules": OLD.approval.rules[::-1]})
    assert compare(OLD, with_changes(OLD, approval=approval)) == []


def test_letter_is_reworded__it_is_told_in_one_line() -> None:
    first = OLD.letters[0]
    reworded = (first.model_copy(update={"body": "Dear you,\nplease.\n"}), *OLD.letters[1:])
    [change] = compare(OLD, OLD.model_copy(update={"letters": reworded}))
    assert change.where == f"letters[{first.language}/{first.id}].body"
    assert "\n" not in told(change)


def test_letter_of_a_stage_is_missing__it_is_named() -> None:
    assert missing_letters(OLD) == []
    fewer = tuple(x for x in OLD.letters if (x.id, x.language) != ("reminder_1", "de"))
    without = Policy.model_construct(**(dict(OLD) | {"letters": fewer}))
    assert missing_letters(without) == ["reminder_1 in de"]


def packs_with(rule_id: str, **values: Any) -> Policy:
    rules = tuple(
        rule.model_copy(update=values) if rule.id == rule_id else rule for rule in OLD.packs.rules
    )
    return with_changes(OLD, packs=OLD.packs.model_copy(update={"rules": rules, "hash": "other"}))


def without(rule_id: str) -> Policy:
    rules = tuple(rule for rule in OLD.packs.rules if rule.id != rule_id)
    return with_changes(OLD, packs=OLD.packs.model_copy(update={"rules": rules, "hash": "other"}))


class TestPacks:
    @pytest.mark.parametrize(
        ("rule_id", "values"),
        [
            ("UNI-19", {"pass_when": "contacts_7d <= 9"}),
            ("UNI-19", {"severity": "warn"}),
            ("UNI-19", {"on_missing": "require_approval"}),
            ("UNI-19", {"status": "retired"}),
            ("UNI-19", {"jurisdiction": ("US",)}),
        ],
    )
    def test_rule_weakened_or_changed__is_a_loosening(
        self, rule_id: str, values: dict[str, Any]
    ) -> None:
        assert any(change.loosens for change in compare(OLD, packs_with(rule_id, **values)))

    @pytest.mark.parametrize(
        ("rule_id", "values"),
        [
            ("UNI-13", {"severity": "block"}),
            ("US-TCPA-03", {"status": "active"}),
            ("UNI-19", {"title": "Another title", "must": "the same in other words"}),
        ],
    )
    def test_rule_made_stricter_or_reworded__is_none(
        self, rule_id: str, values: dict[str, Any]
    ) -> None:
        changes = compare(OLD, packs_with(rule_id, **values))
        assert changes
        assert not any(change.loosens for change in changes)

    def test_rule_that_goes__is_a_loosening_and_one_that_comes_is_none(self) -> None:
        assert any(change.loosens for change in compare(OLD, without("UNI-19")))
        assert not any(change.loosens for change in compare(without("UNI-19"), OLD))

    def test_rule_for_a_place_without_any__lifts_the_stop_for_want_of_rules(self) -> None:
        first = next(rule for rule in OLD.packs.rules if rule.jurisdiction == ("*",))
        for place, loosens in (("BR", True), ("US-CA", False)):
            there = first.model_copy(update={"id": "NEW-01", "jurisdiction": (place,)})
            packs = OLD.packs.model_copy(update={"rules": (*OLD.packs.rules, there)})
            changes = compare(OLD, with_changes(OLD, packs=packs))
            assert any(change.loosens for change in changes) is loosens
