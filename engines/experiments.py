"""Random groups and what they show: assignment by a hash, uplift with its interval, when to stop.

An account's arm follows from its id and that of the experiment alone, so nobody can choose it and
anybody can check it. The arms are drawn within each segment by taking accounts in the order of
their hash, so that every segment has its shares.
"""

import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import fmean, variance

from engines.intervals import Z_95, wilson
from policies.schema_experiments import Experiment

_Z_EARLY = 3.0
"""Haybittle (1971), Peto (1976): looks before the end stop only beyond three standard errors, so
that looking every night leaves the level of the last look as it is."""

Settled = tuple[date, date | None]
"""The due date of an invoice and the day the last of its cash came; None while it is open."""


@dataclass(frozen=True, slots=True)
class Unit:
    """An account in an experiment and what is measured of it: 1.0 or 0.0 for a share, or days."""

    account_id: str
    arm: str
    value: float


@dataclass(frozen=True, slots=True)
class Uplift:
    """What an arm shows against the control.

    Attributes:
        accounts: In the arm; `control` in the control.
        value: The metric of the arm: share paid, or mean days.
        difference: Arm less control; above 0 is better for a share, below 0 for days.
        low: Lower end of the 95 % interval of the difference; `high` its upper end.
        state: not_started, running, too_small, harmful or done.
    """

    arm: str
    metric: str
    accounts: int
    control: int
    value: float
    control_value: float
    difference: float
    low: float
    high: float
    state: str


def arms_of(experiment: Experiment, accounts: Mapping[str, str]) -> dict[str, str]:
    """The arm of each account, by its segment; those of other segments are in none.

    Args:
        experiment: With its arms and their shares, which sum to 100.
        accounts: Segment by account.
    """
    found: dict[str, str] = {}
    by_segment: dict[str, list[str]] = {}
    for account, segment in accounts.items():
        if not experiment.segments or segment in experiment.segments:
            by_segment.setdefault(segment, []).append(account)
    for members in by_segment.values():
        members.sort(key=lambda account: _lot(experiment.id, account))
        begin = share = 0
        for arm in experiment.arms:
            share += arm.share_percent
            end = round(len(members) * share / 100)
            found.update(dict.fromkeys(members[begin:end], arm.name))
            begin = end
    return found


def measure(experiment: Experiment, invoices: Sequence[Settled], end: date) -> float | None:
    """The metric of one account by a day; None where it has nothing to measure.

    Args:
        experiment: With its metric and its start.
        invoices: Due date and day of the last cash of every invoice of the account.
        end: The day of the measurement, no later than the experiment's end.
    """
    start = experiment.starts_on
    if experiment.metric == "days_late":
        return _days_late(start, invoices, end)
    cleared = [on for due, on in invoices if due < start and (on is None or on >= start)]
    if not cleared:
        return None
    paid = [on for on in cleared if on is not None and on <= end]
    is_paid = len(paid) == len(cleared)
    if experiment.metric == "paid_share":
        return float(is_paid)
    return float(((max(paid) if is_paid else end) - start).days)


def _days_late(start: date, invoices: Sequence[Settled], end: date) -> float | None:
    """Mean days past due, so far, of what fell due since the start; early counts as on time."""
    late = [max(0, (min(on or end, end) - due).days) for due, on in invoices if start <= due < end]
    return fmean(late) if late else None


def uplift(experiment: Experiment, units: Sequence[Unit], as_of: date) -> list[Uplift]:
    """Compare each arm with the control, which is the first one.

    Args:
        experiment: As it was registered.
        units: Every account in it of which its metric is known; those of an arm it does not know
            are left out.
        as_of: The day of the measurement.
    """
    groups: dict[str, list[float]] = {arm.name: [] for arm in experiment.arms}
    for unit in units:
        if unit.arm in groups:
            groups[unit.arm].append(unit.value)
    control, *others = experiment.arms
    base = groups[control.name]
    return [_compare(experiment, arm.name, groups[arm.name], base, as_of) for arm in others]


def _compare(
    experiment: Experiment, arm: str, mine: Sequence[float], base: Sequence[float], as_of: date
) -> Uplift:
    value = base_value = low = high = 0.0
    if mine and base:
        value, base_value = fmean(mine), fmean(base)
        low, high = _interval(experiment, mine, base, Z_95)
    return Uplift(
        arm,
        experiment.metric,
        len(mine),
        len(base),
        value,
        base_value,
        value - base_value,
        low,
        high,
        _state(experiment, mine, base, as_of),
    )


def _state(
    experiment: Experiment, mine: Sequence[float], base: Sequence[float], as_of: date
) -> str:
    """One look at the end; before it only harm stops."""
    if as_of < experiment.starts_on:
        return "not_started"
    if min(len(mine), len(base)) < experiment.fewest_accounts:
        return "too_small"
    is_over = as_of >= experiment.ends_on
    low, high = _interval(experiment, mine, base, Z_95 if is_over else _Z_EARLY)
    if high < 0 if experiment.metric == "paid_share" else low > 0:
        return "harmful"
    return "done" if is_over else "running"


def _interval(
    experiment: Experiment, mine: Sequence[float], base: Sequence[float], z: float
) -> tuple[float, float]:
    """Interval of the arm less the control: of two shares, or of two means."""
    if experiment.metric == "paid_share":
        return newcombe(round(sum(mine)), len(mine), round(sum(base)), len(base), z)
    difference, error = fmean(mine) - fmean(base), _standard_error(mine, base)
    return difference - z * error, difference + z * error


def newcombe(one: int, of_one: int, two: int, of_two: int, z: float = Z_95) -> tuple[float, float]:
    """Interval of the difference of two shares, from Wilson's (Newcombe 1998, method 10)."""
    share_1, share_2 = one / of_one, two / of_two
    low_1, high_1 = wilson(one, of_one, z)
    low_2, high_2 = wilson(two, of_two, z)
    difference = share_1 - share_2
    return (
        difference - math.hypot(share_1 - low_1, high_2 - share_2),
        difference + math.hypot(high_1 - share_1, share_2 - low_2),
    )


def _standard_error(mine: Sequence[float], base: Sequence[float]) -> float:
    """Of the difference of two means whose variances may differ (Welch 1947); inf if unknown."""
    if min(len(mine), len(base)) < 2:
        return math.inf
    return math.sqrt(variance(mine) / len(mine) + variance(base) / len(base))


def _lot(experiment_id: str, account_id: str) -> str:
    return hashlib.sha256(f"{experiment_id}\n{account_id}".encode()).hexdigest()
