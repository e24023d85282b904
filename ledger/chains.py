"""Hash chains: each record seals the one before it, so a changed byte shows."""

from collections.abc import Iterable
from datetime import UTC
from typing import Any

from sqlalchemy import insert, select
from sqlmodel import Session

from ledger.ids import digest
from ledger.tables.work import Audit, Permit

GENESIS = "0" * 32


def chain_hash(prev_hash: str, *content: object) -> str:
    """Seal of a record: the digest of the seal before it and of its own content, in order."""
    return digest("\x1f".join([prev_hash, *(str(part) for part in content)]).encode())


def audit_content(row: dict[str, Any]) -> tuple[object, ...]:
    """What the seal of an audit record covers."""
    return (
        row["seq"],
        row["at"].astimezone(UTC).isoformat(),
        row["kind"],
        row["subject_id"],
        row["actor"],
        row["payload"],
    )


def permit_content(row: dict[str, Any]) -> tuple[object, ...]:
    """What the seal of a permit covers."""
    return (
        row["seq"],
        row["outbox_id"],
        row["message_digest"],
        row["facts_hash"],
        row["policy_hash"],
        row["decision_id"],
        row["judged_at"].astimezone(UTC).isoformat(),
    )


def append_audit(session: Session, rows: Iterable[dict[str, Any]]) -> None:
    """Add records to the journal. Keys: at, kind, subject_id, actor, payload (JSON text)."""
    _append(session, Audit, audit_content, rows)


def append_permits(session: Session, rows: Iterable[dict[str, Any]]) -> None:
    """Add permits.

    Keys: outbox_id, message_digest, facts_hash, policy_hash, decision_id, judged_at.
    """
    _append(session, Permit, permit_content, rows)


def _append(session: Session, table: Any, content: Any, rows: Iterable[dict[str, Any]]) -> None:
    """Number and seal rows behind the newest. The write transaction excludes other writers."""
    seq, seal = session.execute(
        select(table.seq, table.hash).order_by(table.seq.desc()).limit(1)
    ).first() or (0, GENESIS)
    sealed = []
    for row in rows:
        seq += 1
        row["seq"], row["prev_hash"] = seq, seal
        row["hash"] = seal = chain_hash(seal, *content(row))
        sealed.append(row)
    if sealed:
        session.execute(insert(table.__table__), sealed)
