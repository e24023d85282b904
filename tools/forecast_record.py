"""Forecasts of past nights: kept, read back, and held against the cash that came."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import orjson
from sqlalchemy import delete, select, update

from engines.forecast.conformal import Outcome, WeekBand, calibrated
from ledger.tables.forecast import NightForecast
from tools.forecast_came import CashCame

if TYPE_CHECKING:
    from engines.forecast.book import Series

_LOOK_BACK_WEEKS = 39
_KEPT_WITH_ITEMS = 2


@dataclass(frozen=True, slots=True)
class KeptForecast:
    """What a night said of the cash to come.

    Attributes:
        method: In words, what it rests on.
        series: JSON of its bands, as people saw them.
        drawn: The same of whole currencies, before past misses set their width.
        moved: What moved since the night before, and why.
        items: Its open items, compressed; None once newer nights have run.
        priority: Whom to work first, in order.
        issued_to: The last day an open item of it was issued on; None where nothing was open.
    """

    as_of: date
    method: str
    series: list[dict[str, Any]]
    drawn: list[dict[str, Any]]
    moved: list[dict[str, Any]]
    items: bytes | None
    priority: list[dict[str, Any]] = field(default_factory=list)
    issued_to: date | None = None

    def parts(self, *, segments: bool = False, entities: bool = False) -> list[dict[str, Any]]:
        """Bands of whole currencies, and of each segment and each of our entities if wanted."""
        wanted = {"currency": True, "segment": segments, "entity": entities}
        return [each for each in self.series if wanted.get(each["dimension"], False)]


def keep(session: Any, run_id: str, found: KeptForecast) -> None:
    """Keep the forecast of a night in place of an earlier one of the same night."""
    names = ("series", "drawn", "moved", "priority", "issued_to")
    said = {name: getattr(found, name) for name in names}
    session.execute(delete(NightForecast).where(NightForecast.as_of == found.as_of))
    session.add(
        NightForecast(
            as_of=found.as_of,
            run_id=run_id,
            method=found.method,
            said=orjson.dumps(said).decode(),
            items=found.items,
        )
    )
    session.flush()
    newest = select(NightForecast.as_of).order_by(NightForecast.as_of.desc())
    with_items = session.scalars(newest.limit(_KEPT_WITH_ITEMS)).all()
    session.execute(
        update(NightForecast)
        .where(NightForecast.as_of < min(with_items), NightForecast.items.is_not(None))
        .values(items=None)
    )


def newest_forecast(session: Any, before: date | None = None) -> KeptForecast | None:
    """The newest forecast, or the newest of a night before a date."""
    query = select(NightForecast).order_by(NightForecast.as_of.desc()).limit(1)
    if before is not None:
        query = query.where(NightForecast.as_of < before)
    row = session.scalars(query).first()
    if row is None:
        return None
    said = orjson.loads(row.said)
    return KeptForecast(
        row.as_of,
        row.method,
        said["series"],
        said["drawn"],
        said["moved"],
        row.items,
        said["priority"],
        _issued_to(said),
    )


def as_json(series: "Iterable[Series]") -> list[dict[str, Any]]:
    """Series as plain values, dates as text."""
    return orjson.loads(orjson.dumps([asdict(each) for each in series]))


def past_outcomes(session: Any, as_of: date, *, as_drawn: bool = False) -> dict[str, list[Outcome]]:
    """Weeks that were forecast and are over, by currency, with the cash that came.

    One night a week speaks, the first of it, for neighbouring nights forecast nearly the same.
    Cash of the open book is what was received on invoices the night could see: those issued before
    it, and on its day where one of that day was open. Total is all that was received, less what
    went back.

    Args:
        session: Of the ledger.
        as_of: The first day whose cash is not known.
        as_drawn: Bands as the paths gave them, not as they were told.
    """
    first = as_of - timedelta(weeks=_LOOK_BACK_WEEKS)
    nights = list(_weekly(session, first, as_of, "drawn" if as_drawn else "series"))
    if not nights:
        return {}
    came = CashCame(session, nights[0][0], as_of - timedelta(days=1))
    found: dict[str, list[Outcome]] = {}
    for origin, last_issue, told in nights:
        for series in told:
            coin = series["currency"]
            of_open = series["kind"] == "open_book"
            sums = came.on_invoices(coin, last_issue) if of_open else came.received(coin)
            found.setdefault(coin, []).extend(_outcomes(origin, series, came, sums, as_of))
    return found


def held_against_past(series: "Series", past: Iterable[Outcome]) -> "Series":
    """The same weeks with bands as wide as past misses ask for; days keep theirs."""
    from dataclasses import replace

    past = list(past)
    weeks = []
    for horizon, span in enumerate(series.weeks, start=1):
        band = WeekBand(
            series.weeks[0].starts_on,
            span.starts_on,
            horizon,
            series.kind,
            span.p10,
            span.p50,
            span.p90,
        )
        set_to = calibrated(band, past)
        weeks.append(replace(span, p10=round(set_to.p10), p90=round(set_to.p90)))
    return replace(series, weeks=tuple(weeks))


def _weekly(
    session: Any, first: date, as_of: date, drawn: str
) -> Iterable[tuple[date, date, list[dict[str, Any]]]]:
    """The first forecast of every week: its day, the last issue it saw, bands of currencies."""
    # What a night said is long, so only the nights that speak are read.
    nights = session.scalars(
        select(NightForecast.as_of)
        .where(NightForecast.as_of >= first, NightForecast.as_of < as_of)
        .order_by(NightForecast.as_of.desc())
    )
    speaking = {each - timedelta(days=each.weekday()): each for each in nights}
    rows = session.execute(
        select(NightForecast.as_of, NightForecast.said)
        .where(NightForecast.as_of.in_(speaking.values()))
        .order_by(NightForecast.as_of)
    )
    for origin, text in rows:
        said = orjson.loads(text)
        last_issue = max(_issued_to(said) or date.min, origin - timedelta(days=1))
        # What came of orders known then cannot be told from other cash.
        told = [
            series
            for series in said[drawn]
            if series["dimension"] == "currency" and series["kind"] != "known_billing"
        ]
        yield origin, last_issue, told


def _issued_to(said: dict[str, Any]) -> date | None:
    told = said.get("issued_to")
    return date.fromisoformat(told) if told else None


def _outcomes(
    origin: date, series: dict[str, Any], came: CashCame, sums: list[int], as_of: date
) -> Iterable[Outcome]:
    for horizon, week in enumerate(series["weeks"], start=1):
        start = date.fromisoformat(week["starts_on"])
        end = start + timedelta(days=7 - start.weekday())
        if end <= as_of:
            band = WeekBand(
                origin, start, horizon, series["kind"], week["p10"], week["p50"], week["p90"]
            )
            yield Outcome(band, came.between(sums, start, end))
