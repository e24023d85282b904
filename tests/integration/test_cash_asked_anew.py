"""Whole nights over money a person was asked about: what came to nothing is asked again."""

from datetime import date, timedelta
from typing import Any

import orjson
import pytest
from sqlalchemy import select

from batch.night import run_night
from ledger.checks import check_ledger
from ledger.states import ProposalState
from ledger.tables.work import Proposal
from policies.load import with_changes
from tests.support.cash_night import TONIGHT, Money
from tests.support.cash_night import money as money
from tests.support.desk import Desk

EXPIRED_ON = TONIGHT + timedelta(days=15)
NEXT = TONIGHT + timedelta(days=1)


def night(desk: Desk, day: date) -> None:
    """A whole night on fresh feeds, in which letters leave unattended."""
    for feed in desk.house.policy.contact.feed_max_age_days:
        desk.books.change("feed", "name", feed, read_through=day)
    run_night(desk.house, day, lambda *_: None)
    with desk.house.ledger.read() as session:
        assert check_ledger(session, day) == []


def requests(desk: Desk, receipt: str, state: ProposalState = ProposalState.PENDING) -> list[str]:
    """Requests to apply a receipt that are in a state."""
    with desk.house.ledger.read() as session:
        rows = session.execute(
            select(Proposal.id, Proposal.action)
            .where(Proposal.action_type == "apply_receipt", Proposal.state == state)
            .order_by(Proposal.id)
        ).all()
    return [row.id for row in rows if orjson.loads(row.action)["receipt_id"] == receipt]


def asked_for(desk: Desk, action_type: str) -> dict[str, Any]:
    """The action of the one waiting request of a type."""
    with desk.house.ledger.read() as session:
        action = session.scalars(
            select(Proposal.action).where(
                Proposal.action_type == action_type, Proposal.state == ProposalState.PENDING
            )
        ).one()
    return orjson.loads(action)


@pytest.fixture
def auto(desk: Desk) -> Desk:
    """A customer who owes 500.00 and whose letters leave unattended."""
    policy = desk.house.policy
    mode = policy.autonomy.model_copy(update={"mode": "auto"})
    desk.house.policy = with_changes(policy, autonomy=mode)
    desk.account("acc_a", (500_00,), name="Ironbark Joinery", language="en")
    return desk


@pytest.fixture
def part(auto: Desk, money: Money) -> str:
    """Half of what is owed, of nobody known, for which a person is asked tonight."""
    receipt = money(250_00, "ACCA-1", "Xanthe Paying Services")
    night(auto, TONIGHT)
    assert len(requests(auto, receipt)) == 1
    return receipt


class TestExpired:
    def test_nobody_answers__the_same_night_asks_again_and_no_letter_leaves(
        self, auto: Desk, part: str
    ) -> None:
        (first,) = requests(auto, part)
        night(auto, EXPIRED_ON)
        assert requests(auto, part, ProposalState.EXPIRED) == [first]
        assert len(requests(auto, part)) == 1
        assert auto.queued() == []

    def test_nobody_answers_twice__it_is_asked_a_third_time(self, auto: Desk, part: str) -> None:
        for times in (1, 2):
            night(auto, TONIGHT + timedelta(days=15 * times))
        assert len(requests(auto, part, ProposalState.EXPIRED)) == 2
        assert len(requests(auto, part)) == 1

    def test_request_that_policy_alone_wanted__is_asked_again(
        self, auto: Desk, money: Money
    ) -> None:
        cash = auto.house.policy.cash.model_copy(update={"unattended_evidence": ()})
        auto.house.policy = with_changes(auto.house.policy, cash=cash)
        receipt = money(500_00, "ACCA-1")
        night(auto, TONIGHT)
        night(auto, EXPIRED_ON)
        assert len(requests(auto, receipt, ProposalState.EXPIRED)) == 1
        assert len(requests(auto, receipt)) == 1
        assert auto.queued() == []


class TestSentBack:
    def test_note__the_role_sees_the_money_and_the_next_night_asks_again(
        self, auto: Desk, part: str
    ) -> None:
        inbox = auto.inbox("cora", TONIGHT)
        inbox.answer(requests(auto, part)[0], "which invoices exactly?")
        assert f"receipt {part} is not applied: 250.00" in asked_for(auto, "escalate")["summary"]
        night(auto, NEXT)
        assert len(requests(auto, part)) == 1
        assert auto.queued() == []

    def test_night_of_the_same_date_again__the_next_one_asks(self, auto: Desk, part: str) -> None:
        auto.inbox("cora", TONIGHT).answer(requests(auto, part)[0], "which invoices exactly?")
        night(auto, TONIGHT)
        night(auto, NEXT)
        assert len(requests(auto, part)) == 1

    def test_role_asks_anew__the_night_does_not_ask_beside_it(
        self, auto: Desk, money: Money
    ) -> None:
        cash = auto.house.policy.cash.model_copy(update={"unattended_evidence": ()})
        auto.house.policy = with_changes(auto.house.policy, cash=cash)
        receipt = money(500_00, "thank you", "Ironbark Joinery")
        night(auto, TONIGHT)
        done = auto.inbox("cora", TONIGHT).answer(requests(auto, receipt)[0], "is it theirs?")
        (own,) = requests(auto, receipt)
        assert own in done.new_proposal_ids
        for day in (NEXT, NEXT + timedelta(days=1)):
            night(auto, day)
        assert requests(auto, receipt) == [own]
        auto.inbox("felix", NEXT).reject(own, "not theirs")
        night(auto, NEXT + timedelta(days=2))
        assert requests(auto, receipt) == []


class TestRefused:
    def test_books_forbid_what_was_approved__it_is_asked_on_the_books_as_they_are(
        self, auto: Desk, part: str, money: Money
    ) -> None:
        money(400_00, "part payment ACCA-1", account_id="acc_a", received_on=NEXT)
        night(auto, NEXT)
        (request,) = requests(auto, part)
        auto.inbox("cora", NEXT).approve(request)
        assert requests(auto, part, ProposalState.REFUSED) == [request]
        night(auto, NEXT + timedelta(days=1))
        assert len(requests(auto, part)) == 1
        assert asked_for(auto, "apply_receipt")["allocations"] == [
            {"invoice_id": "inv_acc_a_1", "amount_minor": 100_00}
        ]


class TestAnswered:
    @pytest.mark.parametrize("day", [NEXT, EXPIRED_ON])
    def test_person_says_no__no_night_asks_again(self, auto: Desk, part: str, day: date) -> None:
        auto.inbox("cora", TONIGHT).reject(requests(auto, part)[0], "not theirs")
        night(auto, day)
        assert requests(auto, part) == []

    def test_no_to_an_edited_request__no_night_asks_again(self, auto: Desk, part: str) -> None:
        allocations = [{"invoice_id": "inv_acc_a_1", "amount_minor": 200_00}]
        inbox = auto.inbox("cora", TONIGHT)
        edited = inbox.edit(requests(auto, part)[0], {"allocations": allocations})
        auto.inbox("felix", TONIGHT).reject(edited.new_proposal_ids[0], "not theirs")
        night(auto, NEXT)
        assert requests(auto, part) == []

    def test_snoozed_request__is_not_asked_again(self, auto: Desk, part: str) -> None:
        (request,) = requests(auto, part)
        auto.inbox("cora", TONIGHT).snooze(request, TONIGHT + timedelta(days=13))
        night(auto, TONIGHT + timedelta(days=12))
        assert requests(auto, part) == []
        night(auto, TONIGHT + timedelta(days=13))
        assert requests(auto, part) == [request]
