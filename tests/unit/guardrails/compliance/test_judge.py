from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest

from guardrails.compliance.approvals import granted_scopes, role_sets
from guardrails.compliance.judge import (
    PackFinding,
    decision,
    judge_packs,
    shadow_findings,
)
from guardrails.compliance.limits import effective_limits
from guardrails.compliance.scope import compile_packs
from policies.packs import load_packs
from tests.support.compliance import claiming, differing, lacking, message

SOURCE = load_packs()
PACKS = compile_packs(SOURCE)
CONSUMER = {"debtor_type": "consumer", "debt_purpose": "consumer"}
MOMENT = datetime(2026, 11, 24, 14, 30, tzinfo=UTC)


def judged(**facts: object) -> dict[str, PackFinding]:
    return {each.rule_id: each for each in judge_packs(message(**facts), PACKS)}


def in_zones(*zones: str) -> tuple[datetime, ...]:
    return tuple(MOMENT.astimezone(ZoneInfo(zone)) for zone in zones)


class TestLattice:
    def test_quiet_message__is_allowed(self) -> None:
        found = judge_packs(message(), PACKS)
        assert found == ()
        assert decision(found) == "allow"

    def test_every_objection__is_told_the_strictest_first(self) -> None:
        facts = message(**claiming("plan_commitment", "profanity", segment="strategic"))
        found = judge_packs(facts, PACKS)
        assert [each.rule_id for each in found] == [
            "HITL-15", "UNI-10", "HITL-02", "HITL-03", "UNI-14",
        ]  # fmt: skip
        assert decision(found) == "block"

    @pytest.mark.parametrize(
        ("severities", "expected"),
        [
            (["warn"], "warn"),
            (["warn", "require_approval"], "require_approval"),
            (["require_approval", "block", "warn"], "block"),
        ],
    )
    def test_strictest__decides(self, severities: list, expected: str) -> None:
        assert decision([PackFinding("X", each, "") for each in severities]) == expected

    def test_same_facts__same_findings(self) -> None:
        facts = message(**claiming("fee_or_interest", "false_urgency", high_value=None))
        assert judge_packs(facts, PACKS) == judge_packs(facts, PACKS)


class TestWhy:
    def test_claims__are_named_with_what_is_not_approved(self) -> None:
        why = judged(**claiming("legal_action_threat"))["UNI-05"].why
        assert "claims holds legal_action_threat" in why
        assert "legal_language is not approved" in why
        assert "collections_referral" not in why

    def test_window__is_told_with_the_time(self) -> None:
        why = judged(channel="sms", local_time=time(21, 4))["UNI-18"].why
        assert why.endswith("local_time is 21:04, the window 08:00 to 21:00")

    @pytest.mark.parametrize(
        ("facts", "rule_id", "part"),
        [
            ({"contacts_7d": 4}, "UNI-19", "contacts_7d is 4"),
            ({"jurisdictions": ["NZ"]}, "UNI-28", "no rule covers NZ"),
            ({"links": ["bit.example"]}, "UNI-23", "links has bit.example, not in allowed_domains"),
            (lacking("sender_identity"), "UNI-24", "sender_identity is missing"),
            ({"ledger_matches": differing("total")}, "UNI-01", "total differs from the ledger"),
            ({"fresh_hours": {"invoices": 30.0}}, "HITL-12", "invoices was read 30.0 hours ago"),
            ({"integrity_findings": ["bidi"]}, "UNI-21", "integrity_findings is bidi"),
            ({"other_recipients": None}, "UNI-09", "other_recipients is not known"),
        ],
    )
    def test_reason__is_one_line_of_facts(self, facts: dict, rule_id: str, part: str) -> None:
        why = judged(**facts)[rule_id].why
        assert part in why
        assert "\n" not in why


class TestMissingFacts:
    def test_stricter_of_input_and_rule__follows(self) -> None:
        found = judged(hardship_signal=None)["HITL-14"]
        assert (found.severity, found.missing) == ("require_approval", ("hardship_signal",))
        assert judged(claims=None)["HITL-04"].severity == "block"

    def test_warning_input_under_a_blocking_rule__blocks(self) -> None:
        facts = {"jurisdictions": ["CA-ON"], "creditor_role": "third_party", **CONSUMER}
        found = judged(public_holiday=None, **facts)["CA-ON-02"]
        assert (found.severity, found.missing) == ("block", ("public_holiday",))

    def test_fact_the_answer_does_not_hang_on__is_not_asked_for(self) -> None:
        assert "UNI-18" not in judged(local_time=None)
        assert "UNI-15" not in judged(charge_authorised=None)
        assert "US-REGF-09" not in judged(calls_7d=None)

    def test_unknown_in_a_rule_that_objects_anyway__is_not_listed(self) -> None:
        found = judged(**claiming("false_urgency", dunning_stage=None))["UNI-12"]
        assert (found.severity, found.missing) == ("block", ())

    def test_debtor_unknown__is_treated_as_consumer(self) -> None:
        found = judged(**lacking("opt_out", debtor_type=None, jurisdictions=["GB"]))["UNI-17"]
        assert (found.severity, found.missing) == ("block", ("debtor_type",))
        assert "UNI-17" not in judged(debtor_type=None, jurisdictions=["GB"])

    def test_nothing_known__blocks(self) -> None:
        from guardrails.compliance.facts import MessageFacts

        found = judge_packs(MessageFacts(send_at=MOMENT), PACKS)
        assert decision(found) == "block"
        assert len(found) > 40

    def test_ledger_not_traced__blocks(self) -> None:
        found = judged(ledger_matches={})["UNI-01"]
        assert (found.severity, found.missing[0]) == ("block", "ledger amount")


class TestZones:
    def test_every_zone__must_pass(self) -> None:
        east, west = "America/New_York", "America/Los_Angeles"
        sms = {"channel": "sms", "send_at": MOMENT}
        assert "UNI-18" not in judged(local_times=in_zones(east), **sms)
        assert "UNI-18" in judged(local_times=in_zones(east, west), **sms)
        assert (
            "local_time is 06:30" in judged(local_times=in_zones(east, west), **sms)["UNI-18"].why
        )

    def test_zones__stand_for_the_single_clock(self) -> None:
        facts = {"channel": "sms", "send_at": MOMENT, "local_time": time(3, 0)}
        assert "UNI-18" not in judged(local_times=in_zones("America/New_York"), **facts)

    def test_weekday__is_that_of_the_zone(self) -> None:
        sunday = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)
        facts = {
            "jurisdictions": ["CA-ON"],
            "creditor_role": "third_party",
            "send_at": sunday,
            **CONSUMER,
        }
        toronto = sunday.astimezone(ZoneInfo("America/Toronto"))
        assert "CA-ON-02" in judged(local_times=(toronto,), **facts)
        monday = datetime(2026, 11, 23, 23, 30, tzinfo=UTC).astimezone(toronto.tzinfo)
        assert "CA-ON-02" not in judged(local_times=(monday,), **facts | {"send_at": monday})


class TestApprovals:
    def test_scopes__are_those_that_would_satisfy_the_rule(self) -> None:
        assert judged(**claiming("plan_commitment"))["UNI-14"].scopes == ("payment_plan",)
        assert judged(**claiming("legal_action_threat"))["UNI-05"].scopes == ()
        both = claiming(
            "legal_action_threat",
            "collections_referral",
            template_approved=True,
            intent_to_act=True,
            action_lawful=True,
        )
        assert judged(**both)["UNI-05"].scopes == ("legal_language", "collections_referral")
        assert judged(account_class="exception")["HITL-09"].scopes == ()

    def test_terms_that_differ__still_name_whom_to_ask(self) -> None:
        facts = claiming("discount_offer", ledger_matches=differing("concession_terms"))
        assert judged(**facts)["UNI-13"].scopes == ("discount_or_credit",)

    def test_blocking_rule_without_a_scope__is_not_approved_away(self) -> None:
        everything = frozenset(SOURCE.vocabulary.approval_matrix)
        found = judged(**claiming("profanity", approvals=everything, human_reviewed=True))
        assert found["UNI-10"].severity == "block"

    def test_approval_for_other_words__blocks(self) -> None:
        facts = claiming("plan_commitment", approvals=["payment_plan"], human_reviewed=True)
        assert "HITL-20" not in judged(**facts)
        facts["ledger_matches"] = differing("approval_hash")
        assert judged(**facts)["HITL-20"].severity == "block"

    def test_approval_nobody_needed__is_not_looked_at(self) -> None:
        ledger = differing("approval_hash")
        assert "HITL-20" not in judged(approvals=["payment_plan"], ledger_matches=ledger)
        assert "HITL-20" not in judged(ledger_matches=ledger)

    @pytest.mark.parametrize(
        ("given", "expected"),
        [
            ([("payment_plan", "finance_leadership")], {"payment_plan"}),
            ([("payment_plan", "legal")], set()),
            ([("dispute_response", "account_owner")], {"dispute_response"}),
            ([("suspension", "account_owner")], set()),
            (
                [("suspension", "account_owner"), ("suspension", "finance_leadership")],
                {"suspension"},
            ),
            ([("collections_referral", "legal"), ("suspension", "finance_leadership")], set()),
            ([("stale_or_missing_context", "finance_leadership")], set()),
            ([("anything", "legal")], set()),
        ],
    )
    def test_granted__by_the_roles_of_the_matrix(self, given: list, expected: set) -> None:
        assert granted_scopes(given, SOURCE) == expected

    def test_roles__one_set_per_yes_that_is_needed(self) -> None:
        scopes = ("suspension", "dispute_response", "stale_or_missing_context")
        assert role_sets(scopes, SOURCE) == (
            ("finance_leadership",),
            ("account_owner",),
            ("finance_leadership", "account_owner"),
            (),
        )


class TestReplay:
    NYC = {"jurisdictions": ["US-NY-NYC"], "contacts_7d": 3, **CONSUMER}  # noqa: RUF012

    @pytest.mark.parametrize(
        ("day", "rule_id"), [("2026-08-31", "US-NYC-01"), ("2026-09-01", "US-NYC-02")]
    )
    def test_retired_rule__decides_again_on_its_days(self, day: str, rule_id: str) -> None:
        zone = ZoneInfo("America/New_York")
        at = datetime.fromisoformat(f"{day}T10:00").replace(tzinfo=zone)
        found = judge_packs(message(send_at=at, **self.NYC), PACKS, "2026.11.21")
        assert [each.rule_id for each in found] == [rule_id]


class TestShadow:
    def test_pending_rule__tells_what_it_would_stop_and_decides_nothing(self) -> None:
        facts = message(
            jurisdictions=frozenset({"FR"}), scores_natural_person=True, debtor_type="consumer"
        )
        assert [each.rule_id for each in shadow_findings(facts, PACKS)] == ["EU-AIA-02"]
        assert judge_packs(facts, PACKS) == ()

    def test_pending_rule_that_is_content__says_nothing(self) -> None:
        assert shadow_findings(message(jurisdictions=frozenset({"GB"})), PACKS) == ()


class TestLimits:
    def limits(self, **facts: object):
        given = message(**facts)
        rules = PACKS.rulebook().scope_of(given).rules
        return effective_limits(rules, given, SOURCE.vocabulary)

    def test_windows_intersect_and_caps_take_the_minimum(self) -> None:
        agency = {"creditor_role": "third_party", **CONSUMER}
        found = self.limits(jurisdictions=["CA-ON", "US-NY-NYC"], **agency)
        assert found.windows == {
            "monday": ("08:00-21:00",),
            "saturday": ("08:00-21:00",),
            "sunday": ("13:00-17:00",),
        }
        assert (found.caps["contacts_7d"], found.caps["contacts_30d"]) == (2, 10)

    def test_elements_and_claims__are_unions(self) -> None:
        agency = {"creditor_role": "third_party", **CONSUMER}
        found = self.limits(jurisdictions=["CA-ON", "US-TX"], **agency)
        assert {"opt_out", "collector_subsequent", "reply_path"} <= set(found.required_elements)
        assert "profanity" in found.forbidden_claims
        assert "plan_commitment" in found.approved_claims
        assert "plan_commitment" not in found.forbidden_claims

    def test_rule_that_refuses_anyway__is_named_and_left_out(self) -> None:
        found = self.limits(channel="sms", creditor_role="third_party", **CONSUMER)
        assert found.refused_by == ("US-SMS-01",)
        assert found.windows["monday"] == ("08:00-21:00",)
