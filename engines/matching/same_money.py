"""One payment told by two doors: the bank's file and the accounting system's list of receipts.

Amount, currency and day have to agree. A shared reference makes it the same money, unless both
doors name a payer and the payers differ; that, or a shared payer alone, only makes it likely. Each
payment is joined once, same payers first, so two equal payments stay two.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache

from engines.matching.names import normalise_name
from engines.matching.telling import telling_references

_BUSINESS_DAYS_APART = 3
_FRIDAY = 4
_NO_DIGIT = re.compile(r"\D")
_SHORTEST_CUT = 7  # letters of a name that a bank cut short


@dataclass(frozen=True, slots=True)
class Told:
    """A payment as one door tells it; all text is from outside.

    Attributes:
        payer_name: Who paid, in this door's words; empty where it does not say.
        customer_name: Whose money the books say it is, if they do.
    """

    key: str
    on: date
    minor: int
    currency: str
    references: tuple[str, ...] = ()
    payer_name: str = ""
    customer_name: str = ""


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
    joined, rest = Joined(), sorted(new, key=lambda told: (told.on, told.key))
    rounds = (
        (joined.same, _share_reference_and_payer),
        (joined.same, _share_reference_with_nobody),
        (joined.doubtful, share_reference),
        (joined.doubtful, _share_payer),
    )
    for found, agree in rounds:
        rest = [each for each in rest if not _take(each, waiting, agree, found)]
    return joined


def _take(
    told: Told,
    waiting: dict[tuple[int, str], list[Told]],
    agree: Callable[[Told, Told], bool],
    found: dict[str, str],
) -> bool:
    """Join a payment with the nearest one that agrees, which then waits for no other."""
    others = waiting[told.minor, told.currency]
    twin = _nearest(told, others, agree)
    if twin is None:
        return False
    others.remove(twin)
    found[told.key] = twin.key
    return True


def _nearest(told: Told, others: list[Told], agree: Callable[[Told, Told], bool]) -> Told | None:
    near = [
        (days, other.on, other.key, other)
        for other in others
        if (days := business_days_apart(told.on, other.on)) <= _BUSINESS_DAYS_APART
        and agree(told, other)
    ]
    return min(near)[3] if near else None


def share_reference(one: Told, other: Told) -> bool:
    """Whether a reference stands in both, other than the amount they agree in anyway."""
    return bool(_references(one) & _references(other))


@lru_cache(maxsize=65_536)
def _references(told: Told) -> frozenset[str]:
    amounts = {str(told.minor), str(told.minor // 100)}
    found = telling_references(*told.references)
    return frozenset(each for each in found if _NO_DIGIT.sub("", each).lstrip("0") not in amounts)


def _share_reference_and_payer(one: Told, other: Told) -> bool:
    return _share_payer(one, other) and share_reference(one, other)


def _share_reference_with_nobody(one: Told, other: Told) -> bool:
    """Whether they share a reference, and one of them does not say who paid."""
    return not (_payers(one) and _payers(other)) and share_reference(one, other)


def _share_payer(one: Told, other: Told) -> bool:
    return any(_is_same(name, its) for name in _payers(one) for its in _payers(other))


def _payers(told: Told) -> set[str]:
    return {normalise_name(name) for name in (told.payer_name, told.customer_name)} - {""}


def _is_same(one: str, other: str) -> bool:
    """Whether two names are one: the same words, or one of them cut short."""
    short, long = sorted((one, other), key=len)
    cut = len(short) >= _SHORTEST_CUT and long.startswith(short)
    return cut or sorted(short.split()) == sorted(long.split())


def business_days_apart(one: date, other: date) -> int:
    """Days from Monday to Friday between two dates, the later one included."""
    first, last = sorted((one, other))
    days = (first + timedelta(days=n) for n in range(1, min((last - first).days, 31) + 1))
    return sum(day.weekday() <= _FRIDAY for day in days)
