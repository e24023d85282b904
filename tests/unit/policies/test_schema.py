"""What a policy file may say, and what it means."""

from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from ledger.money import Money
from policies.load import load_policy
from policies.schema import (
    ApprovalPolicy,
    Authority,
    AutonomyException,
    CompanyPolicy,
    ContactPolicy,
    DunningPolicy,
    RuleEntry,
)

POLICY = load_policy()


def changed(file, **changes):
    """A policy file read again with some entries changed."""
    return type(file).model_validate(file.model_dump(by_alias=True) | changes)


class TestCompany:
    @pytest.mark.parametrize("zone", ["Mars/Olympus", "", "../etc/passwd", "Europe"])
    def test_no_such_zone__is_refused_in_words(self, zone) -> None:
        with pytest.raises(ValidationError, match="no time zone"):
            changed(POLICY.company, time_zone=zone)

    @pytest.mark.parametrize("calendar", ["XX", "", "Germany!"])
    def test_no_such_calendar__is_refused_in_words(self, calendar) -> None:
        with pytest.raises(ValidationError, match="no calendar"):
            changed(POLICY.company, calendar=calendar)

    def test_no_such_currency__is_refused(self) -> None:
        with pytest.raises(ValidationError, match="unknown currency"):
            changed(POLICY.company, currency="QQQ")

    def test_zone_and_calendar_of_elsewhere__are_taken(self) -> None:
        company = changed(POLICY.company, time_zone="Europe/Berlin", calendar="DE", currency="EUR")
        assert isinstance(company, CompanyPolicy)
        assert ZoneInfo(company.time_zone)


class TestContact:
    @pytest.mark.parametrize(("opens", "closes"), [("20:00:00", "08:00:00"), ("08:00:00",) * 2])
    def test_window_that_never_opens__is_refused(self, opens, closes) -> None:
        with pytest.raises(ValidationError, match="earlier than window_closes"):
            changed(POLICY.contact, window_opens=opens, window_closes=closes)

    @pytest.mark.parametrize(
        "amounts", [{"EUR": "1.005"}, {"QQQ": "1"}, {"JPY": "0.5"}, {"EUR": "much"}]
    )
    def test_amount_that_cannot_be_counted__is_refused(self, amounts) -> None:
        with pytest.raises(ValidationError):
            changed(POLICY.contact, high_value=amounts)

    def test_entry_nobody_knows__is_refused(self) -> None:
        with pytest.raises(ValidationError, match="Extra inputs"):
            changed(POLICY.contact, call_them_daily=True)

    def test_defaults__are_a_contact_policy(self) -> None:
        assert isinstance(changed(POLICY.contact), ContactPolicy)


class TestDunning:
    def stages(self, *changes):
        rows = [stage.model_dump() for stage in POLICY.dunning.stages]
        return changed(
            POLICY.dunning,
            stages=[row | change for row, change in zip(rows, changes, strict=False)],
        )

    @pytest.mark.parametrize(
        "changes",
        [
            ({}, {"level": 3}),
            ({"level": 2}, {"level": 1}),
            ({"level": 2},),
            ({}, {"days_past_due": 3}),
            ({}, {"days_past_due": 2}),
            ({"days_past_due": 0},),
            (),
        ],
    )
    def test_ladder_with_a_gap_or_falling_days__is_refused(self, changes) -> None:
        with pytest.raises(ValidationError):
            self.stages(*changes)

    def test_ladder_of_one_stage__is_one(self) -> None:
        assert isinstance(self.stages({}), DunningPolicy)

    @pytest.mark.parametrize(("level", "template"), [(1, "reminder_1"), (4, "final_notice")])
    def test_stage__by_its_level(self, level, template) -> None:
        assert POLICY.dunning.stage(level).template == template

    @pytest.mark.parametrize("level", [-1, 0, 5])
    def test_no_such_level__is_none(self, level) -> None:
        assert POLICY.dunning.stage(level) is None

    def test_every_template_of_the_ladder__has_letters(self) -> None:
        languages = {letter.language for letter in POLICY.letters}
        for stage in POLICY.dunning.stages:
            for language in languages:
                letter = POLICY.letter_for(stage.template, language, "email", "smb")
                assert letter is not None
                assert letter.stage == stage.level


class TestAutonomy:
    def test_first_entry_that_fits__decides(self) -> None:
        entries = (
            AutonomyException(mode="shadow", segment="mid"),
            AutonomyException(mode="auto", max_stage=2),
        )
        autonomy = changed(POLICY.autonomy, exceptions=entries)
        assert autonomy.mode_for("mid", 1) == "shadow"
        assert autonomy.mode_for("smb", 2) == "auto"
        assert autonomy.mode_for("smb", 3) == "draft"

    def test_new_installation__starts_in_draft(self) -> None:
        assert POLICY.autonomy.mode == "draft"


class TestApproval:
    @pytest.mark.parametrize(
        ("entry", "says"),
        [
            ({"effect": "approve"}, "names the roles"),
            ({"effect": "deny"}, "names the disposition"),
            ({"effect": "ignore"}, "Input should be"),
        ],
    )
    def test_entry_by_half__is_refused(self, entry, says) -> None:
        base = {"id": "r", "says": "No.", "unless": "so"}
        with pytest.raises(ValidationError, match=says):
            RuleEntry.model_validate(base | entry)

    def test_rule_listed_twice__is_refused(self) -> None:
        rules = POLICY.approval.rules
        with pytest.raises(ValidationError, match="listed twice"):
            ApprovalPolicy(**base_of(POLICY.approval) | {"rules": (*rules, rules[0])})

    def test_role_nobody_holds__is_refused(self) -> None:
        wrong = POLICY.approval.rules[-1].model_copy(update={"roles": ("janitor",)})
        with pytest.raises(ValidationError, match="unknown role janitor"):
            ApprovalPolicy(**base_of(POLICY.approval) | {"rules": (wrong,)})

    @pytest.mark.parametrize(
        ("held", "acts_as"),
        [
            (("finance_lead",), {"finance_lead", "account_owner", "collector"}),
            (("collector",), {"collector"}),
            (("legal", "collector"), {"legal", "collector"}),
            ((), set()),
        ],
    )
    def test_roles__stand_in_for_those_listed(self, held, acts_as) -> None:
        assert POLICY.approval.roles_of(held) == acts_as

    @pytest.mark.parametrize(
        ("held", "action", "amount", "may"),
        [
            (("collector",), "send_reminder", "100000.00", True),
            (("collector",), "send_reminder", "100000.01", False),
            (("collector",), "write_off", "1.00", False),
            (("finance_lead",), "write_off", "5000000.00", True),
            (("finance_lead",), "write_off", "5000000.01", False),
            (("legal",), "release_hold", None, True),
            (("legal",), "write_off", "1.00", False),
            (("auditor",), "send_reminder", "1.00", False),
            (("auditor", "collector"), "send_reminder", "1.00", True),
        ],
    )
    def test_authority__by_role_action_and_amount(self, held, action, amount, may) -> None:
        value = Money.of(amount, "EUR") if amount else None
        assert POLICY.approval.has_authority(held, action, value) == may

    def test_currency_without_a_limit__is_not_covered(self) -> None:
        limited = Authority(role="x", actions=("*",), up_to={"EUR": Decimal(5)})
        assert limited.covers("write_off", Money.of("5", "EUR"))
        assert not limited.covers("write_off", Money.of("1", "JPY"))
        assert Authority(role="x", actions=("*",)).covers("write_off", Money.of("1", "JPY"))


def base_of(approval: ApprovalPolicy) -> dict[str, object]:
    return approval.model_dump(exclude={"rules"})


def test_thresholds__are_minor_units_of_their_currency() -> None:
    assert POLICY.high_value_minor["USD"] == 250_000_00
    assert POLICY.minimum_minor["GBP"] == 20_00
