"""What the dashboards read of promises."""

from datetime import timedelta

from ledger.states import PromiseState
from tests.support.case_book import AS_OF, CaseBook
from tools.dashboard import promises_around


class TestPromisesAround:
    def test_promise_no_longer_in_force__is_left_out(self, book: CaseBook) -> None:
        account = book.account("C-1")
        for place, state in enumerate(PromiseState):
            book.promise(account, 100, AS_OF + timedelta(days=place), state=state)
        with book.ledger.read() as session:
            found = {each.state for each in promises_around(session, AS_OF)}
        assert found == set(PromiseState) - {PromiseState.CANCELLED, PromiseState.SUPERSEDED}

    def test_many_past__push_no_coming_one_off_and_the_latest_stay(self, book: CaseBook) -> None:
        account = book.account("C-1")
        for day in range(-5, 5):
            book.promise(account, 100, AS_OF + timedelta(days=day))
        with book.ledger.read() as session:
            found = promises_around(session, AS_OF, limit=3)
        assert [(each.due_on - AS_OF).days for each in found] == [-3, -2, -1, 0, 1, 2]
