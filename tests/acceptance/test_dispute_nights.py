"""A dispute over many nights: chasing stops, people decide, one letter goes on where it was."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from batch.night import run_night
from graph.asking import ask_for
from graph.bootstrap import create_home, open_house
from graph.inbox import decider_of
from graph.settings import Settings
from ledger.actions import OpenDisputeCase, ResolveDispute
from ledger.tables.case import Dispute
from ledger.tables.work import Message, Proposal
from tests.support.books import NOON, Books
from tests.support.desk import PEOPLE, Desk

MONDAY = date(2026, 3, 16)
ACC, INV = "acc_a", "inv_acc_a_1"


@pytest.fixture
def desk(database_url: str, tmp_path: Path) -> Iterator[Desk]:
    """A home on automatic with people in it."""
    where = Settings(home=tmp_path / "home", database_url=database_url)
    create_home(settings=where).close()
    autonomy = where.home / "policies" / "autonomy.toml"
    text = autonomy.read_text("utf-8")
    autonomy.write_text(text.replace('\nmode = "draft"', '\nmode = "auto"'), "utf-8")
    house = open_house(settings=where)
    books = Books(house.ledger)
    for person_id, (name, roles) in PEOPLE.items():
        books.add("person", id=person_id, name=name, roles=roles)
    for feed in house.policy.contact.feed_max_age_days:
        books.add("feed", name=feed, read_through=MONDAY, read_at=NOON)
    yield Desk(house, books, MONDAY)
    house.close()


def night(desk: Desk, day: date) -> dict[str, Any]:
    desk.as_of = day
    for feed in desk.house.policy.contact.feed_max_age_days:
        desk.books.change("feed", "name", feed, read_through=day)
    return run_night(desk.house, day, lambda *_: None).counts


def sent(desk: Desk) -> list[tuple[date, int]]:
    """Reminders that left, with their stage."""
    with desk.house.ledger.read() as session:
        rows = session.execute(
            select(Message.sent_on, Message.stage)
            .where(Message.direction == "out", Message.purpose == "send_reminder")
            .order_by(Message.sent_on)
        )
        return [(row[0], row[1]) for row in rows]


def waiting(desk: Desk, kind: str) -> list[str]:
    with desk.house.ledger.read() as session:
        query = select(Proposal.id).where(
            Proposal.action_type == kind, Proposal.role == "dispute_analyst"
        )
        return list(session.scalars(query))


def act(desk: Desk, action: Any) -> Any:
    who = decider_of(desk.house, "cora")
    return ask_for(desk.house, desk.deps, who, "dispute_analyst", action)


def test_disputed_for_weeks_and_denied__exactly_one_letter_of_the_next_stage(desk: Desk) -> None:
    desk.account(ACC, amounts=(500_00,))
    desk.books.change(
        "invoice", "id", INV, due_on=MONDAY - timedelta(days=5), issued_on=date(2026, 2, 1)
    )
    night(desk, MONDAY)
    assert sent(desk) == [(MONDAY, 1)]

    desk.as_of = MONDAY + timedelta(days=1)
    opened = act(desk, OpenDisputeCase(account_id=ACC, invoice_id=INV, reason="PRICE", quote="no"))
    assert opened.proposal_id is None

    counts = [night(desk, MONDAY + timedelta(days=days)) for days in (1, 2, 9, 10, 11, 12)]
    assert counts[-1]["dispositions"]["held"] == 1
    assert len(waiting(desk, "escalate")) == 2  # prepared once, asked once when it was overdue
    for days in (30, 44):
        assert night(desk, MONDAY + timedelta(days=days))["dispositions"]["held"] == 1
    assert len(sent(desk)) == 1

    with desk.house.ledger.read() as session:
        dispute_id = session.scalars(select(Dispute.id)).one()
    denied = ResolveDispute(
        account_id=ACC, dispute_id=dispute_id, resolution="deny", note="Delivered and signed for."
    )
    asked = act(desk, denied).proposal_id
    assert desk.inbox("felix").approve(asked).state == "executed"

    for days in range(45, 56):
        night(desk, MONDAY + timedelta(days=days))
    assert [stage for _day, stage in sent(desk)] == [1, 2]


def test_credited__nothing_is_chased_any_more(desk: Desk) -> None:
    desk.account(ACC, amounts=(500_00,))
    act(desk, OpenDisputeCase(account_id=ACC, invoice_id=INV, reason="PRICE", quote="no"))
    night(desk, MONDAY)
    with desk.house.ledger.read() as session:
        dispute_id = session.scalars(select(Dispute.id)).one()
    credit = ResolveDispute(account_id=ACC, dispute_id=dispute_id, resolution="credit")
    desk.inbox("felix").approve(act(desk, credit).proposal_id)
    for days in range(1, 8):
        night(desk, MONDAY + timedelta(days=days))
    assert sent(desk) == []


def test_rebilled__nothing_is_chased_until_the_corrected_invoice_is_there(desk: Desk) -> None:
    desk.account(ACC, amounts=(500_00, 300_00))
    act(desk, OpenDisputeCase(account_id=ACC, invoice_id=INV, reason="PO_MISSING", quote="no PO"))
    with desk.house.ledger.read() as session:
        dispute_id = session.scalars(select(Dispute.id)).one()
    rebill = ResolveDispute(account_id=ACC, dispute_id=dispute_id, resolution="rebill")
    desk.inbox("felix").approve(act(desk, rebill).proposal_id)
    counts = [night(desk, MONDAY + timedelta(days=days)) for days in range(1, 4)]
    assert sent(desk) == []
    assert counts[-1]["dispositions"]["held"] == 1

    desk.books.invoice(
        "inv_corrected",
        500_00,
        account_id=ACC,
        invoice_number="ACCA-1R",
        currency="USD",
        po_number="PO-77",
        issued_on=MONDAY + timedelta(days=4),
        due_on=MONDAY + timedelta(days=34),
    )
    night(desk, MONDAY + timedelta(days=4))
    night(desk, MONDAY + timedelta(days=7))
    assert [stage for _day, stage in sent(desk)] == [1]  # of the other invoice
