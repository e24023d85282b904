"""Balances as of a date: what a later posting changes and what it must not."""

import random
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise

import pytest

from engines.metrics import age, summary
from ledger.balances import DaySales, DisputedBalance, DueBalance, DueItem, OurTally, PromiseTally
from ledger.queries.as_of import (
    aging_input_as_of,
    billed_between,
    disputed_as_of,
    metric_inputs,
    open_items_as_of,
    ours_due,
    promises_matured,
    totals_as_of,
)
from tests.support.books import Books, open_books

NEW_YEAR = date(2025, 1, 1)


@pytest.fixture
def books(database_url: str) -> Iterator[Books]:
    with open_books(database_url) as opened:
        opened.account("acc_a")
        opened.account("acc_b")
        yield opened


def day(number: int) -> date:
    return NEW_YEAR + timedelta(days=number)


def open_on(books: Books, as_of: date, *account_ids: str) -> dict[tuple[str, date], int]:
    with books.ledger.read() as session:
        items = open_items_as_of(session, as_of, account_ids or None)
        return {(item.invoice_id, item.due_on): item.open_minor for item in items}


def test_payment_applied_later__still_open_before(books: Books) -> None:
    books.invoice("inv_1", 500, issued_on=day(5), due_on=day(35))
    books.receipt("rcp_1", 500, received_on=day(40))
    books.apply("app_1", "inv_1", 500, receipt_id="rcp_1", applied_on=day(42))
    key = ("inv_1", day(35))
    assert [open_on(books, day(n)) for n in (4, 5, 41, 42)] == [{}, {key: 500}, {key: 500}, {}]


def test_reversed_payment__open_again_from_the_reversal_on(books: Books) -> None:
    books.invoice("inv_1", 500)
    books.receipt("rcp_1", 500, received_on=day(10))
    paid = {"receipt_id": "rcp_1"}
    books.apply("app_1", "inv_1", 500, applied_on=day(10), **paid)
    books.apply("app_2", "inv_1", -500, applied_on=day(20), reverses_id="app_1", **paid)
    open_minor = [sum(open_on(books, day(n)).values()) for n in (9, 10, 19, 20)]
    assert open_minor == [500, 0, 0, 500]


def test_item__carries_what_a_statement_shows(books: Books) -> None:
    books.invoice("inv_1", 500, invoice_number="2025-17")
    with books.ledger.read() as session:
        [item] = open_items_as_of(session, day(1))
    assert item == DueItem("acc_a", "inv_1", "2025-17", NEW_YEAR, date(2025, 1, 31), 500, "EUR")


def test_one_account__only_its_own(books: Books) -> None:
    books.invoice("inv_1", 500)
    books.invoice("inv_2", 70, account_id="acc_b")
    assert sum(open_on(books, day(1), "acc_b").values()) == 70
    with books.ledger.read() as session:
        assert [b.open_minor for b in aging_input_as_of(session, day(1), ["acc_a"])] == [500]
        assert [t.invoiced_minor for t in totals_as_of(session, day(1), ["acc_b"])] == [70]
        assert totals_as_of(session, day(1), []) == []


@pytest.mark.parametrize(
    ("paid_minor", "left"),
    [
        (0, (300, 300, 400)),
        (100, (200, 300, 400)),
        (300, (0, 300, 400)),
        (450, (0, 150, 400)),
        (999, (0, 0, 1)),
        (1_000, (0, 0, 0)),
        (1_020, (0, 0, -20)),
        (-50, (350, 300, 400)),
    ],
)
def test_invoice_in_instalments__earliest_part_is_settled_first(
    books: Books, paid_minor: int, left: tuple[int, int, int]
) -> None:
    books.invoice("inv_1", 1_000)
    # Numbered against the order of their due dates: dates decide.
    for number, (due_on, amount_minor) in enumerate(
        [(day(90), 400), (day(60), 300), (day(30), 300)], start=1
    ):
        books.instalment("inv_1", number, due_on, amount_minor)
    if paid_minor:
        books.apply("app_1", "inv_1", paid_minor, applied_on=day(1))
    expected = zip((day(30), day(60), day(90)), left, strict=True)
    assert open_on(books, day(5)) == {("inv_1", due): minor for due, minor in expected if minor}


def test_instalments_that_do_not_sum__parts_still_sum_to_the_invoice(books: Books) -> None:
    books.invoice("inv_1", 1_000)
    books.instalment("inv_1", 1, day(30), 300)
    books.instalment("inv_1", 2, day(60), 300)
    assert sum(open_on(books, day(5)).values()) == 1_000


def test_due_balances__one_per_currency_and_due_date(books: Books) -> None:
    books.invoice("inv_1", 500)
    books.invoice("inv_2", 70, account_id="acc_b")
    books.invoice("inv_3", 9, currency="USD")
    books.invoice("inv_4", 40, due_on=day(60))
    books.apply("app_1", "inv_4", 40, applied_on=day(3))
    due_on = date(2025, 1, 31)
    with books.ledger.read() as session:
        assert aging_input_as_of(session, day(3)) == [
            DueBalance("EUR", due_on, 570),
            DueBalance("USD", due_on, 9),
        ]


def test_amounts__are_integers_on_either_database(books: Books) -> None:
    books.invoice("inv_1", 500)
    books.instalment("inv_1", 1, day(30), 500)
    books.receipt("rcp_1", 50)
    with books.ledger.read() as session:
        inputs = metric_inputs(session, day(40))
        items = list(open_items_as_of(session, day(40)))
    found = [
        items[0].open_minor,
        inputs.closing[0].open_minor,
        inputs.sales[0].amount_minor,
        inputs.totals[0].invoiced_minor,
        inputs.totals[0].received_minor,
    ]
    assert [type(minor) for minor in found] == [int] * 5


def test_sales__per_day_both_ends_included(books: Books) -> None:
    for number, issued in enumerate((0, 1, 1, 5, 6)):
        books.invoice(f"inv_{number}", 10 + number, issued_on=day(issued))
    with books.ledger.read() as session:
        assert billed_between(session, day(1), day(5)) == [
            DaySales("EUR", day(1), 23),
            DaySales("EUR", day(5), 13),
        ]


def test_totals__everything_billed_and_everything_that_settled_it(books: Books) -> None:
    books.invoice("inv_1", 1_000)
    books.receipt("rcp_1", 600, received_on=day(2))
    books.receipt("rcp_2", 50, received_on=day(2), account_id=None)
    books.receipt("rcp_late", 7, received_on=day(9))
    books.credit("crd_1", 300, issued_on=day(2))
    on = {"applied_on": day(3)}
    books.apply("app_1", "inv_1", 400, receipt_id="rcp_1", **on)
    books.apply("app_2", "inv_1", 200, credit_memo_id="crd_1", **on)
    books.apply("app_3", "inv_1", 30, kind="write_off", **on)
    books.apply("app_4", "inv_1", -5, **on)
    books.apply("app_5", "inv_1", 100, receipt_id="rcp_1", applied_on=day(4))
    with books.ledger.read() as session:
        [totals] = totals_as_of(session, day(3))
        [next_day] = totals_as_of(session, day(4))
    assert totals.open_minor == 1_000 - 400 - 200 - 30 + 5
    assert totals.unapplied_cash_minor == 650 - 400
    assert totals.unidentified_minor == 50
    assert totals.unapplied_credit_minor == 100
    assert (next_day.open_minor, next_day.unapplied_cash_minor) == (275, 150)


def test_disputed__whole_invoice_while_open_and_account_where_none_is_named(books: Books) -> None:
    books.invoice("inv_1", 500)
    books.invoice("inv_2", 70)
    books.invoice("inv_3", 9, account_id="acc_b")
    books.apply("app_1", "inv_1", 100, applied_on=day(5))
    case = {"reason": "PRICE", "quote": "", "state": "open"}
    books.add(
        "dispute",
        id="dsp_1",
        account_id="acc_a",
        invoice_id="inv_1",
        opened_on=day(2),
        resolved_on=day(8),
        **case,
    )
    books.add("dispute", id="dsp_2", account_id="acc_b", opened_on=day(4), **case)
    books.add("dispute", id="dsp_3", account_id="acc_b", opened_on=day(5), **case)
    with books.ledger.read() as session:
        found = [disputed_as_of(session, day(n)) for n in (1, 2, 5, 8)]
    assert found == [
        [],
        [DisputedBalance("EUR", 500)],
        [DisputedBalance("EUR", 409)],
        [DisputedBalance("EUR", 9)],
    ]


def test_promises__theirs_with_an_amount_that_matured_in_the_period(books: Books) -> None:
    def promise(number: int, state: str, due: int, **values: object) -> None:
        row = {
            "account_id": "acc_a",
            "direction": "theirs",
            "kind": "payment",
            "amount_minor": 100,
            "currency": "EUR",
            "promised_on": day(0),
            "invoice_ids": "",
            "source": "",
        }
        books.add("promise", id=f"prm_{number}", state=state, due_on=day(due), **(row | values))

    promise(1, "kept", 10)
    promise(2, "kept", 20, amount_minor=250)
    promise(3, "broken", 15)
    promise(4, "kept", 9)
    promise(5, "kept", 21)
    promise(6, "pending", 15)
    promise(7, "kept", 15, direction="ours")
    promise(8, "broken", 15, amount_minor=None)
    promise(9, "partly_kept", 15, currency="USD")
    with books.ledger.read() as session:
        assert promises_matured(session, day(10), day(20)) == [
            PromiseTally("EUR", "broken", 1, 100),
            PromiseTally("EUR", "kept", 2, 350),
            PromiseTally("USD", "partly_kept", 1, 100),
        ]


def test_our_promises__due_in_the_period_by_what_became_of_them(books: Books) -> None:
    def ours(number: int, state: str, due: int, kept: int | None = None, **values: object) -> None:
        row = {"account_id": "acc_a", "direction": "ours", "kind": "copy", "source": ""}
        row |= {"promised_on": day(0), "invoice_ids": "", "due_on": day(due), "state": state}
        on = None if kept is None else day(kept)
        books.add("promise", id=f"our_{number}", kept_on=on, **(row | values))

    ours(1, "kept", 10, 10)
    ours(2, "kept", 12, 9)
    ours(3, "kept", 12, 13)
    ours(4, "pending", 19)
    ours(5, "pending", 20)  # due today
    ours(6, "cancelled", 12)
    ours(7, "kept", 9, 9)
    ours(8, "kept", 12, 12, direction="theirs")
    with books.ledger.read() as session:
        assert ours_due(session, day(10), day(20)) == OurTally(in_time=2, late=1, overdue=1)
        assert ours_due(session, day(10), day(20), ["acc_b"]) == OurTally()


def test_summary_of_a_ledger__ties_to_its_totals(books: Books) -> None:
    books.invoice("inv_old", 5_000, issued_on=day(-80), due_on=day(-50))
    books.invoice("inv_new", 10_000, issued_on=day(20), due_on=day(50))
    books.receipt("rcp_1", 2_000, received_on=day(10))
    books.apply("app_1", "inv_old", 1_500, receipt_id="rcp_1", applied_on=day(10))
    with books.ledger.read() as session:
        [euro] = summary(metric_inputs(session, day(30), period_days=30)).currencies
    assert euro.aging.buckets == (10_000, 0, 0, 3_500, 0)
    assert euro.aging.net_minor == 13_500 - 500
    assert (euro.dso, euro.bpdso) == (pytest.approx(40.5), pytest.approx(30))
    # (5,000 + 10,000 - 13,500) / (5,000 + 10,000 - 10,000) x 100
    assert euro.cei == pytest.approx(30)


def test_period__begins_the_day_after_the_opening_balance(books: Books) -> None:
    books.invoice("inv_1", 100, issued_on=day(0), due_on=day(90))
    books.invoice("inv_2", 300, issued_on=day(1), due_on=day(90))
    with books.ledger.read() as session:
        inputs = metric_inputs(session, day(30), period_days=30)
    assert [balance.open_minor for balance in inputs.opening] == [100]
    assert [metrics.sales_minor for metrics in summary(inputs).currencies] == [300]


@pytest.mark.parametrize("seed", range(5))
def test_random_books_on_every_date__aging_ties_to_totals_and_to_a_plain_count(
    books: Books, seed: int
) -> None:
    chance = random.Random(seed)
    issued: dict[str, tuple[date, date, int, str]] = {}
    applied: list[tuple[str, date, int]] = []
    for number in range(25):
        issue, currency = day(chance.randrange(60)), chance.choice(["EUR", "USD"])
        due, amount = issue + timedelta(days=chance.randrange(45)), chance.randrange(10, 5_000)
        name = f"inv_{number}"
        books.invoice(name, amount, issued_on=issue, due_on=due, currency=currency)
        issued[name] = (issue, due, amount, currency)
        if chance.random() < 0.3:
            first = chance.randrange(1, amount)
            books.instalment(name, 1, due - timedelta(days=9), first)
            books.instalment(name, 2, due, amount - first)
        for part in range(chance.randrange(3)):
            settled, on = chance.randrange(1, amount), issue + timedelta(days=chance.randrange(60))
            values = {"currency": currency, "applied_on": on}
            books.apply(f"app_{number}_{part}", name, settled, **values)
            applied.append((name, on, settled))
    for number in range(0, 130, 13):
        as_of = day(number)
        plain = {"EUR": 0, "USD": 0}
        for issue, _, amount, currency in issued.values():
            plain[currency] += amount if issue <= as_of else 0
        for name, on, settled in applied:
            plain[issued[name][3]] -= settled if on <= as_of else 0
        with books.ledger.read() as session:
            balances = aging_input_as_of(session, as_of)
            totals = {t.currency: t.open_minor for t in totals_as_of(session, as_of)}
        for currency, open_minor in plain.items():
            mine = [(b.due_on, b.open_minor) for b in balances if b.currency == currency]
            assert age(mine, as_of).open_minor == open_minor == totals.get(currency, 0)


def test_items__stream_in_a_stable_order(books: Books) -> None:
    for number in (3, 1, 2):
        books.invoice(f"inv_{number}", 100, due_on=day(40 - number))
    with books.ledger.read() as session:
        due = [item.due_on for item in open_items_as_of(session, day(1))]
    assert all(earlier <= later for earlier, later in pairwise(due))
    assert len(due) == 3
