"""The morning report as one page that needs nothing but itself: no script, no network."""

import functools
from datetime import date
from decimal import Decimal

from jinja2 import Environment, PackageLoader, StrictUndefined

from engines.metrics import BUCKETS
from ledger.money import Money
from tools.morning_report import ForecastWeek, ModelLine, MorningReport, count

_MICROS_PER_MINOR = 1_000_000
_NONE = "–"
_STANDS = {
    "sent": ("sent", "Sent"),
    "waiting_for_approval": ("waiting", "Waits for approval"),
    "held": ("held", "Held"),
    "needs_person": ("person", "Needs a person"),
    "nothing_due": ("quiet", "Nothing due"),
}


def report_html(report: MorningReport) -> str:
    """Render the report."""
    page = _pages().get_template("morning.html")
    return page.render(report=report, buckets=BUCKETS, charts=charts(report.forecast))


def charts(weeks: tuple[ForecastWeek, ...]) -> dict[str, list[int]]:
    """Bar heights from 0 to 100 by currency, each currency against its own best week."""
    currencies = sorted({amount.currency for week in weeks for amount in week.amounts})
    heights = {}
    for currency in currencies:
        minors = [_minor_in(week, currency) for week in weeks]
        most = max(minors) or 1  # nothing is expected in a currency all of which is held
        heights[currency] = [minor * 100 // most for minor in minors]
    return heights


def _minor_in(week: ForecastWeek, currency: str) -> int:
    return next((a.minor for a in week.amounts if a.currency == currency), 0)


@functools.cache
def _pages() -> Environment:
    pages = Environment(
        loader=PackageLoader("batch"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    pages.filters |= {
        "age": age,
        "bare": bare,
        "bucket": bucket_words,
        "counted": count,
        "day": day_words,
        "days": days,
        "in_currency": in_currency,
        "price": price,
        "signed": signed,
        "stands": lambda kind: _STANDS[kind][1],
        "tint": lambda kind: _STANDS[kind][0],
        "words": words,
    }
    return pages


def bare(amount: Money) -> str:
    """An amount without its currency, where the row names it."""
    return f"{amount.amount:,f}"


def signed(change: Money | float | None) -> str:
    """A difference with its sign; a dash where there is nothing to compare."""
    if change is None:
        return _NONE
    if isinstance(change, Money):
        return f"{change.amount:+,f}" if change else "0"
    return f"{change:+.1f}" if round(change, 1) else "0"


def days(value: float | None) -> str:
    """Days or percent with one digit; a dash where there is no ratio."""
    return _NONE if value is None else f"{value:,.1f}"


def day_words(day: date) -> str:
    """A date as a person says it: Tuesday 17 March 2026."""
    return f"{day:%A} {day.day} {day:%B %Y}"


def bucket_words(name: str) -> str:
    """An aging bucket as a column head."""
    return "Not due" if name == "not_due" else f"{name} days"


def in_currency(week: ForecastWeek, currency: str) -> str:
    """What a week is expected to bring in a currency."""
    minor = _minor_in(week, currency)
    if not minor:
        return _NONE
    ends = [next((a for a in end if a.currency == currency), None) for end in (week.low, week.high)]
    told = bare(Money(minor, currency))
    return f"{told} ({bare(ends[0])} to {bare(ends[1])})" if ends[0] and ends[1] else told


def price(line: ModelLine, currency: str) -> str:
    """What a model cost, to the thousandth of a minor unit; says so where no price is set."""
    if line.cost_micros is None:
        return "no price set"
    minor = Decimal(line.cost_micros) / _MICROS_PER_MINOR
    exact = minor * Money(1, currency).amount
    return f"{exact.quantize(Decimal('0.0001')):f} {currency}"


def age(days_old: int) -> str:
    """How long something has waited."""
    return count(days_old, "day") if days_old else "new"


def words(code: str) -> str:
    """A code as words."""
    return code.replace("_", " ")
