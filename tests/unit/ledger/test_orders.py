"""What is left of orders once invoices name them: each cent of an invoice is used once."""

from collections import Counter
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from ledger.queries.orders import Billed, ListedOrder, left_to_bill

EARLY, LATE = date(2026, 3, 1), date(2026, 3, 20)


def order(
    number: str,
    minor: int = 100,
    po: str | None = "PO-7",
    currency: str = "EUR",
    delivered: date | None = None,
    invoice: date | None = None,
) -> ListedOrder:
    return ListedOrder(number, "acc_a", number, po, currency, minor, delivered, invoice)


def bill(names: str, minor: int, currency: str = "EUR") -> Billed:
    return Billed("acc_a", names, currency, minor)


class TestShared:
    def test_one_invoice_of_two_orders__is_used_once(self) -> None:
        left = left_to_bill([order("SO-1"), order("SO-2")], [bill("PO-7", 100)])
        assert left == {"SO-1": 0, "SO-2": 100}

    def test_invoice_beyond_the_first__goes_on_with_the_next(self) -> None:
        left = left_to_bill([order("SO-1"), order("SO-2"), order("SO-3")], [bill("PO-7", 130)])
        assert left == {"SO-1": 0, "SO-2": 70, "SO-3": 100}

    def test_named_by_our_number__comes_before_shared_ones_whichever_was_issued_first(self) -> None:
        orders = [order("SO-1"), order("SO-2")]
        for billed in ([bill("PO-7", 100), bill("SO-1", 100)], [bill("SO-2", 100)]):
            left = left_to_bill(orders, billed)
            assert sum(left.values()) == 200 - 100 * len(billed)
            assert left["SO-2"] == 0

    def test_beyond_an_order_named_by_our_number__is_not_taken_from_others(self) -> None:
        left = left_to_bill([order("SO-1"), order("SO-2")], [bill("SO-1", 150)])
        assert left == {"SO-1": 0, "SO-2": 100}

    def test_number_that_is_ours_and_theirs__ours_first_then_the_rest(self) -> None:
        left = left_to_bill([order("SO-2", po="SO-9"), order("SO-9")], [bill("SO-9", 130)])
        assert left == {"SO-9": 0, "SO-2": 70}


class TestOldest:
    def test_delivered_then_first_to_be_billed_then_the_lower_number(self) -> None:
        orders = [
            order("SO-10"),
            order("SO-9"),
            order("SO-3", invoice=LATE),
            order("SO-4", invoice=EARLY),
            order("SO-5", delivered=LATE),
            order("SO-6", delivered=EARLY),
        ]
        used = []
        for hundreds in range(1, 7):
            left = left_to_bill(orders, [bill("PO-7", 100 * hundreds)])
            used += [number for number, rest in left.items() if not rest and number not in used]
        assert used == ["SO-6", "SO-5", "SO-4", "SO-3", "SO-9", "SO-10"]


class TestCurrencies:
    def test_one_of_them_has_it__only_that_is_billed(self) -> None:
        orders = [order("SO-1", currency="EUR"), order("SO-2", currency="USD")]
        assert left_to_bill(orders, [bill("PO-7", 30, "USD")]) == {"SO-1": 100, "SO-2": 70}

    def test_none_of_them_has_it__ends_one(self) -> None:
        orders = [order("SO-1"), order("SO-2")]
        assert left_to_bill(orders, [bill("PO-7", 3, "USD")]) == {"SO-1": 0, "SO-2": 100}


NUMBERS = st.sampled_from(["SO-1", "SO-2", "SO-3", "PO-7", "PO-8"])
MONEY = st.integers(1, 500)
ORDERS = st.lists(
    st.builds(order, NUMBERS, MONEY, st.none() | NUMBERS), max_size=5, unique_by=lambda o: o[0]
)


@given(ORDERS, st.lists(st.builds(bill, NUMBERS, MONEY), max_size=6))
def test_any_orders_and_invoices__no_cent_is_used_twice(
    orders: list[ListedOrder], billed: list[Billed]
) -> None:
    left = left_to_bill(orders, billed)
    listed = sum(each.amount_minor for each in orders)
    assert all(0 <= left[each.order_id] <= each.amount_minor for each in orders)
    assert listed - sum(left.values()) <= sum(each.amount_minor for each in billed)


@given(ORDERS, st.lists(st.builds(bill, NUMBERS, MONEY), max_size=6))
def test_any_orders_and_invoices__of_a_number_no_more_is_billed_than_invoiced(
    orders: list[ListedOrder], billed: list[Billed]
) -> None:
    left = left_to_bill(orders, billed)
    invoiced = Counter[str]()
    for each in billed:
        invoiced[each.names] += each.amount_minor
    for each in orders:
        done = each.amount_minor - left[each.order_id]
        assert done <= sum(invoiced[name] for name in {each.order_number, each.po_number or ""})
