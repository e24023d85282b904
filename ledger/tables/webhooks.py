"""Whom the house tells of what happened, and how far each telling has come."""

from datetime import date, datetime

from sqlalchemy import Index
from sqlmodel import Field

from ledger.tables.base import Table, instant, text


class WebhookEndpoint(Table, table=True):
    """An address that is told of events.

    Attributes:
        secret: What each telling is signed with; blank once the endpoint is removed. The scheme is
            symmetric, so it cannot be kept as a hash: no identity may read this table.
        events: Names of the events it is told of, with commas between.
        state: active, paused (what happens is written down and waits), removed (by a person) or
            gone (the receiver said so with 410).
    """

    id: str = Field(primary_key=True)
    url: str
    secret: str
    events: str
    state: str = text(default="active")
    added_at: datetime = instant()
    added_by: str


class WebhookDelivery(Table, table=True):
    """One event for one endpoint. Triggers write it in the transaction of the fact itself.

    Attributes:
        subject_id: The record it is about.
        kind: The kind of that record, a word of ours and never a customer's.
        happened_on: The business date of the fact.
        queued_at: When it was written down, by the clock of the database.
        state: waiting, delivered, or dead (given up; replay sends it again).
        due_at: Not before then; None: at once.
        says: What the last try came to.
        settled_at: When it was delivered or given up; None while it waits.
    """

    __table_args__ = (Index("ix_webhook_delivery_due", "state", "endpoint_id", "seq"),)

    seq: int | None = Field(default=None, primary_key=True)
    endpoint_id: str
    event: str
    subject_id: str
    account_id: str | None = None
    kind: str = text()
    happened_on: date
    queued_at: datetime = instant()
    state: str = text(default="waiting")
    attempts: int = 0
    due_at: datetime | None = instant(default=None)
    says: str = ""
    settled_at: datetime | None = instant(default=None)
