"""Experiments on the ledger: who takes part, in which arm, and what came of it."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select

from engines.experiments import Unit, Uplift, arms_of, uplift
from ledger.queries.cash_history import KnownInvoice, known_invoices
from ledger.tables.account import Account
from ledger.tables.receivable import Invoice
from ledger.tables.work import PolicyVersion
from policies.schema import Policy
from policies.schema_experiments import Experiment

_DAYS_BACK = 730


@dataclass(frozen=True, slots=True)
class Trial:
    """An experiment and what it shows.

    Attributes:
        registered_on: Since when a policy in force holds it as it is; None if none does yet.
        registered_before: Whether that was before it started; if not, it proves nothing.
    """

    id: str
    says: str
    starts_on: date
    ends_on: date
    registered_on: date | None
    registered_before: bool
    results: tuple[Uplift, ...]


def trials(session: Any, policy: Policy, as_of: date) -> list[Trial]:
    """Measure every experiment of the policy as of a date."""
    return [_trial(session, each, as_of) for each in policy.experiments.experiments]


def held_out(session: Any, policy: Policy, as_of: date) -> dict[str, str]:
    """Accounts whose arm is not called now, with the sentence that says so."""
    found: dict[str, str] = {}
    for experiment in policy.experiments.experiments:
        quiet = {arm.name for arm in experiment.arms if not arm.calls}
        if quiet and experiment.starts_on <= as_of < experiment.ends_on:
            says = f"experiment {experiment.id}: no extra call until {experiment.ends_on}"
            arms = arms_of(experiment, _members(session, experiment))
            found.update({account: says for account, arm in arms.items() if arm in quiet})
    return found


def _trial(session: Any, experiment: Experiment, as_of: date) -> Trial:
    members = _members(session, experiment)
    arms = arms_of(experiment, members)
    rows = known_invoices(session, as_of, _DAYS_BACK)
    units = _units(experiment, rows, arms, members, as_of)
    registered = _registered_on(session, experiment)
    return Trial(
        experiment.id,
        experiment.says,
        experiment.starts_on,
        experiment.ends_on,
        registered,
        registered is not None and registered < experiment.starts_on,
        tuple(uplift(experiment, units, arms, as_of)),
    )


def _members(session: Any, experiment: Experiment) -> dict[str, str]:
    """Segment by account of those billed before the start.

    Accounts opened later would move others from one arm to the next, for arms are shares of all.
    """
    billed = select(Invoice.account_id).where(Invoice.issued_on < experiment.starts_on)
    rows = session.execute(select(Account.id, Account.segment).where(Account.id.in_(billed)))
    return {row[0]: row[1] for row in rows}


def _registered_on(session: Any, experiment: Experiment) -> date | None:
    """The first day a policy in force held the experiment word for word."""
    said = experiment.model_dump_json()
    return session.scalar(
        select(func.min(PolicyVersion.first_used_on)).where(
            PolicyVersion.said.contains(said, autoescape=True)
        )
    )


def _units(
    experiment: Experiment,
    rows: list[KnownInvoice],
    arms: dict[str, str],
    segments: dict[str, str],
    as_of: date,
) -> list[Unit]:
    """Accounts with something overdue at the start, and when the last of it was paid."""
    start, end = experiment.starts_on, min(as_of, experiment.ends_on)
    last: dict[str, date | None] = {}
    for row in rows:
        settled = row.cleared_on is not None and row.cleared_on < start
        if row.due_on < start and not settled and row.account_id in arms:
            before = last.get(row.account_id, start)
            cleared = row.cleared_on
            last[row.account_id] = max(before, cleared) if before and cleared else None
    return [
        Unit(
            account,
            segments[account],
            paid := on is not None and on <= end,
            max(0, ((on if paid and on else end) - start).days),
        )
        for account, on in sorted(last.items())
    ]
