"""Carries tellings out: events that stand in the books go to their endpoints, after the fact.

Each goes at least once, in order, under an id that stays the same. One that fails goes again later
and later; after the last try it is dead and waits for `dunwell webhooks replay`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import bindparam, or_, select, update

from adapters.webhooks import Told, send
from graph.bootstrap import House
from ledger.clock import stopwatch
from ledger.tables.webhooks import WebhookDelivery, WebhookEndpoint
from tools.webhooks import close_endpoint
from tools.webhooks_told import forget_settled, telling_id

BATCH = 100
ROUND_SECONDS = 120  # mail waits meanwhile; what is left goes with the next round
PAUSES = tuple(
    timedelta(minutes=minutes) for minutes in (0.1, 5, 30, 120, 300, 600, 840, 1200, 1440)
)
Send = Callable[[str, str, str, str, datetime], Told]


@dataclass
class Tellings:
    """What a round did.

    Attributes:
        later: Failed for now.
        dead: Given up.
    """

    delivered: int = 0
    later: int = 0
    dead: int = 0


@dataclass
class _Round:
    """Attributes: closed: endpoints that get nothing more in this round."""

    house: House
    post: Send
    now: datetime
    done: Tellings = field(default_factory=Tellings)
    closed: set[str] = field(default_factory=set)
    after: int = 0


def tell_webhooks(house: House, post: Send = send) -> Tellings:
    """Tell every endpoint what is due, once each; what the receivers do stops nothing here.

    Args:
        house: The home.
        post: Sends one telling.
    """
    going = _Round(house, post, house.system_clock.now())
    if not _due(going):
        return going.done
    with house.dispatch_lock():
        started = stopwatch()
        while stopwatch() - started < ROUND_SECONDS and (rows := _due(going)):
            going.after = rows[-1].seq
            _tell(going, rows)
    return going.done


def forget_tellings(house: House) -> int:
    """Remove tellings that were settled long ago, as the house itself.

    No identity of the database may see tellings; what waits is not among them, so no lock is held.

    Returns:
        How many were removed.
    """
    with house.ledger.write() as session:
        return forget_settled(session, house.system_clock.now())


def telling(row: Any) -> tuple[str, str]:
    """Id and body of a telling: ids, kinds and dates of ours, never a customer's words."""
    data = {"id": row.subject_id, "kind": row.kind, "on": row.happened_on.isoformat()}
    if row.account_id:
        data["account_id"] = row.account_id
    at = row.queued_at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    body = {"type": row.event, "timestamp": at, "data": data}
    return telling_id(row.endpoint_id, row.seq), orjson.dumps(
        body, option=orjson.OPT_SORT_KEYS
    ).decode()


def _due(going: _Round) -> Sequence[Any]:
    told, ends = WebhookDelivery, WebhookEndpoint
    with going.house.ledger.read() as session:
        return session.execute(
            select(told.__table__, ends.url, ends.secret)
            .join(ends, ends.id == told.endpoint_id)
            .where(
                told.state == "waiting",
                told.seq > going.after,
                told.endpoint_id.not_in(going.closed),
                ends.state == "active",
                or_(told.due_at.is_(None), told.due_at <= going.now),
            )
            .order_by(told.seq)
            .limit(BATCH)
        ).all()


def _tell(going: _Round, rows: Sequence[Any]) -> None:
    """Send a batch with no transaction open, then write down what it came to."""
    kept: list[dict[str, Any]] = []
    gone: list[str] = []
    for row in rows:
        if row.endpoint_id in going.closed:
            continue
        at = going.house.system_clock.now()
        heard = going.post(row.url, row.secret, *telling(row), at)
        kept.append(_kept(going.done, row, heard, at))
        if heard.gone:
            gone.append(row.endpoint_id)
        if heard.gone or heard.unwell:
            going.closed.add(row.endpoint_id)
    _keep(going.house, kept, gone)


def _kept(done: Tellings, row: Any, heard: Told, at: datetime) -> dict[str, Any]:
    """The new standing of a telling."""
    tries = row.attempts + 1
    new = {
        "b_seq": row.seq, "b_attempts": tries, "b_says": heard.says, "b_due": None,
        "b_settled": at,
    }  # fmt: skip
    if heard.delivered:
        done.delivered += 1
        return new | {"b_state": "delivered"}
    if heard.gone or tries > len(PAUSES):
        done.dead += 1
        return new | {"b_state": "dead"}
    done.later += 1
    return new | {"b_state": "waiting", "b_due": at + PAUSES[tries - 1], "b_settled": None}


def _keep(house: House, kept: list[dict[str, Any]], gone: list[str]) -> None:
    table = WebhookDelivery.__table__
    with house.ledger.write() as session:
        session.connection().execute(
            update(table)
            # Removed meanwhile: what was given up with its endpoint stays so.
            .where(table.c.seq == bindparam("b_seq"), table.c.state == "waiting")
            .values(
                state=bindparam("b_state"),
                attempts=bindparam("b_attempts"),
                due_at=bindparam("b_due"),
                says=bindparam("b_says"),
                settled_at=bindparam("b_settled"),
            ),
            kept,
        )
        for endpoint_id in gone:
            close_endpoint(session, endpoint_id, "gone", house.system_clock.now())
