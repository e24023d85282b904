"""Payment runs: customers who pay everything that is due on the days of a calendar of their own.

Trees know weekdays and days late. A customer whose runs are four or five weeks apart pays the same
invoice early or late by the calendar alone, and much money comes on one day. Such calendars are
inferred from the days a customer has paid on, and only where they explain nearly all of them; its
curve is then a mixture of the runs and, for what it pays off them, of what the trees say.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from engines.risk.history import InvoiceHistory

Reals = NDArray[np.float64]
Whole = NDArray[np.int64]

_WINDOW_DAYS = 364
_FEWEST_RUNS, _FEWEST_PAID = 4, 8
_SHORTEST_GAP = 11  # weekly runs are weekdays, which the timing model knows
_LEAST_SHARE = 0.85
_BEFORE_FIRST = 3  # days before its first payment a calendar is not held against a customer
_PRIOR = 1.0
_SHIFTS = np.arange(-45, 46)
_RANKS = 5
_USUAL = np.array([0.05, 0.5, 0.8, 0.8, 0.5])
"""Chance by rank before anything is known."""
_LEAST_WEIGHT = 0.01


@dataclass(frozen=True, slots=True, eq=False)
class PaymentRuns:
    """The calendar of a customer's runs and which invoices a run takes along.

    Customers close a period some days before or after due dates and pay it in the first, second or
    later run from there. Which day that is, is not known, so every shift is weighed by how well it
    explains the past.

    Attributes:
        rule: What the calendar is, in words.
        days: Day numbers (since 1970) of runs past and to come.
        share: Share of the customer's cash that came on such days.
        shifts: Days from the due date to where runs begin to count, those worth weighing.
        weights: Of the shifts; they sum to 1.
        taken: Chance that a run takes an open item along, by shift and number of the run from
            there, 0 being any before (shifts, ranks).
    """

    rule: str
    days: Whole
    share: float
    shifts: Whole
    weights: Reals
    taken: Reals

    def chance(self, due: Whole, runs: Whole) -> Reals:
        """Chance that runs take along items of due dates that are open then (items, runs)."""
        found = np.zeros((len(due), len(runs)))
        for shift, weight, taken in zip(self.shifts, self.weights, self.taken, strict=True):
            found += weight * taken[_rank(self.days, due + shift, runs)]
        return found


def with_runs(
    curve: Reals, items: InvoiceHistory, runs: Mapping[str, PaymentRuns], as_of: date
) -> Reals:
    """Cumulative curves, those of customers on a calendar mixed with the runs to come.

    Args:
        curve: P(paid by each day from `as_of` on), a row per item.
        items: The items; outcomes are not looked at.
        runs: Calendars by account.
        as_of: Day 0 of the curves.
    """
    for account in np.intersect1d(items.account_id, list(runs)).tolist():
        own = runs[account]
        mine = np.flatnonzero(items.account_id == account)
        moved = _on_calendar(items.take(mine), own, as_of, curve.shape[1])
        curve[mine] = own.share * moved + (1 - own.share) * curve[mine]
    return curve


def payment_runs(
    known: InvoiceHistory, as_of: date, days: int, accounts: NDArray | None = None
) -> Mapping[str, PaymentRuns]:
    """Find the customers who pay on a calendar of their own.

    Args:
        known: What was known before `as_of`.
        as_of: The day it is asked.
        days: Days ahead the calendars are told for.
        accounts: Those to look at; all if not given.
    """
    today = int(np.datetime64(as_of, "D").astype(np.int64))
    day = known.cleared_on.astype(np.int64)
    recent = np.flatnonzero(~np.isnat(known.cleared_on) & (day >= today - _WINDOW_DAYS))
    if accounts is not None:
        recent = recent[np.isin(known.account_id[recent], accounts)]
    if not len(recent):
        return {}
    calendars = dict(_calendars(today - _WINDOW_DAYS, today + days))
    table = _RunDays(calendars, today)
    found: dict[str, PaymentRuns] = {}
    for account, mine in _groups(known.account_id, recent):
        cash = known.amount[mine].astype(np.float64)
        best = _best_calendar(day[mine], cash, table)
        if best is not None:
            rule, share = best
            everything = known.take(np.flatnonzero(known.account_id == account))
            habit = _habit(everything, calendars[rule], today)
            found[account] = PaymentRuns(rule, calendars[rule], share, *habit)
    return found


class _RunDays:
    """Which days of the last year each calendar has, so that a customer is held to all at once."""

    def __init__(self, calendars: Mapping[str, Whole], today: int) -> None:
        self.rules = tuple(calendars)
        self._first = today - _WINDOW_DAYS - _BEFORE_FIRST
        self.has = np.zeros((len(calendars), today - self._first), dtype=bool)
        for row, runs in enumerate(calendars.values()):
            self.has[row, runs[(runs >= self._first) & (runs < today)] - self._first] = True
        self._from_here = self.has[:, ::-1].cumsum(axis=1)[:, ::-1]

    def on(self, days: Whole) -> NDArray[np.bool_]:
        """Whether each calendar has each day (calendars, days)."""
        return self.has[:, days - self._first]

    def since(self, day: int) -> Whole:
        """How many runs each calendar has had from a day on."""
        return self._from_here[:, day - self._first]


def _groups(accounts: NDArray, chosen: Whole) -> Iterator[tuple[str, Whole]]:
    """Positions of each account with enough payments."""
    names, code = np.unique(accounts[chosen], return_inverse=True)
    order = np.argsort(code, kind="stable")
    for name, part in zip(names, np.split(order, np.cumsum(np.bincount(code))[:-1]), strict=True):
        if len(part) >= _FEWEST_PAID:
            yield str(name), chosen[part]


def _best_calendar(day: Whole, cash: Reals, table: _RunDays) -> tuple[str, float] | None:
    """The calendar that explains nearly all payments, and none of whose days passed without one."""
    days, at = np.unique(day, return_inverse=True)
    if len(days) < _FEWEST_RUNS or (days[-1] - days[0]) < _SHORTEST_GAP * (_FEWEST_RUNS - 1):
        return None
    if len(days) > 2 * (days[-1] - days[0]) / _SHORTEST_GAP + 1:
        return None
    on, past = table.on(days), table.since(int(days[0]) - _BEFORE_FIRST)
    kept = on.sum(axis=1) / np.maximum(past, 1)
    sums = np.bincount(at, cash)
    best: tuple[float, str, float] | None = None
    for row in np.flatnonzero((past >= _FEWEST_RUNS) & (kept >= _LEAST_SHARE)):
        share = float(sums[on[row]].sum() / max(sums.sum(), 1.0))
        explained = share * float(kept[row])
        if share >= _LEAST_SHARE and (best is None or explained > best[0]):
            best = (explained, table.rules[row], share)
    return None if best is None else best[1:]


def _habit(known: InvoiceHistory, runs: Whole, today: int) -> tuple[Whole, Reals, Reals]:
    """Shifts, their weights, and the chances by shift and rank of a customer's past runs."""
    issued, due = known.issued_on.astype(np.int64), known.due_on.astype(np.int64)
    cleared = np.where(np.isnat(known.cleared_on), today, known.cleared_on.astype(np.int64))
    past = runs[runs < today]
    invoice, at = np.nonzero((issued[:, None] < past) & (cleared[:, None] >= past))
    paid = cleared[invoice] == past[at]
    fits, tables = [], []
    for shift in _SHIFTS:
        rank = _rank(runs, due + shift, past)[invoice, at]
        count = np.bincount(rank, minlength=_RANKS)
        taken = (np.bincount(rank, paid, _RANKS) + _PRIOR * _USUAL) / (count + _PRIOR)
        fits.append(np.log(np.where(paid, taken[rank], 1 - taken[rank])).sum())
        tables.append(taken)
    weights = np.exp(np.array(fits) - max(fits))
    weights /= weights.sum()
    kept = weights > _LEAST_WEIGHT
    return _SHIFTS[kept], weights[kept] / weights[kept].sum(), np.array(tables)[kept]


def _rank(days: Whole, begin: Whole, runs: Whole) -> Whole:
    """The number of each run counted from a day: 1 is the first on it or later, 0 any before."""
    first = np.searchsorted(days, begin, side="left")
    at = np.searchsorted(days, runs, side="left")
    return np.clip(at[None, :] - first[:, None] + 1, 0, _RANKS - 1)


def _on_calendar(items: InvoiceHistory, own: PaymentRuns, as_of: date, days: int) -> Reals:
    """Cumulative curves that rise on run days only."""
    today = int(np.datetime64(as_of, "D").astype(np.int64))
    ahead = own.days[(own.days >= today) & (own.days < today + days)]
    issued, due = items.issued_on.astype(np.int64), items.due_on.astype(np.int64)
    chance = own.chance(due, ahead)
    chance = np.where(issued[:, None] < ahead, chance, 0.0)
    paid = np.zeros((len(items), days))
    # Chances of one run each; what is left open runs on to the next.
    paid[:, ahead - today] = 1 - np.cumprod(1 - chance, axis=1)
    return np.maximum.accumulate(paid, axis=1)


def _calendars(first: int, last: int) -> Iterator[tuple[str, Whole]]:
    """Calendars customers keep: days of the month, weekdays of the month, every so many weeks."""
    months = np.arange(
        np.datetime64(first, "D").astype("datetime64[M]") - 1,
        np.datetime64(last, "D").astype("datetime64[M]") + 2,
    )
    starts = months.astype("datetime64[D]").astype(np.int64)
    ends = (months + 1).astype("datetime64[D]").astype(np.int64) - 1
    for weekday, name in enumerate(("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")):
        from_end = (weekday - _weekday(ends)) % 7
        yield f"{name} nearest to the end of the month", ends + (from_end + 3) % 7 - 3
        yield f"last {name} of the month", ends + from_end - 7 * (from_end > 0)
        for nth in range(4):
            day = starts + (weekday - _weekday(starts)) % 7 + 7 * nth
            yield f"{name} {nth + 1} of the month", day
        begin = first - _weekday(np.array(first)) + weekday
        for gap in (14, 28):
            for late in range(0, gap, 7):
                days = np.arange(begin + late - gap, last + 1, gap)
                yield f"every {gap // 7} weeks on {name}, from week {late // 7}", days
    for number in (*range(1, 29), 31):
        day = np.minimum(starts + number - 1, ends)
        over = np.maximum(_weekday(day) - 4, 0)
        yield f"day {number} of the month or the working day before", day - over
        yield f"day {number} of the month or the working day after", day + (3 - over) * (over > 0)


def _weekday(days: Whole) -> Whole:
    """Monday is 0."""
    return (days + 3) % 7
