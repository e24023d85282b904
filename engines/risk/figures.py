"""What is known of the customer behind an item on a day, as figures and as histograms.

A customer without payments has the habit of its segment (the terms), a segment without payments
that of all, and without any payment a plain belief: most pay near the due date.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engines.risk.calendar_days import Whole, days_of_month, weekdays
from engines.risk.habits import ALL, BINS, EARLIEST, HabitBook, Questions, bin_of, clipped, segments
from engines.risk.running import Span

Reals = NDArray[np.float64]
Reals32 = NDArray[np.float32]
Named = dict[str, NDArray]

OWN_PRIOR = 4.0
"""Payments' worth of weight a segment has against a customer's own."""
_SEGMENT_PRIOR = 25.0
_LATE7_BELIEF = 0.07
_HALVED_AFTER = 90.0
_DEPTH, _KERNEL_DEPTH, _RUNS = 96, 192, 60
_CHUNK = 8_000


@dataclass(frozen=True, slots=True, eq=False)
class Habits:
    """What is known of the customer of each question.

    Attributes:
        figures: One column per name in `names`.
        hazard: P(paid k days late | not paid earlier), per bin.
        reach: P(paid at most k days late), per bin.
        weekday: Share of payment runs per weekday.
        month_day: Share per day of the month, against an even spread.
        last_run: Day number of the last payment run, -1 without one.
        payments: How many payments of the customer are known.
    """

    names: tuple[str, ...]
    figures: Reals32
    hazard: Reals32
    reach: Reals32
    weekday: Reals32
    month_day: Reals32
    last_run: Whole
    payments: Reals

    def column(self, name: str) -> Reals32:
        """One figure of every question."""
        return self.figures[:, self.names.index(name)]


def habits_of(book: HabitBook, asked: Questions, *, named: bool = True) -> Habits:
    """What is known of the customer of each question as of its day.

    Args:
        book: The ledger indexed.
        asked: The questions.
        named: Whether the figures are wanted too, which only trees read.
    """
    part = _part if named else _histograms
    parts = [
        part(book, asked.part(slice(start, start + _CHUNK)))
        for start in range(0, max(1, len(asked)), _CHUNK)
    ]
    names = parts[0].names
    columns = ("figures", "hazard", "reach", "weekday", "month_day", "last_run", "payments")
    together = (np.concatenate([getattr(part, name) for part in parts]) for name in columns)
    return Habits(names, *together)


def _part(book: HabitBook, asked: Questions) -> Habits:
    span = book.paid.before(asked.account, asked.asked)
    payments = (span[1] - span[0]).astype(np.float64)
    figures: Named = _of_item(book, asked)
    figures |= _of_all(book, asked)
    figures |= _of_customer(book, asked, span, figures["segment_late"])
    figures |= _of_same_weekday(book, asked, figures["late"])
    figures |= _of_open_book(book, asked, payments)
    figures |= _of_latest(book, asked, span)
    figures |= _of_likes(book, asked, span, figures["late"])
    figures |= book.alike.figures(
        asked.account, asked.asked, asked.issued, asked.due, asked.amount, figures["late"]
    )
    runs, weekday, month_day, last_run = _of_runs(book, asked)
    figures |= runs
    hazard, reach = _lateness(book, asked, span)
    table = np.column_stack(list(figures.values())).astype(np.float32)
    return Habits(tuple(figures), table, hazard, reach, weekday, month_day, last_run, payments)


def _histograms(book: HabitBook, asked: Questions) -> Habits:
    """All but the figures."""
    span = book.paid.before(asked.account, asked.asked)
    _, weekday, month_day, last_run = _of_runs(book, asked)
    hazard, reach = _lateness(book, asked, span)
    none = np.zeros((len(asked), 0), dtype=np.float32)
    return Habits((), none, hazard, reach, weekday, month_day, last_run, _count(span))


def _ratio(over: NDArray, under: NDArray) -> Reals:
    return np.where(under > 0, over / np.maximum(under, 1), np.nan)


def _count(span: Span) -> Reals:
    return (span[1] - span[0]).astype(np.float64)


def _of_item(book: HabitBook, asked: Questions) -> Named:
    issued = book.issues.before(asked.account, asked.asked)
    usual = _ratio(book.issued_amount.of(issued), _count(issued))
    return {
        "amount": asked.amount,
        "amount_against_usual": asked.amount - usual,
        "terms": asked.terms,
        "to_due": asked.due - asked.asked,
        "age": asked.asked - asked.issued,
        "given_days": asked.due - asked.issued,
        "entered_late": asked.issued - asked.due + asked.terms,
        "due_weekday": weekdays(asked.due),
        "due_month_day": days_of_month(asked.due),
        "issue_weekday": weekdays(asked.issued),
    }


def _of_all(book: HabitBook, asked: Questions) -> Named:
    zero = np.zeros(len(asked), dtype=np.int64)
    ever, month = book.by_all.before(zero, asked.asked), book.by_all.within(zero, asked.asked, 30)
    own = book.by_segment.before(segments(asked.terms, asked.due - asked.issued), asked.asked)
    overall = (book.all_sums[0].of(ever) + 1) / (_count(ever) + 2)
    late = book.segment_late.of(own) + _SEGMENT_PRIOR * overall
    return {
        "all_late_30": _ratio(book.all_sums[0].of(month), _count(month)),
        "all_mean_30": _ratio(book.all_sums[1].of(month), _count(month)),
        "segment_late": late / (_count(own) + _SEGMENT_PRIOR),
    }


def _of_customer(book: HabitBook, asked: Questions, span: Span, segment_late: Reals) -> Named:
    count = _count(span)
    late, late7, days, squares, to_pay = (each.of(span) for each in book.sums)
    mean = _ratio(days, count)
    found: Named = {
        "payments": count,
        "late": (late + OWN_PRIOR * segment_late) / (count + OWN_PRIOR),
        "late7": (late7 + OWN_PRIOR * _LATE7_BELIEF) / (count + OWN_PRIOR),
        "mean_late": mean,
        "spread": np.sqrt(np.maximum(_ratio(squares, count) - mean**2, 0)),
        "days_to_pay": _ratio(to_pay, count),
    }
    for back in (90, 30, 10):
        stretch = book.paid.within(asked.account, asked.asked, back)
        inside = _count(stretch)
        found[f"payments_{back}"] = inside
        found[f"late_{back}"] = (book.sums[0].of(stretch) + 3 * found["late"]) / (inside + 3)
        found[f"late7_{back}"] = (book.sums[1].of(stretch) + 3 * found["late7"]) / (inside + 3)
        found[f"mean_late_{back}"] = _ratio(book.sums[2].of(stretch), inside)
    return found


def _of_same_weekday(book: HabitBook, asked: Questions, late: Reals) -> Named:
    """Of invoices due on the same weekday: what decides, for a customer who pays in runs."""
    keys = np.where(asked.account < 0, -1, asked.account * 7 + weekdays(asked.due))
    ever = book.same_weekday.before(keys, asked.asked)
    recent = book.same_weekday.within(keys, asked.asked, 60)
    sums = book.same_weekday_sums
    share = (sums[0].of(ever) + 3 * late) / (_count(ever) + 3)
    return {
        "weekday_late": share,
        "weekday_mean": _ratio(sums[1].of(ever), _count(ever)),
        "weekday_payments": _count(ever),
        "weekday_late_60": (sums[0].of(recent) + 3 * share) / (_count(recent) + 3),
        "weekday_mean_60": _ratio(sums[1].of(recent), _count(recent)),
    }


def _of_open_book(book: HabitBook, asked: Questions, payments: Reals) -> Named:
    issued = book.issues.before(asked.account, asked.asked)
    fallen = book.falls_due.before(asked.account, asked.asked)
    settled = book.paid_past_due.before(asked.account, asked.asked)
    items, overdue = _count(issued) - payments, _count(fallen) - _count(settled)
    days = book.falls_due_on.of(fallen) - book.paid_past_due_on.of(settled)
    return {
        "open": items,
        "overdue": overdue,
        "overdue_share": _ratio(overdue, items),
        "overdue_age": asked.asked - _ratio(days, overdue),
        "overdue_per_payment": overdue / (1 + payments),
        "issued_30": _count(book.issues.within(asked.account, asked.asked, 30)),
    }


def _of_latest(book: HabitBook, asked: Questions, span: Span) -> Named:
    positions, there = book.paid.latest(span, 24)
    late = _pick(book.late, positions, there)
    last, some = positions[:, 0], there[:, 0]
    days = _pick(book.paid.days, last, some)
    return {
        "last_late": late[:, 0],
        "since_paid": asked.asked - days,
        "overtaken": _pick(book.furthest_due, last, some) - asked.due,
        "tenth": _sorted_at(late, 0.1),
        "median": _sorted_at(late, 0.5),
        "ninetieth": _sorted_at(late, 0.9),
        "median_5": _sorted_at(late[:, :5], 0.5),
    }


def _pick(values: NDArray, positions: NDArray, there: NDArray) -> Reals:
    if not len(values):
        return np.full(positions.shape, np.nan)
    return np.where(there, values[positions], np.nan)


def _sorted_at(values: Reals, share: float) -> Reals:
    """The value at a share of each row's known values; NaN where it has none."""
    known = (~np.isnan(values)).sum(axis=1)
    place = np.floor(share * (known - 1) + 0.5).astype(np.int64)
    place = np.clip(place, 0, values.shape[1] - 1)
    return np.take_along_axis(np.sort(values, axis=1), place[:, None], axis=1)[:, 0]


def _of_likes(book: HabitBook, asked: Questions, span: Span, late: Reals) -> Named:
    """How late the customer paid invoices like this one: amount, weekday, due day, terms."""
    positions, there = book.spaced(asked, span, 120, _KERNEL_DEPTH)
    paid_late = np.nan_to_num(_pick(book.late, positions, there))
    due = np.nan_to_num(_pick(book.due, positions, there))
    given = due - np.nan_to_num(_pick(book.issued, positions, there))
    amount = np.nan_to_num(_pick(book.amount, positions, there))
    age = asked.asked[:, None] - np.nan_to_num(_pick(book.paid.days, positions, there))
    recent = np.where(there, 0.5 ** (age / 60.0), 0.0)
    apart = np.abs(amount - asked.amount[:, None])
    same_weekday = weekdays(due.astype(np.int64)) == weekdays(asked.due)[:, None]
    month_day = days_of_month(due.astype(np.int64)) - days_of_month(asked.due)[:, None]
    around = np.abs((month_day + 15) % 31 - 15)
    other_terms = np.abs(given - (asked.due - asked.issued)[:, None])
    weights = {
        "amount": recent * np.exp(-apart / 0.15),
        "amount_weekday": recent * np.exp(-apart / 0.4) * same_weekday,
        "month_day": recent * np.exp(-around / 1.5),
        "given_days": recent * np.exp(-other_terms / 2.0),
        "newest_weekday": np.where(there, 0.5 ** (age / 10.0), 0.0) * same_weekday,
    }
    found: Named = {}
    was_late, drawn_in = paid_late > 0, clipped(paid_late)
    for name, weight in weights.items():
        total = weight.sum(axis=1)
        mean = (weight * drawn_in).sum(axis=1) / np.maximum(total, 1e-3)
        found[f"like_{name}_late"] = ((weight * was_late).sum(axis=1) + late) / (total + 1)
        found[f"like_{name}_mean"] = np.where(total > 1e-3, mean, np.nan)
        found[f"like_{name}_weight"] = total
    return found


def _of_runs(book: HabitBook, asked: Questions) -> tuple[Named, Reals32, Reals32, Whole]:
    """Payment runs: how many, how far apart, on which weekdays and days of the month."""
    span = book.runs.before(asked.account, asked.asked)
    positions, there = book.runs.latest(span, _RUNS)
    days = _pick(book.runs.days, positions, there)
    counted = np.nan_to_num(days).astype(np.int64)
    weight = np.where(there, 0.5 ** ((asked.asked[:, None] - counted) / _HALVED_AFTER), 0.0)
    quarter = _count(book.runs.within(asked.account, asked.asked, 90))
    paid = _count(book.paid.within(asked.account, asked.asked, 90))
    found: Named = {
        "runs_90": quarter,
        "run_size": _ratio(paid, quarter),
        "run_gap": _sorted_at(days[:, :11] - days[:, 1:12], 0.5),
    }
    everyone = book.weekday_of.before(ALL, asked.asked) + np.array([1, 1, 1, 1, 1, 0.05, 0.05])
    everyone = everyone / everyone.sum(axis=1, keepdims=True)
    weekday = _histogram(weekdays(counted), weight, 7) + OWN_PRIOR * everyone
    month_day = _histogram(days_of_month(counted), weight, 32) + OWN_PRIOR / 31
    total = weight.sum(axis=1, keepdims=True) + OWN_PRIOR
    last_run = np.where(there[:, 0], counted[:, 0], -1)
    shares = (weekday / total).astype(np.float32), (31 * month_day / total).astype(np.float32)
    return found, *shares, last_run


def _histogram(columns: Whole, weight: Reals, width: int) -> Reals:
    rows = np.arange(len(columns))[:, None] * width
    counts = np.bincount((rows + columns).ravel(), weight.ravel(), len(columns) * width)
    return counts.reshape(len(columns), width).astype(np.float64)


def _lateness(book: HabitBook, asked: Questions, span: Span) -> tuple[Reals32, Reals32]:
    """Days late as the customer's payments say, drawn towards its segment, and that towards all."""
    positions, there = book.spaced(asked, span, 60, _DEPTH)
    age = asked.asked[:, None] - np.nan_to_num(_pick(book.paid.days, positions, there))
    weight = np.where(there, 0.5 ** (age / _HALVED_AFTER), 0.0)
    late = np.nan_to_num(_pick(book.late, positions, there))
    segment = segments(asked.terms, asked.due - asked.issued)
    drawn = book.lateness_of.before(ALL, asked.asked) + 2 * _BELIEF[None, :]
    drawn = drawn / drawn.sum(axis=1, keepdims=True)
    for counts, prior in (
        (book.lateness_of.before(segment, asked.asked), _SEGMENT_PRIOR),
        (_histogram(bin_of(late), weight, BINS), OWN_PRIOR),
    ):
        drawn = (counts + prior * drawn) / (counts.sum(axis=1, keepdims=True) + prior)
    reach = drawn.cumsum(axis=1)
    hazard = drawn / np.maximum(1 - reach + drawn, 1e-6)
    return hazard.astype(np.float32), np.minimum(reach, 1).astype(np.float32)


def _belief() -> Reals:
    """What is believed before any payment: near the due date, a longer tail behind than before."""
    k = np.arange(BINS) + EARLIEST
    shape = np.where(k <= 0, np.exp(k / 4.0), np.exp(-k / 7.0)) + 1e-3
    return shape / shape.sum()


_BELIEF = _belief()
