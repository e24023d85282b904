"""Other ways a request could be done, ranked, shown on its card and chosen with one key.

The first way is the request's own action. They stand in the journal, so that what a person chose
from can be read again.
"""

from collections.abc import Sequence
from datetime import datetime

import orjson
from sqlalchemy import select
from sqlmodel import Session

from ledger.actions import ProposedAction, action_json, read_action
from ledger.journal import audit
from ledger.tables.work import Audit

OFFERED = "alternatives_offered"


def offer(
    session: Session,
    proposal_id: str,
    others: Sequence[ProposedAction],
    words: Sequence[str],
    actor: str,
    now: datetime,
) -> None:
    """Keep the ways behind the first one, best first; nothing is kept where there are none.

    Args:
        session: A write transaction.
        proposal_id: The request.
        others: The second way, the third, and so on.
        words: Each of all ways, the first one included, in a reviewer's words.
        actor: Who found them.
        now: The instant.
    """
    if others:
        actions = [orjson.loads(action_json(action)) for action in others]
        audit(session, now, OFFERED, proposal_id, actor, actions=actions, words=list(words))


def offered(session: Session, proposal_id: str) -> tuple[list[ProposedAction], list[str]]:
    """The ways behind the first one, and the words for all of them; empty where it is the only."""
    payload = session.scalars(
        select(Audit.payload)
        .where(Audit.subject_id == proposal_id, Audit.kind == OFFERED)
        .order_by(Audit.seq.desc())
    ).first()
    if payload is None:
        return [], []
    said = orjson.loads(payload)
    return [read_action(orjson.dumps(each)) for each in said["actions"]], said["words"]
