"""Opening the home a command works on, and finding out who is at the keyboard."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import select

from graph.bootstrap import House, open_house
from graph.inbox import decider_of
from ledger.errors import BadInput
from ledger.tables.work import Person
from tools.authority import Decider


@contextmanager
def opened(home: Path | None) -> Iterator[House]:
    """Open a home for the length of a command."""
    house = open_house(home)
    try:
        yield house
    finally:
        house.close()


def acting(house: House, named: str | None) -> Decider:
    """The person who decides: named, from the environment, or the only one there is.

    Raises:
        BadInput: Nobody is named and several are there.
        Refused: Nobody has the id.
    """
    wanted = named or house.settings.user
    if wanted is None:
        with house.ledger.read() as session:
            people = list(session.scalars(select(Person.id).order_by(Person.id).limit(9)))
        if len(people) != 1:
            there = ", ".join(people) or "nobody yet: `dunwell people add ID --name NAME --role R`"
            raise BadInput(f"say who decides with --as PERSON or DUNWELL_USER; here are {there}")
        wanted = people[0]
    return decider_of(house, wanted)
