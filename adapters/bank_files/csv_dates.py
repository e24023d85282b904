"""Day and month order of an export whose dates could be read both ways."""

from collections.abc import Sequence
from datetime import date

from adapters.spreadsheets.dates import DateOrder, NotADate, decide_date_order, parse_date

_DOLLARS = "USD"


def date_order(
    texts: Sequence[str], currency: str, given: str | None = None
) -> tuple[DateOrder | None, bool]:
    """Decide the order for a whole file, and say whether it had to be guessed.

    A day above twelve proves it; else the order under which the lines are sorted, else the one
    whose dates lie closer together, else the order of the currency's country.
    """
    if given:
        return DateOrder(given), False
    decision = decide_date_order(list(enumerate(texts, start=1)))
    if decision.settled:
        return DateOrder(decision.value) if decision.value else None, False
    days = {
        order: read
        for order in (DateOrder.DMY, DateOrder.MDY)
        if (read := _all_days(texts, order)) is not None
    }
    if len(days) == 1:
        return next(iter(days)), False
    if not days:
        return DateOrder.DMY, False  # the row that does not fit is named when it is read
    ordered = [order for order, read in days.items() if _is_sorted(read) and len(set(read)) > 1]
    if len(ordered) == 1:
        return ordered[0], False
    spans = {order: max(read) - min(read) for order, read in days.items()}
    if len(set(spans.values())) == 2:
        return min(spans, key=lambda order: spans[order]), True
    return (DateOrder.MDY if currency == _DOLLARS else DateOrder.DMY), True


def _all_days(texts: Sequence[str], order: DateOrder) -> list[date] | None:
    try:
        return [parse_date(text, order) for text in texts]
    except NotADate:
        return None


def _is_sorted(days: Sequence[date]) -> bool:
    up = sorted(days)
    return list(days) in (up, up[::-1])
