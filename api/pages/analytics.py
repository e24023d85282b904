"""Analytics: trends, which letters work, what agents and people did, as pictures and tables."""

import csv
import io
from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse, Response

from api.pages.access import SignedIn, Visitor
from api.pages.render import page
from engines.forecast.record import past_record
from ledger.money import currency_digits
from tools.dashboard import trend, work_of_models, work_of_people, work_of_roles
from tools.forecast_record import past_outcomes
from tools.sequences import PERIOD_DAYS, WITHIN_DAYS, sequences

router = APIRouter(prefix="/desk/analytics", include_in_schema=False)
_MICROS = 1_000_000


@router.get("")
def show_analytics(request: Request, visitor: SignedIn, by_segment: bool = False) -> Response:
    """The page; its pictures ask for their numbers on their own."""
    house = visitor.house
    as_of = house.business_date()
    since = as_of - timedelta(days=PERIOD_DAYS)
    with house.ledger.read() as session:
        return page(
            request,
            "analytics/page.html",
            visitor,
            as_of=as_of,
            period=PERIOD_DAYS,
            within=WITHIN_DAYS,
            by_segment=by_segment,
            lines=sequences(session, as_of, by_segment=by_segment),
            trends=trend(session),
            roles=work_of_roles(session, since),
            people=work_of_people(session, since),
            models=work_of_models(session, since),
            micros=_MICROS,
            records=_records(visitor, session),
        )


@router.get("/data.json")
def show_data(visitor: SignedIn) -> Response:
    """The numbers behind the pictures."""
    house = visitor.house
    with house.ledger.read() as session:
        nights = trend(session)
        lines = sequences(session, house.business_date())
        records = _records(visitor, session)
    told: dict[str, Any] = {
        "book": {
            currency: [
                {
                    "day": night.as_of.isoformat(),
                    "overdue": float(night.overdue.amount),
                    "not_due": float(night.open.amount - night.overdue.amount),
                    "dso": night.dso,
                    "cei": night.cei,
                }
                for night in each
            ]
            for currency, each in nights.items()
        },
        "digits": {currency: currency_digits(currency) for currency in nights},
        "letters": [
            {
                "name": f"{line.purpose.replace('_', ' ')} {line.stage or ''}".strip()
                + (f" ({line.channel})" if line.channel != "email" else ""),
                "paid": line.paid.model_dump(),
                "answered": line.answered.model_dump(),
                "complained": line.complained.model_dump(),
            }
            for line in lines
        ],
        "calibration": records,
    }
    return JSONResponse(told)


@router.get("/letters.csv")
def download_letters(visitor: SignedIn, by_segment: Annotated[bool, Query()] = False) -> Response:
    """What followed the letters, for a spreadsheet."""
    house = visitor.house
    with house.ledger.read() as session:
        lines = sequences(session, house.business_date(), by_segment=by_segment)
    shares = ("paid", "answered", "complained")
    parts = ("hits", "of", "percent", "low_percent", "high_percent")
    text = io.StringIO()
    sheet = csv.writer(text)
    counted = [f"{share}_{part}" for share in shares for part in parts]
    sheet.writerow(("purpose", "stage", "channel", "segment", "letters", *counted))
    for line in lines:
        found = [getattr(getattr(line, share), part) for share in shares for part in parts]
        sheet.writerow((line.purpose, line.stage, line.channel, line.segment, line.letters, *found))
    return Response(
        text.getvalue(),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="letters.csv"'},
    )


def _records(visitor: Visitor, session: Any) -> dict[str, list[dict[str, Any]]]:
    outcomes = past_outcomes(session, visitor.house.business_date())
    return {
        currency: [
            {
                "kind": record.kind,
                "horizon": record.horizon,
                "weeks": record.weeks,
                "covered": record.covered,
                "bias": record.bias,
                "wape": record.wape,
            }
            for record in past_record(found)
        ]
        for currency, found in sorted(outcomes.items())
    }
