"""Every table in one metadata, for sessions and migrations."""

from ledger.tables import (
    account,
    case,
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
