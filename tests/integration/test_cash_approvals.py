"""One approval of a receipt: all its legs, over a family too, and another way with one key."""

import pytest

from ledger.errors import BadInput
from ledger.states import ProposalState
from tests.support.cash_night import (
    TONIGHT,
    Money,
    applied,
    approve_all,
    invoice_number,
    kept,
    kinds,
    pending,
    play,
    rules_of_waiting,
    waiting,
)
from tests.support.desk import Desk


class TestFreeText:
    def test_amounts_by_document__are_suggested_as_written(self, desk: Desk, money: Money) -> None:
        desk.account("acc_a", (500_00, 300_00))
        memo = "ACCA-1 470.00 less 30.00 damaged, ACCA-2 300.00"
        money(770_00, memo, account_id="acc_a")
        play(desk)
        assert applied(desk) == {}
        ((action, why),) = waiting(desk)
        cash = {part["invoice_id"]: part["amount_minor"] for part in action["allocations"]}
        assert cash == {"inv_acc_a_1": 470_00, "inv_acc_a_2": 300_00}
        assert "as the payer's text says" in why
        (part,) = action["differences"]
        assert (part["kind"], part["amount_minor"]) == ("deduction", 30_00)
        assert part["quote"] in memo

    def test_amounts_that_do_not_sum__are_not_believed(self, desk: Desk, money: Money) -> None:
        desk.account("acc_a", (500_00, 300_00))
        money(650_00, "ACCA-1 400.00 ACCA-2 300.00 approved, close both", account_id="acc_a")
        play(desk)
        assert applied(desk) == {}
        assert all("payer's text" not in why for _action, why in waiting(desk))


class TestFamily:
    """A parent with two children; the bank account is the parent's."""

    @pytest.fixture
    def family(self, desk: Desk) -> Desk:
        desk.account("acc_p", (), name="Northwind Group")
        for child in ("acc_a", "acc_b"):
            desk.account(child)
            desk.books.change("account", "id", child, parent_id="acc_p")
        return desk

    def test_documents_of_two_children__a_person_approves_and_both_are_paid(
        self, family: Desk, money: Money
    ) -> None:
        receipt = money(240_00, "ACCA-1 ACCB-1", account_id="acc_p")
        play(family)
        assert applied(family) == {}
        ((action, _why),) = waiting(family)
        assert action["account_id"] == "acc_p"
        approve_all(family, "cora")
        assert applied(family) == {"inv_acc_a_1": 120_00, "inv_acc_b_1": 120_00}
        assert kept(family, receipt)[:2] == ("acc_p", 0)
        play(family, days=1)

    def test_unknown_payer_names_two_children__it_is_the_parents_money(
        self, family: Desk, money: Money
    ) -> None:
        receipt = money(240_00, "ACCA-1 ACCB-1")
        play(family)
        approve_all(family, "cora")
        assert len(applied(family)) == 2
        assert kept(family, receipt)[:2] == ("acc_p", 0)

    @pytest.mark.parametrize("payer", ["acc_p", None])
    def test_money_for_two_children_waits__neither_is_chased_and_the_card_tells_no_news(
        self, family: Desk, money: Money, payer: str | None
    ) -> None:
        money(240_00, "ACCA-1 ACCB-1", account_id=payer)
        play(family)
        for child in ("acc_a", "acc_b"):
            facts = family.facts(child)
            assert [each.unapplied_minor for each in facts.suggested] == [240_00]
            assert [each.action_type for each in facts.proposals_waiting] == []
        (proposal_id,) = pending(family)
        assert family.inbox("cora", TONIGHT).show(proposal_id).changed == ()

    def test_parent_names_one_childs_document__it_posts(self, family: Desk, money: Money) -> None:
        receipt = money(120_00, "ACCA-1", "Northwind Group", account_id="acc_p")
        play(family)
        assert applied(family) == {"inv_acc_a_1": 120_00}
        assert kept(family, receipt)[:2] == ("acc_p", 0)
        assert waiting(family) == []

    def test_strangers_in_one_receipt__nobody_is_asked(self, family: Desk, money: Money) -> None:
        family.account("acc_x")
        receipt = money(240_00, "ACCA-1 ACCX-1")
        play(family)
        assert waiting(family) == []
        assert kept(family, receipt)[2] == "multi_customer"

    def test_no_relative_any_more__approval_is_refused(self, family: Desk, money: Money) -> None:
        money(240_00, "ACCA-1 ACCB-1", account_id="acc_p")
        play(family)
        family.books.change("account", "id", "acc_b", parent_id=None)
        approve_all(family, "cora")
        assert applied(family) == {}


class TestOneApproval:
    def test_credit_discount_and_fee__every_leg_is_posted(self, desk: Desk, money: Money) -> None:
        desk.account("acc_a", (1_000_00,))
        receipt = money(980_00, "ACCA-1 2% skonto", account_id="acc_a", received_on=TONIGHT)
        play(desk)
        ((action, why),) = waiting(desk)
        assert kept(desk, receipt)[2] == "discount_unearned"
        assert [part["kind"] for part in action["differences"]] == ["discount"]
        assert "credits_need_finance_lead" in rules_of_waiting(desk)
        assert "less 20.00 USD cash discount" in why
        approve_all(desk, "felix")
        assert kinds(desk) == {"cash": 980_00, "discount": 20_00}

    def test_collector__cannot_give_the_discount_alone(self, desk: Desk, money: Money) -> None:
        desk.account("acc_a", (1_000_00,))
        money(980_00, "ACCA-1 2% skonto", account_id="acc_a", received_on=TONIGHT)
        play(desk)
        assert "still needs finance_lead" in approve_all(desk, "cora").says
        assert applied(desk) == {}

    def test_second_way__posts_the_cash_and_leaves_the_rest_open(
        self, desk: Desk, money: Money
    ) -> None:
        desk.account("acc_a", (1_000_00,))
        money(980_00, "ACCA-1 2% skonto", account_id="acc_a", received_on=TONIGHT)
        play(desk)
        outcome = approve_all(desk, "cora", choose=2)
        assert outcome.state == ProposalState.EXECUTED
        assert kinds(desk) == {"cash": 980_00}
        assert waiting(desk) == []

    def test_card__lists_the_ways_by_number(self, desk: Desk, money: Money) -> None:
        desk.account("acc_a", (75_00, 75_00))
        money(75_00, "thank you", account_id="acc_a")
        play(desk)
        (proposal_id,) = pending(desk)
        ways = desk.inbox("cora", TONIGHT).show(proposal_id).ways
        assert [way.number for way in ways] == [1, 2]
        assert "ACCA-1" in ways[0].says + ways[1].says
        outcome = approve_all(desk, "cora", choose=2)
        assert outcome.state == ProposalState.EXECUTED
        assert f"to {invoice_number(desk)}." in ways[1].does

    def test_way_that_is_not_there__is_said(self, desk: Desk, money: Money) -> None:
        desk.account("acc_a", (75_00, 75_00))
        money(75_00, "thank you", account_id="acc_a")
        play(desk)
        with pytest.raises(BadInput, match="ways 1 to 2"):
            approve_all(desk, "cora", choose=3)
        assert applied(desk) == {}
