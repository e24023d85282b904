"""T8, T12: a changed byte of the journal shows, and one version is answered once."""

from collections.abc import Iterator
from datetime import date

import pytest
from sqlalchemy import text

from ledger.checks import check_ledger
from ledger.errors import Conflict
from ledger.journal import audit, record_decision
from ledger.states import DecisionVerb
from tests.support.books import NOON, Books, open_books
from tests.support.desk import Desk


@pytest.fixture
def books(database_url: str) -> Iterator[Books]:
    with open_books(database_url) as opened:
        with opened.ledger.write() as session:
            for number in range(3):
                audit(session, NOON, "noted", f"acc_{number}", "ann", said=number)
        yield opened


def faults(books: Books) -> list[str]:
    with books.ledger.read() as session:
        return [str(each) for each in check_ledger(session, date(2026, 1, 1))]


@pytest.mark.parametrize(
    "theft",
    [
        "UPDATE audit SET payload = '{}' WHERE seq = 2",
        "UPDATE audit SET actor = 'bob' WHERE seq = 1",
        "UPDATE audit SET subject_id = 'acc_9' WHERE seq = 3",
        "DELETE FROM audit WHERE seq = 2",
    ],
)
def test_changed_byte__breaks_the_chain(books: Books, theft: str) -> None:
    assert faults(books) == []
    books.unfreeze("audit")
    with books.ledger.write() as session:
        session.execute(text(theft))
    assert faults(books)


def test_two_answers_to_one_version__the_second_is_refused(desk: Desk) -> None:
    waiting = desk.waiting_reminder()
    proposal = desk.proposal(waiting)

    def decide(who: str) -> None:
        with desk.house.ledger.write() as session:
            record_decision(
                session,
                proposal,
                DecisionVerb.APPROVE,
                decided_by=who,
                decided_as="collector",
                at=NOON,
                digest=proposal.digest,
            )

    decide("cora")
    with pytest.raises(Conflict):
        decide("milo")
