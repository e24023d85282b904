"""Forecast: the newest night's, how past ones did, and what would come instead."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from api.access import Caller, Reader
from ledger.errors import Refused
from tools.account_names import find_account
from tools.forecast_page import ForecastPage, ForecastRecord, forecast_page, forecast_record
from tools.risk_models import approved_model
from tools.scenarios import Happening, Scenario, play

router = APIRouter(prefix="/forecast", tags=["forecast"])


class Question(BaseModel):
    """One thing that may happen: give exactly one of `slips`, `resolves` and `accepts`."""

    model_config = ConfigDict(extra="forbid")

    slips: Annotated[
        str | None, Field(max_length=120, description="Account that pays everything later.")
    ] = None
    days: Annotated[int, Field(ge=1, le=90, description="So many days later.")] = 14
    resolves: Annotated[str | None, Field(max_length=60, description="Dispute resolved.")] = None
    on: Annotated[date | None, Field(description="On this day; in a week if not given.")] = None
    settled_percent: Annotated[int, Field(ge=0, le=100, description="So much is paid.")] = 100
    accepts: Annotated[str | None, Field(max_length=60, description="Plan accepted.")] = None


@router.get("")
def show_forecast(
    caller: Reader,
    segments: Annotated[bool, Query(description="Also each segment.")] = False,
    entities: Annotated[bool, Query(description="Also each of our entities.")] = False,
) -> ForecastPage:
    """Cash by week and day with its bands, as the newest night expects it."""
    _check_sees_everything(caller)
    with caller.house.ledger.read() as session:
        return forecast_page(session, segments=segments, entities=entities)


@router.get("/calibration")
def show_record(caller: Reader) -> ForecastRecord:
    """Past forecasts of this home against the cash that came."""
    _check_sees_everything(caller)
    house = caller.house
    with house.ledger.read() as session:
        return forecast_record(session, house.business_date())


@router.get("/scenarios")
def show_scenario(caller: Reader, asked: Annotated[Question, Query()]) -> Scenario:
    """What would come instead, by week; the same as the POST, for a link."""
    return play_scenario(caller, asked)


@router.post("/scenarios")
def play_scenario(caller: Reader, asked: Question) -> Scenario:
    """What would come instead, by week; nothing is written."""
    house = caller.house
    with house.ledger.read() as session:
        account = find_account(session, asked.slips) if asked.slips else None
        happening = Happening(
            account, asked.days, asked.resolves, asked.on, asked.settled_percent, asked.accepts
        )
        approved = approved_model(session, house.home)
        return play(session, house.policy, house.business_date(), happening, approved)


def _check_sees_everything(caller: Caller) -> None:
    """Sums over the whole book tell of accounts that are not in everybody's sight."""
    if caller.person.sight.limited:
        raise Refused("the forecast of the whole book is for people who see all of it")
