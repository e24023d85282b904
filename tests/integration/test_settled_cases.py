"""A case somebody said yes or no to stands until the facts change."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from batch.night import run_night
from batch.replay import replay
from ledger.states import OPEN_PROPOSAL_STATES
from ledger.tables.account import Account
from ledger.tables.work import CallTask, Proposal
from tests.support.desk import AS_OF, Desk


def write(desk: Desk, message_id: str) -> None:
    """The customer writes something nobody answers."""
    desk.books.add(
        "message",
        id=message_id,
        account_id="acc_a",
        direction="in",
        channel="email",
        purpose="reply",
        stage=0,
        sent_on=AS_OF,
        subject="Your letter",
        body="We have questions.",
        answered=False,
        invoice_ids="",
    )


def night(desk: Desk, day: int) -> None:
    on = AS_OF + timedelta(days=day)
    for feed in desk.house.policy.contact.feed_max_age_days:
        desk.books.change("feed", "name", feed, read_through=on)
    desk.books.change("account", "id", "acc_a", next_action_on=None)
    run_night(desk.house, on, lambda *_: None)


def waiting(desk: Desk) -> list[str]:
    with desk.house.ledger.read() as session:
        query = select(Proposal.id).where(Proposal.state.in_(sorted(OPEN_PROPOSAL_STATES)))
        return list(session.scalars(query))


def standing(desk: Desk) -> str | None:
    with desk.house.ledger.read() as session:
        return session.scalar(select(Account.disposition).where(Account.id == "acc_a"))


@pytest.mark.parametrize("verb", ["approve", "reject"])
def test_case_that_was_decided__is_not_asked_again(desk: Desk, verb: str) -> None:
    desk.account("acc_a")
    write(desk, "msg_1")
    night(desk, 1)
    (asked,) = waiting(desk)
    inbox = desk.inbox("cora", AS_OF + timedelta(days=1))
    if verb == "approve":
        inbox.approve(asked)
    else:
        inbox.reject(asked, "seen, I rang them")
    tasks = desk.count(CallTask)
    for day in (2, 3):
        night(desk, day)
        assert waiting(desk) == []
        assert standing(desk) == "held"
        again = replay(desk.house, (AS_OF + timedelta(days=day)).isoformat(), "acc_a")
        assert again.reason.endswith("asked again once the facts change")
        assert again.differs is None
    assert desk.count(CallTask) == tasks


@pytest.mark.parametrize("what", ["message", "hold"])
def test_facts_that_changed__are_asked_about(desk: Desk, what: str) -> None:
    desk.account("acc_a")
    write(desk, "msg_1")
    night(desk, 1)
    (asked,) = waiting(desk)
    desk.inbox("cora", AS_OF + timedelta(days=1)).reject(asked, "seen, I rang them")
    if what == "message":
        write(desk, "msg_2")
    else:
        desk.hold("acc_a", "hardship")
    night(desk, 2)
    assert waiting(desk) != []
