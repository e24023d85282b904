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

from engines.intervals import wilson
from policies.schema_experiments import Experiment

_DRAWS = 2_000


@dataclass(frozen=True, slots=True)
class Unit:
    """An account in an experiment.

    Attributes:
        paid: Whether all that was overdue at the start is paid by the day of the measurement.
        days: Days from the start until then, no more than the experiment lasted so far.
    """

    account_id: str
    segment: str
    paid: bool
    days: int


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


def uplift(
    experiment: Experiment, units: Sequence[Unit], arms: Mapping[str, str], as_of: date
) -> list[Uplift]:
    """Compare each arm with the control, which is the first one.

    Args:
        experiment: As it was registered.
        units: Every account that was in it, paid or not.
        arms: The arm of each account.
        as_of: The day of the measurement.
    """
    groups: dict[str, list[Unit]] = {arm.name: [] for arm in experiment.arms}
    for unit in units:
        groups[arms[unit.account_id]].append(unit)
    control, *others = experiment.arms
    return [_compare(experiment, arm.name, groups, control.name, as_of) for arm in others]


def _compare(
    experiment: Experiment,
    arm: str,
    groups: Mapping[str, Sequence[Unit]],
    control: str,
    as_of: date,
) -> Uplift:
    mine, theirs = groups[arm], groups[control]
    values = (0.0, 0.0, 0.0, 0.0)
    if mine and theirs:
        measure = _paid_share if experiment.metric == "paid_share" else _days
        values = measure(experiment, mine, theirs)
    value, base, low, high = values
    state = _state(experiment, min(len(mine), len(theirs)), low, high, as_of)
    return Uplift(
        arm,
        experiment.metric,
        len(mine),
        len(theirs),
        value,
        base,
        value - base,
        low,
        high,
        state,
    )


def _state(experiment: Experiment, smallest: int, low: float, high: float, as_of: date) -> str:
    """One look at the end; before it only harm stops."""
    if as_of < experiment.starts_on:
        return "not_started"
    if smallest < experiment.fewest_accounts:
        return "too_small"
    harmful = high < 0 if experiment.metric == "paid_share" else low > 0
    if harmful:
        return "harmful"
    return "done" if as_of >= experiment.ends_on else "running"


def _paid_share(
    _experiment: Experiment, mine: Sequence[Unit], theirs: Sequence[Unit]
) -> tuple[float, float, float, float]:
    """Shares paid, and the interval of their difference (Newcombe 1998, method 10)."""
    one, two = sum(u.paid for u in mine), sum(u.paid for u in theirs)
    low, high = newcombe(one, len(mine), two, len(theirs))
    return one / len(mine), two / len(theirs), low, high


def newcombe(one: int, of_one: int, two: int, of_two: int) -> tuple[float, float]:
    """95 % interval of the difference of two shares, from their Wilson intervals."""
    share_1, share_2 = one / of_one, two / of_two
    low_1, high_1 = wilson(one, of_one)
    low_2, high_2 = wilson(two, of_two)
    difference = share_1 - share_2
    return (
        difference - math.hypot(share_1 - low_1, high_2 - share_2),
        difference + math.hypot(high_1 - share_1, share_2 - low_2),
    )


def _days(
    experiment: Experiment, mine: Sequence[Unit], theirs: Sequence[Unit]
) -> tuple[float, float, float, float]:
    """Mean days to payment, and the bootstrap interval of their difference."""
    import numpy as np

    lot = int(_lot(experiment.id, "bootstrap")[:8], 16)
    rng = np.random.default_rng(lot)
    means, drawn = [], []
    for units in (mine, theirs):
        days = np.array([unit.days for unit in units], dtype=np.float64)
        means.append(float(days.mean()))
        picks = rng.integers(0, len(days), (_DRAWS, len(days)))
        drawn.append(days[picks].mean(axis=1))
    low, high = np.quantile(drawn[0] - drawn[1], (0.025, 0.975))
    return means[0], means[1], float(low), float(high)


def _lot(experiment_id: str, account_id: str) -> str:
    return hashlib.sha256(f"{experiment_id}\n{account_id}".encode()).hexdigest()
