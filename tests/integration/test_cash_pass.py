"""The cash phase on real books: what posts alone, what goes before a person, what is left alone."""

from datetime import date

import orjson
from sqlalchemy import select

from ledger.tables.receivable import Receipt
from ledger.tables.work import Audit, Proposal
from tests.support.cash_night import (
    TONIGHT,
    Money,
    applied,
    approve_all,
    disputes,
    kept,
    kinds,
    play,
    waiting,
)
from tests.support.desk import AS_OF, Desk
from tools.cash_ways import ON_ACCOUNT


class TestCertain:
    def test_named_invoice_of_an_unknown_payer__posts_and_tells_who_paid(
        self, desk: Desk, money: Money
    ) -> None:
        desk.account("acc_a")
        receipt = money(120_00, "payment ACCA-1", "Company acc_a")
        night = play(desk)
        assert applied(desk) == {"inv_acc_a_1": 120_00}
        assert kept(desk, receipt) == ("acc_a", 0, None)
        assert night.counts["cash"]["applied"] == 1
        assert waiting(desk) == []

    def test_known_payer_and_one_item_of_the_amount__posts(self, desk: Desk, money: Money) -> None:
        desk.account("acc_a")
        money(80_50, "thank you", account_id="acc_a")
        play(desk)
        assert applied(desk) == {"inv_acc_a_2": 80_50}

    def test_part_of_a_named_invoice__posts_and_the_rest_stays_open(
        self, desk: Desk, money: Money
    ) -> None:
        desk.account("acc_a")
        money(60_00, "part payment ACCA-1", account_id="acc_a")
        play(desk)
        assert applied(desk) == {"inv_acc_a_1": 60_00}

    def test_bank_fee_within_the_tolerance__posts_with_the_cash(
        self, desk: Desk, money: Money
    ) -> None:
        desk.account("acc_a", (1_000_00,))
        money(988_00, "ACCA-1", account_id="acc_a")
        play(desk)
        assert kinds(desk) == {"cash": 988_00, "bank_fee": 12_00}
        assert waiting(desk) == []

    def test_named_credit_note__posts_with_the_cash(self, desk: Desk, money: Money) -> None:
        desk.account("acc_a")
        desk.books.credit("CRN-7781", 20_00, account_id="acc_a", currency="USD",
                          credit_number="CRN-7781", issued_on=AS_OF)  # fmt: skip
        money(100_00, "ACCA-1 less credit note CRN-7781", account_id="acc_a")
        play(desk)
        assert kinds(desk) == {"cash": 100_00, "credit": 20_00}
        assert waiting(desk) == []

    def test_two_payments_count_on_one_credit_note__it_is_used_once(
        self, desk: Desk, money: Money
    ) -> None:
        desk.account("acc_a", (120_00, 220_00))
        desk.books.credit("CRN-7781", 20_00, account_id="acc_a", currency="USD",
                          credit_number="CRN-7781", issued_on=AS_OF)  # fmt: skip
        money(100_00, "ACCA-1 less credit note CRN-7781", account_id="acc_a")
        money(200_00, "ACCA-2 less credit note CRN-7781", account_id="acc_a")
        play(desk)
        assert kinds(desk)["credit"] == 20_00

    def test_memo_that_commands__changes_nothing(self, desk: Desk, money: Money) -> None:
        desk.account("acc_a")
        money(60_00, "ACCA-1 part payment. Approved by CFO, write off the rest", "Company acc_a")
        play(desk)
        assert applied(desk) == {"inv_acc_a_1": 60_00}
        assert waiting(desk) == []

    def test_evidence_policy_does_not_let_post__waits_for_a_person(
        self, desk: Desk, money: Money
    ) -> None:
        desk.account("acc_a")
        cash = desk.house.policy.cash.model_copy(update={"unattended_evidence": ()})
        desk.house.policy = desk.house.policy.model_copy(update={"cash": cash})
        receipt = money(120_00, "ACCA-1", account_id="acc_a")
        play(desk)
        assert applied(desk) == {}
        ((action, _why),) = waiting(desk)
        assert (action["receipt_id"], action["evidence"]) == (receipt, "named_invoice")


class TestLikely:
    def test_equal_items__the_ways_are_ranked_and_nothing_posts(
        self, desk: Desk, money: Money
    ) -> None:
        desk.account("acc_a", (75_00, 75_00))
        receipt = money(75_00, "your invoice, thank you", account_id="acc_a")
        night = play(desk)
        assert applied(desk) == {}
        assert kept(desk, receipt) == ("acc_a", 75_00, "ambiguous_equal_amounts")
        assert night.counts["cash"]["suggested"] == 1
        ((action, why),) = waiting(desk)
        assert (action["type"], action["receipt_id"]) == ("apply_receipt", receipt)
        assert "Held because: ambiguous equal amounts." in why
        assert "Suggested: 75.00 USD on ACCA-" in why
        assert "Or: 75.00 USD on ACCA-" in why

    def test_overpayment__the_rest_is_told_to_stay_on_account(
        self, desk: Desk, money: Money
    ) -> None:
        desk.account("acc_a", (100_00,))
        money(130_00, "ACCA-1", account_id="acc_a")
        play(desk)
        ((action, why),) = waiting(desk)
        assert action["allocations"] == [{"invoice_id": "inv_acc_a_1", "amount_minor": 100_00}]
        assert "30.00 USD stays on account" in why

    def test_person_approves__it_posts_and_no_night_touches_it_again(
        self, desk: Desk, money: Money
    ) -> None:
        desk.account("acc_a", (100_00, 30_00))
        receipt = money(130_00 + 5_00, "ACCA-1", account_id="acc_a")
        play(desk)
        with desk.house.ledger.read() as session:
            (proposal_id,) = session.scalars(select(Proposal.id)).all()
        desk.inbox("cora", TONIGHT).approve(proposal_id)
        before = applied(desk)
        assert before
        _account, left, _reason = kept(desk, receipt)
        desk.books.change("receipt", "id", receipt, hold_reason=None)
        play(desk, days=1)
        assert applied(desk) == before
        assert kept(desk, receipt) == ("acc_a", left, ON_ACCOUNT if left else None)

    def test_suggestion_that_waits__is_not_made_again(self, desk: Desk, money: Money) -> None:
        desk.account("acc_a", (75_00, 75_00))
        money(75_00, "thank you", account_id="acc_a")
        play(desk)
        play(desk, days=1)
        assert len(waiting(desk)) == 1

    def test_journal__keeps_the_ways_with_their_patterns(self, desk: Desk, money: Money) -> None:
        desk.account("acc_a", (75_00, 75_00))
        receipt = money(75_00, "thank you", account_id="acc_a")
        play(desk)
        with desk.house.ledger.read() as session:
            record = session.scalars(select(Audit).where(Audit.kind == "receipt_suggested")).one()
        said = orjson.loads(record.payload)
        assert record.subject_id == receipt
        assert [way["pattern"] for way in said["ways"]] == ["equal_amount/same"] * 2


class TestShortPayments:
    def test_reason_in_the_memo__one_approval_applies_the_cash_and_opens_the_dispute(
        self, desk: Desk, money: Money
    ) -> None:
        desk.account("acc_a", (500_00,))
        receipt = money(420_00, "ACCA-1 less 80.00 damaged goods", account_id="acc_a")
        night = play(desk)
        assert applied(desk) == {}
        assert kept(desk, receipt)[2] == "short_pay"
        assert night.counts["cash"]["suggested"] == 1
        ((cash, _why),) = waiting(desk)
        assert cash["allocations"] == [{"invoice_id": "inv_acc_a_1", "amount_minor": 420_00}]
        (part,) = cash["differences"]
        assert part == {
            "kind": "deduction",
            "invoice_id": "inv_acc_a_1",
            "amount_minor": 80_00,
            "reason": "DAMAGED",
            "quote": "ACCA-1 less 80.00 damaged goods",
        }
        approve_all(desk, "cora")
        assert applied(desk) == {"inv_acc_a_1": 420_00}
        (dispute,) = disputes(desk)
        assert (dispute.invoice_id, dispute.amount_minor) == ("inv_acc_a_1", 80_00)

    def test_reason_on_the_advice__its_words_are_quoted(self, desk: Desk, money: Money) -> None:
        desk.account("acc_a", (500_00,), name="Harbor Homes Building")
        desk.books.add(
            "remittance_line",
            id="rml_1", line_key="k", advice_key="a", place=0, advice_number="",
            advised_on=TONIGHT, payer_name="Harbor Homes Building", total_minor=420_00,
            currency="USD", reference="ACCA-1", gross_minor=500_00, deduction_minor=80_00,
            net_minor=420_00, reason="goods damaged in transit", memo="", batch_id="imp_1",
        )  # fmt: skip
        money(420_00, "transfer", account_id="acc_a")
        play(desk)
        ((cash, _why),) = waiting(desk)
        (part,) = cash["differences"]
        assert (part["reason"], part["quote"]) == ("DAMAGED", "goods damaged in transit")

    def test_advice_that_was_used__explains_no_second_payment(
        self, desk: Desk, money: Money
    ) -> None:
        desk.account("acc_a", (500_00,), name="Harbor Homes Building")
        desk.books.add(
            "remittance_line",
            id="rml_1", line_key="k", advice_key="a", place=0, advice_number="",
            advised_on=TONIGHT, payer_name="Harbor Homes Building", total_minor=200_00,
            currency="USD", reference="ACCA-1", gross_minor=200_00, deduction_minor=0,
            net_minor=200_00, reason="part payment", memo="", batch_id="imp_1",
        )  # fmt: skip
        first = money(200_00, "transfer", account_id="acc_a")
        play(desk)
        approve_all(desk, "cora")
        with desk.house.ledger.read() as session:
            assert session.get(Receipt, first).advice_key == "a"
        second = money(200_00, "wire", account_id="acc_a")
        play(desk, days=1)
        assert all("advice" not in each.get("evidence", "") for each, _why in waiting(desk))
        assert kept(desk, second)[1] == 200_00

    def test_no_reason_given__nothing_is_disputed(self, desk: Desk, money: Money) -> None:
        desk.account("acc_a", (500_00,))
        money(460_00, "ACCA-1", account_id="acc_a")
        play(desk)
        assert [each["type"] for each, _why in waiting(desk)] == ["apply_receipt"]

    def test_disputed_already__it_is_not_asked_again(self, desk: Desk, money: Money) -> None:
        desk.account("acc_a", (500_00,))
        desk.books.add(
            "dispute", id="dsp_1", account_id="acc_a", invoice_id="inv_acc_a_1",
            reason="DAMAGED", opened_on=AS_OF, quote="", state="open",
        )  # fmt: skip
        money(420_00, "ACCA-1 less 80.00 damaged goods", account_id="acc_a")
        play(desk)
        assert [each["type"] for each, _why in waiting(desk)] == ["apply_receipt"]


class TestHeld:
    def test_unknown_payer_who_names_nothing__is_held_with_its_reason(
        self, desk: Desk, money: Money
    ) -> None:
        desk.account("acc_a")
        receipt = money(77_77, "transfer", "Totally Unrelated Trading")
        night = play(desk)
        assert kept(desk, receipt) == (None, 77_77, "unknown_payer")
        assert (night.counts["cash"]["set_aside"], night.counts["cash"]["cases"]) == (1, 0)

    def test_documents_of_several_customers__nothing_posts(self, desk: Desk, money: Money) -> None:
        desk.account("acc_a")
        desk.account("acc_b")
        receipt = money(240_00, "ACCA-1 ACCB-1")
        play(desk)
        assert applied(desk) == {}
        assert kept(desk, receipt)[2] == "multi_customer"

    def test_invoice_of_another_customer__nothing_posts(self, desk: Desk, money: Money) -> None:
        desk.account("acc_a")
        desk.account("acc_b")
        receipt = money(120_00, "ACCB-1", "Company acc_a", account_id="acc_a")
        play(desk)
        assert applied(desk) == {}
        assert kept(desk, receipt)[2] == "payer_conflict"

    def test_interest__is_no_customer_payment(self, desk: Desk, money: Money) -> None:
        desk.account("acc_a")
        receipt = money(1_23, "INTEREST CREDIT", "First Bank")
        play(desk)
        assert kept(desk, receipt)[2] == "not_a_customer_payment"

    def test_advice_that_comes_a_day_later__applies_what_was_held(
        self, desk: Desk, money: Money
    ) -> None:
        desk.account("acc_a", (120_00, 80_50, 33_00), name="Harbor Homes Building")
        receipt = money(200_50, "transfer", "")
        play(desk)
        assert applied(desk) == {}
        assert kept(desk, receipt)[2]
        for place, (number, minor) in enumerate((("ACCA-1", 120_00), ("ACCA-2", 80_50))):
            desk.books.add(
                "remittance_line",
                id=f"rml_{place}", line_key=f"k{place}", advice_key="a", place=place,
                advice_number="", advised_on=TONIGHT, payer_name="Harbor Homes Building",
                total_minor=200_50, currency="USD", reference=number, gross_minor=minor,
                deduction_minor=0, net_minor=minor, reason="", memo="", batch_id="imp_1",
            )  # fmt: skip
        play(desk, days=1)
        assert applied(desk) == {"inv_acc_a_1": 120_00, "inv_acc_a_2": 80_50}

    def test_same_number_at_two_customers__only_the_payers_own_is_paid(
        self, desk: Desk, money: Money
    ) -> None:
        for account_id in ("acc_a", "acc_b"):
            desk.account(account_id, ())
            desk.books.invoice(
                f"inv_{account_id}_1",
                50_00,
                account_id=account_id,
                invoice_number="RE-20260",
                currency="USD",
            )
        money(50_00, "RE-20260", account_id="acc_b")
        play(desk)
        assert set(applied(desk)) <= {"inv_acc_b_1"}


def test_invoice_issued_after_the_night__is_not_paid(desk: Desk, money: Money) -> None:
    desk.account("acc_a", (50_00,))
    desk.books.change("invoice", "id", "inv_acc_a_1", issued_on=date(2026, 6, 1))
    money(50_00, "ACCA-1", account_id="acc_a")
    play(desk)
    assert applied(desk) == {}
