"""Each rule for disputes: what may be disputed, and what a resolution may give."""

from typing import Any

import pytest

from engines.dunning import plan_contact
from guardrails import contact_rules, money_rules
from guardrails import dispute_rules as rules
from guardrails.gate import judge
from guardrails.verdict import Deny, NeedsApproval
from ledger.actions import OpenDisputeCase, ReopenDispute, ResolveDispute
from ledger.facts import AccountFacts, ClosedDispute, OpenDispute
from tests.support.facts import account, case_of, day, dispute, item, policy, policy_with, reminder
from tools.letters import render_letter

ACC = {"account_id": "acc_1"}
BY_ITEM = policy_with("contact", dispute_scope="item")


def resolve(resolution: str = "credit", **more: Any) -> ResolveDispute:
    return ResolveDispute(**ACC, dispute_id="dsp_1", resolution=resolution, **more)


def disputed(minor: int | None = None, invoice_id: str | None = "inv_1") -> OpenDispute:
    return OpenDispute("dsp_1", invoice_id, "PRICE", day(-5), minor)


def partly(minor: int, *others: Any) -> AccountFacts:
    """An invoice of 100.00 of which an amount is disputed."""
    return account(item("1", disputed_minor=minor), *others, disputes=(disputed(minor),))


class TestDisputedAmountFitsTheInvoice:
    @pytest.mark.parametrize(
        ("more", "objects"),
        [
            ({}, False),
            ({"invoice_id": "inv_1"}, False),
            ({"invoice_id": "inv_1", "amount_minor": 100_00}, False),
            ({"invoice_id": "inv_1", "amount_minor": 100_01}, True),
            ({"reason": "BECAUSE"}, True),
        ],
    )
    def test_amount_and_reason__are_measured(self, more, objects) -> None:
        action = OpenDisputeCase(**{**ACC, "reason": "PRICE", **more})
        found = rules.disputed_amount_fits_the_invoice(case_of(account(), action))
        assert bool(found) == objects

    def test_amount_without_an_invoice__is_no_action(self) -> None:
        with pytest.raises(ValueError, match="name it"):
            OpenDisputeCase(**ACC, reason="PRICE", amount_minor=1)

    @pytest.mark.parametrize(
        ("more", "level"),
        [
            ({}, "account"),
            ({"invoice_id": "inv_1"}, "invoice"),
            ({"invoice_id": "inv_1", "amount_minor": 5}, "amount"),
        ],
    )
    def test_level__follows_from_what_is_named(self, more, level) -> None:
        assert OpenDisputeCase(**ACC, reason="PRICE", **more).level == level


class TestResolutionFitsTheDispute:
    @pytest.mark.parametrize(
        "action",
        [
            resolve(),
            resolve(amount_minor=100_00),
            resolve("rebill", amount_minor=1),
            resolve("write_off", amount_minor=30_00),
            resolve("deny", note="Delivered and signed for."),
            resolve("withdrawn"),
            resolve(invoice_id="inv_1"),
        ],
    )
    def test_within_what_is_disputed__does_not_object(self, action) -> None:
        facts = account(disputes=(disputed(),))
        assert rules.resolution_fits_the_dispute(case_of(facts, action)) is None

    @pytest.mark.parametrize(
        "action",
        [
            resolve(amount_minor=100_01),
            resolve("allow_discount", amount_minor=200_00),
            resolve("deny"),
            resolve("deny", note="  "),
            resolve("deny", note="no", amount_minor=1),
            resolve("withdrawn", amount_minor=1),
            resolve(invoice_id="inv_2"),
        ],
    )
    def test_more_than_that_or_a_bare_denial__objects(self, action) -> None:
        facts = account(item("1"), item("2"), disputes=(disputed(),))
        assert rules.resolution_fits_the_dispute(case_of(facts, action))

    @pytest.mark.parametrize(("minor", "objects"), [(30_00, False), (30_01, True), (None, False)])
    def test_part_disputed__bounds_what_is_given(self, minor, objects) -> None:
        found = rules.resolution_fits_the_dispute(
            case_of(partly(30_00), resolve(amount_minor=minor))
        )
        assert bool(found) == objects

    @pytest.mark.parametrize(
        ("more", "objects"),
        [
            ({}, True),
            ({"invoice_id": "inv_1"}, True),
            ({"invoice_id": "inv_x", "amount_minor": 1}, True),
            ({"invoice_id": "inv_1", "amount_minor": 1}, False),
        ],
    )
    def test_account_disputed__money_needs_an_invoice_and_an_amount(self, more, objects) -> None:
        facts = account(disputes=(disputed(invoice_id=None),))
        found = rules.resolution_fits_the_dispute(case_of(facts, resolve(**more)))
        assert bool(found) == objects

    def test_settled_invoice__has_nothing_left_to_give(self) -> None:
        facts = account(item("2"), disputes=(disputed(),))
        assert rules.resolution_fits_the_dispute(case_of(facts, resolve()))
        closed = resolve("withdrawn")
        assert rules.resolution_fits_the_dispute(case_of(facts, closed)) is None


class TestResolutionsAreTakenBackByPeople:
    def test_taking_one_back__is_a_persons(self) -> None:
        closed = ClosedDispute("dsp_1", "inv_1", "credit", day(-1), 10_00, "USD")
        action = ReopenDispute(**ACC, dispute_id="dsp_1")
        verdict = judge(action, account(closed_disputes=(closed,)), policy())
        assert isinstance(verdict, NeedsApproval)
        assert verdict.role_sets == (("finance_lead",),)
        assert isinstance(judge(action, account(), policy()), Deny)

    def test_another_action__is_not(self) -> None:
        assert rules.resolutions_are_taken_back_by_people(case_of(account(), resolve())) is None


@pytest.mark.parametrize("kind", ["credit", "rebill", "write_off", "allow_discount"])
def test_resolution_that_gives__is_decided_by_finance(kind: str) -> None:
    facts = account(disputes=(disputed(),))
    assert money_rules.credits_need_finance_lead(case_of(facts, resolve(kind)))
    denied = resolve("deny", note="signed for")
    assert money_rules.credits_need_finance_lead(case_of(facts, denied)) is None


def test_scope_of_the_account__nothing_of_it_is_chased() -> None:
    facts = account(item("1"), item("2"), disputes=(disputed(),))
    asks = plan_contact(facts, policy()).reminders[0]
    assert contact_rules.never_chase_disputed(case_of(facts, asks))


def test_scope_of_the_item__the_rest_is_chased_after_approval() -> None:
    facts = account(item("1"), item("2"), disputes=(dispute("inv_1"),))
    asks = plan_contact(facts, BY_ITEM).reminders[0]
    assert asks.invoice_ids == ("inv_2",)
    assert contact_rules.never_chase_disputed(case_of(facts, asks, by=BY_ITEM)) is None
    named = reminder(facts, invoice_ids=("inv_1", "inv_2"))
    assert contact_rules.never_chase_disputed(case_of(facts, named, by=BY_ITEM))


def test_scope_of_the_item_and_a_part_disputed__only_the_rest_is_asked_for() -> None:
    facts = partly(30_00)
    asks = plan_contact(facts, BY_ITEM).reminders[0]
    assert asks.invoice_ids == ("inv_1",)
    assert contact_rules.never_chase_disputed(case_of(facts, asks, by=BY_ITEM)) is None
    letter = render_letter(asks, facts, BY_ITEM)
    assert "70.00" in letter.body
    assert "100.00" not in letter.body
    assert "30.00" not in letter.body


@pytest.mark.parametrize("minor", [100_00, 150_00])
def test_scope_of_the_item_and_all_of_it_disputed__it_is_not_chased(minor: int) -> None:
    facts = account(item("1", disputed_minor=min(minor, 100_00)), disputes=(disputed(minor),))
    asks = plan_contact(facts, BY_ITEM).reminders[0]
    assert contact_rules.never_chase_disputed(case_of(facts, asks, by=BY_ITEM))


def test_scope_of_the_account_and_a_part_disputed__nothing_is_chased() -> None:
    facts = partly(30_00, item("2"))
    asks = plan_contact(facts, policy()).reminders[0]
    assert contact_rules.never_chase_disputed(case_of(facts, asks))
