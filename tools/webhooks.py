"""Whom the house tells of what happened: endpoints are added, listed, paused and removed.

Events are written down by triggers; `batch.webhooks` carries them out.
"""

import base64
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Literal, get_args

from sqlalchemy import and_, case, func, select, update
from sqlmodel import Session

from adapters.webhooks import Told, check_address, send
from ledger.errors import BadInput, Conflict, NotFound, Refused
from ledger.ids import make_id
from ledger.journal import audit
from ledger.session import Ledger
from ledger.tables.webhooks import WebhookDelivery, WebhookEndpoint
from tools.authority import Decider

Event = Literal[
    "proposal.waiting",
    "proposal.decided",
    "message.sent",
    "dispute.opened",
    "promise.broken",
    "run.finished",
    "payment.received",
]
EVENTS: tuple[str, ...] = get_args(Event)
LONGEST_URL = 500
_TOLD = ("active", "paused")


@dataclass(frozen=True, slots=True)
class WantedEndpoint:
    """An address that tellings may go to, and what it is told of."""

    url: str
    events: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NewEndpoint:
    """An endpoint that was added; its secret is shown now and never again."""

    id: str
    secret: str


@dataclass(frozen=True, slots=True)
class EndpointLine:
    """An endpoint and how its tellings stand; without its secret.

    Attributes:
        last_delivered_at: The newest of those that are kept; None where there is none.
    """

    id: str
    url: str
    events: str
    state: str
    added_at: datetime
    added_by: str
    waiting: int
    delivered: int
    dead: int
    last_delivered_at: datetime | None


def check_sees_all(decider: Decider) -> None:
    """Refuse whoever sees a part of the book: an endpoint is told of every account.

    Raises:
        Refused: There are accounts they do not see.
    """
    if decider.sight.limited:
        raise Refused("webhooks tell of every account; they are for whoever sees every account")


def judge_endpoint(
    url: str, events: Sequence[str], *, at_the_machine: bool = False
) -> WantedEndpoint:
    """Whether an address may be told of events; of all of them where none is named.

    A name is looked up, which can take long, so this comes before any transaction.

    Args:
        url: The address.
        events: What it is told of.
        at_the_machine: Whoever names it is at the command line of this machine.

    Raises:
        BadInput: No such event, or tellings may not go to this address.
    """
    if unknown := [each for each in events if each not in EVENTS]:
        raise BadInput(f"no event {unknown[0]!r}; use {', '.join(EVENTS)}")
    if len(url) > LONGEST_URL:
        raise BadInput(f"an address has at most {LONGEST_URL} characters")
    check_address(url, at_the_machine=at_the_machine)
    return WantedEndpoint(url, tuple(dict.fromkeys(events or EVENTS)))


def add_endpoint(
    session: Session, wanted: WantedEndpoint, actor: str, now: datetime
) -> NewEndpoint:
    """Tell an address of events from now on."""
    secret = "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()
    row = WebhookEndpoint(
        id=make_id("whe", secret),
        url=wanted.url,
        secret=secret,
        events=",".join(wanted.events),
        added_at=now,
        added_by=actor,
    )
    session.add(row)
    session.flush()
    audit(session, now, "webhook_added", row.id, actor, url=row.url, events=row.events)
    return NewEndpoint(row.id, secret)


def list_endpoints(session: Session) -> list[EndpointLine]:
    """Endpoints, oldest first, with counts of their tellings."""
    counts = [
        func.count(case((WebhookDelivery.state == state, 1)))
        for state in ("waiting", "delivered", "dead")
    ]
    ends, told = WebhookEndpoint, WebhookDelivery
    newest = func.max(case((told.state == "delivered", told.settled_at)))
    shown = (ends.id, ends.url, ends.events, ends.state, ends.added_at, ends.added_by)
    rows = session.execute(
        select(*shown, *counts, newest)
        .outerjoin(told, told.endpoint_id == ends.id)
        .group_by(*shown)
        .order_by(ends.added_at, ends.id)
    )
    return [EndpointLine(*row) for row in rows]


def endpoint_of(session: Session, endpoint_id: str) -> WebhookEndpoint:
    """An endpoint that is told of events, now or once it is resumed.

    Raises:
        NotFound: No such endpoint, or it is told of nothing any more.
    """
    row = session.get(WebhookEndpoint, endpoint_id)
    if row is None or row.state not in _TOLD:
        raise NotFound(f"no webhook in force {endpoint_id!r}; see `dunwell webhooks list`")
    return row


def pause_endpoint(session: Session, endpoint_id: str, actor: str, now: datetime) -> None:
    """Send an address nothing until it is resumed; what happens meanwhile waits for it.

    Raises:
        NotFound: No such endpoint.
        Conflict: It is paused already.
    """
    _turn(session, endpoint_id, "paused")
    audit(session, now, "webhook_paused", endpoint_id, actor)


def resume_endpoint(session: Session, endpoint_id: str, actor: str, now: datetime) -> None:
    """Send an address what waited for it, in order, and whatever happens from now on.

    Raises:
        NotFound: No such endpoint.
        Conflict: It is not paused.
    """
    _turn(session, endpoint_id, "active")
    audit(session, now, "webhook_resumed", endpoint_id, actor)


def _turn(session: Session, endpoint_id: str, state: str) -> None:
    row = endpoint_of(session, endpoint_id)
    if row.state == state:
        raise Conflict(f"{endpoint_id} is {state} already; nothing was changed")
    row.state = state
    session.add(row)


def remove_endpoint(session: Session, endpoint_id: str, actor: str, now: datetime) -> None:
    """Tell an address of nothing any more; what waited for it is given up.

    One that said itself that it is gone may be removed as well, so that nobody is warned of it.

    Raises:
        NotFound: No such endpoint, or it was removed before.
    """
    row = session.get(WebhookEndpoint, endpoint_id)
    if row is None or row.state == "removed":
        raise NotFound(f"no webhook {endpoint_id!r}; see `dunwell webhooks list`")
    close_endpoint(session, endpoint_id, "removed", now)
    audit(session, now, "webhook_removed", endpoint_id, actor)


def close_endpoint(session: Session, endpoint_id: str, state: str, now: datetime) -> None:
    """End an endpoint as removed or gone, with its secret and what waited."""
    ends, told = WebhookEndpoint, WebhookDelivery
    session.execute(update(ends).where(ends.id == endpoint_id).values(state=state, secret=""))
    session.execute(
        update(told)
        .where(told.endpoint_id == endpoint_id, told.state == "waiting")
        .values(state="dead", due_at=None, says=f"endpoint {state}", settled_at=now)
    )


def replay(
    session: Session, endpoint_id: str, actor: str, now: datetime, since: date | None = None
) -> int:
    """Send again what was given up, and with `since` whatever was written down from that day on.

    A telling keeps its id, so a receiver that heard it before knows.

    Returns:
        How many go again.

    Raises:
        NotFound: No such endpoint.
    """
    endpoint_of(session, endpoint_id)
    told = WebhookDelivery
    again = told.state == "dead"
    if since is not None:
        start = datetime.combine(since, time(), UTC)
        again = and_(told.state.in_(("dead", "delivered")), told.queued_at >= start)
    counted = session.execute(
        update(told)
        .where(told.endpoint_id == endpoint_id, again)
        .values(state="waiting", attempts=0, due_at=None, settled_at=None)
    ).rowcount
    audit(session, now, "webhook_replayed", endpoint_id, actor, count=counted)
    return counted


def tell_test(ledger: Ledger, endpoint_id: str, now: datetime) -> Told:
    """Send one event of the type `webhook.test` now.

    Raises:
        NotFound: No such endpoint.
        Conflict: The receiver did not take it.
    """
    with ledger.read() as session:
        row = endpoint_of(session, endpoint_id)
        url, secret = row.url, row.secret
    body = f'{{"data":{{}},"timestamp":"{now:%Y-%m-%dT%H:%M:%SZ}","type":"webhook.test"}}'
    heard = send(url, secret, make_id("evt", endpoint_id, now), body, now)
    if not heard.delivered:
        raise Conflict(
            f"{endpoint_id} did not take it: {heard.says}; see to the receiver, try again"
        )
    return heard
