"""The approval inbox as a page: the queue, what waits to leave, the way into a card."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.pages import inbox_batch, inbox_card, inbox_decide, inbox_reviewing
from api.pages.access import SignedIn, Visitor
from api.pages.inbox_exercise import in_place
from api.pages.inbox_filter import PAGE, WantedHere
from api.pages.render import page
from ledger.actions import KINDS_OF_ACTION
from ledger.queries.reviewing import names_of_people, still_here
from ledger.states import ProposalState

router = APIRouter(include_in_schema=False)


@router.get("/desk/inbox")
def queue(request: Request, visitor: SignedIn, wanted: WantedHere) -> Response:
    """What waits for a decision, most valuable first."""
    inbox = visitor.inbox()
    found = inbox.list_waiting(wanted.filter(visitor), PAGE, wanted.cursor or None)
    return page(
        request,
        "inbox/list.html",
        visitor,
        wanted=wanted,
        found=found,
        lines=in_place(visitor).lines(found.lines),
        following=wanted.query(cursor=found.next or "", at="") if found.next else "",
        first=wanted.query(cursor="", at=""),
        here=wanted.query(at=""),
        load=inbox.load(),
        **_around(visitor),
        **choices(visitor),
    )


def _around(visitor: Visitor) -> dict[str, Any]:
    """What stands beside the queue: messages that can still be taken back."""
    now = visitor.house.system_clock.now()
    with visitor.house.ledger.read() as session:
        return {"leaving": still_here(session, visitor.person.person_id, now)}


def choices(visitor: Visitor) -> dict[str, Any]:
    """What the filters offer."""
    policy = visitor.house.policy
    with visitor.house.ledger.read() as session:
        people = names_of_people(session)
    return {
        "states": [state.value for state in ProposalState],
        "kinds": KINDS_OF_ACTION,
        "roles": sorted(policy.approval.stands_for),
        "rules": [rule.id for rule in policy.approval.rules if rule.effect == "approve"],
        "people": people,
        "currencies": sorted(policy.high_value_minor),
    }


# Fixed addresses come before the one that takes any word for a request.
for part in (inbox_reviewing, inbox_batch, inbox_decide, inbox_card):
    router.include_router(part.router)
