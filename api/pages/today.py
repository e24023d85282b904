"""The first page of the morning: what the night did, what waits, how the book stands."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlmodel import Session

from api.pages.access import SignedIn
from api.pages.charts import Band, Bar, band, bars, line
from api.pages.inbox_card import may_decide
from api.pages.render import page
from engines.forecast.record import HorizonRecord, past_record
from engines.metrics import BUCKETS, summary
from engines.work_metrics import work_metrics
from ledger.money import Money
from ledger.queries.as_of import metric_inputs
from ledger.queries.inbox import QueueFilter
from ledger.queries.work_metrics import work_tally
from tools.colleagues import takers
from tools.dashboard import Night, promises_around, trend, work_of_people
from tools.dispute_pipeline import pipeline
from tools.forecast_record import KeptForecast, newest_forecast, past_outcomes
from tools.last_proof import last_proof
from tools.morning_report import MorningReport, kept_report
from tools.tasks import TaskFilter, open_tasks

router = APIRouter(include_in_schema=False)
BUCKET_WORDS = {
    "not_due": "Not due",
    "1-30": "1-30 days",
    "31-60": "31-60 days",
    "61-90": "61-90 days",
    "90+": "Over 90",
}
_WORK_DAYS = 30
_LOAD_DAYS = 7
_TASKS = 3


@router.get("/desk")
def show_today(request: Request, visitor: SignedIn) -> Response:
    """The morning report, and the numbers behind it."""
    house = visitor.house
    as_of = house.business_date()
    whole = not visitor.person.sight.limited
    report = kept_report(house.home, as_of) if whole else None
    with house.ledger.read() as session:
        first = as_of - timedelta(days=_WORK_DAYS)
        return page(
            request,
            "today/page.html",
            visitor,
            as_of=as_of,
            whole=whole,
            report=report,
            books=_with_lines(
                _books(session, report, as_of),
                _forecasts(session, as_of) if whole else {},
                _trends(trend(session)),
            ),
            waiting=visitor.inbox().list_waiting(QueueFilter(), 5),
            tasks=open_tasks(session, as_of, TaskFilter(due_by=as_of, mine=visitor.person), _TASKS),
            takers=takers(session, house.policy),
            may_act=may_decide(visitor),
            promises=promises_around(session, as_of),
            disputes=pipeline(session, house.policy, as_of, limit=5),
            work=work_metrics(*work_tally(session, first, as_of)),
            work_days=_WORK_DAYS,
            load=work_of_people(session, house.system_clock.today() - timedelta(days=_LOAD_DAYS)),
            load_days=_LOAD_DAYS,
            proof=last_proof(house.home),
        )


def _books(session: Session, report: MorningReport | None, as_of: date) -> list[dict[str, Any]]:
    """Aging by currency, as the report tied it to the postings, or now where there is none."""
    if report is not None:
        return [
            _book(each.currency, each.aging, each.overdue, each.dso, each.cei)
            for each in report.currencies
        ]
    return [
        _book(
            each.currency,
            [Money(minor, each.currency) for minor in each.aging.buckets],
            Money(each.aging.overdue_minor, each.currency),
            each.dso,
            each.cei,
        )
        for each in summary(metric_inputs(session, as_of)).currencies
    ]


def _book(
    currency: str, aging: Sequence[Money], overdue: Money, dso: float | None, cei: float | None
) -> dict[str, Any]:
    return {
        "currency": currency,
        "aging": _aging(aging, currency),
        "open": Money(sum(each.minor for each in aging), currency),
        "overdue": overdue,
        "dso": dso,
        "cei": cei,
    }


def _with_lines(
    books: list[dict[str, Any]], forecasts: dict[str, Any], trends: dict[str, Any]
) -> list[dict[str, Any]]:
    """Each currency with its forecast and its trend, where there are any."""
    return [
        book | {"forecast": forecasts.get(book["currency"]), "trend": trends.get(book["currency"])}
        for book in books
    ]


def _aging(amounts: Sequence[Money], currency: str) -> tuple[Bar, ...]:
    links = [
        f"/desk/accounts?{urlencode({'bucket': name, 'currency': currency})}" for name in BUCKETS
    ]
    return bars([BUCKET_WORDS[name] for name in BUCKETS], amounts, links)


def _forecasts(session: Session, as_of: date) -> dict[str, dict[str, Any]]:
    """The newest forecast of each currency, and how past ones did."""
    kept = newest_forecast(session)
    if kept is None:
        return {}
    past = past_outcomes(session, as_of)
    return {
        series["currency"]: _forecast(series, kept, past_record(past.get(series["currency"], [])))
        for series in kept.series
        if series["dimension"] == "currency" and series["kind"] == "total"
    }


def _forecast(
    series: dict[str, Any], kept: KeptForecast, past: list[HorizonRecord]
) -> dict[str, Any]:
    currency, weeks = series["currency"], series["weeks"]

    def amounts(week: dict[str, Any]) -> dict[str, Money]:
        return {name: Money(round(week[name]), currency) for name in ("p10", "p50", "p90")}

    return {
        "currency": currency,
        "as_of": kept.as_of,
        "method": kept.method,
        "weeks": [
            {"starts_on": date.fromisoformat(week["starts_on"]), **amounts(week)} for week in weeks
        ],
        "chart": _forecast_chart(weeks),
        "highest": Money(round(max(week["p90"] for week in weeks)), currency),
        "past": past,
    }


def _forecast_chart(weeks: Sequence[dict[str, Any]]) -> Band | None:
    days = [date.fromisoformat(week["starts_on"]) for week in weeks]
    return band(
        [week["p50"] for week in weeks],
        [week["p10"] for week in weeks],
        [week["p90"] for week in weeks],
        [f"{day:%d %b}" for day in days],
    )


def _trends(found: dict[str, tuple[Night, ...]]) -> dict[str, dict[str, Any]]:
    """DSO and CEI after each night, by currency; one night is no trend."""
    return {
        currency: {
            "currency": currency,
            "nights": nights,
            "dso": line([night.dso for night in nights], _days(nights)),
            "cei": line([night.cei for night in nights], _days(nights)),
        }
        for currency, nights in found.items()
        if len(nights) > 1
    }


def _days(nights: Sequence[Night]) -> list[str]:
    return [f"{night.as_of:%d %b}" for night in nights]
