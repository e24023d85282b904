"""What the journal says of trained models: who trained, approved, rejected and used which."""

from datetime import datetime
from typing import Any, NamedTuple

import orjson
from sqlalchemy import select
from sqlmodel import Session

from ledger.tables.work import Audit

SUBJECT = "risk_model"
"""One subject for all versions, so that the journal is asked by its index."""
TRAINED, APPROVED = "risk_model_trained", "risk_model_approved"
REJECTED, USED = "risk_model_rejected", "risk_model_used"


class ModelEvent(NamedTuple):
    """One journal record about a model."""

    seq: int
    kind: str
    actor: str
    at: datetime
    said: dict[str, Any]


def model_events(session: Session) -> list[ModelEvent]:
    """Everything the journal says of models, oldest first."""
    rows = session.execute(
        select(Audit.seq, Audit.kind, Audit.actor, Audit.at, Audit.payload)
        .where(Audit.subject_id == SUBJECT, Audit.kind.in_((TRAINED, APPROVED, REJECTED, USED)))
        .order_by(Audit.seq)
    )
    return [ModelEvent(row[0], row[1], row[2], row[3], orjson.loads(row[4])) for row in rows]
