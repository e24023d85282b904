"""Promises, plans, disputes and stops over a whole book, each to the items it is about."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from engines.forecast.cash import ExpectedItems
from engines.forecast.events import remaining_waits, with_promise, with_wait

_MOST_WAITS = 15


@dataclass(frozen=True, slots=True)
class Promised:
    """A promise to pay that is not settled yet.

    Attributes:
        item_ids: What it names; empty means everything open of the account in its currency.
        amount: In minor units; None means all of it.
        kept: Share of such promises that are kept.
    """

    account: str
    item_ids: frozenset[str]
    pay_on: date
    amount: int | None
    currency: str | None
    kept: float


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan in force over items: its instalments still to come, in minor units."""

    item_ids: frozenset[str]
    parts: tuple[tuple[date, int], ...]
    kept: float


@dataclass(frozen=True, slots=True)
class Disputed:
    """Items in dispute; without any named, all of the account."""

    account: str
    item_id: str | None
    opened_on: date


@dataclass(frozen=True, slots=True)
class KnownEvents:
    """What is known beside dates.

    Attributes:
        dispute_days: Days past disputes took.
        stopped: Accounts that do not pay in the ordinary way any more.
    """

    promises: tuple[Promised, ...] = ()
    plans: tuple[Planned, ...] = ()
    disputes: tuple[Disputed, ...] = ()
    dispute_days: tuple[int, ...] = ()
    stopped: frozenset[str] = frozenset()


def with_events(items: ExpectedItems, events: KnownEvents) -> ExpectedItems:
    """Weigh each item's curve by what is known of it.

    A plan goes before a promise, a dispute holds back what either says, and what is stopped is
    expected after the horizon.
    """
    found = items.with_paid(items.paid.copy())
    places = _Places(items)
    for plan in events.plans:
        _put_plan(found, places.named(plan.item_ids), plan)
    for promise in events.promises:
        _put_promise(found, places, promise)
    by_age: dict[int, list[int]] = {}
    for dispute in events.disputes:
        rows = places.of(dispute.account, dispute.item_id)
        by_age.setdefault((items.as_of - dispute.opened_on).days, []).extend(rows)
    for so_far, disputed in sorted(by_age.items()):
        rows = np.unique(np.array(disputed, dtype=np.int64))
        if len(rows):
            part = found.take(rows)
            waits = _thinned(remaining_waits(events.dispute_days, so_far))
            found.paid[rows] = with_wait(part, np.ones(len(rows), dtype=bool), waits).paid
    stopped = [row for account in sorted(events.stopped) for row in places.of(account, None)]
    found.paid[stopped] = 0.0
    found.paid[stopped, -1] = 1.0
    return found


class _Places:
    """Where items stand, by id and by account."""

    def __init__(self, items: ExpectedItems) -> None:
        self._by_id = {name: at for at, name in enumerate(items.item_id.tolist())}
        self._by_account: dict[str, list[int]] = {}
        for at, name in enumerate(items.account.tolist()):
            self._by_account.setdefault(name, []).append(at)

    def named(self, item_ids: Iterable[str]) -> list[int]:
        """Positions of items that are open."""
        return sorted(self._by_id[name] for name in item_ids if name in self._by_id)

    def of(self, account: str, item_id: str | None) -> list[int]:
        """Positions of one item, or of all of an account."""
        if item_id is not None:
            return self.named([item_id])
        return self._by_account.get(account, [])


def _put_promise(found: ExpectedItems, places: _Places, promise: Promised) -> None:
    rows = places.named(promise.item_ids) if promise.item_ids else places.of(promise.account, None)
    if promise.currency is not None:
        rows = [row for row in rows if found.currency[row] == promise.currency]
    if not rows:
        return
    owed = float(found.amount[rows].sum())
    share = 1.0 if promise.amount is None or owed <= 0 else min(1.0, promise.amount / owed)
    part = found.take(rows)
    every = np.ones(len(rows), dtype=bool)
    found.paid[rows] = with_promise(part, every, promise.pay_on, promise.kept * share).paid


def _put_plan(found: ExpectedItems, rows: Sequence[int], plan: Planned) -> None:
    """Instalments are paid on their day as often as promises are kept, else after the horizon."""
    left = [((due - found.as_of).days, amount) for due, amount in plan.parts]
    left = [(days, amount) for days, amount in left if days >= 0]
    owed = sum(amount for _, amount in left)
    if not rows or owed <= 0:
        return
    row: NDArray[np.float64] = np.zeros(found.paid.shape[1])
    for days, amount in left:
        row[min(days, found.days)] += plan.kept * amount / owed
    row[-1] += 1 - plan.kept
    found.paid[list(rows)] = row


def _thinned(waits: list[int]) -> list[int]:
    """As many waits as are told apart, evenly over all of them."""
    if len(waits) <= _MOST_WAITS:
        return waits
    places = np.linspace(0, len(waits) - 1, _MOST_WAITS).round().astype(int)
    return [sorted(waits)[place] for place in places]
