"""Receivables metrics: aging, DSO, BPDSO, ADD, CEI, kept rate, dispute rate.

Amounts are integer minor units of one currency, ratios are floats. A ratio whose denominator is
not above zero is None: nothing billed is not the same as collected at once.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, fields
from datetime import date, timedelta
from typing import Any

from ledger.balances import DaySales, LedgerTotals, MetricInputs, OurTally, PromiseTally
from ledger.money import Money
from ledger.states import PromiseState

BUCKETS = ("not_due", "1-30", "31-60", "61-90", "90+")
_LAST_DAYS = (0, 30, 60, 90)


@dataclass(frozen=True, slots=True)
class Aging:
    """Open balance of one currency by days past due; the buckets sum to it.

    Unapplied cash and credits stand beside the buckets and are in none of them.
    """

    buckets: tuple[int, int, int, int, int] = (0, 0, 0, 0, 0)
    unapplied_cash_minor: int = 0
    unapplied_credit_minor: int = 0

    @property
    def open_minor(self) -> int:
        """Sum of the buckets."""
        return sum(self.buckets)

    @property
    def current_minor(self) -> int:
        """Open and not due."""
        return self.buckets[0]

    @property
    def overdue_minor(self) -> int:
        """Open and past due."""
        return sum(self.buckets[1:])

    @property
    def net_minor(self) -> int:
        """Open balance less what is already here but not applied."""
        return self.open_minor - self.unapplied_cash_minor - self.unapplied_credit_minor


@dataclass(frozen=True, slots=True)
class SalesPeriod:
    """Credit sales of some days in a row."""

    sales_minor: int
    days: int


@dataclass(frozen=True, slots=True)
class KeptRate:
    """Share of matured promises to pay that were kept, by number and by amount."""

    matured: int = 0
    by_count: float | None = None
    by_amount: float | None = None


def age(
    balances: Iterable[tuple[date, int]],
    as_of: date,
    unapplied_cash_minor: int = 0,
    unapplied_credit_minor: int = 0,
) -> Aging:
    """Put open balances, each with its due date, into aging buckets."""
    sums = [0] * len(BUCKETS)
    for due_on, open_minor in balances:
        sums[_bucket((as_of - due_on).days)] += open_minor
    not_due, to_30, to_60, to_90, above_90 = sums
    buckets = (not_due, to_30, to_60, to_90, above_90)
    return Aging(buckets, unapplied_cash_minor, unapplied_credit_minor)


def days_sales_outstanding(receivable_minor: int, sales_minor: int, days: int) -> float | None:
    """DSO: total receivables / credit sales x days of the period."""
    quotient = _ratio(receivable_minor, sales_minor)
    return None if quotient is None else quotient * days


def best_possible_dso(current_minor: int, sales_minor: int, days: int) -> float | None:
    """BPDSO: the DSO if everybody paid when due, current receivables / credit sales x days."""
    return days_sales_outstanding(current_minor, sales_minor, days)


def average_days_delinquent(
    receivable_minor: int, current_minor: int, sales_minor: int, days: int
) -> float | None:
    """ADD: DSO less BPDSO, the days by which payment comes late."""
    return days_sales_outstanding(receivable_minor - current_minor, sales_minor, days)


def count_back_dso(receivable_minor: int, periods: Iterable[SalesPeriod]) -> float | None:
    """Count-back DSO: days of the newest sales that the receivables are worth.

    Each period's sales are taken off the receivables, newest first, and its days are counted; the
    period that does not fit counts pro rata.

    Returns:
        The days; 0 where nothing is open; None where the receivables exceed all sales given.
    """
    left, days = receivable_minor, 0.0
    for period in periods:
        if left <= 0:
            break
        if left < period.sales_minor:
            return days + left / period.sales_minor * period.days
        left -= period.sales_minor
        days += period.days
    return None if left > 0 else days


def collection_effectiveness(
    opening_minor: int, sales_minor: int, closing_minor: int, closing_current_minor: int
) -> float | None:
    """CEI in percent: what was collected of what could have been (Credit Research Foundation).

    (opening receivables + sales - closing total) / (opening + sales - closing current) x 100,
    with the sales of the whole period, not of one day.
    """
    collected = opening_minor + sales_minor - closing_minor
    quotient = _ratio(collected, opening_minor + sales_minor - closing_current_minor)
    return None if quotient is None else quotient * 100


def kept_rate(tallies: Iterable[PromiseTally]) -> KeptRate:
    """Kept / (kept + broken) of promises that matured; one kept in part was not kept."""
    failed = (PromiseState.BROKEN, PromiseState.PARTLY_KEPT)
    matured = [t for t in tallies if t.state == PromiseState.KEPT or t.state in failed]
    kept = [tally for tally in matured if tally.state == PromiseState.KEPT]
    count, amount = sum(t.count for t in matured), sum(t.amount_minor for t in matured)
    return KeptRate(
        matured=count,
        by_count=_ratio(sum(t.count for t in kept), count),
        by_amount=_ratio(sum(t.amount_minor for t in kept), amount),
    )


def we_broke_ours(tally: OurTally) -> float | None:
    """Share of the promises we made that were not done by their date."""
    failed = tally.late + tally.overdue
    return _ratio(failed, tally.in_time + failed)


def dispute_rate(disputed_minor: int, receivable_minor: int) -> float | None:
    """Share of the open balance that is under dispute."""
    return _ratio(disputed_minor, receivable_minor)


def overdue_share(overdue_minor: int, receivable_minor: int) -> float | None:
    """Share of the open balance that is past due."""
    return _ratio(overdue_minor, receivable_minor)


def sales_by_month(sales: Sequence[DaySales], first: date, as_of: date) -> Iterator[SalesPeriod]:
    """Calendar months of sales, newest first; the first and the last may be cut short.

    Args:
        sales: Sales per day, of one currency.
        first: The day from which the sales are complete.
        as_of: The last day of the newest month.
    """
    by_month: dict[date, int] = {}
    for day in sales:
        if first <= day.issued_on <= as_of:
            month = day.issued_on.replace(day=1)
            by_month[month] = by_month.get(month, 0) + day.amount_minor
    last = as_of
    while last >= first:
        month = last.replace(day=1)
        yield SalesPeriod(by_month.get(month, 0), (last - max(month, first)).days + 1)
        last = month - timedelta(days=1)


@dataclass(frozen=True, slots=True)
class CurrencyMetrics:
    """The metrics of one currency; days, percent for `cei`, shares from 0 to 1."""

    currency: str
    aging: Aging
    sales_minor: int
    dso: float | None
    dso_count_back: float | None
    bpdso: float | None
    add: float | None
    cei: float | None
    overdue_share: float | None
    dispute_rate: float | None
    promises: KeptRate

    def as_json(self) -> dict[str, Any]:
        """Amounts on the wire form, ratios as they are."""
        aging = self.aging
        amounts = {
            "open": aging.open_minor,
            "net": aging.net_minor,
            "unapplied_cash": aging.unapplied_cash_minor,
            "unapplied_credit": aging.unapplied_credit_minor,
            "sales": self.sales_minor,
        }
        ratios = ("dso", "dso_count_back", "bpdso", "add", "cei", "overdue_share", "dispute_rate")
        return {
            "currency": self.currency,
            **{name: self._money(minor) for name, minor in amounts.items()},
            "aging": {
                name: self._money(minor) for name, minor in zip(BUCKETS, aging.buckets, strict=True)
            },
            **{name: getattr(self, name) for name in ratios},
            "promises": {f.name: getattr(self.promises, f.name) for f in fields(KeptRate)},
        }

    def _money(self, minor: int) -> dict[str, str]:
        return Money(minor, self.currency).as_json()


@dataclass(frozen=True, slots=True)
class MetricsSummary:
    """The metrics of every currency for the period that ends on a date."""

    as_of: date
    period_days: int
    currencies: tuple[CurrencyMetrics, ...]
    ours: OurTally = field(default_factory=OurTally)

    def as_json(self) -> dict[str, Any]:
        """The summary as plain values."""
        return {
            "as_of": self.as_of.isoformat(),
            "period_days": self.period_days,
            "currencies": [metrics.as_json() for metrics in self.currencies],
            "our_promises": {
                "in_time": self.ours.in_time,
                "late": self.ours.late,
                "overdue": self.ours.overdue,
                "we_broke_ours": we_broke_ours(self.ours),
            },
        }


def summary(inputs: MetricInputs) -> MetricsSummary:
    """Compute the metrics of each currency that has ever been posted in."""
    return MetricsSummary(
        as_of=inputs.as_of,
        period_days=inputs.period_days,
        currencies=tuple(_currency_metrics(inputs, totals) for totals in inputs.totals),
        ours=inputs.ours,
    )


def _currency_metrics(inputs: MetricInputs, totals: LedgerTotals) -> CurrencyMetrics:
    currency, as_of, days = totals.currency, inputs.as_of, inputs.period_days
    aging = age(
        ((b.due_on, b.open_minor) for b in inputs.closing if b.currency == currency),
        as_of,
        totals.unapplied_cash_minor,
        totals.unapplied_credit_minor,
    )
    receivable, current = aging.open_minor, aging.current_minor
    opening = sum(b.open_minor for b in inputs.opening if b.currency == currency)
    sold = [day for day in inputs.sales if day.currency == currency]
    before = as_of - timedelta(days=days)
    sales = sum(day.amount_minor for day in sold if before < day.issued_on <= as_of)
    disputed = sum(b.open_minor for b in inputs.disputed if b.currency == currency)
    return CurrencyMetrics(
        currency=currency,
        aging=aging,
        sales_minor=sales,
        dso=days_sales_outstanding(receivable, sales, days),
        dso_count_back=count_back_dso(receivable, sales_by_month(sold, inputs.sales_from, as_of)),
        bpdso=best_possible_dso(current, sales, days),
        add=average_days_delinquent(receivable, current, sales, days),
        cei=collection_effectiveness(opening, sales, receivable, current),
        overdue_share=overdue_share(aging.overdue_minor, receivable),
        dispute_rate=dispute_rate(disputed, receivable),
        promises=kept_rate(t for t in inputs.promises if t.currency == currency),
    )


def _bucket(days_past_due: int) -> int:
    return sum(days_past_due > last for last in _LAST_DAYS)


def _ratio(part: int, whole: int) -> float | None:
    return part / whole if whole > 0 else None
