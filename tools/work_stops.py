"""Why an account is not to be called now: disputes, holds, promises, plans, money in doubt.

A dispute or a stop speaks for the whole account. A promise, a plan, a hold or money that may be
theirs speaks for the items it is about, and for the account only where most of what its late items
cost is covered so. What is over the same item adds up, to all of it at most.
"""

from collections import defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from tools.cash_ahead import CashAhead

if TYPE_CHECKING:
    from engines.forecast.known_events import Promised

Rows = list[int]
_MOST = 0.5


def stops_of(ahead: CashAhead, cost: Any) -> dict[str, tuple[str, ...]]:
    """Why a plain contact is the wrong thing, in words, by account.

    Args:
        ahead: The open items, and what is known of them.
        cost: What each item is expected to cost late.
    """
    found: dict[str, list[str]] = defaultdict(list)
    for each in ahead.events.disputes:
        found[each.account].append("in dispute: resolve it first")
    for account in sorted(ahead.events.stopped):
        found[account].append("insolvent or deceased: not to be chased")
    for account, says in _mostly_covered(ahead, cost):
        found[account].append(says)
    return {account: tuple(dict.fromkeys(says)) for account, says in found.items()}


def _mostly_covered(ahead: CashAhead, cost: Any) -> Iterator[tuple[str, str]]:
    """(account, why) where promises, plans and holds cover most of the cost together."""
    places = _Places(ahead)
    covered_share: dict[int, float] = {}
    why: dict[str, list[str]] = defaultdict(list)
    for says, rows, share in _waiting_share(ahead, places):
        for row in rows:
            covered_share[row] = min(1.0, covered_share.get(row, 0.0) + share)
            why[places.account[row]].append(says)
    for account, reasons in why.items():
        rows = places.of[account]
        whole = sum(float(cost[row]) for row in rows)
        waiting = sum(float(cost[row]) * covered_share.get(row, 0.0) for row in rows)
        if waiting >= _MOST * whole:
            yield from ((account, says) for says in dict.fromkeys(reasons))


class _Places:
    """Where the items of an account stand, and each by its id."""

    def __init__(self, ahead: CashAhead) -> None:
        self.account: list[str] = ahead.items.account.tolist()
        self.by_id = {name: row for row, name in enumerate(ahead.items.item_id.tolist())}
        self.of: dict[str, Rows] = defaultdict(list)
        for row, name in enumerate(self.account):
            self.of[name].append(row)

    def named(self, item_ids: Any) -> Rows:
        """Rows of items that are open."""
        return [self.by_id[name] for name in sorted(item_ids) if name in self.by_id]


def _waiting_share(ahead: CashAhead, places: _Places) -> Iterator[tuple[str, Rows, float]]:
    """(why, rows, share covered) of each hold, plan, doubtful receipt and promise to wait for."""
    for account, item, reason in ahead.holds:
        rows = places.named([item]) if item else places.of.get(account, [])
        yield f"on hold: {reason.replace('_', ' ')}", rows, 1.0
    for plan in ahead.events.plans:
        yield "in a payment plan: let it run", places.named(plan.item_ids), 1.0
    for account, currency, minor in ahead.may_be_here:
        rows = [r for r in places.of.get(account, []) if ahead.items.currency[r] == currency]
        owed = sum(float(ahead.items.amount[row]) for row in rows)
        share = 1.0 if minor is None or owed <= 0 else minor / owed
        yield "money that may be theirs waits: see whose it is", rows, min(1.0, share)
    for promise in ahead.events.promises:
        if promise.pay_on >= ahead.as_of:
            rows = _promised(ahead, places, promise)
            owed = sum(float(ahead.items.amount[row]) for row in rows)
            share = 1.0 if promise.amount is None or owed <= 0 else promise.amount / owed
            yield f"promised for {promise.pay_on}: wait for it", rows, min(1.0, share)


def _promised(ahead: CashAhead, places: _Places, promise: "Promised") -> Rows:
    """The items a promise is about: those it names, or all in its currency."""
    rows = places.named(promise.item_ids) if promise.item_ids else places.of[promise.account]
    coin = promise.currency
    return [row for row in rows if coin is None or ahead.items.currency[row] == coin]
