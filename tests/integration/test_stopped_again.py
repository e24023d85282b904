"""A message that never left frees its key: what is permitted later that day leaves, once."""

from typing import Any

import pytest
from sqlalchemy import select

from batch.collections_pass import collections_pass
from batch.dispatch import Dispatched, dispatch
from batch.night import run_night
from batch.proof import CounterExample, prove
from batch.run import finish_night, start_night
from ledger.journal import mark_feed
from ledger.postings import apply_to_invoices
from ledger.states import NEVER_LEFT, ApplicationKind, OutboxState
from ledger.tables.work import DispositionRow, Permit
from policies.load import with_changes
from tests.support.books import NOON
from tests.support.desk import AS_OF, Desk
from tools.freed_keys import freed_keys

STOPPED, SENT = OutboxState.STOPPED, OutboxState.SENT


def pay(desk: Desk, number: int = 2, amount: int = 80_50, account_id: str = "acc_a") -> None:
    """An invoice is paid while its reminder waits to leave."""
    receipt = f"rcp_{account_id}_{number}"
    desk.books.receipt(receipt, amount, account_id=account_id, currency="USD", received_on=AS_OF)
    with desk.house.ledger.write() as session:
        paid = [(f"inv_{account_id}_{number}", amount)]
        apply_to_invoices(session, ApplicationKind.CASH, receipt, paid, AS_OF, "person:felix")
        mark_feed(session, "receipts", AS_OF, NOON)


def states(desk: Desk) -> list[str]:
    """Of its messages, in the order of their permits."""
    with desk.house.ledger.read() as session:
        order = list(session.scalars(select(Permit.outbox_id).order_by(Permit.seq)))
    return [row.state for row in sorted(desk.queued(), key=lambda row: order.index(row.id))]


def broken(desk: Desk) -> list[CounterExample]:
    results = prove(desk.house, lambda *_: None)
    return [each for each in results if isinstance(each, CounterExample)]


class TestApproved:
    def approve(self, desk: Desk) -> Any:
        return desk.inbox("cora").approve(desk.ask(desk.reminder("acc_a")))

    def stopped(self, desk: Desk) -> None:
        desk.account("acc_a")
        desk.house.remember_policy(AS_OF)
        self.approve(desk)
        pay(desk)
        assert dispatch(desk.house, AS_OF, None) == Dispatched(stopped=1)

    def test_stopped_then_approved_anew__leaves_once(self, desk: Desk) -> None:
        self.stopped(desk)
        done = self.approve(desk)
        assert done.happened.startswith("queued to ")
        assert dispatch(desk.house, AS_OF, None) == Dispatched(sent=1)
        assert dispatch(desk.house, AS_OF, None) == Dispatched()
        assert states(desk) == [STOPPED, SENT]
        assert broken(desk) == []

    def test_stopped_twice__third_leaves(self, desk: Desk) -> None:
        desk.account("acc_a", amounts=(120_00, 80_50, 70_00))
        desk.house.remember_policy(AS_OF)
        for number, amount in ((2, 80_50), (3, 70_00)):
            self.approve(desk)
            pay(desk, number, amount)
            assert dispatch(desk.house, AS_OF, None).stopped == 1
        self.approve(desk)
        assert dispatch(desk.house, AS_OF, None).sent == 1
        assert states(desk) == [STOPPED, STOPPED, SENT]
        assert [row.idempotency_key[-7:-1] for row in desk.queued()].count("|again") == 2
        assert broken(desk) == []


@pytest.mark.parametrize("state", OutboxState)
def test_state_of_a_message__frees_its_key_only_where_it_never_left(
    desk: Desk, state: OutboxState
) -> None:
    desk.inbox("cora").approve(desk.waiting_reminder())
    (row,) = desk.queued()
    desk.books.change("outbox", "id", row.id, state=state)
    with desk.house.ledger.read() as session:
        freed = freed_keys(session, ["acc_a"])
    assert freed == ({row.idempotency_key: 1} if state in NEVER_LEFT else {})


class TestNight:
    @pytest.fixture(autouse=True)
    def automatic(self, desk: Desk) -> None:
        policy = desk.house.policy
        auto = policy.autonomy.model_copy(update={"mode": "auto"})
        desk.house.policy = with_changes(policy, autonomy=auto)
        desk.house.remember_policy(AS_OF)
        desk.books.change("run", "id", "run_a", policy_hash=desk.house.policy.hash)

    def stopped_night(self, desk: Desk) -> str:
        """A night that stopped the one message it had queued."""
        desk.account("acc_a")
        night = start_night(desk.house, AS_OF, lambda *_: None)
        collections_pass(night)
        pay(desk)
        assert dispatch(desk.house, AS_OF, night.run_id) == Dispatched(stopped=1)
        finish_night(night, 1.0)
        return night.run_id

    def test_night_again__what_is_permitted_by_then_leaves_once(self, desk: Desk) -> None:
        self.stopped_night(desk)
        for _again in range(2):
            run_night(desk.house, AS_OF, lambda *_: None)
        assert states(desk) == [STOPPED, SENT]
        assert broken(desk) == []

    def test_sent_without_a_message__verify_tells(self, desk: Desk) -> None:
        run_id = self.stopped_night(desk)
        with desk.house.ledger.read() as session:
            said = select(DispositionRow.kind, DispositionRow.facts_hash)
            rows = session.execute(said.order_by(DispositionRow.seq)).all()
        assert [row.kind for row in rows] == ["sent", "needs_person"]
        facts = rows[-1].facts_hash
        desk.books.add(
            "disposition", run_id=run_id, account_id="acc_a", kind="sent", facts_hash=facts
        )
        faults = {fault.promise: fault for fault in broken(desk)}
        assert faults["nobody_forgotten"].subject == "acc_a"
        assert faults["nobody_forgotten"].found == "0 messages of it"
