"""The forecast of the newest night and its record, as they are shown."""

from datetime import date
from typing import Any

from engines.forecast.record import past_record
from ledger.errors import NotFound
from ledger.money import Money
from tools.contract import MoneyOut, Result
from tools.forecast_record import newest_forecast, past_outcomes


class SpanLine(Result):
    """Cash of a week or day; one in ten stays below `p10`, only `mean` adds up."""

    starts_on: date
    p10: MoneyOut
    p50: MoneyOut
    p90: MoneyOut
    mean: MoneyOut


class SeriesLine(Result):
    """One kind of cash: `open_book`, `known_billing` or `total`, of a currency or a part of it."""

    kind: str
    dimension: str
    value: str
    currency: str
    weeks: tuple[SpanLine, ...]
    days: tuple[SpanLine, ...]


class MovedLine(Result):
    """Why the open book expected over some weeks is not what it was the night before."""

    currency: str
    weeks: int
    since: date
    before: MoneyOut
    after: MoneyOut
    parts: dict[str, MoneyOut]


class ForecastPage(Result):
    """What the newest night expects, and what moved since the one before."""

    as_of: date
    method: str
    series: tuple[SeriesLine, ...]
    moved: tuple[MovedLine, ...]


class RecordLine(Result):
    """How past forecasts of a kind and horizon did; `covered_share` is to be 0.8."""

    currency: str
    kind: str
    horizon: int
    weeks: int
    covered_share: float
    bias_share: float
    error_share: float


class ForecastRecord(Result):
    """Past forecasts held against the cash that came."""

    as_of: date
    lines: tuple[RecordLine, ...]


def forecast_page(session: Any, *, segments: bool = False, entities: bool = False) -> ForecastPage:
    """What the newest night expects of every currency, and of each segment and entity if wanted.

    Raises:
        NotFound: No night has forecast yet.
    """
    kept = newest_forecast(session)
    if kept is None:
        raise NotFound("no night has forecast yet: run `dunwell night --as-of DATE`")
    chosen = kept.parts(segments=segments, entities=entities)
    return ForecastPage(
        as_of=kept.as_of,
        method=kept.method,
        series=tuple(_series(each) for each in chosen),
        moved=tuple(_moved(each) for each in kept.moved),
    )


def forecast_record(session: Any, as_of: date) -> ForecastRecord:
    """Hold past forecasts against the cash that came: coverage, bias, error."""
    found = past_outcomes(session, as_of)
    return ForecastRecord(
        as_of=as_of,
        lines=tuple(
            RecordLine(
                currency=currency,
                kind=line.kind,
                horizon=line.horizon,
                weeks=line.weeks,
                covered_share=line.covered,
                bias_share=line.bias,
                error_share=line.wape,
            )
            for currency, outcomes in sorted(found.items())
            for line in past_record(outcomes)
        ),
    )


def _series(said: dict[str, Any]) -> SeriesLine:
    currency = said["currency"]
    spans = {
        grain: tuple(_span(each, currency) for each in said[grain]) for grain in ("weeks", "days")
    }
    named = {name: said[name] for name in ("kind", "dimension", "value")}
    return SeriesLine(currency=currency, **named, **spans)


def _span(said: dict[str, Any], currency: str) -> SpanLine:
    amounts = {name: Money(said[name], currency) for name in ("p10", "p50", "p90", "mean")}
    return SpanLine(starts_on=said["starts_on"], **amounts)


def _moved(said: dict[str, Any]) -> MovedLine:
    currency = said["currency"]
    return MovedLine(
        currency=currency,
        weeks=said["weeks"],
        since=said["since"],
        before=Money(said["before"], currency),
        after=Money(said["after"], currency),
        parts={reason: Money(minor, currency) for reason, minor in said["parts"].items()},
    )
