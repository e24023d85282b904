"""Whom the house tells of what happened, for admins: the acts of `dunwell webhooks` as a page."""

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import Response

from api.pages.access import SignedIn, Visitor
from api.pages.forms import Sent, word, words
from api.pages.render import done, page
from ledger.clock import SystemClock
from ledger.errors import Conflict
from tools.people import check_may_manage
from tools.webhooks import (
    EVENTS,
    LONGEST_URL,
    NewEndpoint,
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
from tools.webhooks_told import KEPT, DeliveryLine, delivery_state, list_deliveries

WEBHOOKS = "/desk/webhooks"
_SHOWN = 50


def _manages_all(visitor: SignedIn) -> Visitor:
    """An admin who sees every account, as at the API."""
    check_may_manage(visitor.person)
    check_sees_all(visitor.person)
    return visitor


Teller = Annotated[Visitor, Depends(_manages_all)]
EndpointId = Annotated[str, Path(max_length=60)]
_Word = Query(max_length=60)
router = APIRouter(prefix=WEBHOOKS, include_in_schema=False)


@router.get("")
def list_webhooks(
    request: Request,
    visitor: Teller,
    endpoint: Annotated[str, _Word] = "",
    state: Annotated[str, _Word] = "",
    before: Annotated[int | None, Query(ge=1, lt=10**18)] = None,
) -> Response:
    """Endpoints, and their newest tellings with what the receiver said."""
    return _webhooks_page(request, visitor, endpoint, state, before)


@router.post("")
def add(request: Request, visitor: Teller, form: Sent) -> Response:
    """Tell an address of events from now on, and show its secret, this once."""
    wanted = judge_endpoint(word(form, "url"), words(form, "event"))
    with visitor.house.ledger.write() as session:
        made = add_endpoint(session, wanted, visitor.person.person_id, SystemClock().now())
    return _webhooks_page(request, visitor, made=made)


@router.post("/{endpoint_id}/test")
def send_test(request: Request, visitor: Teller, endpoint_id: EndpointId, _form: Sent) -> Response:
    """Send one event of the type `webhook.test` now; a refusal is an answer too."""
    try:
        heard = tell_test(visitor.house.ledger, endpoint_id, SystemClock().now())
    except Conflict as refused:
        return done(request, WEBHOOKS, refused.message)
    return done(request, WEBHOOKS, f"{endpoint_id} took the test: {heard.says}")


@router.post("/{endpoint_id}/retry")
def retry(request: Request, visitor: Teller, endpoint_id: EndpointId, _form: Sent) -> Response:
    """Send again what was given up."""
    with visitor.house.ledger.write() as session:
        now, actor = SystemClock().now(), visitor.person.person_id
        count = replay(session, endpoint_id, actor, now)
    _leave(visitor)
    return done(request, WEBHOOKS, f"{count} to be sent to {endpoint_id} again")


@router.post("/{endpoint_id}/pause")
def pause(request: Request, visitor: Teller, endpoint_id: EndpointId, _form: Sent) -> Response:
    """Send an address nothing until it is resumed."""
    with visitor.house.ledger.write() as session:
        pause_endpoint(session, endpoint_id, visitor.person.person_id, SystemClock().now())
    return done(request, WEBHOOKS, f"{endpoint_id} is paused; what happens waits for it")


@router.post("/{endpoint_id}/resume")
def resume(request: Request, visitor: Teller, endpoint_id: EndpointId, _form: Sent) -> Response:
    """Send an address what waited for it, and whatever happens from now on."""
    with visitor.house.ledger.write() as session:
        resume_endpoint(session, endpoint_id, visitor.person.person_id, SystemClock().now())
    _leave(visitor)
    return done(request, WEBHOOKS, f"{endpoint_id} is told again")


@router.post("/{endpoint_id}/remove")
def remove(request: Request, visitor: Teller, endpoint_id: EndpointId, _form: Sent) -> Response:
    """Tell an address of nothing any more."""
    with visitor.house.ledger.write() as session:
        remove_endpoint(session, endpoint_id, visitor.person.person_id, SystemClock().now())
    return done(request, WEBHOOKS, f"{endpoint_id} is told of nothing any more")


def _leave(visitor: Visitor) -> None:
    if visitor.dispatch is not None:
        visitor.dispatch(visitor.house.business_date())


def _webhooks_page(
    request: Request,
    visitor: Visitor,
    endpoint: str = "",
    state: str = "",
    before: int | None = None,
    made: NewEndpoint | None = None,
) -> Response:
    wanted = delivery_state(state) if state else None
    with visitor.house.ledger.read() as session:
        endpoints = list_endpoints(session)
        found = list_deliveries(session, endpoint or None, wanted, _SHOWN + 1, before)
    return page(
        request,
        "webhooks/list.html",
        visitor,
        endpoints=[each for each in endpoints if each.state != "removed"],
        removed=[each for each in endpoints if each.state == "removed"],
        deliveries=found[:_SHOWN],
        older=_older(found, endpoint, state),
        endpoint=endpoint,
        state=state,
        states=("waiting", "delivered", "dead"),
        kept={ended: days.days for ended, days in KEPT.items()},
        events=EVENTS,
        longest=LONGEST_URL,
        made=made,
    )


def _older(found: list[DeliveryLine], endpoint: str, state: str) -> str:
    """Where the tellings behind this page are; blank where there are none."""
    if len(found) <= _SHOWN:
        return ""
    asked = {"endpoint": endpoint, "state": state, "before": str(found[_SHOWN - 1].seq)}
    return f"{WEBHOOKS}?{urlencode({name: said for name, said in asked.items() if said})}"
