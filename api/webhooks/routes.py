"""Endpoints that are told of events, what became of each telling, and sending it again."""

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from api.access import Caller, Manager
from api.cursors import read_cursor, write_cursor
from api.idempotency import OnceOnly
from ledger.clock import SystemClock
from ledger.errors import BadInput
from tools.contract import Result
from tools.webhooks import (
    LONGEST_URL,
    EndpointLine,
    Event,
    add_endpoint,
    check_sees_all,
    judge_endpoint,
    list_endpoints,
    pause_endpoint,
    remove_endpoint,
    replay,
    resume_endpoint,
    tell_test,
)
from tools.webhooks_told import DeliveryState, list_deliveries

router = APIRouter(prefix="/webhooks", tags=["webhooks"])
EndpointId = Annotated[str, Path(max_length=60)]


class _Sent(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class NewWebhook(_Sent):
    """An address to be told of events; of all of them where none is named."""

    url: Annotated[str, Field(min_length=1, max_length=LONGEST_URL)]
    events: Annotated[tuple[Event, ...], Field(max_length=20)] = ()


class Again(_Sent):
    """What goes again: what was given up, or everything from a day (UTC) on."""

    since: date | None = None


class AddedWebhook(Result):
    """An endpoint that was added. Its secret is told once; a repeated request is not told it."""

    id: str
    secret: str | None


class WebhookLine(Result):
    """An endpoint and how its tellings stand."""

    id: str
    url: str
    events: tuple[str, ...]
    state: str
    added_at: datetime
    added_by: str
    waiting: int
    delivered: int
    dead: int
    last_delivered_at: datetime | None


class WebhookList(Result):
    """Every endpoint there ever was, oldest first."""

    webhooks: tuple[WebhookLine, ...]


class Telling(Result):
    """A telling and how far it has come; `id` is what the receiver is given as `webhook-id`."""

    id: str
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


class TellingList(Result):
    """A page of tellings, newest first; `next` is the cursor of the one behind it."""

    deliveries: tuple[Telling, ...]
    next: str | None


class SentAgain(Result):
    """How many tellings go again."""

    count: int


class Heard(Result):
    """What the receiver answered."""

    says: str


def _sees_all(caller: Manager) -> Caller:
    check_sees_all(caller.person)
    return caller


Teller = Annotated[Caller, Depends(_sees_all)]


@router.get("")
def list_webhooks(caller: Teller) -> WebhookList:
    """Endpoints with counts of their tellings, never with their secrets."""
    with caller.house.ledger.read() as session:
        return WebhookList(webhooks=tuple(map(_line, list_endpoints(session))))


@router.post("", response_model=AddedWebhook, status_code=201)
def add_webhook(sent: NewWebhook, caller: Teller, once: OnceOnly) -> Response:
    """Tell an address of events from now on; its secret is in this answer and never again.

    Only https outside: an address of the server's own machine is added at its command line.
    """

    def add() -> AddedWebhook:
        wanted = judge_endpoint(sent.url, sent.events)
        now, actor = SystemClock().now(), caller.person.person_id
        with caller.house.ledger.write() as session:
            made = add_endpoint(session, wanted, actor, now)
        return AddedWebhook(id=made.id, secret=made.secret)

    return once.answer(caller, add, once=frozenset({"secret"}), status=201)


@router.delete("/{endpoint_id}", status_code=204)
def remove_webhook(endpoint_id: EndpointId, caller: Teller) -> None:
    """Tell an address of nothing any more; what waited for it is given up."""
    now, actor = SystemClock().now(), caller.person.person_id
    with caller.house.ledger.write() as session:
        remove_endpoint(session, endpoint_id, actor, now)


@router.post("/{endpoint_id}/pause", status_code=204)
def pause_webhook(endpoint_id: EndpointId, caller: Teller) -> None:
    """Send an address nothing until it is resumed; what happens meanwhile waits for it."""
    now, actor = SystemClock().now(), caller.person.person_id
    with caller.house.ledger.write() as session:
        pause_endpoint(session, endpoint_id, actor, now)


@router.post("/{endpoint_id}/resume", status_code=204)
def resume_webhook(endpoint_id: EndpointId, caller: Teller) -> None:
    """Send an address what waited for it, in order, and whatever happens from now on."""
    now, actor = SystemClock().now(), caller.person.person_id
    with caller.house.ledger.write() as session:
        resume_endpoint(session, endpoint_id, actor, now)
    if caller.dispatch is not None:
        caller.dispatch(caller.house.business_date())


@router.get("/{endpoint_id}/deliveries")
def show_deliveries(
    endpoint_id: EndpointId,
    caller: Teller,
    state: DeliveryState | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
) -> TellingList:
    """A page of tellings of an endpoint, newest first; `state=dead` shows what was given up."""
    before = _number(read_cursor(cursor))
    with caller.house.ledger.read() as session:
        found = list_deliveries(session, endpoint_id, state, limit + 1, before)
    shown = tuple(
        Telling(**{name: getattr(row, name) for name in Telling.model_fields})
        for row in found[:limit]
    )
    following = write_cursor(found[limit - 1].seq) if len(found) > limit else None
    return TellingList(deliveries=shown, next=following)


@router.post("/{endpoint_id}/replay", response_model=SentAgain)
def send_again(endpoint_id: EndpointId, sent: Again, caller: Teller, once: OnceOnly) -> Response:
    """Send again what was given up; a telling keeps its id, so a receiver knows it."""

    def again() -> SentAgain:
        now, actor = SystemClock().now(), caller.person.person_id
        with caller.house.ledger.write() as session:
            count = replay(session, endpoint_id, actor, now, sent.since)
        if caller.dispatch is not None:
            caller.dispatch(caller.house.business_date())
        return SentAgain(count=count)

    return once.answer(caller, again)


@router.post("/{endpoint_id}/test")
def send_test(endpoint_id: EndpointId, caller: Teller) -> Heard:
    """Send one event of the type `webhook.test` now and say what the receiver answered."""
    return Heard(says=tell_test(caller.house.ledger, endpoint_id, SystemClock().now()).says)


def _line(row: EndpointLine) -> WebhookLine:
    shown = {name: getattr(row, name) for name in WebhookLine.model_fields if name != "events"}
    return WebhookLine(events=tuple(row.events.split(",")), **shown)


def _number(text: str | None) -> int | None:
    if not text:
        return None
    if not text.isdecimal() or len(text) > 18:
        raise BadInput("this is not a cursor; take `next` of the page before")
    return int(text)
