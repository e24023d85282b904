"""Disputes as an account's facts hold them: the open ones, and those an action would reopen."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from ledger.facts import AccountFacts, ClosedDispute, OpenDispute, OpenItem
from ledger.states import DisputeState
from ledger.tables.case import Dispute


def read_disputes(session: Session, ids: Sequence[str]) -> list[Any]:
    """Unresolved disputes of accounts: the account, then the fields of an `OpenDispute`."""
    return list(
        session.execute(
            select(
                Dispute.account_id,
                Dispute.id,
                Dispute.invoice_id,
                Dispute.reason,
                Dispute.opened_on,
                Dispute.amount_minor,
                Dispute.answer_by,
            )
            .where(Dispute.account_id.in_(ids), Dispute.state != DisputeState.RESOLVED)
            .order_by(Dispute.id)
        )
    )


def less_disputed(
    items: tuple[OpenItem, ...], disputes: tuple[OpenDispute, ...]
) -> tuple[OpenItem, ...]:
    """Open items with what is disputed of them, where only a part is."""
    parts: dict[str | None, int] = defaultdict(int)
    for dispute in disputes:
        parts[dispute.invoice_id] += dispute.amount_minor or 0
    if not any(parts.values()):
        return items
    return tuple(
        replace(item, disputed_minor=min(parts[item.invoice_id], item.open_minor))
        if parts.get(item.invoice_id) and item.open_minor > 0
        else item
        for item in items
    )


def with_closed(
    session: Session, facts: dict[str, AccountFacts], named: dict[str, set[str]]
) -> dict[str, AccountFacts]:
    """Facts with the resolved disputes that actions name, by account.

    Args:
        session: An open transaction.
        facts: Snapshots by account.
        named: Dispute ids by account; those of another account, or open, are left out.
    """
    ids = sorted({each for found in named.values() for each in found})
    if not ids:
        return facts
    rows = session.scalars(
        select(Dispute).where(Dispute.id.in_(ids), Dispute.state == DisputeState.RESOLVED)
    )
    closed: dict[str, list[ClosedDispute]] = defaultdict(list)
    for row in rows:
        if row.id in named.get(row.account_id, ()):
            closed[row.account_id].append(_closed(row))
    return facts | {
        key: replace(facts[key], closed_disputes=tuple(found))
        for key, found in closed.items()
        if key in facts
    }


def _closed(row: Dispute) -> ClosedDispute:
    return ClosedDispute(
        row.id,
        row.invoice_id,
        row.resolution or "",
        row.resolved_on,
        row.resolved_minor or 0,
        row.currency,
    )
