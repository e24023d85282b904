"""Read tool for expected cash: the forecast of the last night, or the same made for a question."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from ledger.money import Money
from ledger.queries.as_of import disputed_as_of
from tools.accounts import totals
from tools.cash_ahead import cash_ahead, drawing_of
from tools.contract import AccountRef, MoneyOut, Result, ToolContext, read_tool
from tools.forecast_record import newest_forecast

if TYPE_CHECKING:
    from engines.forecast.book import Series
    from engines.forecast.cash import ExpectedItems

_PATHS_OF_ACCOUNT = 1_000


class WeekLine(Result):
    """Cash expected in the week that starts on a Monday; nine in ten times more than `low`."""

    starts_on: date
    expected: tuple[MoneyOut, ...]
    low: tuple[MoneyOut, ...]
    high: tuple[MoneyOut, ...]


class ExpectedCash(Result):
    """Cash of the open book expected week by week; the disputed balance is the least certain.

    `low` and `high` are P10 and P90 of the week; they do not add up over weeks, `expected` does.
    """

    as_of: date
    weeks: tuple[WeekLine, ...]
    total: tuple[MoneyOut, ...]
    disputed: tuple[MoneyOut, ...]
    method: str


@read_tool()
def expected_cash(
    ctx: ToolContext, account: AccountRef | None = None, weeks: int = 4
) -> ExpectedCash:
    """Forecast cash of what is open week by week, with the band eight in ten weeks fall in.

    Args:
        ctx: Who asks, on which ledger.
        account: One account; left out, the whole book.
        weeks: How many weeks to show.
    """
    shown = max(1, min(weeks, ctx.policy.forecast.weeks))
    series, method = _series(ctx, account)
    disputed = disputed_as_of(ctx.session, ctx.as_of, [account] if account else None)
    means = [
        (each.currency, span.mean) for each in series for span in each.weeks[:shown] if span.mean
    ]
    return ExpectedCash(
        as_of=ctx.as_of,
        weeks=tuple(_lines(series, shown)),
        total=totals(means),
        disputed=totals([(each.currency, each.open_minor) for each in disputed]),
        method=method,
    )


def _series(ctx: ToolContext, account: str | None) -> "tuple[list[Series], str]":
    """The open book's bands by currency, of one account or of all."""
    from engines.forecast.book import book_series

    items, method = items_ahead(ctx)
    drawing = drawing_of(ctx.policy.forecast)
    if account is not None:
        items = _of_account(ctx, items, account)
        drawing = replace(drawing, paths=_PATHS_OF_ACCOUNT)
    found = book_series(items, {}, drawing)
    return [each for each in found if each.dimension == "currency"], method


def items_ahead(ctx: ToolContext) -> "tuple[ExpectedItems, str]":
    """Open items as the night of the date left them; read anew where no night has looked."""
    from engines.forecast.kept import unpack

    kept = newest_forecast(ctx.session)
    if kept is not None and kept.as_of == ctx.as_of and kept.items is not None:
        return unpack(kept.items), kept.method
    ahead = cash_ahead(ctx.session, ctx.policy.forecast, ctx.as_of)
    return ahead.items, ahead.method


def _of_account(ctx: ToolContext, items: "ExpectedItems", account: str) -> "ExpectedItems":
    """Its items that are still open, at no more than what is open of them by now."""
    import numpy as np

    left = {item.invoice_id: item.open_minor for item in ctx.facts(account).open_items}
    mine = items.take(items.account == account)
    now = np.array([left.get(str(name), 0) for name in mine.item_id], dtype=np.float64)
    mine = replace(mine, amount=np.minimum(mine.amount, now))
    return mine.take(mine.amount > 0)


def _lines(series: "Iterable[Series]", shown: int) -> Iterable[WeekLine]:
    by_week: dict[date, list[tuple[Money, Money, Money]]] = {}
    for each in series:
        for span in each.weeks[:shown]:
            if span.p90 or span.mean:
                week = span.starts_on - timedelta(days=span.starts_on.weekday())
                amounts = (Money(m, each.currency) for m in (span.mean, span.p10, span.p90))
                by_week.setdefault(week, []).append(tuple(amounts))
    for week, found in sorted(by_week.items()):
        expected, low, high = zip(*found, strict=True)
        yield WeekLine(starts_on=week, expected=expected, low=low, high=high)
