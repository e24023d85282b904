"""One payment told by two doors: the bank's file and the accounting system's list of receipts.

Amount, currency and day have to agree; a shared reference makes it the same money, a shared payer
only makes it likely. Each payment is joined once, so two equal payments stay two.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

from engines.matching.names import normalise_name
from engines.matching.returns import telling_references

_BUSINESS_DAYS_APART = 3
_FRIDAY = 4


@dataclass(frozen=True, slots=True)
class Told:
    """A payment as one door tells it; all text is from outside."""

    key: str
    on: date
    minor: int
    currency: str
    references: tuple[str, ...] = ()
    payer_name: str = ""


@dataclass(slots=True)
class Joined:
    """New payments by key, with the known one each is, or may be."""

    same: dict[str, str] = field(default_factory=dict)
    doubtful: dict[str, str] = field(default_factory=dict)


def join_same_money(new: Iterable[Told], known: Iterable[Told]) -> Joined:
    """Find the payments of one door among those of the other, nearest day first."""
    waiting: dict[tuple[int, str], list[Told]] = defaultdict(list)
    for each in known:
        waiting[each.minor, each.currency].append(each)
    joined, rest = Joined(), []
    for each in sorted(new, key=lambda told: (told.on, told.key)):
        twin = _nearest(each, waiting[each.minor, each.currency], _share_reference)
        if twin is None:
            rest.append(each)
            continue
        waiting[each.minor, each.currency].remove(twin)
        joined.same[each.key] = twin.key
    for each in rest:
        twin = _nearest(each, waiting[each.minor, each.currency], _share_payer)
        if twin is not None:
            waiting[each.minor, each.currency].remove(twin)
            joined.doubtful[each.key] = twin.key
    return joined


def _nearest(told: Told, others: list[Told], agree: Callable[[Told, Told], bool]) -> Told | None:
    near = [
        (business_days_apart(told.on, other.on), other.on, other.key, other)
        for other in others
        if agree(told, other)
    ]
    near = [each for each in near if each[0] <= _BUSINESS_DAYS_APART]
    return min(near)[3] if near else None


def _share_reference(one: Told, other: Told) -> bool:
    return bool(telling_references(*one.references) & telling_references(*other.references))


def _share_payer(one: Told, other: Told) -> bool:
    name = normalise_name(one.payer_name)
    return bool(name) and name == normalise_name(other.payer_name)


def business_days_apart(one: date, other: date) -> int:
    """Days from Monday to Friday between two dates, the later one included."""
    first, last = sorted((one, other))
    days = (first + timedelta(days=n) for n in range(1, min((last - first).days, 31) + 1))
    return sum(day.weekday() <= _FRIDAY for day in days)
