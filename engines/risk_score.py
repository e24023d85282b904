"""Credit risk of an account as points with their reasons: an open scorecard over how it pays. Pure.

What goes in is money, days and counts, and nothing about who somebody is: no name, place, language,
segment or size of a company can move a point, because none of it is here. Natural persons are not
scored at all.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from ledger.states import DebtorType
from policies.schema_credit import ScorePolicy

NATURAL_PERSONS = frozenset({DebtorType.CONSUMER, DebtorType.SOLE_TRADER, DebtorType.GUARANTOR})
RECENT_DAYS = 90
_FEWEST_RECENT, _FEWEST_EARLIER = 2, 3
_PRIOR_PAYMENTS = 4.0


@dataclass(frozen=True, slots=True)
class Paid:
    """An invoice that was paid: the day the last cash came, and how late that was."""

    on: date
    days_late: int


@dataclass(frozen=True, slots=True)
class RiskFacts:
    """How an account pays and what it owes, in minor units of one currency.

    Attributes:
        paid: Invoices paid in the last year.
        part_paid: Open items past due of which a part came.
        disputes_lately: Opened in the last 90 days.
        disputes_before: Opened in the 270 days before those.
        returned: Payments that went back in the last year.
        unreachable: Whether mail to every contact bounced.
        limit_minor: None where there is no limit.
    """

    as_of: date
    open_minor: int = 0
    overdue_minor: int = 0
    oldest_days: int = 0
    paid: tuple[Paid, ...] = ()
    promises_kept: int = 0
    promises_failed: int = 0
    part_paid: int = 0
    disputes_lately: int = 0
    disputes_before: int = 0
    returned: int = 0
    unreachable: bool = False
    exposure_minor: int = 0
    limit_minor: int | None = None


@dataclass(frozen=True, slots=True)
class Contribution:
    """Points that one fact adds, and the words for it."""

    name: str
    points: int
    says: str


@dataclass(frozen=True, slots=True)
class Trend:
    """Days late of an account against its own habit; None where too few payments tell."""

    usual_days: float | None
    recent_days: float | None

    @property
    def slower_by(self) -> float:
        """Days slower than its habit; 0 if quicker or not known."""
        if self.usual_days is None or self.recent_days is None:
            return 0.0
        return max(0.0, self.recent_days - self.usual_days)

    @property
    def in_whole_days(self) -> tuple[int | None, int | None]:
        """Usual and recent days late, rounded."""
        usual, recent = (
            None if days is None else round(days) for days in (self.usual_days, self.recent_days)
        )
        return usual, recent


@dataclass(frozen=True, slots=True)
class RiskScore:
    """Points from 0, the safest, to 100, what class they make, and why.

    Attributes:
        grounds: What it rests on, in words.
        reasons: Largest first; those without points are left out.
        warnings: What changed for the worse, whatever the class is.
    """

    points: int
    risk_class: str
    grounds: str
    trend: Trend
    reasons: tuple[Contribution, ...] = ()
    warnings: tuple[str, ...] = field(default=())


def is_scored(debtor_type: str) -> bool:
    """Whether accounts of a type are scored: natural persons are not."""
    return debtor_type not in NATURAL_PERSONS


def score(facts: RiskFacts, policy: ScorePolicy) -> RiskScore:
    """Add up the points of an account.

    Args:
        facts: How it pays.
        policy: Most points of each fact, and the classes.
    """
    trend = trend_of(facts)
    found = [
        *_habit(facts, policy),
        *_overdue(facts, policy),
        *_trend(trend, policy),
        *_words(facts, policy),
        *_signs(facts, policy),
        *_limit(facts, policy),
    ]
    reasons = sorted((c for c in found if c.points), key=lambda c: (-c.points, c.name))
    points = min(100, sum(each.points for each in reasons))
    return RiskScore(
        points,
        class_of(points, policy),
        _grounds(facts),
        trend,
        tuple(reasons),
        tuple(_warnings(facts, trend, policy)),
    )


def class_of(points: int, policy: ScorePolicy) -> str:
    """The class of points: A is the safest, E the riskiest."""
    return "ABCDE"[sum(points > most for most in policy.classes)]


def trend_of(facts: RiskFacts) -> Trend:
    """Mean days late of the last 90 days against the time before."""
    recent, earlier = [], []
    for each in facts.paid:
        lately = (facts.as_of - each.on).days <= RECENT_DAYS
        (recent if lately else earlier).append(each.days_late)
    return Trend(_mean(earlier, _FEWEST_EARLIER), _mean(recent, _FEWEST_RECENT))


def _mean(days: Sequence[int], fewest: int) -> float | None:
    return sum(days) / len(days) if len(days) >= fewest else None


def _habit(facts: RiskFacts, policy: ScorePolicy) -> list[Contribution]:
    """Mean days late; few payments are drawn to what policy assumes of an unknown account."""
    assumed = policy.assumed_days_late
    total = sum(each.days_late for each in facts.paid)
    days = (total + _PRIOR_PAYMENTS * assumed) / (len(facts.paid) + _PRIOR_PAYMENTS)
    says = f"pays {days:.0f} days late on average"
    if not facts.paid:
        says = f"no payment known; {assumed} days late are assumed"
    return [Contribution("habit", _part(days, policy.days_late_full, policy.habit), says)]


def _overdue(facts: RiskFacts, policy: ScorePolicy) -> list[Contribution]:
    share = facts.overdue_minor / facts.open_minor if facts.open_minor > 0 else 0.0
    oldest = facts.oldest_days
    return [
        Contribution(
            "overdue", _part(share, 1.0, policy.overdue), f"{share:.0%} of the balance is past due"
        ),
        Contribution(
            "age", _part(oldest, policy.oldest_days_full, policy.age), f"oldest item {oldest} days"
        ),
    ]


def _trend(trend: Trend, policy: ScorePolicy) -> list[Contribution]:
    slower = trend.slower_by
    says = f"{slower:.0f} days slower than its habit"
    return [Contribution("trend", _part(slower, policy.slower_days_full, policy.trend), says)]


def _words(facts: RiskFacts, policy: ScorePolicy) -> list[Contribution]:
    """Promises, drawn to half of them kept where there are few."""
    failed, given = facts.promises_failed, facts.promises_failed + facts.promises_kept
    share = failed / (given + 1) if given else 0.0
    says = f"{failed} of {given} promises broken or kept in part"
    return [Contribution("promises", _part(share, 1.0, policy.promises), says)]


def _signs(facts: RiskFacts, policy: ScorePolicy) -> list[Contribution]:
    rising = max(0.0, facts.disputes_lately - facts.disputes_before / 3)
    return [
        Contribution(
            "disputes",
            _part(rising, 3, policy.disputes),
            f"{facts.disputes_lately} disputes in {RECENT_DAYS} days, more than before",
        ),
        Contribution(
            "returned", _part(facts.returned, 2, policy.returned), f"{facts.returned} returned"
        ),
        Contribution(
            "part_paid",
            _part(facts.part_paid, 3, policy.part_paid),
            f"{facts.part_paid} overdue items paid in part",
        ),
        Contribution("unreachable", policy.unreachable * facts.unreachable, "mail bounces"),
    ]


def _limit(facts: RiskFacts, policy: ScorePolicy) -> list[Contribution]:
    if facts.limit_minor is None or facts.exposure_minor <= 0:
        return []
    used = facts.exposure_minor / max(facts.limit_minor, 1)
    points = _part(used - 0.5, 0.7, policy.limit_use)
    return [Contribution("limit_use", points, f"{min(used, 99):.0%} of its credit limit is used")]


def _part(value: float, full: float, points: int) -> int:
    """Points in proportion, none below 0 and all from the full value on."""
    return round(points * min(max(value / full, 0.0), 1.0))


def _grounds(facts: RiskFacts) -> str:
    count = len(facts.paid)
    if not count:
        return "open items alone: no payment is known yet"
    return f"{count} paid invoice{'' if count == 1 else 's'} of the last year, and what is open"


def _warnings(facts: RiskFacts, trend: Trend, policy: ScorePolicy) -> list[str]:
    found = []
    if trend.slower_by >= policy.warn_slower_days:
        found.append(
            f"slower than habit: {trend.recent_days:.0f} days late lately, "
            f"{trend.usual_days:.0f} before"
        )
    if facts.promises_failed > facts.promises_kept:
        found.append(f"breaks its promises: {facts.promises_failed} broken")
    if facts.disputes_lately > max(1, facts.disputes_before / 3):
        found.append(f"disputes rise: {facts.disputes_lately} in {RECENT_DAYS} days")
    if facts.part_paid >= 2:
        found.append(f"pays in part: {facts.part_paid} overdue items")
    if facts.returned:
        found.append(f"payments went back: {facts.returned}")
    if facts.unreachable:
        found.append("mail to every contact bounces")
    return found
