"""How tellings stand: each delivery of an endpoint, and what waits or was given up."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal, cast, get_args

from sqlalchemy import delete, func, select
from sqlmodel import Session

from ledger.errors import BadInput, NotFound
from ledger.ids import make_id
from ledger.tables.webhooks import WebhookDelivery, WebhookEndpoint

DeliveryState = Literal["waiting", "delivered", "dead"]
KEPT: dict[DeliveryState, timedelta] = {
    "delivered": timedelta(days=30),
    "dead": timedelta(days=180),
}
"""How long a telling stays in the books once it is settled; one that waits stays."""


@dataclass(frozen=True, slots=True)
class DeliveryLine:
    """A telling and how far it has come.

    Attributes:
        id: What the receiver is given as `webhook-id`, the same at every try.
        due_at: Not before then; None: at once, or not any more.
        says: What the last try came to.
        settled_at: When it was delivered or given up; None while it waits.
    """

    seq: int
    id: str
    endpoint_id: str
    event: str
    subject_id: str
    account_id: str | None
    kind: str
    happened_on: date
    queued_at: datetime
    state: DeliveryState
    attempts: int
    due_at: datetime | None
    says: str
    settled_at: datetime | None


@dataclass(frozen=True, slots=True)
class Backlog:
    """What has not reached an endpoint.

    Attributes:
        waiting: To be tried, now or later.
        dead: Given up, until somebody has them sent again.
        gone: It said that it wants to hear nothing any more.
        paused: Nothing is sent until somebody resumes it.
    """

    endpoint_id: str
    waiting: int = 0
    dead: int = 0
    gone: bool = False
    paused: bool = False


def telling_id(endpoint_id: str, seq: int) -> str:
    """The id of a telling, the same at every try."""
    return make_id("evt", endpoint_id, seq)


def delivery_state(word: str) -> DeliveryState:
    """How a telling may stand, from a word.

    Raises:
        BadInput: No telling stands so.
    """
    known = get_args(DeliveryState)
    if word not in known:
        raise BadInput(f"no state {word!r}; use {', '.join(known)}")
    return cast(DeliveryState, word)


def list_deliveries(
    session: Session,
    endpoint_id: str | None,
    state: DeliveryState | None = None,
    limit: int = 50,
    before: int | None = None,
) -> list[DeliveryLine]:
    """Tellings of an endpoint or of all, newest first; of those that were removed as well.

    Args:
        session: A read transaction.
        endpoint_id: Whose; None: of every one.
        state: Only those that stand so.
        limit: So many at most.
        before: Only those written down before the telling of this number.

    Raises:
        NotFound: No such endpoint.
    """
    told = WebhookDelivery
    wanted = select(told)
    if endpoint_id is not None:
        if session.get(WebhookEndpoint, endpoint_id) is None:
            raise NotFound(f"no webhook {endpoint_id!r}; see `dunwell webhooks list`")
        wanted = wanted.where(told.endpoint_id == endpoint_id)
    if state is not None:
        wanted = wanted.where(told.state == state)
    if before is not None:
        wanted = wanted.where(told.seq < before)
    rows = session.scalars(wanted.order_by(told.seq.desc()).limit(limit))
    return [
        DeliveryLine(id=telling_id(row.endpoint_id, row.seq or 0), **row.model_dump())
        for row in rows
    ]


def backlogs(session: Session) -> list[Backlog]:
    """What has not reached each endpoint that was not removed, oldest endpoint first."""
    told, ends = WebhookDelivery, WebhookEndpoint
    rows = session.execute(
        select(told.endpoint_id, told.state, func.count())
        .where(told.state.in_(("waiting", "dead")))
        .group_by(told.endpoint_id, told.state)
    )
    counts = {(endpoint_id, state): count for endpoint_id, state, count in rows}
    known = session.execute(
        select(ends.id, ends.state).where(ends.state != "removed").order_by(ends.added_at, ends.id)
    )
    return [
        Backlog(
            endpoint_id,
            counts.get((endpoint_id, "waiting"), 0),
            counts.get((endpoint_id, "dead"), 0),
            gone=state == "gone",
            paused=state == "paused",
        )
        for endpoint_id, state in known
    ]


def forget_settled(session: Session, now: datetime) -> int:
    """Remove tellings that were settled long ago, one statement for each way they ended.

    What waits is never removed, however old; what was given up stays long enough for somebody to
    be warned of it and send it again.

    Returns:
        How many were removed.
    """
    told = WebhookDelivery
    return sum(
        session.execute(
            delete(told).where(told.state == state, told.settled_at < now - kept)
        ).rowcount
        for state, kept in KEPT.items()
    )
