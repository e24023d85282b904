"""Every table in one metadata, for sessions and migrations."""

from ledger.tables import (
    account,
    case,
    experiment,
    forecast,
    inbound,
    notes,
    order,
    portal,
    receivable,
    review,
    webhooks,
    work,
)
from ledger.tables.base import metadata

__all__ = [
    "account",
    "case",
    "experiment",
    "forecast",
    "inbound",
    "metadata",
    "notes",
    "order",
    "portal",
    "receivable",
    "review",
    "webhooks",
    "work",
]
