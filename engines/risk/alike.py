"""Payments of invoices alike: of the same amount, terms, due day, due month day or amount class.

A large customer has thousands of payments, too many to look through for each question; running sums
under one key per kind of likeness tell all of them at once, however many there are.
"""

import numpy as np
from numpy.typing import NDArray

from engines.risk.calendar_days import UNKNOWN, Whole, days_of_month, weekdays
from engines.risk.running import RunningIndex, RunningSum, Span

Reals = NDArray[np.float64]
Named = dict[str, NDArray]

_PRIOR = 3.0
"""Payments' worth of weight the customer's usual has against those of invoices alike."""
_LATE7_BELIEF = 0.07
_RECENT = 60
_AMOUNTS = 1_000_003  # cents are told apart up to about 10,000.00, and beyond that by chance
_STEP, _STEPS_AROUND, _FADES_AFTER = 0.02, 6, 2.0
_COARSE = 10
_ROOM = 4_096
_DUE_ROOM = 1 << 16


class Alike:
    """Payments of every account by what their invoices had in common."""

    def __init__(
        self, account: Whole, issued: Whole, due: Whole, cleared: Whole, amount: Reals
    ) -> None:
        """Index invoices by account code and day numbers; amounts are logarithms."""
        paid = cleared < UNKNOWN
        late = (cleared - due)[paid].astype(np.float64)
        seen = np.maximum(cleared, issued)[paid]
        drawn_in = np.clip(late, -45, 90)
        values = (late > 0).astype(np.float64), (late > 7).astype(np.float64), drawn_in
        keys = _keys(account[paid], amount[paid], issued[paid], due[paid])
        self._kinds = {name: _Kind(key, seen, values) for name, key in keys.items()}
        self._issued = {
            name: RunningIndex(key, issued) for name, key in _fellows(account, due).items()
        }
        self._paid = {
            name: RunningIndex(key, seen)
            for name, key in _fellows(account[paid], due[paid]).items()
        }

    def figures(
        self, account: Whole, asked: Whole, issued: Whole, due: Whole, amount: Reals, late: Reals
    ) -> Named:
        """How late invoices like each were paid, and how many due when it is are paid already."""
        known, code = account >= 0, np.maximum(account, 0)
        keys = _keys(code, amount, issued, due)
        keys = {name: np.where(known, key, -1) for name, key in keys.items()}
        found = self._near(keys.pop("near"), asked, late)
        for name, key in keys.items():
            # Of one amount is drawn to of about that amount, everything else to the usual.
            usual = found["alike_near_late"] if name in ("equal", "class_weekday") else late
            found |= self._kinds[name].told(f"alike_{name}", key, asked, usual)
        for name, key in _fellows(code, due).items():
            key = np.where(known, key, -1)
            count = _count(self._issued[name].before(key, asked))
            done = _count(self._paid[name].before(key, asked))
            found |= {f"{name}_issued": count, f"{name}_paid": done}
            found[f"{name}_paid_share"] = done / np.maximum(count, 1)
        return found

    def _near(self, key: Whole, asked: Whole, late: Reals) -> Named:
        """Of about the same amount, the nearer the more."""
        kind, shape = self._kinds["near"], len(key)
        ever, recent = np.zeros((3, shape)), np.zeros((2, shape))
        for step in range(-_STEPS_AROUND, _STEPS_AROUND + 1):
            weight = np.exp(-abs(step) / _FADES_AFTER)
            beside = np.where(key < 0, -1, key + step)
            span = kind.index.before(beside, asked)
            ever += weight * np.stack([_count(span), kind.late.of(span), kind.days.of(span)])
            span = kind.index.within(beside, asked, _RECENT)
            recent += weight * np.stack([_count(span), kind.late.of(span)])
        share = (ever[1] + _PRIOR * late) / (ever[0] + _PRIOR)
        return {
            "alike_near_late": share,
            "alike_near_mean": _mean(ever[2], ever[0]),
            "alike_near_payments": ever[0],
            "alike_near_late_60": (recent[1] + _PRIOR * share) / (recent[0] + _PRIOR),
        }


class _Kind:
    """Payments under one kind of likeness."""

    def __init__(self, key: Whole, seen: Whole, values: tuple[Reals, Reals, Reals]) -> None:
        self.index = RunningIndex(key, seen)
        self.late, self.late7, self.days = (self.index.running(each) for each in values)

    def told(self, name: str, key: Whole, asked: Whole, usual: Reals) -> Named:
        ever, recent = self.index.before(key, asked), self.index.within(key, asked, _RECENT)
        share = _drawn(self.late, ever, usual)
        return {
            f"{name}_late": share,
            f"{name}_late7": _drawn(self.late7, ever, _LATE7_BELIEF),
            f"{name}_mean": _mean(self.days.of(ever), _count(ever)),
            f"{name}_payments": _count(ever),
            f"{name}_late_60": _drawn(self.late, recent, share),
            f"{name}_mean_60": _mean(self.days.of(recent), _count(recent)),
            f"{name}_payments_60": _count(recent),
        }


def _keys(account: Whole, amount: Reals, issued: Whole, due: Whole) -> dict[str, Whole]:
    """One number per account and likeness; `near` is asked about with its neighbours."""
    cents = np.rint(np.expm1(amount) * 100).astype(np.int64) % _AMOUNTS
    step = np.floor(amount / _STEP).astype(np.int64) + _STEPS_AROUND
    return {
        "near": account * _ROOM + step,
        "equal": account * _AMOUNTS + cents,
        "class_weekday": (account * _ROOM + step // _COARSE) * 7 + weekdays(due),
        "month_day": account * 32 + days_of_month(due),
        "given_days": account * _ROOM + np.clip(due - issued, 0, _ROOM - 1),
    }


def _fellows(account: Whole, due: Whole) -> dict[str, Whole]:
    """Invoices that fall due together: on one day, and in one week."""
    day = np.clip(due, 0, _DUE_ROOM - 1)
    return {"due_day": account * _DUE_ROOM + day, "due_week": account * _DUE_ROOM + (day + 3) // 7}


def _drawn(total: RunningSum, span: Span, usual: Reals | float) -> Reals:
    return (total.of(span) + _PRIOR * usual) / (_count(span) + _PRIOR)


def _mean(over: Reals, under: Reals) -> Reals:
    return np.where(under > 0.1, over / np.maximum(under, 0.1), np.nan)


def _count(span: Span) -> Reals:
    return (span[1] - span[0]).astype(np.float64)
