"""Who work may be handed to: colleagues who decide something, not who left or only reads."""

from sqlalchemy import select
from sqlmodel import Session

from ledger.errors import BadInput, Refused
from ledger.tables.account import Account
from ledger.tables.work import Person
from policies.schema import Policy
from tools.authority import Decider


def takers(session: Session, policy: Policy, account_id: str | None = None) -> list[Decider]:
    """The people a request or a task may be given to; of an account, those who see it."""
    people = map(Decider.of, session.scalars(select(Person).order_by(Person.name, Person.id)))
    able = [each for each in people if _works(each, policy)]
    if account_id is None:
        return able
    account = session.get_one(Account, account_id)
    return [each for each in able if each.sight.covers(account)]


def taker(session: Session, person_id: str, policy: Policy) -> Decider:
    """Somebody who takes work over.

    Raises:
        BadInput: Nobody is called so, or they left, or their roles decide nothing.
    """
    row = session.get(Person, person_id)
    if row is None:
        raise BadInput(f"nobody is called {person_id!r} here; `dunwell people list` shows who is")
    colleague = Decider.of(row)
    if not _works(colleague, policy):
        raise BadInput(f"{colleague.name} works no accounts; name somebody who does")
    return colleague


def _works(person: Decider, policy: Policy) -> bool:
    try:
        person.check_may_decide(policy)
    except Refused:
        return False
    return True
