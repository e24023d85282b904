"""Accounts a night looks at though they owe nothing: no draft outlives its reason."""

from datetime import timedelta

import pytest

from batch.night import run_night
from batch.worklist import build_worklist
from ledger.actions import SendStatement
from ledger.states import Disposition, ProposalState
from tests.support.desk import AS_OF, Desk

TONIGHT = AS_OF + timedelta(days=1)
STANDING = pytest.mark.parametrize(
    "standing",
    [None, Disposition.NEEDS_PERSON, Disposition.HELD, Disposition.SENT, Disposition.WAITING],
)


def paid(desk: Desk, standing: Disposition | None) -> None:
    """Everything of the account is paid, and the change cleared its date."""
    for number, amount in enumerate((120_00, 80_50), start=1):
        invoice, receipt = f"inv_acc_a_{number}", f"rcp_{number}"
        desk.books.receipt(receipt, amount, currency="USD")
        desk.books.apply(f"app_{number}", invoice, amount, currency="USD", receipt_id=receipt)
    desk.books.change("account", "id", "acc_a", disposition=standing, next_action_on=None)


def statement(desk: Desk) -> str:
    return desk.ask(
        SendStatement(account_id="acc_a", contact_id="con_acc_a", currency="USD"), author="cora"
    )


def looked_at(desk: Desk) -> list[str]:
    with desk.house.ledger.write() as session:
        return build_worklist(session, TONIGHT, desk.house.policy)


def night(desk: Desk) -> None:
    for feed in desk.house.policy.contact.feed_max_age_days:
        desk.books.change("feed", "name", feed, read_through=TONIGHT)
    run_night(desk.house, TONIGHT, lambda *_: None)


class TestOwesNothing:
    @STANDING
    @pytest.mark.parametrize("state", ["pending", "snoozed", "question"])
    def test_reminder_waits__is_looked_at_whatever_stands(
        self, desk: Desk, standing: Disposition | None, state: str
    ) -> None:
        waiting = desk.waiting_reminder()
        desk.books.change("proposal", "id", waiting, state=state)
        paid(desk, standing)
        assert looked_at(desk) == ["acc_a"]

    @STANDING
    def test_reminder_waits__the_night_withdraws_it(
        self, desk: Desk, standing: Disposition | None
    ) -> None:
        waiting = desk.waiting_reminder()
        paid(desk, standing)
        night(desk)
        gone = desk.proposal(waiting)
        assert (gone.state, gone.outcome) == (ProposalState.SUPERSEDED, "its reason is gone")
        assert looked_at(desk) == []

    def test_statement_waits__the_night_withdraws_it(self, desk: Desk) -> None:
        desk.account("acc_a")
        waiting = statement(desk)
        paid(desk, None)
        night(desk)
        assert desk.proposal(waiting).state == ProposalState.SUPERSEDED

    def test_statement_with_money_of_theirs_to_list__goes_on_waiting(self, desk: Desk) -> None:
        desk.account("acc_a")
        waiting = statement(desk)
        paid(desk, None)
        desk.books.credit("crm_1", 5_00, currency="USD")
        night(desk)
        assert desk.proposal(waiting).state == ProposalState.PENDING

    @STANDING
    def test_no_draft_waits__is_left_alone(self, desk: Desk, standing: Disposition | None) -> None:
        waiting = desk.waiting_reminder()
        desk.books.change("proposal", "id", waiting, state="rejected")
        paid(desk, standing)
        assert looked_at(desk) == []

    def test_draft_of_another_kind__is_left_alone(self, desk: Desk) -> None:
        waiting = desk.waiting_reminder()
        desk.books.change("proposal", "id", waiting, action_type="release_hold")
        paid(desk, None)
        assert looked_at(desk) == []


def test_owes_and_a_statement_waits__the_night_leaves_it(desk: Desk) -> None:
    desk.account("acc_a")
    waiting = statement(desk)
    night(desk)
    assert desk.proposal(waiting).state == ProposalState.PENDING
