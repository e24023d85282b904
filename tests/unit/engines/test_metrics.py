"""The metrics against the vectors of the field, and against what must hold of any book."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engines.metrics import (
    BUCKETS,
    SalesPeriod,
    age,
    average_days_delinquent,
    best_possible_dso,
    collection_effectiveness,
    count_back_dso,
    days_sales_outstanding,
    dispute_rate,
    kept_rate,
    overdue_share,
    sales_by_month,
    summary,
    we_broke_ours,
)
from ledger.balances import (
    DaySales,
    DisputedBalance,
    DueBalance,
    LedgerTotals,
    MetricInputs,
    OurTally,
    PromiseTally,
)

AS_OF = date(2025, 3, 31)
amounts = st.integers(min_value=0, max_value=10**12)
balances = st.lists(
    st.tuples(
        st.dates(min_value=date(2020, 1, 1), max_value=date(2030, 1, 1)),
        st.integers(min_value=-(10**12), max_value=10**12),
    ),
    max_size=40,
)
periods = st.lists(
    st.builds(SalesPeriod, amounts, st.integers(min_value=1, max_value=31)), max_size=14
)


def test_vector_of_the_field__dso_45_bpdso_12_add_33() -> None:
    assert days_sales_outstanding(15_000_00, 10_000_00, 30) == pytest.approx(45)
    assert best_possible_dso(4_000_00, 10_000_00, 30) == pytest.approx(12)
    assert average_days_delinquent(15_000_00, 4_000_00, 10_000_00, 30) == pytest.approx(33)


def test_nothing_billed__no_days() -> None:
    assert days_sales_outstanding(100, 0, 30) is None
    assert best_possible_dso(100, 0, 30) is None
    assert average_days_delinquent(100, 0, 0, 30) is None


@given(amounts, amounts, amounts, st.integers(min_value=1, max_value=366))
def test_any_book__add_is_dso_less_bpdso(
    receivable: int, current: int, sales: int, days: int
) -> None:
    dso = days_sales_outstanding(receivable, sales, days)
    best = best_possible_dso(current, sales, days)
    late = average_days_delinquent(receivable, current, sales, days)
    if dso is None or best is None:
        assert late is None
    else:
        assert late == pytest.approx(dso - best, rel=1e-9, abs=1e-9 * (dso + best))


@pytest.mark.parametrize(
    ("days_past_due", "bucket"),
    [
        (-400, "not_due"),
        (0, "not_due"),
        (1, "1-30"),
        (30, "1-30"),
        (31, "31-60"),
        (60, "31-60"),
        (61, "61-90"),
        (90, "61-90"),
        (91, "90+"),
        (4000, "90+"),
    ],
)
def test_days_past_due__bucket(days_past_due: int, bucket: str) -> None:
    aging = age([(AS_OF - timedelta(days=days_past_due), 700)], AS_OF)
    assert dict(zip(BUCKETS, aging.buckets, strict=True)) == {
        name: 700 if name == bucket else 0 for name in BUCKETS
    }


@given(balances, st.dates(min_value=date(2020, 1, 1), max_value=date(2030, 1, 1)), amounts)
def test_any_balances_on_any_date__buckets_sum_to_the_open_balance(
    given_balances: list[tuple[date, int]], as_of: date, unapplied: int
) -> None:
    aging = age(given_balances, as_of, unapplied_cash_minor=unapplied)
    assert sum(aging.buckets) == sum(minor for _, minor in given_balances)
    assert aging.current_minor + aging.overdue_minor == aging.open_minor
    assert aging.net_minor == aging.open_minor - unapplied
    assert aging.current_minor == sum(minor for due_on, minor in given_balances if due_on >= as_of)


def test_count_back__newest_sales_first_and_the_last_period_pro_rata() -> None:
    # 15,000 open: March's 6,000 and February's 6,000 whole, then 3,000 of January's 12,000.
    months = [SalesPeriod(6_000, 31), SalesPeriod(6_000, 28), SalesPeriod(12_000, 31)]
    assert count_back_dso(15_000, months) == pytest.approx(31 + 28 + 31 / 4)


def test_count_back_over_a_month_without_sales__its_days_count() -> None:
    months = [SalesPeriod(100, 31), SalesPeriod(0, 28), SalesPeriod(100, 31)]
    assert count_back_dso(150, months) == pytest.approx(31 + 28 + 15.5)


def test_count_back_beyond_all_sales__not_known() -> None:
    assert count_back_dso(201, [SalesPeriod(100, 31), SalesPeriod(100, 28)]) is None
    assert count_back_dso(1, []) is None


def test_count_back_of_nothing_open__zero_days() -> None:
    assert count_back_dso(0, [SalesPeriod(100, 31)]) == 0
    assert count_back_dso(0, []) == 0


@given(periods, st.integers(min_value=0, max_value=14))
def test_receivables_of_whole_periods__count_back_is_their_days(
    given_periods: list[SalesPeriod], whole: int
) -> None:
    # A period without sales is passed only on the way to older sales.
    counted = [p for p in given_periods if p.sales_minor][:whole]
    receivable = sum(period.sales_minor for period in counted)
    sold = [p for p in given_periods if p.sales_minor]
    assert count_back_dso(receivable, sold) == pytest.approx(sum(p.days for p in counted))


@given(periods, amounts, amounts)
def test_more_receivables__never_fewer_days(
    given_periods: list[SalesPeriod], receivable: int, more: int
) -> None:
    fewer = count_back_dso(receivable, given_periods)
    longer = count_back_dso(receivable + more, given_periods)
    assert longer is None or (fewer is not None and fewer <= longer + 1e-9)


@given(st.integers(min_value=1, max_value=10**9), st.integers(min_value=0, max_value=360))
def test_even_sales__count_back_equals_plain(daily_minor: int, days_open: int) -> None:
    months = [SalesPeriod(daily_minor * 30, 30)] * 12
    plain = days_sales_outstanding(daily_minor * days_open, daily_minor * 30, 30)
    assert count_back_dso(daily_minor * days_open, months) == pytest.approx(plain)


def test_cei__collected_of_collectable() -> None:
    # (100 + 50 - 60) / (100 + 50 - 30) x 100
    assert collection_effectiveness(100, 50, 60, 30) == pytest.approx(75)


def test_cei_with_nothing_collectable__none() -> None:
    assert collection_effectiveness(0, 50, 50, 50) is None


@given(amounts, amounts, st.data())
def test_cei_of_any_book__from_0_to_100(opening: int, sales: int, data: st.DataObject) -> None:
    closing = data.draw(st.integers(min_value=0, max_value=opening + sales))
    current = data.draw(st.integers(min_value=0, max_value=closing))
    cei = collection_effectiveness(opening, sales, closing, current)
    assert (cei is None) == (current == opening + sales)
    if cei is not None:
        assert 0 <= cei <= 100
        assert (cei == pytest.approx(100)) or current < closing


def test_promises__kept_of_matured_by_count_and_amount() -> None:
    rate = kept_rate(
        [
            PromiseTally("EUR", "kept", 3, 900),
            PromiseTally("EUR", "broken", 1, 2_000),
            PromiseTally("EUR", "partly_kept", 1, 100),
            PromiseTally("EUR", "pending", 5, 5_000),
            PromiseTally("EUR", "superseded", 5, 5_000),
            PromiseTally("EUR", "cancelled", 5, 5_000),
        ]
    )
    assert rate.matured == 5
    assert rate.by_count == pytest.approx(0.6)
    assert rate.by_amount == pytest.approx(0.3)


def test_no_promise_matured__no_rate() -> None:
    rate = kept_rate([PromiseTally("EUR", "pending", 1, 100)])
    assert (rate.matured, rate.by_count, rate.by_amount) == (0, None, None)


def test_shares__of_the_open_balance_or_none() -> None:
    assert dispute_rate(25, 100) == pytest.approx(0.25)
    assert overdue_share(40, 100) == pytest.approx(0.4)
    assert dispute_rate(0, 0) is None
    assert overdue_share(0, 0) is None


def test_sales_by_month__newest_first_with_short_ends() -> None:
    sales = [
        DaySales("EUR", date(2025, 1, 9), 1),
        DaySales("EUR", date(2025, 1, 10), 2),
        DaySales("EUR", date(2025, 1, 31), 4),
        DaySales("EUR", date(2025, 3, 1), 8),
        DaySales("EUR", date(2025, 3, 16), 16),
    ]
    assert list(sales_by_month(sales, date(2025, 1, 10), date(2025, 3, 15))) == [
        SalesPeriod(8, 15),
        SalesPeriod(0, 28),
        SalesPeriod(6, 22),
    ]


def book(**changes: object) -> MetricInputs:
    values: dict[str, object] = {
        "as_of": AS_OF,
        "period_days": 30,
        "sales_from": AS_OF - timedelta(days=365),
        "opening": (DueBalance("EUR", AS_OF, 8_000), DueBalance("JPY", AS_OF, 5)),
        "closing": (
            DueBalance("EUR", AS_OF + timedelta(days=5), 4_000),
            DueBalance("EUR", AS_OF - timedelta(days=40), 11_000),
        ),
        "sales": (
            DaySales("EUR", AS_OF - timedelta(days=30), 77),
            DaySales("EUR", AS_OF - timedelta(days=29), 4_000),
            DaySales("EUR", AS_OF, 6_000),
        ),
        "totals": (
            LedgerTotals("EUR", invoiced_minor=15_000, received_minor=40, credited_minor=60),
            LedgerTotals("JPY", invoiced_minor=5, cash_applied_minor=5, received_minor=5),
        ),
        "promises": (PromiseTally("EUR", "kept", 1, 100), PromiseTally("JPY", "broken", 1, 5)),
        "disputed": (DisputedBalance("EUR", 1_500),),
    }
    return MetricInputs(**(values | changes))  # type: ignore[arg-type]


def test_summary__one_set_of_metrics_per_currency() -> None:
    euro, yen = summary(book()).currencies
    assert (euro.dso, euro.bpdso, euro.add) == (
        pytest.approx(45),
        pytest.approx(12),
        pytest.approx(33),
    )
    assert euro.sales_minor == 10_000
    assert euro.cei == pytest.approx((8_000 + 10_000 - 15_000) / (8_000 + 10_000 - 4_000) * 100)
    assert euro.aging.buckets == (4_000, 0, 11_000, 0, 0)
    assert euro.overdue_share == pytest.approx(11 / 15)
    assert euro.dispute_rate == pytest.approx(0.1)
    assert euro.dso_count_back is None
    assert (yen.dso, yen.cei, yen.overdue_share) == (None, pytest.approx(100), None)
    assert yen.promises.by_count == 0


def test_summary_as_json__amounts_are_decimal_text_in_their_currency() -> None:
    euro, yen = summary(book()).as_json()["currencies"]
    assert euro["open"] == {"amount": "150.00", "currency": "EUR"}
    assert euro["net"] == {"amount": "149.00", "currency": "EUR"}
    assert list(euro["aging"]) == list(BUCKETS)
    assert euro["aging"]["31-60"] == {"amount": "110.00", "currency": "EUR"}
    assert euro["promises"] == {"matured": 1, "by_count": 1.0, "by_amount": 1.0}
    assert yen["open"] == {"amount": "0", "currency": "JPY"}
    assert yen["dso"] is None


def test_summary_of_nothing__no_currency() -> None:
    empty = MetricInputs(as_of=AS_OF, period_days=30, sales_from=AS_OF)
    assert summary(empty).as_json() == {
        "as_of": "2025-03-31",
        "period_days": 30,
        "currencies": [],
        "our_promises": {"in_time": 0, "late": 0, "overdue": 0, "we_broke_ours": None},
    }


@pytest.mark.parametrize(
    ("tally", "share"),
    [(OurTally(), None), (OurTally(3), 0.0), (OurTally(2, 1, 1), 0.5), (OurTally(0, 0, 2), 1.0)],
)
def test_we_broke_ours__is_the_share_not_done_by_its_date(tally, share) -> None:
    assert we_broke_ours(tally) == share
