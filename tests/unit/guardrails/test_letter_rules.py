"""Each rule about the words of a message and about who reads them first."""

from datetime import date

import pytest

from guardrails import letter_rules as rules
from guardrails.case import Draft
from ledger.actions import SendReminder
from ledger.facts import DrawnArm
from policies.schema import AutonomyException
from tests.support.experiments import trial_of_letters, trying
from tests.support.facts import (
    account,
    answer,
    case_of,
    day,
    dispute,
    in_parts,
    item,
    policy,
    policy_with,
    promise,
    reminder,
    statement,
    ticket,
)


def stage(level: int, **changes: object) -> SendReminder:
    """A reminder of a stage with its own template."""
    template = policy().dunning.stages[level - 1].template
    return reminder(**{"stage": level, "template_id": template} | changes)


class TestOnlyOpenItems:
    @pytest.mark.parametrize(("late", "objects"), [(1, False), (0, True), (-1, True)])
    def test_due_date__item_is_named_from_the_day_after(self, late, objects) -> None:
        facts = account(item(late=late))
        assert bool(rules.only_open_items(case_of(facts, reminder()))) == objects

    @pytest.mark.parametrize(("late", "objects"), [(1, True), (0, False), (-3, False)])
    def test_note_ahead__names_what_is_not_late(self, late, objects) -> None:
        note = reminder(stage=0, template_id="pre_due")
        assert bool(rules.only_open_items(case_of(account(item(late=late)), note))) == objects

    @pytest.mark.parametrize("ids", [(), ("inv_1", "inv_1"), ("inv_1", "inv_of_another_account")])
    def test_no_item_one_twice_or_a_stranger__objects(self, ids) -> None:
        assert rules.only_open_items(case_of(account(), reminder(invoice_ids=ids)))

    @pytest.mark.parametrize("minor", [0, -1])
    def test_item_settled__objects(self, minor) -> None:
        facts = account(item("1"), item("2", minor=minor))
        assert rules.only_open_items(case_of(facts, reminder(invoice_ids=("inv_1", "inv_2"))))

    def test_item_of_another_currency__objects(self) -> None:
        facts = account(item("1"), item("2", currency="EUR"))
        assert rules.only_open_items(case_of(facts, reminder(invoice_ids=("inv_1", "inv_2"))))

    def test_first_instalment_past_due__may_be_named(self) -> None:
        facts = account(in_parts("1", (5, 10_00), (-20, 20_00)))
        assert rules.only_open_items(case_of(facts, reminder())) is None

    def test_statement__names_no_items(self) -> None:
        assert rules.only_open_items(case_of(account(item(late=-9)), statement())) is None


class TestNoStageSkipped:
    @pytest.mark.parametrize(
        ("level", "asked", "objects"),
        [(0, 1, False), (0, 2, True), (1, 2, False), (1, 3, True), (2, 1, False), (3, 2, False)],
    )
    def test_level_of_the_item__is_the_stage_before(self, level, asked, objects) -> None:
        facts = account(item(late=40, dunning_level=level))
        assert bool(rules.no_stage_skipped(case_of(facts, stage(asked)))) == objects

    @pytest.mark.parametrize(("late", "objects"), [(13, True), (14, False)])
    def test_days_past_due__are_those_of_the_stage(self, late, objects) -> None:
        facts = account(item(late=late, dunning_level=1))
        assert bool(rules.no_stage_skipped(case_of(facts, stage(2)))) == objects

    @pytest.mark.parametrize(("ago", "objects"), [(6, True), (7, False)])
    def test_days_since_the_last_stage__are_those_of_the_stage(self, ago, objects) -> None:
        facts = account(item(late=40, dunning_level=1, dunned_on=day(-ago)))
        assert bool(rules.no_stage_skipped(case_of(facts, stage(2)))) == objects

    @pytest.mark.parametrize(("arm", "objects"), [("short", False), ("usual", True), (None, True)])
    def test_letter_of_an_experiment__only_for_its_arm(self, arm, objects) -> None:
        arms = (DrawnArm("words", arm),) if arm else ()
        action = reminder(template_id="reminder_1_short")
        tried = trying(policy(), trial_of_letters(day(-5), day(5)))
        found = rules.no_stage_skipped(case_of(account(arms=arms), action, by=tried))
        assert bool(found) == objects

    def test_template_of_another_stage__objects(self) -> None:
        assert rules.no_stage_skipped(case_of(account(), reminder(template_id="final_notice")))

    @pytest.mark.parametrize("level", [-1, 0, 5])
    def test_stage_not_on_the_ladder__objects(self, level) -> None:
        facts = account(item(late=400, dunning_level=4))
        assert rules.no_stage_skipped(case_of(facts, reminder(stage=level)))

    def test_one_item_reached_it__the_others_are_named_with_it(self) -> None:
        facts = account(item("1", late=40, dunning_level=2), item("2", late=1))
        action = stage(3, invoice_ids=("inv_1", "inv_2"))
        assert rules.no_stage_skipped(case_of(facts, action)) is None
        without = stage(3, invoice_ids=("inv_2",))
        assert rules.no_stage_skipped(case_of(facts, without))

    @pytest.mark.parametrize(
        ("days", "late", "objects"), [(0, -1, True), (5, -5, False), (5, -6, True)]
    )
    def test_note_ahead__only_as_early_as_policy_says(self, days, late, objects) -> None:
        note = reminder(stage=0, template_id="pre_due")
        by = policy_with("dunning", pre_due_days=days)
        assert (
            bool(rules.no_stage_skipped(case_of(account(item(late=late)), note, by=by))) == objects
        )

    def test_broken_promise__is_spoken_of_where_one_was(self) -> None:
        said = reminder(stage=0, template_id="broken_promise", promise_id="prm_1")
        assert rules.no_stage_skipped(case_of(account(promises=(promise(-9),)), said))
        assert rules.no_stage_skipped(case_of(account(broken_lately=(promise(-9),)), said)) is None

    @pytest.mark.parametrize("template_id", ["reminder_1", "final_notice", "statement"])
    def test_other_letters__have_no_stage_off_the_ladder(self, template_id) -> None:
        assert rules.no_stage_skipped(
            case_of(account(), reminder(stage=0, template_id=template_id))
        )


class TestApprovedTemplateInLanguage:
    @pytest.mark.parametrize("language", ["de", "en", "es", "fr"])
    def test_template_in_the_language__does_not_object(self, language) -> None:
        action = reminder(language=language)
        assert rules.approved_template_in_language(case_of(account(), action)) is None

    @pytest.mark.parametrize(
        "change",
        [
            {"language": "pt"},
            {"template_id": "threat"},
            {"template_id": "final_notice", "channel": "sms"},
        ],
    )
    def test_no_such_template__objects(self, change) -> None:
        assert rules.approved_template_in_language(case_of(account(), reminder(**change)))

    def test_own_words__need_none(self) -> None:
        action = reminder(language="pt", wording="person", subject="Olá", body="Bom dia")
        assert rules.approved_template_in_language(case_of(account(), action)) is None


class TestEveryNumberTraced:
    @pytest.mark.parametrize(
        ("body", "objects"),
        [
            ("Invoice 1 of $100.00 is open.", False),
            ("Invoice 1 of $100.01 is open.", True),
            ("Invoice 1 of $100.00 is open. Pay at https://pay.evil.example", True),
            ("Good morning.", False),
        ],
    )
    def test_words__state_only_what_the_ledger_holds(self, body, objects) -> None:
        case = case_of(account(), draft=Draft("Reminder", body, "en"))
        assert bool(rules.every_number_traced(case)) == objects

    def test_instalments__are_traced_by_what_is_past_due(self) -> None:
        facts = account(in_parts("1", (5, 10_00), (2, 20_00), (-20, 70_00)))
        open_now = Draft("Reminder", "Of invoice 1, $10.00 and $20.00 are late, $30.00.", "en")
        assert rules.every_number_traced(case_of(facts, draft=open_now)) is None
        whole = Draft("Reminder", "Of invoice 1, $100.00 is late.", "en")
        assert rules.every_number_traced(case_of(facts, draft=whole))


class TestStrategicAccountNeedsOwner:
    @pytest.mark.parametrize(
        ("changes", "objects"),
        [
            ({"segment": "smb"}, False),
            ({"segment": "mid"}, False),
            ({"segment": "enterprise"}, True),
            ({"segment": "strategic"}, True),
            ({"segment": "one nobody knows"}, True),
            ({"strategic": True}, True),
        ],
    )
    def test_segment_and_flag(self, changes, objects) -> None:
        for action in (reminder(), statement(), answer()):
            case = case_of(account(**changes), action)
            assert bool(rules.strategic_account_needs_owner(case)) == objects


class TestHighValueNeedsFinanceLead:
    @pytest.mark.parametrize(("minor", "objects"), [(249_999_99, False), (250_000_00, True)])
    def test_threshold__is_reached_to_the_cent(self, minor, objects) -> None:
        case = case_of(account(item(minor=minor)))
        assert bool(rules.high_value_needs_finance_lead(case)) == objects

    def test_other_currency__does_not_count_in(self) -> None:
        facts = account(item("1"), item("2", minor=900_000_00, currency="EUR"))
        action = reminder(invoice_ids=("inv_1",), currency="USD")
        assert rules.high_value_needs_finance_lead(case_of(facts, action)) is None

    def test_all_open_items_count__not_only_those_named(self) -> None:
        facts = account(item("1"), item("2", minor=249_900_00, late=-30))
        action = reminder(invoice_ids=("inv_1",))
        assert rules.high_value_needs_finance_lead(case_of(facts, action))

    def test_currency_without_threshold__asks(self) -> None:
        facts = account(item(currency="JPY", minor=1))
        assert rules.high_value_needs_finance_lead(case_of(facts, reminder(currency="JPY")))

    def test_answer__states_no_total(self) -> None:
        facts = account(item(minor=900_000_00))
        assert rules.high_value_needs_finance_lead(case_of(facts, answer())) is None


class TestRenewalNeedsReview:
    def test_renewal_under_way__objects(self) -> None:
        assert rules.renewal_needs_review(case_of(account(renewal_on=date(2027, 1, 1))))

    def test_none__does_not_object(self) -> None:
        assert rules.renewal_needs_review(case_of(account())) is None


class TestOpenEscalationNeedsReview:
    @pytest.mark.parametrize(
        ("found", "objects"),
        [(ticket(3), False), (ticket(2), False), (ticket(1), True), (ticket(4, "escalated"), True)],
    )
    def test_ticket__by_severity_or_escalation(self, found, objects) -> None:
        case = case_of(account(tickets=(found,)))
        assert bool(rules.open_escalation_needs_review(case)) == objects


class TestSensitiveContractNeedsReview:
    @pytest.mark.parametrize("marked", [True, False])
    def test_note_marked__objects(self, marked) -> None:
        case = case_of(account(sensitive_contract=marked))
        assert bool(rules.sensitive_contract_needs_review(case)) == marked


class TestNaturalPersonNeedsReview:
    @pytest.mark.parametrize("kind", ["consumer", "sole_trader", "guarantor", "unheard_of"])
    def test_anything_but_a_business__objects(self, kind) -> None:
        assert rules.natural_person_needs_review(case_of(account(debtor_type=kind)))

    def test_business__does_not_object(self) -> None:
        assert rules.natural_person_needs_review(case_of(account())) is None


class TestBrokenPromisesNeedPerson:
    @pytest.mark.parametrize(("broken", "objects"), [(0, False), (1, False), (2, True), (3, True)])
    def test_two_are_a_pattern(self, broken, objects) -> None:
        case = case_of(account(broken_promises=broken))
        assert bool(rules.broken_promises_need_person(case)) == objects


class TestNoFreeTextUnattended:
    @pytest.mark.parametrize("wording", ["model", "person"])
    def test_words_of_anybody__wait(self, wording) -> None:
        action = answer(wording=wording, subject="Re", body="Thank you.")
        assert rules.no_free_text_unattended(case_of(account(), action))

    def test_template__does_not_object(self) -> None:
        assert rules.no_free_text_unattended(case_of(account())) is None


class TestToneFitsTheStage:
    def hit(self, body: str, level: int = 1, wording: str = "person"):
        words = {"wording": wording, "subject": "Invoice 1", "body": body}
        action = reminder(stage=level, **(words if wording != "template" else {}))
        return rules.tone_fits_the_stage(
            case_of(account(), action, draft=Draft("Invoice 1", body, "en"))
        )

    def test_courteous_words__do_not_object(self) -> None:
        assert self.hit("Could you let us know when we can expect payment? Thank you.") is None

    def test_shouting_at_a_friendly_stage__objects(self) -> None:
        assert self.hit("PAY NOW!!! We are sick of waiting for you people. Pay it today!")

    def test_template__was_approved_with_its_tone(self) -> None:
        assert self.hit("PAY NOW!!!", wording="template") is None


class TestFinalStagesNeedPerson:
    @pytest.mark.parametrize(("level", "objects"), [(1, False), (3, False), (4, True)])
    def test_stage__as_the_ladder_says(self, level, objects) -> None:
        case = case_of(account(), stage(level))
        assert bool(rules.final_stages_need_person(case)) == objects

    @pytest.mark.parametrize("template_id", ["pre_due", "broken_promise"])
    def test_off_the_ladder__may_leave(self, template_id) -> None:
        action = reminder(stage=0, template_id=template_id, promise_id="prm_1")
        assert rules.final_stages_need_person(case_of(account(), action)) is None

    def test_stage_nobody_knows__objects(self) -> None:
        assert rules.final_stages_need_person(case_of(account(), reminder(stage=9)))

    def test_payment_plan__never_leaves_without_a_person(self) -> None:
        proposal = answer(template_id="plan_proposal", about="pln_1")
        assert rules.final_stages_need_person(case_of(account(), proposal))
        assert rules.final_stages_need_person(case_of(account(), answer())) is None

    def test_statement__has_no_stage(self) -> None:
        assert rules.final_stages_need_person(case_of(account(), statement())) is None

    @pytest.mark.parametrize(
        ("level", "currency", "objects"), [(4, "USD", True), (3, "USD", False), (4, "EUR", False)]
    )
    def test_statement_after_the_last_stage__is_a_persons(self, level, currency, objects) -> None:
        facts = account(item(dunning_level=level, currency=currency), item("2"))
        assert bool(rules.final_stages_need_person(case_of(facts, statement()))) == objects


class TestUndisputedRestNeedsReview:
    def test_part_disputed__reminder_of_the_rest_is_reviewed(self) -> None:
        facts = account(item("1"), item("2"), disputes=(dispute("inv_2"),))
        action = reminder(invoice_ids=("inv_1",))
        assert rules.undisputed_rest_needs_review(case_of(facts, action))

    def test_answer_or_no_dispute__does_not_object(self) -> None:
        disputed = account(disputes=(dispute(),))
        assert rules.undisputed_rest_needs_review(case_of(disputed, answer())) is None
        assert rules.undisputed_rest_needs_review(case_of(account())) is None


class TestAutonomyWaits:
    @pytest.mark.parametrize(
        ("mode", "objects"), [("draft", True), ("auto", False), ("shadow", False)]
    )
    def test_mode_of_the_house(self, mode, objects) -> None:
        assert bool(rules.autonomy_waits(case_of(account(), by=policy(mode)))) == objects

    @pytest.mark.parametrize(
        ("segment", "level", "objects"), [("smb", 2, False), ("smb", 3, True), ("mid", 1, True)]
    )
    def test_exception__fits_segment_and_stage(self, segment, level, objects) -> None:
        exception = AutonomyException(mode="auto", segment="smb", max_stage=2)
        mixed = policy_with("autonomy", mode="draft", exceptions=(exception,))
        case = case_of(account(segment=segment), stage(level), by=mixed)
        assert bool(rules.autonomy_waits(case)) == objects


class TestAutonomyStaysInShadow:
    @pytest.mark.parametrize(
        ("mode", "objects"), [("draft", False), ("auto", False), ("shadow", True)]
    )
    def test_mode_of_the_house(self, mode, objects) -> None:
        assert bool(rules.autonomy_stays_in_shadow(case_of(account(), by=policy(mode)))) == objects
