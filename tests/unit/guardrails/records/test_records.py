"""What the facts of a record mean to the rules, where that is easily got wrong."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from evals.records.good import Good, Sum, good_records
from evals.records.mutant import changed, flagged
from guardrails.compliance.scope import compile_packs
from guardrails.records.events import logged_events
from guardrails.records.judgement import RecordJudgement, judge_record
from guardrails.records.shape import LogEntry, MessageRecord
from ledger.errors import BadInput
from policies.packs import load_packs

PACKS = compile_packs(load_packs())
GOODS = {good.name: good for good in good_records()}
PLAIN = GOODS["us-oh-reminder"].record()


def judged(record: dict[str, Any]) -> RecordJudgement:
    return judge_record(MessageRecord.model_validate(record), PACKS)


def rules(record: dict[str, Any]) -> set[str]:
    return {each.rule_id for each in judged(record).findings}


def worded(good: Good, text: str) -> dict[str, Any]:
    return replace(good, row={**good.row, "text": text}).record()


class TestFlags:
    def test_flag_no_rule_knows__context_is_not_understood(self) -> None:
        assert rules(flagged(PLAIN, "on_the_moon")) == {"HITL-11"}

    def test_flags_not_given__every_flag_is_unknown(self) -> None:
        record = changed(PLAIN, {})
        del record["context"]["flags"]
        assert judged(record).facts.do_not_contact is None
        assert {"UNI-20", "US-BK-01"} <= rules(record)

    def test_flag_and_field_differ__the_stricter_counts(self) -> None:
        facts = judged(flagged(PLAIN, "high_value", "human_reviewed")).facts
        assert facts.high_value is True
        unread = changed(flagged(PLAIN, "human_reviewed"), {"human_reviewed": False})
        assert judged(unread).facts.human_reviewed is False

    def test_fact_beside_the_shape__is_read_under_its_own_name(self) -> None:
        assert rules(changed(PLAIN, {"bankruptcy_stay": True})) == {"US-BK-01"}
        assert rules(changed(PLAIN, {"bankruptcy_stay": None})) == {"US-BK-01"}
        assert rules(flagged(changed(PLAIN, {"bankruptcy_stay": False}), "bankruptcy_stay"))

    @pytest.mark.parametrize("name", ["claims", "jurisdictions", "text", "integrity_findings"])
    def test_fact_the_gate_finds_itself__cannot_be_given(self, name: str) -> None:
        bad = PLAIN | {"text": f"{PLAIN['text']} We will see you in court."}
        assert rules(changed(bad, {name: []})) == rules(bad) != set()

    def test_fact_of_another_type__is_refused(self) -> None:
        with pytest.raises(BadInput, match="contact_before_report_days"):
            judged(changed(PLAIN, {"contact_before_report_days": "many"}))


class TestContext:
    def test_conversation_today__is_no_conversation_long_ago(self) -> None:
        record = changed(PLAIN, {"contacts.days_since_conversation": 0})
        assert judged(record).facts.days_since_conversation == 0

    def test_place_in_small_letters__has_its_holidays(self) -> None:
        sunday = changed(GOODS["nsw-sms"].record(), {"send_at": "2026-12-25T12:00"})
        for place in ("AU-NSW", "au-nsw"):
            assert judged(sunday | {"jurisdiction": place}).facts.public_holiday is True

    def test_moment_with_its_own_offset__is_local_in_the_first_zone(self) -> None:
        record = changed(PLAIN, {"send_at": "2026-11-25T02:30:00+00:00"})
        facts = judged(record).facts
        assert facts.send_at.date() == date(2026, 11, 24)
        assert facts.send_at.hour == 21

    @pytest.mark.parametrize("year", ["0001", "9999"])
    def test_moment_without_local_time_everywhere__is_no_record(self, year: str) -> None:
        with pytest.raises(ValidationError, match="not one messages are sent in"):
            judged(changed(PLAIN, {"send_at": f"{year}-01-01T00:00"}))


class TestInvoices:
    def test_paid_invoice_whose_number_begins_another__is_not_the_one_named(self) -> None:
        paid = PLAIN["context"]["invoices"][0]
        other = paid | {"id": paid["id"][:-1], "status": "paid", "paid_amount": paid["amount"]}
        both = changed(PLAIN, {"invoices": [other, paid]})
        assert judged(both).facts.invoice_paid is False

    def test_receipt__names_what_was_settled(self) -> None:
        good = GOODS["us-az-receipt"]
        assert rules(good.record()) == set()
        settled = good.values["settled"]
        assert isinstance(settled, Sum)
        other = Sum(settled.minor - 100, settled.currency)
        assert rules(good.record(settled=other)) == {"UNI-01"}

    def test_paid_invoice_in_a_reminder__has_no_amount_to_name(self) -> None:
        record = changed(PLAIN, {})
        record["context"]["invoices"][0]["status"] = "void"
        assert {"UNI-01", "UNI-03"} <= rules(record)


class TestTerms:
    discount = GOODS["us-la-discount"]

    def test_end_that_was_only_asked_for__is_not_the_approved_one(self) -> None:
        later = changed(self.discount.record(), {"requested_pay_by": "2026-12-05"})
        later["text"] = later["text"].replace("30 November 2026", "5 December 2026")
        assert "5 December 2026" in later["text"]
        assert "UNI-13" in rules(later)

    def test_rate_where_only_an_amount_was_approved__is_not_approved(self) -> None:
        record = self.discount.record()
        del record["context"]["approvals"][0]["terms"]["percent"]
        assert "UNI-13" in rules(record)

    def test_instalments_in_any_shape__state_their_amounts(self) -> None:
        plan = GOODS["us-sd-plan"]
        approval = plan.record()["context"]["approvals"][0]
        terms = approval["terms"]
        parts = [part["amount"] for part in terms["instalments"]]
        days = [part["due"] for part in terms["instalments"]]
        flat = approval | {"terms": {"instalments": 2, "amounts": parts, "days": days}}
        assert rules(changed(plan.record(), {"approvals": [flat]})) == set()

    def test_equal_instalments_of_which_one_was_approved_higher__differ(self) -> None:
        plan = GOODS["us-sd-plan"]
        amount = plan.values["amt1"]
        assert isinstance(amount, Sum)
        half = Sum(amount.minor // 2, amount.currency)
        record = plan.record(part1=half, part2=half, amt1=Sum(half.minor * 2, amount.currency))
        terms = record["context"]["approvals"][0]["terms"]
        written = f"{half.minor // 100}.{half.minor % 100:02d}"
        more = f"{(half.minor + 1) // 100}.{(half.minor + 1) % 100:02d}"
        terms["instalments"][0]["amount"], terms["instalments"][1]["amount"] = written, more
        assert "UNI-14" in rules(record)


class TestLog:
    @pytest.mark.parametrize(
        ("event", "kinds"),
        [
            ("email reminder_1 sent", {"email"}),
            ("Called accounts payable", {"phone"}),
            ("registered letter posted", {"letter"}),
            ("reminder_2 sent", {"portal"}),
            ("payment posted", set()),
            ("parts recalled", set()),
            ("email received from customer", set()),
            ("customer called", set()),
            ("email reminder_1 bounced", set()),
            ("customer called: plan agreed", {"agreed"}),
            ("escalated to sales", {"escalated"}),
        ],
    )
    def test_event__proves_only_what_we_did(self, event: str, kinds: set[str]) -> None:
        found = logged_events([LogEntry(date=date(2026, 11, 3), event=event)])
        assert {each.kind for each in found} == kinds

    def test_letter_that_came_back__was_not_written(self) -> None:
        good = GOODS["us-tx-second"]
        record = good.record()
        assert rules(record) == set()
        record["context"]["event_log"][0]["event"] = "email reminder_1 bounced"
        assert "UNI-26" in rules(record)


def test_missing_elements__are_those_a_rule_asked_for() -> None:
    sms = GOODS["us-fl-sms"]
    assert judged(sms.record(opt_out="")).missing_elements == ("opt_out",)
    assert judged(sms.record()).missing_elements == ()
    bare = worded(GOODS["us-ca-third"], "{amt1} is open on account {inv1}.")
    assert set(judged(bare).missing_elements) == {
        "opt_out", "sender_identity", "collector_subsequent",
    }  # fmt: skip
