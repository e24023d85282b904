"""What a person does or asks for on an account's page. Every deed is a POST with the form's token.

What is asked for waits for a colleague, even where whoever asks may approve such things.
"""

from typing import Annotated, get_args

from fastapi import APIRouter, Path, Request
from fastapi.responses import Response

from api.pages.access import SignedIn, Visitor
from api.pages.forms import Sent, word
from api.pages.render import done
from graph.asking import ask_for
from guardrails.verdict import Deny
from ledger.actions import ReleaseHold, WriteOff
from ledger.errors import BadInput, NotFound, Refused
from tools.account_names import find_account
from tools.account_wishes import wish_to_lift, wish_to_write_off
from tools.inbound_by_hand import Way, answered_outside

router = APIRouter(prefix="/desk/accounts", include_in_schema=False)
Named = Annotated[str, Path(max_length=100)]
_ROLE = "collector"


@router.post("/{named}/holds/{hold_id}/lift")
def lift_hold(
    request: Request, visitor: SignedIn, named: Named, hold_id: Named, form: Sent
) -> Response:
    """Ask to lift a hold."""
    house = visitor.house
    visitor.person.check_may_decide(house.policy)
    with house.ledger.read() as session:
        account_id = find_account(session, named)
        wish = wish_to_lift(session, account_id, hold_id, word(form, "reason"))
    return _ask(request, visitor, wish)


@router.post("/{named}/write-off")
def write_off(request: Request, visitor: SignedIn, named: Named, form: Sent) -> Response:
    """Ask to write off what is open of an invoice, or a part of it."""
    house = visitor.house
    visitor.person.check_may_decide(house.policy)
    with house.ledger.read() as session:
        account_id = find_account(session, named)
        wish = wish_to_write_off(
            session,
            account_id,
            word(form, "invoice"),
            word(form, "amount") or None,
            word(form, "reason"),
        )
    return _ask(request, visitor, wish)


def _ask(request: Request, visitor: Visitor, wish: ReleaseHold | WriteOff) -> Response:
    asked = ask_for(
        visitor.house,
        visitor.house.deps(),
        visitor.person,
        _ROLE,
        wish,
        f"{visitor.person.name} says: {wish.note}",
        always_ask=True,
    )
    if isinstance(asked.verdict, Deny):
        raise Refused(asked.outcome)
    said = f"Asked for as {asked.proposal_id}; a colleague decides it."
    return done(request, f"/desk/accounts/{wish.account_id}", said)


@router.post("/{named}/messages/{message_id}/answered")
def answered(
    request: Request, visitor: SignedIn, named: Named, message_id: Named, form: Sent
) -> Response:
    """Say that a customer's message was answered outside, and how."""
    house = visitor.house
    way = word(form, "how")
    if way not in get_args(Way):
        raise BadInput(f"how it was answered is one of {', '.join(get_args(Way))}")
    day = house.business_date()
    with house.ledger.write() as session:
        account_id = answered_outside(
            session,
            message_id,
            visitor.person,
            way,
            word(form, "note"),
            house.policy,
            day,
            house.clock_at(day).now(),
        )
        if account_id != find_account(session, named):
            raise NotFound("this account has no such message")
    said = "Noted as answered; the next night goes on with the account."
    return done(request, f"/desk/accounts/{account_id}", said)
