"""What people wrote down about an account: calls they made, notes they took."""

from datetime import date, datetime

from sqlmodel import Field

from ledger.tables.base import Table, instant, text


class AccountNote(Table, table=True):
    """A call or a note in the words of the person who made it. Append-only.

    It decides nothing: a promise or a dispute that came of a call is recorded as one.
    """

    id: str = Field(primary_key=True)
    account_id: str = Field(foreign_key="account.id", index=True)
    kind: str = text(default="note")
    body: str
    noted_on: date
    noted_by: str
    noted_at: datetime = instant()
