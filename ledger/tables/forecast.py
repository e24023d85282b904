"""What a night expected of the cash to come."""

from datetime import date

from sqlalchemy import LargeBinary
from sqlmodel import Field

from ledger.tables.base import Table


class NightForecast(Table, table=True):
    """The forecast of a night, kept so that it can be held against what came.

    Attributes:
        method: In words, what the chances rest on.
        said: JSON: bands by kind, part of the book, week and day; what moved since last night.
        items: Compressed open items with their curves; only the newest nights keep theirs.
    """

    as_of: date = Field(primary_key=True)
    run_id: str
    method: str
    said: str
    items: bytes | None = Field(default=None, sa_type=LargeBinary)
