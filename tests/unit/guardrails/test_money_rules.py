"""Each rule for what moves money on the books."""

import pytest

from guardrails import money_rules as rules
from ledger.actions import Allocation, ApplyCredit, ApplyReceipt, SetCreditHold, WriteOff
from ledger.facts import AccountFacts
from tests.support.facts import account, case_of, credit, item, policy_with, receipt, reminder


def parts(*pairs: tuple[str, int]) -> tuple[Allocation, ...]:
    return tuple(Allocation(invoice_id=f"inv_{n}", amount_minor=minor) for n, minor in pairs)


def apply_receipt(*pairs: tuple[str, int], **changes: object) -> ApplyReceipt:
    base = {"account_id": "acc_1", "receipt_id": "rcp_1", "allocations": parts(*pairs)}
    return ApplyReceipt(**base | changes)


def apply_credit(*pairs: tuple[str, int], **changes: object) -> ApplyCredit:
    base = {"account_id": "acc_1", "credit_id": "crd_1", "allocations": parts(*pairs)}
    return ApplyCredit(**base | changes)


def write_off(minor: int, number: str = "1") -> WriteOff:
    return WriteOff(account_id="acc_1", invoice_id=f"inv_{number}", amount_minor=minor)


def paid(minor: int = 150_00, **more: object) -> AccountFacts:
    """Two invoices of a hundred, and money and a credit of the same amount."""
    return account(
        item("1"), item("2"), receipts=(receipt(minor, **more),), credits=(credit(minor, **more),)
    )


class TestAllocationFitsTheBooks:
    @pytest.mark.parametrize("apply", [apply_receipt, apply_credit])
    @pytest.mark.parametrize(
        ("pairs", "objects"),
        [
            ([("1", 100_00), ("2", 50_00)], False),
            ([("1", 100_00), ("2", 50_01)], True),  # more than the money
            ([("1", 100_01)], True),  # more than is open
            ([("1", 50_00), ("1", 50_00)], True),  # one invoice twice
            ([("of_another_account", 1)], True),
        ],
    )
    def test_amounts__fit_to_the_cent(self, apply, pairs, objects) -> None:
        hit = rules.allocation_fits_the_books(case_of(paid(), apply(*pairs)))
        assert bool(hit) == objects

    @pytest.mark.parametrize("apply", [apply_receipt, apply_credit])
    def test_money_of_another_currency__objects(self, apply) -> None:
        facts = paid(currency="EUR")
        assert rules.allocation_fits_the_books(case_of(facts, apply(("1", 1))))

    @pytest.mark.parametrize(
        "action",
        [apply_receipt(("1", 1), receipt_id="rcp_x"), apply_credit(("1", 1), credit_id="crd_x")],
    )
    def test_no_such_money__objects(self, action) -> None:
        assert rules.allocation_fits_the_books(case_of(paid(), action))

    @pytest.mark.parametrize("action", [apply_receipt(("1", 1)), apply_credit(("1", 1))])
    def test_money_dated_after_the_day__objects(self, action) -> None:
        today, tomorrow = account(**money(0)), account(**money(1))
        assert rules.allocation_fits_the_books(case_of(today, action)) is None
        assert rules.allocation_fits_the_books(case_of(tomorrow, action))

    @pytest.mark.parametrize("action", [apply_receipt(("1", 1)), write_off(1)])
    def test_invoice_dated_after_the_day__objects(self, action) -> None:
        issued_today = account(item(late=-30), receipts=(receipt(),))
        issued_tomorrow = account(item(late=-31), receipts=(receipt(),))
        assert rules.allocation_fits_the_books(case_of(issued_today, action)) is None
        assert rules.allocation_fits_the_books(case_of(issued_tomorrow, action))

    @pytest.mark.parametrize(
        ("action", "objects"),
        [(write_off(100_00), False), (write_off(100_01), True), (write_off(1, "unknown"), True)],
    )
    def test_write_off__stays_within_the_open_balance(self, action, objects) -> None:
        assert bool(rules.allocation_fits_the_books(case_of(paid(), action))) == objects

    def test_other_actions__move_no_money(self) -> None:
        action = SetCreditHold(account_id="acc_1", on=True)
        assert rules.allocation_fits_the_books(case_of(paid(), action)) is None


def money(received: int) -> dict[str, object]:
    return {"receipts": (receipt(received=received),), "credits": (credit(issued=received),)}


class TestCashWithoutCertaintyNeedsPerson:
    @pytest.mark.parametrize(
        ("evidence", "objects"),
        [("named_invoice", False), ("unique_exact_amount", False), ("person", True)],
    )
    def test_evidence__as_policy_says(self, evidence, objects) -> None:
        case = case_of(paid(), apply_receipt(("1", 100_00), evidence=evidence))
        assert bool(rules.cash_without_certainty_needs_person(case)) == objects

    @pytest.mark.parametrize(("minor", "objects"), [(100_00, False), (99_99, True)])
    def test_part_payment__where_policy_keeps_it_for_people(self, minor, objects) -> None:
        careful = policy_with("cash", post_named_part_payments=False)
        case = case_of(paid(), apply_receipt(("1", minor)), by=careful)
        assert bool(rules.cash_without_certainty_needs_person(case)) == objects
        free = case_of(paid(), apply_receipt(("1", minor)))
        assert rules.cash_without_certainty_needs_person(free) is None

    def test_credit__is_another_rule(self) -> None:
        case = case_of(paid(), apply_credit(("1", 1)))
        assert rules.cash_without_certainty_needs_person(case) is None


class TestCreditsNeedFinanceLead:
    @pytest.mark.parametrize(
        ("action", "objects"),
        [(write_off(1), True), (apply_credit(("1", 1)), True), (apply_receipt(("1", 1)), False)],
    )
    def test_what_is_given_away__is_decided_by_finance(self, action, objects) -> None:
        assert bool(rules.credits_need_finance_lead(case_of(paid(), action))) == objects

    def test_message__gives_nothing_away(self) -> None:
        assert rules.credits_need_finance_lead(case_of(paid(), reminder())) is None
