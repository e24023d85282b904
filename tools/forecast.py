"""Read tool for expected cash: the same plain forecast the night writes, for a question by day."""

from collections.abc import Iterable
from datetime import date

from engines.cash_forecast import forecast_weeks
from ledger.money import Money
from ledger.queries.as_of import disputed_as_of
from ledger.queries.forecast import mean_delays, open_book
from tools.accounts import totals
from tools.contract import AccountRef, MoneyOut, Result, ToolContext, read_tool


class WeekLine(Result):
    """Cash expected in the week that starts on a Monday."""

    starts_on: date
    expected: tuple[MoneyOut, ...]


class ExpectedCash(Result):
    """Cash expected week by week. The disputed balance is part of it and the least certain."""

    as_of: date
    weeks: tuple[WeekLine, ...]
    total: tuple[MoneyOut, ...]
    disputed: tuple[MoneyOut, ...]
    method: str


@read_tool()
def expected_cash(
    ctx: ToolContext, account: AccountRef | None = None, weeks: int = 4
) -> ExpectedCash:
    """Forecast cash week by week: each open item's due date plus its payer's mean delay.

    Args:
        ctx: Who asks, on which ledger.
        account: One account; left out, the whole book.
        weeks: How many weeks to show.
    """
    rule = ctx.policy.forecast
    shown = max(1, min(weeks, rule.weeks))
    found = forecast_weeks(
        _items(ctx, account),
        mean_delays(ctx.session, ctx.as_of, rule.history_days),
        ctx.as_of,
        shown,
        rule.fallback_delay_days,
    )
    by_week: dict[date, list[Money]] = {}
    for each in found:
        by_week.setdefault(each.week_start, []).append(Money(each.amount_minor, each.currency))
    disputed = disputed_as_of(ctx.session, ctx.as_of, [account] if account else None)
    return ExpectedCash(
        as_of=ctx.as_of,
        weeks=tuple(
            WeekLine(starts_on=start, expected=tuple(sums)) for start, sums in by_week.items()
        ),
        total=totals([(each.currency, each.amount_minor) for each in found]),
        disputed=totals([(each.currency, each.open_minor) for each in disputed]),
        method=(
            f"due date plus the payer's mean delay over {rule.history_days} days, "
            f"{rule.fallback_delay_days} days where there is no history"
        ),
    )


def _items(ctx: ToolContext, account: str | None) -> Iterable[tuple[str, str, int, date]]:
    """Open items as the forecast reads them: of one account, or of the whole book."""
    if account is None:
        return open_book(ctx.session)
    items = ctx.facts(account).open_items
    return [(account, i.currency, i.open_minor, i.due_on) for i in items if i.open_minor > 0]
