"""Keys of messages that never left, and so may stand again on the same day."""

from collections import Counter
from collections.abc import Sequence

from sqlalchemy import select
from sqlmodel import Session

from ledger.queries.grouping import among
from ledger.states import NEVER_LEFT
from ledger.tables.work import Outbox
from tools.outgoing import AGAIN


def freed_keys(session: Session, account_ids: Sequence[str]) -> Counter[str]:
    """How often the message of each key was queued and never left, by its first key.

    What is queued, under way, sent or uncertain frees nothing.
    """
    held = session.scalars(
        select(Outbox.idempotency_key).where(
            among(Outbox.account_id, account_ids), Outbox.state.in_(NEVER_LEFT)
        )
    )
    return Counter(key.partition(AGAIN)[0] for key in held)
