"""What a receipt pays with certainty, and why the rest is a person's."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engines.matching.plain import Match, NoMatch, ReceiptToMatch, match_receipt, references
from tests.support.facts import item


def money(minor: int = 100_00, payer: str | None = "acc_1", currency: str = "USD"):
    return ReceiptToMatch("rcp_1", payer, minor, currency, "")


def of(account_id: str, *numbers: str, minor: int = 100_00, currency: str = "USD"):
    return [(account_id, item(number, minor=minor, currency=currency)) for number in numbers]


class TestReferences:
    @pytest.mark.parametrize(
        ("memo", "tokens"),
        [
            ("", set()),
            ("thank you", set()),
            ("INV-1042", {"INV-1042"}),
            ("Inv 1042, 1043; RE/2026/7.", {"1042", "1043", "RE/2026/7"}),
            ("(A_7)-", {"A_7"}),
        ],
    )
    def test_tokens__hold_a_digit_and_no_punctuation_around_them(self, memo, tokens) -> None:
        assert references(memo) == tokens


class TestNamedInvoice:
    def test_named_items_sum_up__each_is_paid_in_full(self) -> None:
        named = of("acc_1", "1") + of("acc_1", "2", minor=50_00)
        assert match_receipt(money(150_00), named, []) == Match(
            "rcp_1", "acc_1", "named_invoice", (("inv_1", 100_00), ("inv_2", 50_00))
        )

    def test_one_named_and_less_paid__is_a_part_payment(self) -> None:
        found = match_receipt(money(99_99), of("acc_1", "1"), [])
        assert found == Match("rcp_1", "acc_1", "named_invoice", (("inv_1", 99_99),))

    def test_payer_unknown__the_invoice_tells(self) -> None:
        found = match_receipt(money(payer=None), of("acc_2", "1"), [])
        assert isinstance(found, Match)
        assert found.account_id == "acc_2"

    @pytest.mark.parametrize(
        ("receipt", "named", "reason"),
        [
            (money(100_01), of("acc_1", "1"), "overpayment"),
            (money(199_99), of("acc_1", "1", "2"), "ambiguous_combination"),
            (money(), of("acc_1", "1") + of("acc_2", "1"), "multi_customer"),
            (money(), of("acc_2", "1"), "payer_conflict"),
            (money(), of("acc_1", "1", currency="EUR"), "currency_conflict"),
        ],
    )
    def test_evidence_in_doubt__is_a_persons(self, receipt, named, reason) -> None:
        same_amount = of("acc_1", "9")
        assert match_receipt(receipt, named, same_amount) == NoMatch("rcp_1", reason)

    def test_item_of_another_currency_beside_it__does_not_count_in(self) -> None:
        named = of("acc_1", "1") + of("acc_1", "2", currency="EUR")
        found = match_receipt(money(), named, [])
        assert found == Match("rcp_1", "acc_1", "named_invoice", (("inv_1", 100_00),))


class TestUniqueExactAmount:
    def test_one_item_of_the_payer__is_paid(self) -> None:
        found = match_receipt(money(), [], of("acc_1", "1"))
        assert found == Match("rcp_1", "acc_1", "unique_exact_amount", (("inv_1", 100_00),))

    @pytest.mark.parametrize(
        ("receipt", "same", "reason"),
        [
            (money(), of("acc_1", "1", "2"), "ambiguous_equal_amounts"),
            (money(), [], "no_open_item_fits"),
            (money(), of("acc_1", "1", currency="EUR"), "no_open_item_fits"),
            (money(payer=None), of("acc_1", "1"), "unknown_payer"),
        ],
    )
    def test_anything_else__is_a_persons(self, receipt, same, reason) -> None:
        assert match_receipt(receipt, [], same) == NoMatch("rcp_1", reason)


@given(
    st.integers(1, 300_00),
    st.lists(st.tuples(st.integers(1, 100_00), st.sampled_from(["USD", "EUR"])), max_size=4),
)
def test_any_match__spends_the_receipt_and_overpays_nothing(minor, rows) -> None:
    named = [
        ("acc_1", item(str(n), minor=open_minor, currency=currency))
        for n, (open_minor, currency) in enumerate(rows)
    ]
    found = match_receipt(money(minor), named, [])
    if isinstance(found, Match):
        left = {i.invoice_id: i.open_minor for _a, i in named if i.currency == "USD"}
        assert sum(amount for _id, amount in found.parts) == minor
        assert all(amount <= left[invoice_id] for invoice_id, amount in found.parts)
