"""A payment of several legs stays within each invoice, and gives nothing away alone."""

from typing import Any

import pytest

from guardrails import money_rules as rules
from ledger.actions import Allocation, ApplyReceipt, CreditUse, Difference
from tests.support.facts import account, case_of, credit, item, receipt


def lacking(kind: str, minor: int, **more: Any) -> Difference:
    return Difference(kind=kind, invoice_id="inv_1", amount_minor=minor, **more)


def legs(cash: int, *differences: Difference, credit_minor: int = 0) -> ApplyReceipt:
    used = {"credit_id": "crd_1", "invoice_id": "inv_1", "amount_minor": credit_minor}
    return ApplyReceipt(
        account_id="acc_1",
        receipt_id="rcp_1",
        allocations=(Allocation(invoice_id="inv_1", amount_minor=cash),),
        differences=differences,
        credits=(CreditUse(**used),) if credit_minor else (),
    )


class TestLegsOfAPayment:
    @pytest.mark.parametrize(
        ("action", "fits"),
        [
            (legs(98_00, lacking("discount", 2_00)), True),
            (legs(98_00, lacking("discount", 2_01)), False),
            (legs(80_00, lacking("deduction", 20_01)), False),
            (legs(60_00, lacking("fee", 10_00), credit_minor=30_00), True),
            (legs(60_00, lacking("fee", 10_01), credit_minor=30_00), False),
            (legs(50_00, credit_minor=50_01), False),  # more than the credit
            (legs(101_00, lacking("fx", -1_00)), True),
            (legs(101_01, lacking("fx", -1_00)), False),
        ],
    )
    def test_legs__stay_within_each_invoice(self, action: ApplyReceipt, fits: bool) -> None:
        facts = account(item("1"), receipts=(receipt(300_00),), credits=(credit(50_00),))
        assert (rules.allocation_fits_the_books(case_of(facts, action)) is None) == fits

    @pytest.mark.parametrize(
        ("action", "finance"),
        [
            (legs(100_00), False),
            (legs(90_00, lacking("deduction", 10_00, reason="PRICE")), False),
            (legs(90_00, lacking("discount", 10_00)), True),
            (legs(90_00, lacking("fee", 10_00)), True),
            (legs(90_00, lacking("fx", 10_00)), True),
            (legs(90_00, credit_minor=10_00), True),
        ],
    )
    def test_what_is_given_away__is_for_finance(self, action: ApplyReceipt, finance: bool) -> None:
        facts = account(item("1"), receipts=(receipt(300_00),), credits=(credit(50_00),))
        assert bool(rules.credits_need_finance_lead(case_of(facts, action))) == finance

    @pytest.mark.parametrize("kind", ["discount", "fee", "deduction"])
    @pytest.mark.parametrize("minor", [0, -1])
    def test_difference_that_is_none__cannot_be_asked_for(self, kind: str, minor: int) -> None:
        with pytest.raises(ValueError, match="above zero"):
            lacking(kind, minor)


EARLY = -40  # days before the receipt on which the item falls due, as `item(late=...)` counts


def beside(evidence: str, *differences, cash: int = 980_00, credit_minor: int = 0):
    action = legs(cash, *differences, credit_minor=credit_minor)
    return action.model_copy(update={"evidence": evidence})


class TestGivenByTerms:
    """What closes beside the cash without a person, counted again from books and policy."""

    @pytest.mark.parametrize(
        ("action", "late", "alone"),
        [
            (beside("named_less_fee", lacking("fee", 20_00)), 10, True),
            (beside("named_less_fee", lacking("fee", 30_01)), 10, False),  # above the tolerance
            (beside("named_less_fee", lacking("discount", 20_00)), EARLY, False),
            (beside("named_less_discount", lacking("discount", 30_00)), EARLY, True),
            (beside("named_less_discount", lacking("discount", 30_01)), EARLY, False),
            (beside("named_less_discount", lacking("discount", 20_00)), 0, False),  # too late
            (beside("named_credit_note", credit_minor=20_00), 10, True),
            (beside("named_invoice", credit_minor=20_00), 10, False),
            (beside("person", lacking("fee", 20_00)), 10, False),
            (beside("named_less_fee", lacking("fee", 3_00), cash=50_00), 10, False),  # 5.7 percent
        ],
    )
    def test_terms_and_tolerance__decide(self, action, late: int, alone: bool) -> None:
        facts = account(
            item("1", late=late, minor=1_000_00),
            receipts=(receipt(1_000_00),),
            credits=(credit(50_00),),
        )
        assert (rules.credits_need_finance_lead(case_of(facts, action)) is None) == alone
