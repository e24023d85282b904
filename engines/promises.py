"""Which promises to pay were kept and by which cash, and how often an account keeps its word. Pure.

Cash counts once. Promises are served by their last day, the earliest first, and each takes cash
that no other promise names before cash that one does. What is settled stays settled and keeps the
cash it was settled with.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from ledger.states import PromiseState

_WEIGHT = 4.0
"""Promises' worth of weight the house's own rate has against an account's few."""
_HOUSE_RATE = 0.5
_Z = 1.2816  # two-sided 80 %


@dataclass(frozen=True, slots=True)
class GivenPromise:
    """A promise to pay.

    Attributes:
        due_on: The promised date.
        last_day: The last day on which money still counts: method days and grace included.
        invoice_ids: What it names; empty means anything of the account.
        kept_minor: What a promise that is settled already was settled with; None while it is open.
    """

    promise_id: str
    promised_on: date
    due_on: date
    last_day: date
    amount_minor: int | None
    currency: str | None
    invoice_ids: tuple[str, ...] = ()
    kept_minor: int | None = None


@dataclass(frozen=True, slots=True)
class AppliedCash:
    """Cash on an invoice of the account; below zero where an application was reversed."""

    invoice_id: str
    amount_minor: int
    received_on: date
    applied_on: date
    currency: str
    receipt_id: str = ""


@dataclass(frozen=True, slots=True)
class StillOwed:
    """What is open of an invoice and not disputed."""

    invoice_id: str
    open_minor: int
    due_on: date
    currency: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a promise: its state, what came in for it, and when the last of it came."""

    state: PromiseState
    kept_minor: int = 0
    kept_on: date | None = None


@dataclass(slots=True)
class _Pot:
    """Cash with what no promise has taken of it yet."""

    cash: AppliedCash
    left: int


def settle(
    promises: Sequence[GivenPromise],
    cash: Iterable[AppliedCash],
    owed: Sequence[StillOwed],
    as_of: date,
) -> dict[str, Outcome]:
    """Outcome of every open promise of one account as of a date.

    Kept: what came in since it was given reaches the amount by its last day. An amount counts only
    as far as there is something left to pay, so what was credited, written off or is disputed
    breaks no promise; where nothing was left to pay at all it is cancelled. Without an amount all
    that its invoices owe counts, or without invoices what was due by its date. Broken or partly
    kept only once the last day has passed.

    Args:
        promises: Open ones, and settled ones whose cash may not be counted again.
        cash: Cash applied to the account's invoices.
        owed: The account's undisputed open items.
        as_of: The business date.
    """
    pots = _net(cash)
    # Served by their last day, settled ones too: else one takes what only another could have had.
    served = sorted(promises, key=lambda each: (each.last_day, each.promised_on, each.promise_id))
    for promise in served:
        if promise.kept_minor is not None:
            _take(promise, pots, promise.kept_minor, frozenset())
    pending = [promise for promise in served if promise.kept_minor is None]
    found: dict[str, Outcome] = {}
    for promise in pending:
        others = frozenset(i for each in pending if each is not promise for i in each.invoice_ids)
        found[promise.promise_id] = _outcome(promise, pots, owed, as_of, others)
    return found


def _outcome(
    promise: GivenPromise,
    pots: list[_Pot],
    owed: Sequence[StillOwed],
    as_of: date,
    others: frozenset[str],
) -> Outcome:
    there = sum(pot.left for pot in pots if _fits(promise, pot.cash))
    most = there + sum(item.open_minor for item in owed if _is_meant(promise, item))
    target = most if promise.amount_minor is None else min(promise.amount_minor, most)
    got, last = _take(promise, pots, target, others)
    if target == 0:
        return Outcome(PromiseState.CANCELLED)
    if got >= target:
        return Outcome(PromiseState.KEPT, got, last)
    if as_of <= promise.last_day:
        return Outcome(PromiseState.PENDING, got, last)
    return Outcome(PromiseState.PARTLY_KEPT if got else PromiseState.BROKEN, got, last)


def _net(cash: Iterable[AppliedCash]) -> list[_Pot]:
    """Cash as pots; what was reversed is taken off what its receipt had paid of the invoice."""
    parts = sorted(cash, key=lambda each: (each.received_on, each.applied_on, each.invoice_id))
    pots = [_Pot(each, each.amount_minor) for each in parts if each.amount_minor > 0]
    for back in (each for each in parts if each.amount_minor < 0):
        gone = -back.amount_minor
        for pot in reversed(pots):
            if (pot.cash.invoice_id, pot.cash.receipt_id) == (back.invoice_id, back.receipt_id):
                taken = min(gone, pot.left)
                pot.left, gone = pot.left - taken, gone - taken
    return pots


def _take(
    promise: GivenPromise, pots: list[_Pot], wanted: int, others: frozenset[str]
) -> tuple[int, date | None]:
    """Take cash for a promise; how much it was and the day the last of it was received."""
    fitting = [pot for pot in pots if pot.left and _fits(promise, pot.cash)]
    fitting.sort(key=lambda pot: (pot.cash.invoice_id in others, pot.cash.received_on))
    got, last = 0, None
    for pot in fitting:
        part = min(pot.left, wanted - got)
        if part <= 0:
            break
        pot.left, got = pot.left - part, got + part
        last = max(last or pot.cash.received_on, pot.cash.received_on)
    return got, last


def _fits(promise: GivenPromise, cash: AppliedCash) -> bool:
    """Whether cash may count; money that was here before pays invoices that are named only."""
    if promise.currency not in (None, cash.currency) or cash.received_on > promise.last_day:
        return False
    if promise.invoice_ids:
        return cash.invoice_id in promise.invoice_ids and cash.applied_on >= promise.promised_on
    return cash.received_on >= promise.promised_on


def _is_meant(promise: GivenPromise, item: StillOwed) -> bool:
    if promise.currency not in (None, item.currency):
        return False
    if promise.invoice_ids:
        return item.invoice_id in promise.invoice_ids
    return promise.amount_minor is not None or item.due_on <= promise.due_on


@dataclass(frozen=True, slots=True)
class KeptRecord:
    """How often an account keeps its promises to pay.

    Attributes:
        kept: Promises that matured and were kept.
        failed: Those broken or kept in part only.
        rate: The share to reckon with: an account with few promises is drawn to the house's rate.
        low: Lower end of the 80 % interval of the rate.
        high: Its upper end.
    """

    kept: int
    failed: int
    rate: float
    low: float
    high: float


def kept_record(kept: int, failed: int, house_kept: int = 0, house_failed: int = 0) -> KeptRecord:
    """The kept rate of an account with shrinkage to that of the house, and its interval (Wilson).

    Args:
        kept: Matured promises of the account that were kept.
        failed: Matured promises of the account that were broken or kept in part.
        house_kept: Those kept over all accounts; without any the house is taken to keep half.
        house_failed: Those broken or kept in part over all accounts.
    """
    house = (house_kept + _WEIGHT * _HOUSE_RATE) / (house_kept + house_failed + _WEIGHT)
    weight = kept + failed + _WEIGHT
    rate = (kept + _WEIGHT * house) / weight
    middle = (rate + _Z * _Z / (2 * weight)) / (1 + _Z * _Z / weight)
    spread = math.sqrt(rate * (1 - rate) / weight + (_Z / (2 * weight)) ** 2)
    half = _Z * spread / (1 + _Z * _Z / weight)
    return KeptRecord(kept, failed, rate, max(0.0, middle - half), min(1.0, middle + half))
