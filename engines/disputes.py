"""Which dispute comes first, and what past disputes say about a new one: pure, with its reasons."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from statistics import median_high

from ledger.states import Segment
from policies.schema_disputes import DisputePriority

_CLOSE = frozenset({Segment.STRATEGIC, Segment.ENTERPRISE})
_CUSTOMER_WAS_RIGHT = frozenset({"credit", "rebill", "allow_discount"})
# Past cases of the account, of its segment and of the book count so much each.
_WEIGHTS = {"account": 3, "segment": 2, "book": 1}


@dataclass(frozen=True, slots=True)
class Factor:
    """Points one factor adds, and the words for it."""

    name: str
    points: int
    says: str


@dataclass(frozen=True, slots=True)
class Priority:
    """How urgent a dispute is, from 0 to 100, with every factor."""

    points: int
    factors: tuple[Factor, ...]


def prioritise(
    *,
    value_minor: int,
    high_value_minor: int | None,
    opened_on: date,
    answer_by: date,
    as_of: date,
    segment: str,
    strategic: bool,
    weights: DisputePriority,
) -> Priority:
    """Points of a dispute by value, age, relationship and deadline.

    Value counts against the high-value threshold of its currency; where there is none, it counts
    in full. The deadline counts in full once it has passed, and half within two days of it.
    """
    age = max(0, (as_of - opened_on).days)
    left = (answer_by - as_of).days
    close = strategic or segment in _CLOSE
    factors = (
        Factor(
            "value",
            _share(value_minor, high_value_minor or 1, weights.value),
            "what is disputed, against the high-value threshold",
        ),
        Factor("age", _share(age, weights.oldest_days, weights.age), f"open {age} days"),
        Factor(
            "relationship",
            weights.relationship if close else _half(weights.relationship, segment == Segment.MID),
            "strategic" if close else segment,
        ),
        Factor("deadline", _deadline(left, weights.deadline), _told(left)),
    )
    return Priority(sum(factor.points for factor in factors), factors)


def _share(part: int, whole: int, points: int) -> int:
    return points * min(max(part, 0), whole) // whole


def _half(points: int, holds: bool) -> int:
    return points // 2 if holds else 0


def _deadline(left: int, points: int) -> int:
    if left < 0:
        return points
    return points // 2 if left <= 2 else 0


def _told(left: int) -> str:
    if left < 0:
        return f"the answer is {-left} days overdue"
    return f"the answer is due in {left} days"


@dataclass(frozen=True, slots=True)
class PastEnds:
    """How past disputes of one reason ended, near to far: account, segment, book."""

    account: Mapping[str, int]
    segment: Mapping[str, int]
    book: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Outlook:
    """What past disputes say about a new one.

    Attributes:
        cases: Past cases of the reason in the whole book.
        basis: Where the likely end was read: account, segment, book, or policy where too few are.
        upheld_ratio: Of those cases, how many the customer was right in; None where too few are.
    """

    cases: int
    basis: str
    likely: str
    upheld_ratio: float | None


def outlook(past: PastEnds, usual: tuple[str, ...], least: int) -> Outlook:
    """The likely end of a dispute by past ends of its reason, the nearest counting most.

    Args:
        past: Counts by resolution; the book holds those of the segment, it those of the account.
        usual: Ends that policy names for the reason, likeliest first: they break ties, and stand
            alone where past cases are too few.
        least: So many cases in the book before they say anything.
    """
    cases = sum(past.book.values())
    if cases < least:
        return Outlook(cases, "policy", usual[0], None)
    tally: Counter[str] = Counter()
    for level, weight in _WEIGHTS.items():
        for resolution, count in getattr(past, level).items():
            tally[resolution] += weight * count
    order = {resolution: rank for rank, resolution in enumerate(usual)}
    likely = min(tally, key=lambda each: (-tally[each], order.get(each, len(order)), each))
    basis = next(
        level for level in _WEIGHTS if sum(getattr(past, level).values()) or level == "book"
    )
    upheld = sum(count for each, count in tally.items() if each in _CUSTOMER_WAS_RIGHT)
    return Outlook(cases, basis, likely, upheld / sum(tally.values()))


@dataclass(frozen=True, slots=True)
class Closed:
    """A dispute for statistics; `came_back` where it was opened again or followed by another."""

    reason: str
    opened_on: date
    resolved_on: date | None
    answer_by: date
    resolution: str | None
    came_back: bool


@dataclass(frozen=True, slots=True)
class ReasonShare:
    """How often a reason was the cause."""

    reason: str
    disputes: int
    share: float
    upheld: int


@dataclass(frozen=True, slots=True)
class DisputeFigures:
    """Figures of the disputes opened in a period; ratios are None where nothing was counted.

    Attributes:
        opened_rate: Disputed invoices per invoice issued in the period.
        days_median: Days from opening to resolution, of those resolved.
        right_first_time_rate: Of those resolved: in time, and never to come back.
        causes: Reasons, the commonest first.
    """

    opened: int
    resolved: int
    opened_rate: float | None
    days_median: int | None
    right_first_time_rate: float | None
    causes: tuple[ReasonShare, ...]


def dispute_figures(disputes: Iterable[Closed], invoices_issued: int) -> DisputeFigures:
    """Dispute rate, days to resolve, first-time-right and root causes."""
    rows = list(disputes)
    done = [row for row in rows if row.resolved_on is not None]
    days = [(row.resolved_on - row.opened_on).days for row in done if row.resolved_on]
    right = sum(
        not row.came_back and row.resolved_on is not None and row.resolved_on <= row.answer_by
        for row in done
    )
    counts = Counter(row.reason for row in rows)
    upheld = Counter(row.reason for row in done if row.resolution in _CUSTOMER_WAS_RIGHT)
    causes = tuple(
        ReasonShare(reason, count, count / len(rows), upheld[reason])
        for reason, count in sorted(counts.items(), key=lambda each: (-each[1], each[0]))
    )
    return DisputeFigures(
        opened=len(rows),
        resolved=len(done),
        opened_rate=len(rows) / invoices_issued if invoices_issued else None,
        days_median=median_high(days) if days else None,
        right_first_time_rate=right / len(done) if done else None,
        causes=causes,
    )
