"""Experiments on the ledger: who takes part, in which arm, what came of it, and when one stops."""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Any

import orjson
from sqlalchemy import func, select, update

from engines.experiments import Settled, Unit, Uplift, arms_of, measure, uplift
from ledger.errors import BadInput
from ledger.journal import add_rows, touch
from ledger.queries.cash_history import known_invoices
from ledger.tables.account import Account
from ledger.tables.experiment import ExperimentUnit
from ledger.tables.receivable import Invoice
from ledger.tables.work import PolicyVersion
from policies.schema import Policy
from policies.schema_experiments import Experiment, ExperimentsPolicy

_DAYS_BACK = 730


@dataclass(frozen=True, slots=True)
class Trial:
    """An experiment and what it shows.

    Attributes:
        registered_on: Since when a policy in force holds it as it is; None if none does yet.
        registered_before: Whether that was before it started; if not, nobody takes part.
        stopped_on: The day it was stopped for doing harm.
        drawn: Accounts in each arm, those with nothing to measure yet included.
    """

    id: str
    says: str
    starts_on: date
    ends_on: date
    registered_on: date | None
    registered_before: bool
    stopped_on: date | None
    drawn: dict[str, int]
    results: tuple[Uplift, ...]


def trials(session: Any, policy: Policy, as_of: date) -> list[Trial]:
    """Measure every experiment of the policy as of a date."""
    return [_trial(session, each, as_of) for each in policy.experiments.experiments]


def held_out(session: Any, policy: Policy, as_of: date) -> dict[str, str]:
    """Accounts whose arm is not called now, with the sentence that says so."""
    found: dict[str, str] = {}
    for experiment in policy.experiments.experiments:
        quiet = [arm.name for arm in experiment.arms if not arm.calls]
        if quiet and experiment.runs_on(as_of):
            says = f"experiment {experiment.id}: no extra call until {experiment.ends_on}"
            accounts = select(ExperimentUnit.account_id).where(
                ExperimentUnit.experiment_id == experiment.id,
                ExperimentUnit.arm.in_(quiet),
                ExperimentUnit.stopped_on.is_(None),
            )
            found.update(dict.fromkeys(session.scalars(accounts), says))
    return found


def draw_arms(session: Any, policy: Policy, as_of: date) -> dict[str, int]:
    """Draw the arms of every experiment that has started and has none; accounts by experiment.

    One that was not registered in force before its start has none, and is not begun. Who was
    billed before the start takes part; drawn once, nobody joins, leaves or changes arms.
    """
    known = set(session.scalars(select(ExperimentUnit.experiment_id).distinct()))
    drawn: dict[str, int] = {}
    for experiment in policy.experiments.experiments:
        if experiment.id in known or not experiment.runs_on(as_of):
            continue
        drawn[experiment.id] = 0
        if not _registered_before(experiment, _registered_on(session, experiment)):
            continue
        segments = _billed_before(session, experiment.starts_on)
        rows = [
            {
                "experiment_id": experiment.id,
                "account_id": account,
                "segment": segments[account],
                "arm": arm,
                "assigned_on": as_of,
            }
            for account, arm in sorted(arms_of(experiment, segments).items())
        ]
        add_rows(session, ExperimentUnit, rows)
        drawn[experiment.id] = len(rows)
    return drawn


def stop_harmful(session: Any, policy: Policy, as_of: date) -> dict[str, Uplift]:
    """Stop every running experiment one of whose arms does harm; that arm by experiment.

    A stopped experiment stays stopped: all its accounts are treated as usual from then on.
    """
    stopped: dict[str, Uplift] = {}
    for experiment in policy.experiments.experiments:
        units = _drawn(session, experiment) if experiment.runs_on(as_of) else []
        if not units or units[0].stopped_on is not None:
            continue
        found = uplift(experiment, _measured(session, experiment, units, as_of), as_of)
        harmful = next((each for each in found if each.state == "harmful"), None)
        if harmful is not None:
            session.execute(
                update(ExperimentUnit)
                .where(ExperimentUnit.experiment_id == experiment.id)
                .values(stopped_on=as_of)
            )
            touch(session, {unit.account_id for unit in units})
            stopped[experiment.id] = harmful
    return stopped


def refuse_changed(session: Any, policy: Policy) -> None:
    """Refuse a policy that says of an experiment under way other than what was drawn for.

    Raises:
        BadInput: Its arms, metric or days were changed, or its id was used before.
    """
    begun = select(ExperimentUnit.experiment_id, func.min(ExperimentUnit.assigned_on))
    for name, assigned_on in session.execute(begun.group_by(ExperimentUnit.experiment_id)):
        for each in policy.experiments.experiments:
            registered = _registered_on(session, each) if each.id == name else None
            if each.id == name and not (registered and registered < assigned_on):
                raise BadInput(
                    f"experiment {name} began on {assigned_on} with other words: leave it as it "
                    "was, take it out to end it, or give the new one an id of its own"
                )


def _trial(session: Any, experiment: Experiment, as_of: date) -> Trial:
    registered = _registered_on(session, experiment)
    units = _drawn(session, experiment)
    stopped_on = units[0].stopped_on if units else None
    measured_on = min(as_of, stopped_on or as_of)
    measured = _measured(session, experiment, units, measured_on)
    return Trial(
        experiment.id,
        experiment.says,
        experiment.starts_on,
        experiment.ends_on,
        registered,
        _registered_before(experiment, registered),
        stopped_on,
        dict(Counter(unit.arm for unit in units)),
        tuple(uplift(experiment, measured, measured_on)),
    )


def _billed_before(session: Any, day: date) -> dict[str, str]:
    """Segment by account of those billed before a day."""
    billed = select(Invoice.account_id).where(Invoice.issued_on < day)
    rows = session.execute(select(Account.id, Account.segment).where(Account.id.in_(billed)))
    return {row[0]: row[1] for row in rows}


def _drawn(session: Any, experiment: Experiment) -> list[Any]:
    return session.execute(
        select(ExperimentUnit.account_id, ExperimentUnit.arm, ExperimentUnit.stopped_on)
        .where(ExperimentUnit.experiment_id == experiment.id)
        .order_by(ExperimentUnit.account_id)
    ).all()


def _registered_on(session: Any, experiment: Experiment) -> date | None:
    """The first day a policy in force held the experiment as it is now."""
    versions = session.execute(
        select(PolicyVersion.first_used_on, PolicyVersion.said)
        .where(PolicyVersion.said.contains(experiment.id, autoescape=True))
        .order_by(PolicyVersion.first_used_on)
    )
    # Read, not compared as text: what an older program wrote down says less and means the same.
    return next((on for on, said in versions if experiment in _experiments(said)), None)


def _experiments(said: str) -> tuple[Experiment, ...]:
    """Those of a recorded policy; one in a shape this program does not know has none."""
    try:
        file = orjson.loads(said)["experiments"]
        return ExperimentsPolicy.model_validate(file).experiments
    except (KeyError, ValueError):
        return ()


def _registered_before(experiment: Experiment, registered_on: date | None) -> bool:
    return registered_on is not None and registered_on < experiment.starts_on


def _measured(session: Any, experiment: Experiment, units: list[Any], as_of: date) -> list[Unit]:
    """The accounts of which the metric is known by a day, no later than the end."""
    rows: dict[str, list[Settled]] = {unit.account_id: [] for unit in units}
    for row in known_invoices(session, as_of, _DAYS_BACK) if units else ():
        if row.account_id in rows:
            rows[row.account_id].append((row.due_on, row.cleared_on))
    end = min(as_of, experiment.ends_on)
    values = {account: measure(experiment, of, end) for account, of in rows.items()}
    return [
        Unit(unit.account_id, unit.arm, value)
        for unit in units
        if (value := values[unit.account_id]) is not None
    ]
