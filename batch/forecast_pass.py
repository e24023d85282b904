"""The forecast phase: cash by week and day with bands, what moved since last night, both kept."""

from collections import Counter
from typing import TYPE_CHECKING, Any

from batch.run import Night
from tools.cash_ahead import CashAhead, billing_ahead, cash_ahead, drawing_of
from tools.forecast_record import (
    KeptForecast,
    as_json,
    held_against_past,
    keep,
    newest_forecast,
    past_outcomes,
)
from tools.priority import kept_ranks, ranking
from tools.risk_models import approved_model, record_use

if TYPE_CHECKING:
    from engines.forecast.book import Series

MOVED_WEEKS = (4, 13)
_NAMED = 3


def forecast_pass(night: Night) -> None:
    """Refresh the cash forecast, hold its bands against past misses, and keep it."""
    from engines.forecast.book import book_series, horizon_days
    from engines.forecast.kept import pack

    policy, as_of = night.house.policy.forecast, night.as_of
    drawing = drawing_of(policy)
    with night.house.ledger.read() as session:
        approved = approved_model(session, night.house.home)
        ahead = cash_ahead(session, policy, as_of, approved)
        past = past_outcomes(session, as_of, as_drawn=True)
        before = newest_forecast(session, before=as_of)
    billing = billing_ahead(ahead, horizon_days(as_of, drawing))
    drawn = book_series(ahead.items, billing, drawing, ordered=ahead.ordered)
    told = [held_against_past(each, past.get(each.currency, ())) for each in drawn]
    whole = [each for each in drawn if each.dimension == "currency"]
    moved, ranked = _moved(before, ahead), ranking(ahead, night.house.policy)
    found = KeptForecast(
        as_of,
        ahead.method,
        as_json(told),
        as_json(whole),
        moved,
        pack(ahead.items),
        kept_ranks(ranked),
        ahead.issued_to,
    )
    with night.house.ledger.write() as session:
        keep(session, night.run_id, found)
        if approved is not None and approved.model is not None:
            record_use(session, approved.version, night.now, night.run_id)
    night.note(
        "forecast",
        weeks=[list(week) for each in told for week in _week_rows(each)],
        moved=moved,
        method=ahead.method,
        model_refused=approved.refused if approved else "",
        groups=dict(Counter(each.group.value for each in ranked)),
    )


def _week_rows(series: "Series") -> list[tuple[Any, ...]]:
    """(week, currency, expected, P10, P90) of the open book of a whole currency."""
    from engines.forecast.cash import monday

    if (series.kind, series.dimension) != ("open_book", "currency"):
        return []
    return [
        (monday(span.starts_on).isoformat(), series.currency, span.mean, span.p10, span.p90)
        for span in series.weeks
    ]


def _moved(before: KeptForecast | None, ahead: CashAhead) -> list[dict[str, Any]]:
    """Why the open book expected over some weeks is not what it was the night before."""
    import numpy as np

    from engines.forecast.cash import week_edges
    from engines.forecast.kept import unpack
    from engines.forecast.moved import match

    if before is None or before.items is None:
        return []
    earlier = unpack(before.items)
    found = []
    for currency in np.union1d(earlier.currency, ahead.items.currency).tolist():
        was = earlier.take(earlier.currency == currency)
        now = ahead.items.take(ahead.items.currency == currency)
        matched = match(was, now)
        for weeks in MOVED_WEEKS:
            last = min(int(week_edges(ahead.as_of, weeks)[-1]), ahead.items.days)
            last = min(last, earlier.days - (ahead.as_of - before.as_of).days)
            if last > 0:
                found.append(_movement(was, now, last, currency, weeks, matched))
    return found


def _movement(
    was: Any, now: Any, last: int, currency: str, weeks: int, matched: Any
) -> dict[str, Any]:
    from engines.forecast.moved import what_moved

    moved = what_moved(was, now, 0, last, matched=matched)
    named = {
        reason: sorted(
            ((round(minor), account) for account, minor in accounts.items() if round(minor)),
            key=lambda pair: (-abs(pair[0]), pair[1]),
        )[:_NAMED]
        for reason, accounts in moved.by_account.items()
    }
    return {
        "currency": currency,
        "weeks": weeks,
        "since": was.as_of.isoformat(),
        "before": moved.before,
        "after": moved.after,
        "parts": {reason: minor for reason, minor in moved.parts.items() if minor},
        "most": {reason: accounts for reason, accounts in named.items() if accounts},
    }
