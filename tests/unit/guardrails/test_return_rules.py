"""The rules for money that goes back, for families, and for payments of several legs."""

from dataclasses import replace
from typing import Any

import pytest

from guardrails import money_rules as rules
from guardrails.gate import judge
from guardrails.verdict import Allow, Deny, NeedsApproval
from ledger.actions import (
    Allocation,
    ApplyReceipt,
    ReverseReceipt,
    SetCreditHold,
)
from ledger.facts import AccountFacts, BankReturn, Relative, TakenReceipt
from tests.support.facts import account, case_of, day, item, policy, receipt

OTHER = SetCreditHold(account_id="acc_1", on=True)


def back(minor: int = 100_00, **changes: Any) -> ReverseReceipt:
    base = {
        "account_id": "acc_1",
        "receipt_id": "rcp_1",
        "amount_minor": minor,
        "bank_line_id": "bnk_1",
        "evidence": "bank_reference",
    }
    return ReverseReceipt(**base | changes)


TAKEN = TakenReceipt("rcp_1", "RC-1", day(-5), 100_00, 0, 0, "USD", by_person=False)
LINE = BankReturn("bnk_1", day(-1), 100_00, "USD", is_used=False)


def returned(taken: dict[str, Any] | None = None, line: dict[str, Any] | None = None, **more: Any):
    """The account of a receipt that went back whole by one line of the bank."""
    return account(
        taken=(replace(TAKEN, **(taken or {})),),
        bank_returns=(replace(LINE, **(line or {})),),
        **more,
    )


class TestReturnFitsTheReceipt:
    def test_whole_receipt_by_its_line__fits(self) -> None:
        assert rules.return_fits_the_receipt(case_of(returned(), back())) is None

    @pytest.mark.parametrize(
        "facts",
        [
            account(),
            returned({"receipt_id": "rcp_2"}),
            returned({"returned_minor": 1}),  # less is left than goes back
            returned({"received_on": day(1)}),
            returned(line={"bank_line_id": "bnk_2"}),
            returned(line={"is_used": True}),
            returned(line={"amount_minor": 99_99}),
            returned(line={"currency": "EUR"}),
            returned(line={"booked_on": day(-6)}),  # before the money came
            returned(line={"booked_on": day(1)}),
        ],
    )
    def test_anything_else__is_denied(self, facts: AccountFacts) -> None:
        assert rules.return_fits_the_receipt(case_of(facts, back()))
        assert isinstance(judge(back(), facts, policy()), Deny)

    def test_without_a_line__only_the_receipt_counts(self) -> None:
        action = back(40_00, bank_line_id=None)
        assert rules.return_fits_the_receipt(case_of(returned(), action)) is None
        over = back(100_01, bank_line_id=None)
        assert rules.return_fits_the_receipt(case_of(returned(), over))

    def test_other_action__is_left_alone(self) -> None:
        assert rules.return_fits_the_receipt(case_of(returned(), OTHER)) is None


class TestReturnsWithoutCertaintyNeedPerson:
    def test_reference_and_whole_amount__goes_back_alone(self) -> None:
        assert isinstance(judge(back(), returned(), policy()), Allow)

    @pytest.mark.parametrize(
        ("facts", "action"),
        [
            (returned({"by_person": True}), back()),
            (returned({"amount_minor": 150_00}), back()),
            (returned(), back(evidence="payer_and_amount")),
            (returned(), back(evidence="person")),
        ],
    )
    def test_anything_less__waits(self, facts: AccountFacts, action: ReverseReceipt) -> None:
        assert rules.returns_without_certainty_need_person(case_of(facts, action))
        assert isinstance(judge(action, facts, policy()), NeedsApproval)

    def test_other_action__is_left_alone(self) -> None:
        assert rules.returns_without_certainty_need_person(case_of(returned(), OTHER)) is None


class TestCashTakenOffNeedsFinanceLead:
    def test_no_line_of_the_bank__finance_decides(self) -> None:
        action = back(bank_line_id=None)
        verdict = judge(action, returned(), policy())
        assert isinstance(verdict, NeedsApproval)
        assert ("finance_lead",) in verdict.role_sets

    def test_line_of_the_bank__is_no_matter_of_finance(self) -> None:
        assert rules.cash_taken_off_needs_finance_lead(case_of(returned(), back())) is None


def family(*owners: str, **more: Any) -> AccountFacts:
    """A parent with money and an invoice, and invoices of relatives."""
    relatives = tuple(
        Relative(f"acc_{owner}", owner.upper(), item(f"{owner}_1")) for owner in owners
    )
    return account(item("1"), receipts=(receipt(300_00),), relatives=relatives, **more)


def paying(*numbers: str, **changes: Any) -> ApplyReceipt:
    parts = tuple(Allocation(invoice_id=f"inv_{n}", amount_minor=100_00) for n in numbers)
    base = {"account_id": "acc_1", "receipt_id": "rcp_1", "allocations": parts}
    return ApplyReceipt(**base | changes)


class TestCashForTheFamilyNeedsPerson:
    @pytest.mark.parametrize(
        ("action", "asks"),
        [
            (paying("1"), False),
            (paying("a_1"), False),  # one relative, and the payer names it
            (paying("a_1", evidence="remittance_advice"), False),
            (paying("a_1", evidence="unique_exact_amount"), True),
            (paying("a_1", "b_1"), True),
            (paying("1", "a_1"), True),
        ],
    )
    def test_whose_invoices_are_paid__decides(self, action: ApplyReceipt, asks: bool) -> None:
        facts = family("a", "b")
        assert bool(rules.cash_for_the_family_needs_person(case_of(facts, action))) == asks
        verdict = judge(action, facts, policy())
        assert isinstance(verdict, NeedsApproval if asks else Allow)

    def test_invoice_of_a_stranger__is_denied(self) -> None:
        assert isinstance(judge(paying("a_1", "x_1"), family("a"), policy()), Deny)

    def test_more_than_a_relative_owes__is_denied(self) -> None:
        parts = (Allocation(invoice_id="inv_a_1", amount_minor=100_01),)
        assert isinstance(judge(paying(allocations=parts), family("a"), policy()), Deny)

    def test_other_action__is_left_alone(self) -> None:
        assert rules.cash_for_the_family_needs_person(case_of(family("a"), OTHER)) is None
