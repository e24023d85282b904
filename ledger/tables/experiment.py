"""Who takes part in an experiment, drawn once and never again."""

from datetime import date

from sqlmodel import Field

from ledger.tables.base import Table


class ExperimentUnit(Table, table=True):
    """An account in an experiment, in the arm the lot gave it when it started.

    Attributes:
        segment: At that time; the lot was drawn within it.
        stopped_on: The day the experiment was stopped for doing harm; as usual from then on.
    """

    experiment_id: str = Field(primary_key=True)
    account_id: str = Field(primary_key=True, foreign_key="account.id", index=True)
    segment: str
    arm: str
    assigned_on: date
    stopped_on: date | None = None
