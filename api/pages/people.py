"""The people of the home and their roles."""

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy import select

from api.pages.access import SignedIn
from api.pages.render import page
from ledger.tables.work import Person
from tools.authority import Decider

router = APIRouter(include_in_schema=False)


@router.get("/desk/people")
def list_people(request: Request, visitor: SignedIn) -> Response:
    """Who works here, and as what."""
    with visitor.house.ledger.read() as session:
        people = [Decider.of(row) for row in session.scalars(select(Person).order_by(Person.id))]
    return page(request, "people/list.html", visitor, people=people)
